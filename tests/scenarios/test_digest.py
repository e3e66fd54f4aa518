"""Many incidents call one person: three messages, and one list of the rest that is edited in place."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config, load
from bot.domain.incidents.incident import Draft, Severity
from bot.operations.incidents.declare import declare
from bot.unit_of_work import UnitOfWork
from handlers.paging.acknowledge import acknowledged_all
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage import pages
from storage.transaction import Row, Tx
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice, with_phones
from tests.scenarios.look import answer, buttons, presses, sends, shown, unready

Json = dict[str, Any]
APART = 3
"""How many pages have a message of their own."""


def with_digests(config: Config) -> Config:
    """Return a configuration with the default, which that of most tests switches off."""
    return replace(config, process=replace(config.process, pages_before_digest=APART))


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    world = World(slack, clock, tmp_path / "muster.db", with_digests(load(CONFIG)))
    await world.start()
    yield world
    assert await world.muster.watching.audit.look() == ([], True)
    await world.stop()
    _nothing_was_said_twice(slack)


async def storm(world: World, many: int = 8, severity: str = "S3") -> None:
    """Have one person declare many incidents at once."""
    for number in range(many):
        await world.declare(name=f"Noise {number + 1}", severity=severity)
    await world.settle_down()


def lists(world: World, who: str = "ana") -> list[Json]:
    """Return the lists that wait in somebody's direct messages, oldest first."""
    waiting = ("more pages wait for you", "One more page waits for you")
    return [one for one in world.person(who).dm() if any(said in one["text"] for said in waiting)]


def alone(world: World, who: str = "ana") -> list[Json]:
    return [one for one in world.person(who).dm() if "You are paged" in one["text"]]


def lines(message: Json) -> list[str]:
    """Return the incidents of a list, in order, as it shows them."""
    return [
        block["text"]["text"].split("*")[1]
        for block in message["blocks"]
        if block.get("accessory", {}).get("action_id") == "page_acknowledge"
    ]


def digests_of(tx: Tx, person: str) -> list[Row]:
    """Return where the list of somebody is that still changes."""
    return tx.all(
        "SELECT * FROM notifications WHERE person = :it AND digest = 1 AND ts <> ''", {"it": person}
    )


def posted(world: World, who: str = "ana") -> int:
    """Return how often a list called somebody: an edit makes no sound."""
    user = world.person(who).id
    calls = world.slack.calls("chat.postMessage")
    return sum(
        1
        for call in calls
        if call.ok
        and call.args["channel"] == user
        and ("more pages wait" in call.args["text"] or "One more page waits" in call.args["text"])
    )


async def test_a_storm_is_three_messages_and_one_list(world: World):
    await storm(world)

    assert len(alone(world)) == APART
    (one,) = lists(world)
    assert "5 more pages wait for you" in shown(one)
    assert lines(one) == [f"INC-{number} Noise {number}" for number in range(4, 9)]
    assert posted(world) == 1
    assert await unready(world.muster) == {}
    known = await world.muster.uow.read(pages.pending_for, world.person("ana").id)
    assert {page.notification.ts for page in known if page.digested and page.notification} == {one["ts"]}


async def test_one_line_is_acknowledged_and_the_rest_waits_on(world: World):
    await storm(world)
    ana = world.person("ana")

    await presses(world, ana, lists(world)[0], "Acknowledge")
    await world.settle_down()

    (one,) = lists(world)
    assert lines(one) == [f"INC-{number} Noise {number}" for number in range(5, 9)]
    assert "You acknowledged the page for INC-4" in answer(ana, one["channel"])["text"]
    assert posted(world) == 1


async def test_all_are_acknowledged_at_once(world: World):
    await storm(world)
    ana, read = world.person("ana"), lists(world)[0]
    asked = await ana.click(read, text="Acknowledge all")
    assert "You answer for 5 pages at once" in str(asked.message)
    await presses(world, ana, read, "Acknowledge all", confirm=True)
    await world.settle_down()

    assert lists(world) == []
    said = answer(ana, read["channel"])["text"]
    assert said.startswith(
        "You acknowledged INC-4, INC-5, INC-6, INC-7, INC-8. *3 more wait for you in messages above.*"
    )
    over = next(one for one in ana.dm() if one["ts"] == read["ts"])
    assert "Nothing in this list waits for you any more" in shown(over)
    assert buttons(over) == []
    left = await world.muster.uow.read(pages.pending_for, ana.id)
    assert [page.incident for page in left] == [1, 2, 3]
    assert await world.muster.uow.read(digests_of, ana.id) == []


