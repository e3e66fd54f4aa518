"""Slack does what it is asked and the answer is lost: nothing is lost or said twice, whatever it was."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.config import load
from bot.domain.incidents.incident import Draft, Severity, Status
from bot.domain.work.work import ActionKind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.rename import rename
from bot.operations.incidents.severity import change_severity
from bot.operations.incidents.triage import decline
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.timeline.pins import pin
from bot.operations.work.actions import add_action, finish_action
from bot.operations.work.update import post_update
from sandbox.faults import Fault, Kind
from sandbox.record import Record
from sandbox.slack import Slack
from sandbox.state import Channel
from scheduler.reconciling import LOOKS
from storage import incidents, pages
from storage.transaction import Tx
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, manifest
from tests.scenarios.look import card, shown
from tests.scenarios.test_away import pass_by
from tests.simulation.world import in_virtual_time
from tests.tally import Tally, report

FAULTS: dict[str, tuple[Kind, int | str]] = {
    "dropped": ("drop_after", 0),
    "5xx": ("status_after", 502),
    "internal_error": ("error_after", "internal_error"),
}
HUNG: dict[str, tuple[Kind, int | str]] = {"hung": ("hang", 0)}
RECOVERED, STEP = 75, 15
MOST_IN_A_DM = 2
PLACES = ("incidents", "incidents-dotcom")
LOOKING = {
    "bookmarks.list": "bookmarks.add",
    "conversations.history": "chat.postMessage",
    "conversations.join": "chat.postMessage",
    "conversations.list": "conversations.create",
    "conversations.replies": "chat.postMessage",
}
"""What is called only to find out whether something arrived: lost together with what it looks for."""


@dataclass
class Seen:
    """What people see of one incident: which messages, by job and place, and what else was done.

    The counters say how often each delivery is there, where the bot can read and where it cannot.
    """

    messages: set[str] = field(default_factory=set)
    readable: Counter[str] = field(default_factory=Counter)
    direct: Counter[str] = field(default_factory=Counter)
    done: set[str] = field(default_factory=set)
    called: set[str] = field(default_factory=set)


async def story(world: World, *, lost: Sequence[Fault] = (), found: Sequence[Fault] = ()) -> Seen:
    """Tell a whole incident, without the forms: whoever fills them waits for Slack, and nothing is stored.

    While time stands still each call is made once, and goes wrong if it is in `lost`; then those in `found`.
    """
    uow, dev = world.muster.uow, world.person("dev").id
    since, before = len(world.slack.record), _lengths(world)
    draft = Draft("Disk full", "GitLab.com", Severity.S2)
    world.slack.faults[:] = [replace(one) for one in lost]
    number = (await uow.perform(declare, draft, by=dev, form=None)).id
    await world.muster.deliveries.quiet()
    page = (await uow.read(pages.pending_of, number))[0]
    for operation in (
        partial(acknowledge, page_id=page.id, by=page.responder or ""),
        partial(_update, incident_id=number, by=dev),
        partial(_action, incident_id=number, by=dev),
        partial(change_severity, incident_id=number, to=Severity.S1, by=dev),
        partial(rename, incident_id=number, name="Disk fuller", by=dev),
    ):
        await uow.perform(operation)
        await world.muster.deliveries.quiet()
    world.slack.faults[:] = [replace(one) for one in found]
    await pass_by(world, RECOVERED, STEP)
    incident = await uow.read(incidents.get, number)
    channel = world.slack.workspace.channels[incident.channel or ""]
    message = await world.person("dev").say(channel.name, "It is /dev/sda1")
    world.slack.faults[:] = [replace(one) for one in lost]
    await uow.perform(pin, channel.id, message["ts"], by=dev, source="reaction", at=uow.clock.now())
    await uow.perform(change_status, number, Status.RESOLVED, by=incident.lead)
    await world.muster.deliveries.quiet()
    world.slack.faults.clear()
    await pass_by(world, RECOVERED, STEP)
    await pass_by(world, LOOKS[-1].total_seconds(), LOOKS[-1].total_seconds() / 2)
    await world.settle()
    return _seen(world, number, channel, since, before)


def _update(tx: Tx, incident_id: int, by: str) -> None:
    kind = {"status": Status.FIXING, "severity": Severity.S2, "next_in": None}
    post_update(tx, incident_id, "Half of it", by=by, **kind)  # type: ignore[arg-type]


def _action(tx: Tx, incident_id: int, by: str) -> None:
    rest: dict[str, Any] = {"details": "", "kind": ActionKind.ACTION, "assignee": None, "due": None}
    add_action(tx, incident_id, title="Clean up", by=by, **rest)


def _lengths(world: World) -> dict[str, int]:
    return {one.id: len(one.messages) for one in world.slack.workspace.channels.values()}


def _seen(world: World, number: int, ours: Channel, since: int, before: dict[str, int]) -> Seen:
    seen, workspace = Seen(), world.slack.workspace
    for channel in workspace.channels.values():
        for message in channel.messages[before.get(channel.id, 0) :]:
            about = (message.get("metadata") or {}).get("event_payload", {})
            if not about:
                continue
            place = "its channel" if channel is ours else channel.name or f"to {'+'.join(channel.members)}"
            seen.messages.add(f"{about['job']} in {place}")
            marks = seen.direct if channel.im else seen.readable
            marks[f"{about['job']} {about['delivery']}"] += 1
    pinned = [one for ts in ours.pins if (one := ours.find(ts))]
    kept = [one for message in ours.messages for one in message.get("reactions", [])]
    named = [one.name for one in workspace.channels.values() if one.name.startswith(f"inc-{number}-")]
    seen.done = {
        f"{len(ours.bookmarks)} bookmarks",
        f"{len(pinned)} pinned",
        f"{len(kept)} kept",
        f"members {len(ours.members)}",
    }
    seen.done |= {name.replace(f"inc-{number}-", "") for name in named}
    seen.done |= {ours.topic.value, *_heads(pinned, number)}
    _repeats_are_marked(world, since)
    seen.called = {call.method for call in world.slack.calls("*", since=since)}
    return seen


def _repeats_are_marked(world: World, since: int) -> None:
    before = set()
    for call in world.slack.calls("chat.postMessage", since=since):
        about = call.args["metadata"]["event_payload"]
        if about["job"] == "slack.send_page":
            assert ("Sent again" in str(call.args["blocks"])) == (about["delivery"] in before)
            before.add(about["delivery"])


def _heads(cards: list[dict[str, Any]], number: int) -> list[str]:
    return [re.sub(f"INC-{number}|<!date.*?>", "", shown(card)) for card in cards]


async def lose_every_reply(world: World, fault: str) -> Tally:
    """Tell the story once for every method, with its replies lost, and compare it with a calm one."""
    calm, counts = await story(world), Tally()
    for method in sorted(calm.called | set(LOOKING)):
        lost, found = [_fault(fault, method)], []
        if method in LOOKING:
            lost = [_fault(fault, LOOKING[method])]
            found = [replace(_fault(fault, method), times=1)]
        seen = await story(world, lost=lost, found=found)

        missing, extra = calm.messages - seen.messages, seen.messages - calm.messages
        twice = seen.readable.total() - len(seen.readable)
        again = seen.direct.total() - len(seen.direct)
        asked = len(seen.readable) + len(seen.direct)
        counts += Tally(asked + len(missing), asked, asked, len(missing), len(extra), twice, again)
        assert (method, missing, extra, twice) == (method, set(), set(), 0)
        assert max(seen.direct.values()) <= MOST_IN_A_DM, (method, seen.direct)
        assert again == 0 or "chat.postMessage" in (method, LOOKING.get(method)), (method, seen.direct)
        assert (method, seen.done) == (method, calm.done)
        assert await world.muster.uow.read(_unfinished) == []
    return counts


@pytest.mark.parametrize(
    "fault", [pytest.param(one, marks=[pytest.mark.proof] if one != "dropped" else []) for one in FAULTS]
)
async def test_whatever_reply_is_lost_nothing_is_lost_or_said_twice(
    world: World, fault: str, record_property: Callable[[str, object], None]
):
    report(record_property, f"lost replies, {fault}", await lose_every_reply(world, fault))


@pytest.mark.proof
def test_whatever_call_hangs_nothing_is_lost_or_said_twice(
    tmp_path: Path, record_property: Callable[[str, object], None]
):
    counts = in_virtual_time(hung_calls(tmp_path / "muster.db"))

    report(record_property, "lost replies, hung", counts)


@asynccontextmanager
async def patient_world(database: Path) -> AsyncIterator[World]:
    """A world in which calls are waited for with all the patience the bot has: here that takes no time."""
    clock = FakeClock()
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    world = World(slack, clock, database, load(CONFIG))
    await world.start()
    yield world
    await world.stop()
    await slack.stop()


async def hung_calls(database: Path) -> Tally:
    async with patient_world(database) as world:
        return await lose_every_reply(world, "hung")


@pytest.mark.parametrize(("late", "whole"), [(20, 45), pytest.param(200, 330, marks=pytest.mark.proof)])
def test_a_late_effect_never_rolls_a_message_back(tmp_path: Path, late: int, whole: int):
    assert in_virtual_time(late_effects(tmp_path / "muster.db", late, whole)) == [{"S2"}, {"S4"}, {"S2"}]


async def late_effects(database: Path, late: int, whole: int) -> list[set[str]]:
    """Return what people see before older drawings come, when they have come, and in the end."""
    async with patient_world(database) as world:
        return await rolled_back(world, late, whole)


async def rolled_back(world: World, late: int, whole: int) -> list[set[str]]:
    dev, uow = await world.declare(), world.muster.uow

    def severities() -> set[str]:
        """Return what the card, the announcements and the direct messages say first of the severity."""
        announced = [world.person("ren").messages(place)[-1] for place in PLACES]
        messages = [card(dev), dev.dm()[0], world.person("ana").dm()[0], *announced]
        return {re.findall(r"\bS[1-4]\b", shown(one))[0] for one in messages}

    since = len(world.slack.record)
    await uow.perform(change_severity, 1, Severity.S2, by=dev.id)
    await world.muster.deliveries.quiet()
    messages = len(world.slack.calls("chat.update", since=since))
    pages = 2  # those of the managers, who are called since
    world.slack.faults.append(Fault("chat.update", "late", late, times=messages + pages))
    await uow.perform(change_severity, 1, Severity.S4, by=dev.id, reason="A test")
    await world.muster.deliveries.quiet()
    assert not world.slack.faults
    await uow.perform(change_severity, 1, Severity.S2, by=dev.id)
    await pass_by(world, 10, 5)
    seen = [severities()]
    for seconds in (late - 5, whole - late):
        await pass_by(world, seconds, 5)
        await world.settle()
        seen.append(severities())
    return seen


async def test_a_message_whose_reply_was_lost_is_looked_at_and_drawn_no_more(world: World):
    """Where the bot is a member: it joins no channel for that, and draws without looking elsewhere."""
    dev, uow = await world.declare(), world.muster.uow
    for channel in world.slack.workspace.channels.values():
        if channel.name in (*PLACES, "incidents-dotcom-triage"):
            await world.muster._slack.call("conversations.join", channel=channel.id)
    await uow.perform(_action, incident_id=1, by=dev.id)
    await uow.perform(declare, Draft("Odd", "GitLab.com", Severity.S4, triage=True), by=dev.id, form=None)
    await world.muster.deliveries.quiet()
    since = len(world.slack.record)
    world.slack.faults.append(Fault("chat.update", "drop_after", times=10**6))
    await uow.perform(change_severity, 1, Severity.S4, by=dev.id, reason="A test")
    await uow.perform(finish_action, 1, by=dev.id)
    await uow.perform(decline, 2, by=dev.id)
    await world.muster.deliveries.quiet()
    world.slack.faults.clear()
    await pass_by(world, 20, 5)
    channels = world.slack.workspace.channels
    drawn = Counter(_where(call) for call in world.slack.calls("chat.update", since=since))
    since = len(world.slack.record)
    await pass_by(world, 310, 5)

    readable = {where for where in drawn if not channels[where[0]].im}
    ours = ["inc-1-disk-full", "inc-1-disk-full", "inc-2-odd"]
    named = sorted(channels[channel].name for channel, _ in readable)
    assert named == [*ours, *PLACES, "incidents-dotcom-triage"]
    looked = Counter(_where(call) for call in world.slack.calls("conversations.history", since=since))
    assert looked == dict.fromkeys(readable, 2)
    again = {_where(call) for call in world.slack.calls("chat.update", since=since)}
    assert not again & readable


def _where(call: Record) -> tuple[str, str]:
    return call.args["channel"], str(call.args.get("ts") or call.args["latest"])


def _fault(fault: str, method: str) -> Fault:
    kind, value = (FAULTS | HUNG)[fault]
    return Fault(method, kind, value, times=10**6)


def _unfinished(tx: Tx) -> list[str]:
    return [row["job"] for row in tx.all("SELECT job FROM outbox WHERE state <> 'sent'")]
