"""Tools outside are told what happens: signed, once, and in private where it has to be."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import inc
from tests.scenarios.webhooks.receiver import KEYS, Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().running() as running:
        yield running


def told(slack: Slack, clock: FakeClock, folder: Path, receiver: Receiver, more: str = "") -> World:
    config = folder / "muster.yml"
    section = (
        f"webhooks:\n  ops: {{url: '{receiver.url}', secret: '${{NEW}}', allow: [127.0.0.1/32]{more}}}\n"
    )
    config.write_text(f"{CONFIG.read_text()}\n{section}")
    return World(slack, clock, folder / "muster.db", load(config, {"NEW": KEYS[0], "OLD": KEYS[1]}))


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path, receiver: Receiver) -> AsyncIterator[World]:
    world = told(slack, clock, tmp_path, receiver)
    await world.start()
    yield world
    await world.stop()


async def test_an_incident_is_told_from_declare_to_close(world: World, receiver: Receiver) -> None:
    await world.declare(severity="S2", name="Disk <!channel> full")
    await inc(world, "ana", "ack", channel="inc-1-disk-channel-full")
    await inc(world, "ana", "update Still *full* & rising", channel="inc-1-disk-channel-full")
    for words in (
        "severity S1",
        "status Fixing",
        "action Add a disk",
        "note Seen",
        "resolve fix",
        "reopen Back",
    ):
        await inc(world, "ana", words, channel="inc-1-disk-channel-full")
    await world.settle_down()

    assert receiver.types[0] == "incident.declared"
    assert {
        *("page.raised", "incident.channel_opened", "update.posted", "incident.severity_changed"),
        *("incident.status_changed", "incident.note_added", "page.acknowledged"),
        *("incident.resolved", "incident.reopened"),
    } <= {*receiver.types}
    declared = receiver.of("incident.declared")["incident"]
    assert (declared["id"], declared["name"], declared["drill"]) == ("INC-1", "Disk <!channel> full", False)
    assert declared["reporter"]["kind"] == "person"
    assert receiver.of("update.posted")["update"]["text"] == "Still *full* & rising"
    change = receiver.of("incident.severity_changed")
    assert (change["before"], change["after"], change["by"]["name"]) == ("S2", "S1", "ana")
    events = list(receiver.events.values())
    numbers = [one["sequence"] for one in events]
    assert numbers == sorted(numbers)  # in order, as all are of one incident
    assert {one["version"] for one in events} == {1}


async def test_a_lost_answer_and_a_restart_make_no_second_event(world: World, receiver: Receiver) -> None:
    receiver.faults = ["lost", 503]
    await world.declare()
    first = receiver.calls[0]
    await world.stop()
    await world.start()
    await world.pass_minutes(12)
    assert receiver.calls[:3] == [first] * 3
    assert receiver.types.count("incident.declared") == 1
    assert receiver.types[0] == "incident.declared"


async def test_a_private_incident_is_told_by_its_number_alone(
    world: World, receiver: Receiver, slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    await world.declare(severity="S3", name="Stolen laptop", visibility="private")
    receiver.faults = [500] * 9
    await world.declare(who="ana", name="Mail of Rose")  # turns private while it waits to be told
    await inc(world, "ana", "private yes Personal data", channel="inc-2-mail-of-rose")
    receiver.faults = []
    await world.pass_minutes(12)
    assert receiver.of("incident.declared") == {"incident": {"id": "INC-2", "visibility": "private"}}
    assert "incident.turned_private" in receiver.types
    assert not [one for one in ("Stolen", "Rose", "Personal", "name") if one in receiver.said]
    await world.stop()

    fit = told(slack, clock, tmp_path, receiver, ", private: true, previous_secret: '${OLD}'")
    receiver.secrets = KEYS  # while a secret is replaced, both sign
    await fit.start()
    await inc(fit, "dev", "severity S2", channel="inc-1-stolen-laptop")
    assert receiver.of("incident.severity_changed")["incident"]["name"] == "Stolen laptop"
    await fit.stop()


async def test_a_hanging_endpoint_delays_no_page(world: World, receiver: Receiver) -> None:
    receiver.always = "hangs"
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Disk full", "severity": "S1"})
    assert await dev.submit() == {}

    async def paged() -> bool:
        return bool(world.person("ana").dm()) and bool(receiver.calls)

    await world.until(paged)
    assert not receiver.events
    receiver.release()
    await world.settle()


@pytest.mark.faults
async def test_a_bot_that_dies_while_it_sends_sends_the_same_event_again(
    world: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.app.GRACE", 0.01)  # it is cut off
    receiver.faults = ["hangs"]
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    await world.slack.idle()
    await dev.fill({"name": "Disk full", "severity": "S3"})
    assert await dev.submit() == {}

    async def sending() -> bool:
        return bool(receiver.calls)

    await world.until(sending)
    await world.stop()
    receiver.release()
    await world.start()
    await world.pass_minutes(1)

    assert receiver.calls[1] == receiver.calls[0]
    assert receiver.types.count("incident.declared") == 1
    assert "page.raised" in receiver.types


async def test_one_that_is_gone_is_disabled_and_somebody_told(
    world: World, receiver: Receiver, slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    receiver.always = 410
    await world.declare()
    await world.settle()
    calls = len(receiver.calls)
    assert calls == 1
    assert "I have disabled the webhook ops" in str(world.person("ana").dm())
    await inc(world, "dev", "severity S2")
    await world.pass_minutes(5)
    assert len(receiver.calls) == calls


async def test_only_what_is_wanted_is_told_and_one_that_works_again_gets_all_at_once(
    receiver: Receiver, slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    world = told(slack, clock, tmp_path, receiver, ", events: [incident.severity_changed]")
    await world.start()
    receiver.always = 502
    await world.declare()
    await world.declare(who="ana", name="Other")
    await inc(world, "dev", "severity S2")
    await world.pass_minutes(7)
    assert len(receiver.calls) == 3  # at once, after 5 seconds and 5 minutes
    receiver.always = None
    await inc(world, "ana", "severity S2", channel="inc-2-other")
    await world.settle()
    assert receiver.types == ["incident.severity_changed"] * 2
    await world.stop()