async def test_who_answered_first_stops_none_of_the_others_and_what_came_unread_waits(world: World):
    await storm(world)
    ana, uow = world.person("ana"), Overtaken(world.muster.uow, incident=6, by=world.person("bo").id)
    answers = Answers()

    async def ack() -> None: ...

    last = next(page.id for page in await uow.read(pages.pending_for, ana.id) if page.incident == 7)
    body = {"user": {"id": ana.id}, "trigger_id": "1", "actions": [{"value": str(last)}]}
    given = {"uow": uow, "links": world.muster.links, "rehearsals": None}
    await acknowledged_all(ack=ack, body=body, client=None, respond=answers, **given)
    await world.settle_down()

    assert answers.said[0].startswith(
        "You acknowledged INC-4, INC-5, INC-7. INC-6 was answered or moved on before you pressed."
    )
    assert [lines(one) for one in lists(world)] == [["INC-8 Noise 8"]]


class Answers:
    """What whoever pressed is told in private."""

    response_url = "https://hooks.slack.com/actions/1"

    def __init__(self) -> None:
        self.said: list[str] = []

    async def __call__(self, **answer: Any) -> None:
        self.said.append(answer["text"])


class Overtaken:
    """A unit of work at which somebody else takes the page of an incident, just before it is acknowledged."""

    def __init__(self, uow: UnitOfWork, incident: int, by: str) -> None:
        self._uow, self._incident, self._by = uow, incident, by

    async def read(self, question: Any, *args: Any, **kwargs: Any) -> Any:
        return await self._uow.read(question, *args, **kwargs)

    async def perform(self, operation: Any, page_id: int, *args: Any, **kwargs: Any) -> Any:
        page = await self._uow.read(pages.get, page_id)
        if page.incident == self._incident:
            await self._uow.perform(operation, page_id, by=self._by, taking=True)
        return await self._uow.perform(operation, page_id, *args, **kwargs)


async def test_at_the_deadline_the_list_is_edited_and_the_next_level_has_one(world: World):
    await storm(world)

    await world.pass_minutes(16)

    assert lists(world) == []
    over = [one for one in world.person("ana").dm() if "Nothing in this list waits for you" in shown(one)]
    assert [buttons(one) for one in over] == [[]]
    assert len(alone(world, "ines")) == APART
    assert [len(lines(one)) for one in lists(world, "ines")] == [5]


async def test_reminders_call_once_by_a_newer_list(world: World):
    await storm(world)
    first = lists(world)[0]

    await world.pass_minutes(5.5)

    (one,) = lists(world)
    assert len(lines(one)) == 5
    assert posted(world) == 2
    assert not [found for found in world.person("ana").dm() if found["ts"] == first["ts"]]
    await world.pass_minutes(5)
    assert posted(world) == 3


async def test_the_worse_page_of_somebody_else_calls_at_once(world: World):
    await storm(world)
    first, began = lists(world)[0], world.clock.now()

    await world.declare("sam", name="The real one", severity="S1")

    newest = lists(world)[-1]
    assert newest["ts"] != first["ts"]
    assert lines(newest)[0] == "INC-9 The real one"
    assert (world.clock.now() - began).total_seconds() < 2
    assert posted(world) == 2
    await world.settle_down()
    assert lists(world) == [world.person("ana").dm()[-1]]


async def test_a_page_outside_the_first_minute_calls_by_a_newer_list(world: World):
    await storm(world, 4)
    await world.pass_minutes(1.1)

    await world.declare(name="One more")
    await world.settle_down()

    (one,) = lists(world)
    assert lines(one) == ["INC-4 Noise 4", "INC-5 One more"]
    assert posted(world) == 2


async def test_a_page_is_in_a_newer_list_while_slack_takes_no_edits(world: World):
    await storm(world, APART + 1)
    world.slack.faults.append(Fault("chat.update", "ratelimit", 200, times=1000))

    await world.declare(name="One more", severity="S3")
    await world.settle_down()

    assert ["INC-4 Noise 4", "INC-5 One more"] in [lines(one) for one in lists(world)]
    world.slack.faults.clear()
    await world.pass_minutes(4)


async def test_a_page_that_waits_in_a_list_when_the_bot_dies_is_there_after_the_restart(world: World):
    await storm(world, 5)
    world.slack.faults.append(Fault("chat.*", "status", 503, times=1000))
    await world.declare("sam", name="The real one", severity="S1")
    await world.stop()
    world.slack.faults.clear()

    await world.start()
    await world.pass_minutes(0.5)

    (one,) = lists(world)
    assert lines(one) == ["INC-6 The real one", "INC-4 Noise 4", "INC-5 Noise 5"]
    assert await unready(world.muster) == {}


async def test_a_list_whose_receipt_is_lost_is_sent_again_and_both_can_be_pressed(world: World):
    await storm(world, 3)
    world.slack.faults.append(Fault("chat.postMessage", "drop_after", times=1))
    await world.declare(name="Noise 4")
    await world.pass_minutes(0.5)
    lost, again = lists(world)
    assert "Sent again" in shown(again)

    ana = world.person("ana")
    await presses(world, ana, lost, "Acknowledge")
    await world.settle_down()

    assert lists(world) == []
    assert [page.incident for page in await world.muster.uow.read(pages.pending_for, ana.id)] == [1, 2, 3]


async def test_a_private_incident_has_no_name_in_the_list(world: World):
    await storm(world, 3)

    await world.declare(name="Leaked keys", visibility="private")
    await world.settle_down()

    (one,) = lists(world)
    assert lines(one) == ["private incident INC-4"]
    assert "Leaked" not in str(one)


@pytest.mark.faults
async def test_a_list_that_slack_refuses_for_good_calls_the_next_level(world: World):
    await storm(world, 3)
    world.slack.faults.append(Fault("chat.postMessage", "error", "channel_not_found", times=1))

    await world.declare(name="Noise 4")
    await world.settle_down()

    assert lists(world) == []
    assert any("INC-4" in one["text"] for one in alone(world, "ines"))


@pytest.mark.faults
async def test_while_slack_is_away_one_text_stands_for_all(
    slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    world = World(slack, clock, tmp_path / "muster.db", with_phones(slack))
    await world.start()
    await storm(world, 5)
    await slack.switchboard.down(True)
    await world.muster.uow.perform(declare, Draft("Away", "GitLab.com", Severity.S1), by="UREP", form=None)

    await world.pass_minutes(1.5)

    assert len(world.person("ana").phone()) == 1
    wrong = await unready(world.muster)
    assert wrong["pages"] == "3 pages have been waiting to be sent for over 60 s"
    await world.stop()


async def test_what_is_acknowledged_in_a_list_on_a_weekend_can_wait_for_monday(world: World):
    await world.pass_hours((5 - world.clock.now().weekday()) % 7 * 24)
    await storm(world)
    ana, read = world.person("ana"), lists(world)[0]

    await presses(world, ana, read, "Acknowledge")
    assert "Wait until Monday" in buttons(answer(ana, read["channel"]))
    await presses(world, ana, lists(world)[0], "Acknowledge all", confirm=True)
    await world.settle_down()

    said = answer(ana, read["channel"])
    waits = [one["accessory"]["text"]["text"] for one in said["blocks"] if "accessory" in one]
    assert waits == ["Wait until Monday"] * 4


def others(listed: Json) -> Json:
    """Return the menu of a list."""
    rows = (block.get("elements", []) for block in listed["blocks"])
    return next(one for row in rows for one in row if one["type"] == "static_select")


async def chooses(world: World, number: int, label: str) -> str:
    """Have Ana choose a page of her list, and an answer to it; return its incident."""
    ana, (listed,) = world.person("ana"), lists(world)
    menu = others(listed)
    page = menu["options"][number]
    await ana.click(listed, menu["action_id"], value=page["value"])
    await world.settle()
    offered = answer(ana, listed["channel"])
    ways = next(
        one for row in offered["blocks"] for one in row.get("elements", []) if one["type"] == "overflow"
    )
    value = next(one["value"] for one in ways["options"] if one["text"]["text"].startswith(label))
    await ana.click(offered, ways["action_id"], value=value)
    await world.settle_down()
    return str(page["text"]["text"].split()[0])


async def test_a_page_of_the_list_is_answered_otherwise_from_it(world: World):
    await storm(world, 5)
    ana, ines = world.person("ana"), world.person("ines")

    number = await chooses(world, 0, "On my way: 5 min")

    assert "You are on the way, there by" in answer(ana, lists(world)[0]["channel"])["text"]
    (line,) = [one["text"]["text"] for one in lists(world)[0]["blocks"] if number in str(one.get("text"))]
    assert "you are on the way, there by" in line
    number = await chooses(world, 1, "Cannot take it")
    await sends(world, ana, reason="At work on another incident")
    await world.settle_down()
    assert number not in " ".join(lines(lists(world)[0]))
    assert number in shown(ines.dm()[-1])


async def test_a_page_of_the_list_is_handed_on_from_it(world: World):
    await storm(world, 5)
    ren, menu = world.person("ren"), others(lists(world)[0])
    first = menu["options"][0]["text"]["text"].split()[0]
    number = await chooses(world, 1, "Hand it to")
    await sends(world, world.person("ana"), person=ren.id)
    await world.settle_down()

    assert first in lines(lists(world)[0])[0]
    (line,) = [one for one in lists(world)[0]["blocks"] if number in one.get("text", {}).get("text", "")]
    assert f"You asked <@{ren.id}> to take it" in line["text"]["text"]
    await presses(world, ren, ren.dm()[-1], "Accept")
    await world.pass_minutes(1)

    assert f"You accepted the page of <@{world.person('ana').id}>*: {number}" in shown(ren.dm()[-1])
    assert [one.split()[0] for one in lines(lists(world)[0])] == [first]
