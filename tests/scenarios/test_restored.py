"""The database is put back from a backup: Slack is asked what happened since, and nothing is done twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.config import load
from bot.operations import restored
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage import incidents, meta, pages
from storage.backup import BACKUP_AT, back_up
from storage.restoring import restore
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import acknowledged, asks, card, inc, presses, shown

CHANNEL = "inc-1-disk-full"


class Kept(World):
    """A world whose database can be copied, and put back."""

    starting: asyncio.Task[None] | None = None

    def back_up(self) -> None:
        back_up(str(self._database), self._database.with_name("copy.db"), at=self.clock.now())

    async def starts_within(self, minutes: float) -> bool:
        """Let time pass while the bot starts, and say whether it has."""
        self.starting = self.starting or asyncio.create_task(self.start())
        for _ in range(int(minutes * 12)):
            await self._pass_five_seconds()
        return self.starting.done()

    async def started(self) -> None:
        """Let time pass until the bot has started."""
        async with asyncio.timeout(PATIENCE):
            while not await self.starts_within(0):
                await self._pass_five_seconds()

    async def _pass_five_seconds(self) -> None:
        self.clock.advance(seconds=5)
        await self.slack.idle(PATIENCE, quiet=0.05)  # a start takes real time: let no reminder overtake it

    async def put_back(self, *, start: bool = True) -> None:
        """Stop, go back to the copy, and start."""
        await self.stop()
        copy = self._database.with_name("copy.db")
        restore(copy, str(self._database), at=self.clock.now(), replace=True)
        if start:
            await self.start()

    def paged(self, who: str) -> int:
        """Count the pages that were posted to somebody: a newer one deletes the one before it."""
        posted = [one for one in self.slack.calls("chat.postMessage") if one.ok]
        theirs = [one for one in posted if one.args.get("channel") == self.person(who).id]
        return len([one for one in theirs if "You are paged" in str(one.args.get("text"))])

    def channels(self) -> list[str]:
        names = [channel.name for channel in self.slack.workspace.channels.values()]
        return sorted(name for name in names if name.startswith("inc-"))


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[Kept]:
    world = Kept(slack, clock, tmp_path / "muster.db", load(CONFIG))
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    yield world
    await world.stop()
    said = [call for call in slack.calls("chat.postMessage") if call.ok and call.args["channel"][0] == "C"]
    marks = Counter(
        (call.args["channel"], call.args["metadata"]["event_payload"]["delivery"]) for call in said
    )
    assert [mark for mark, times in marks.items() if times > 1] == []


async def resolved(world: Kept, who: str = "ana") -> None:
    for text in ("status Fixing", "resolve fix"):
        await inc(world, who, text, CHANNEL)


async def test_an_incident_that_ended_since_wakes_nobody(world: Kept) -> None:
    await world.declare()
    world.back_up()
    await acknowledged(world)
    await resolved(world)
    await world.settle_down()
    world.clock.advance(minutes=30)
    before = [world.paged(who) for who in ("ana", "ines", "lena")]

    await world.put_back()
    await world.pass_minutes(60)

    assert [world.paged(who) for who in ("ana", "ines", "lena")] == before
    incident = await world.muster.uow.read(incidents.get, 1)
    assert (incident.status, incident.severity, incident.lead) == ("Resolved", "S3", world.person("ana").id)
    assert await world.muster.uow.read(pages.pending) == []


@pytest.mark.parametrize(
    "name",
    ["Disk & <b>ack</b>", "See https://a.b/c?d=1&e", "\"Quoted\" 'so'", "Ask ana@example.com", "<!channel>"],
)
async def test_an_incident_of_any_name_is_read_back_from_its_channel(world: Kept, name: str) -> None:
    await world.declare(name=name)
    room = next(one for one in world.channels() if one.startswith("inc-1"))
    world.back_up()
    await acknowledged(world)
    await inc(world, "ana", "status Fixing", room)
    await inc(world, "ana", "severity S2", room)
    await world.pass_minutes(0.5)  # the topic is set once, for both
    world.clock.advance(minutes=30)

    await world.put_back()

    incident = await world.muster.uow.read(incidents.get, 1)
    lead = world.person("ana").id
    assert (incident.status, incident.severity, incident.lead) == ("Fixing", "S2", lead)
    assert (incident.name, incident.channel_name) == (name, room)


async def test_an_answer_that_the_backup_does_not_know_is_taken_from_the_channel(world: Kept) -> None:
    await world.declare(severity="S1")
    world.back_up()
    await acknowledged(world)
    world.clock.advance(minutes=30)
    before = {who: world.paged(who) for who in ("ana", "ines")}

    await world.put_back()
    await world.pass_minutes(4)

    assert world.paged("ana") == before["ana"]
    assert world.paged("ines") == before["ines"] + 1
    assert "Sent again: I was restored from a backup" in shown(world.person("ines").dm()[-1])
    incident = await world.muster.uow.read(incidents.get, 1)
    assert incident.lead == world.person("ana").id


async def test_who_has_not_answered_is_called_again_and_gets_the_whole_time(world: Kept) -> None:
    await world.declare()
    await world.pass_minutes(14)
    world.back_up()
    await world.pass_minutes(2)
    before = {who: world.paged(who) for who in ("ana", "ines")}
    assert before["ines"] == 1
    world.clock.advance(minutes=60)

    await world.put_back()
    await world.pass_minutes(14)
    early = {who: world.paged(who) for who in ("ana", "ines")}
    await world.pass_minutes(2)

    page_and_reminders = 3
    assert early == {"ana": before["ana"] + page_and_reminders, "ines": before["ines"]}
    assert world.paged("ines") == before["ines"] + 1


async def test_numbers_given_since_are_not_given_again(world: Kept) -> None:
    await world.declare()
    world.back_up()
    await world.declare(name="Cache cold")
    await world.declare(name="Secret leak", visibility="private")
    world.clock.advance(minutes=5)

    await world.put_back()
    await world.declare(name="Queue full")

    assert world.channels() == [CHANNEL, "inc-104-queue-full", "inc-2-cache-cold", "inc-3-secret-leak"]
    for channel in ("inc-2-cache-cold", "inc-3-secret-leak"):
        lost = [text for text in world.texts("dev", channel) if "I know nothing of INC-" in text]
        assert len(lost) == 1
    assert not any("I know nothing" in text for text in world.texts("dev", CHANNEL))
    assert any("I was restored from a backup" in text for text in world.texts("dev", CHANNEL))


async def test_a_button_from_the_lost_time_answers_nobody_elses_page(world: Kept) -> None:
    await world.declare()
    await acknowledged(world)
    world.back_up()
    await world.declare(name="Cache cold")
    old = world.person("ana").dm()[-1]
    await world.put_back()
    await world.declare(name="Queue full")

    ana = world.person("ana")
    await ana.click(old, "page_acknowledge")
    await world.settle()

    [waiting] = await world.muster.uow.read(pages.pending)
    assert (waiting.incident, waiting.responder) == (103, ana.id)
    said = ana.dm()[-1]
    assert "This page is from before I was restored from a backup" in shown(said)
    await presses(world, ana, said, "Declare an incident")
    assert ana.modal


async def test_an_incident_that_had_no_channel_yet_keeps_its_number_to_itself(world: Kept) -> None:
    world.back_up()
    world.slack.faults.append(Fault("conversations.create", "status", 503, times=1000))
    await world.declare(name="Cache cold")
    old = world.person("ana").dm()[-1]
    lost = world.muster.links.to_acknowledge(1, world.person("ana").id)
    world.slack.faults.clear()

    await world.put_back()
    await world.declare()

    assert world.channels() == ["inc-101-disk-full"]
    await world.person("ana").click(old, "page_acknowledge")
    await world.settle()
    assert "declare it again" in shown(world.person("ana").dm()[-1])
    [waiting] = await world.muster.uow.read(pages.pending)
    assert waiting.incident == 101
    async with aiohttp.ClientSession() as session, session.get(relinked(world, lost)) as answer:
        assert answer.status == 404
        assert "restored from a backup" in await answer.text()


def relinked(world: Kept, link: str | None) -> str:
    """Return an old link as it leads to the bot that runs now."""
    return f"http://127.0.0.1:{world.muster.web.port}{urlsplit(link or '').path}"


async def test_what_was_decided_but_not_sent_then_is_found_and_not_made_twice(world: Kept) -> None:
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    world.slack.faults.append(Fault("*", "status", 503, times=1000))
    await dev.fill({"name": "Disk full", "severity": "S3"})
    await dev.submit()
    await world.settle()
    world.back_up()
    world.slack.faults.clear()
    await world.pass_minutes(2)
    there = {place: world.texts("dev", place) for place in ("incidents", "incidents-dotcom")}
    assert world.channels() == [CHANNEL]

    await world.put_back()
    await world.pass_minutes(2)

    assert world.channels() == [CHANNEL]
    assert {place: world.texts("dev", place) for place in there} == there
    cards = [
        one for one in dev.messages(CHANNEL) if one.get("blocks") and one["blocks"][0]["type"] == "header"
    ]
    assert len(cards) == 1
    assert world.paged("ana") == 2
    await acknowledged(world)
    assert "acknowledged after" in shown(card(dev))


@pytest.mark.parametrize("since", [0, 240], ids=["at once", "far back"])
async def test_a_notice_that_was_sent_since_is_not_posted_again(world: Kept, since: int) -> None:
    dev = await world.declare()
    world.slack.faults.append(Fault("chat.postMessage", "ratelimit", 5, times=1000))
    await dev.slash("/inc", "status Fixing", channel=CHANNEL)
    await world.slack.idle()
    world.back_up()
    world.slack.faults.clear()
    await world.pass_minutes(1)
    for number in range(since):
        await dev.say(CHANNEL, f"Still at it ({number})")
        if number % 20 == 0:
            await world.settle()
    await world.settle()
    await world.put_back()
    await world.pass_minutes(1)

    told = [call.args["text"] for call in world.slack.calls("chat.postMessage") if call.ok]
    assert len([text for text in told if "moved the status" in text]) == 1


@pytest.mark.faults
async def test_while_slack_is_away_pages_wait_five_minutes_and_the_rest_for_slack(world: Kept) -> None:
    await world.declare()
    world.back_up()
    await world.declare(name="Cache cold")
    world.clock.advance(minutes=5)
    await world.put_back(start=False)
    world.slack.faults.append(Fault("conversations.list", "status", 503, times=1000))
    before = world.paged("ana")

    assert not await world.starts_within(4.9)
    early = world.paged("ana")
    await world.started()

    assert (early, world.paged("ana")) == (before, before + 1)
    assert not any("I was restored" in text for text in world.texts("dev", CHANNEL))
    world.slack.faults.clear()
    await world.muster.meet_slack()
    await world.settle()
    assert any("I was restored" in text for text in world.texts("dev", CHANNEL))
    assert world.paged("ana") == before + 1
    await world.declare(name="Queue full")
    assert "inc-103-queue-full" in world.channels()


@pytest.mark.faults
@pytest.mark.parametrize("method", ["auth.test", "conversations.list"])
async def test_an_answer_that_lacks_what_it_should_hold_keeps_no_page_back(world: Kept, method: str) -> None:
    await world.declare()
    world.back_up()
    await world.put_back(start=False)
    world.slack.faults.append(Fault(method, "empty", times=1000))
    before = world.paged("ana")

    await world.started()
    world.slack.faults.clear()
    await world.muster.meet_slack()
    await world.settle()

    assert world.paged("ana") == before + 1
    assert not await world.muster.uow.read(restored.older_state_of)


@pytest.mark.faults
async def test_until_slack_was_asked_nothing_but_pages_is_sent(world: Kept) -> None:
    dev = await world.declare()
    world.slack.faults.append(Fault("chat.postMessage", "ratelimit", 5, times=1000))
    await dev.slash("/inc", "status Fixing", channel=CHANNEL)
    await world.slack.idle()
    world.back_up()
    await world.put_back(start=False)
    world.slack.faults.clear()
    world.slack.faults.append(Fault("conversations.list", "status", 503, times=1000))

    await world.started()
    early = world.texts("dev", CHANNEL)
    world.slack.faults.clear()
    await world.muster.meet_slack()
    await world.settle()

    assert world.paged("ana") == 2
    assert not any("moved the status" in text for text in early)
    assert len([text for text in world.texts("dev", CHANNEL) if "moved the status" in text]) == 1


@pytest.mark.faults
async def test_without_the_right_to_see_channels_it_goes_on_with_numbers_far_away(world: Kept) -> None:
    await world.declare()
    world.back_up()
    await world.declare(name="Cache cold")
    await world.put_back(start=False)
    world.slack.faults.append(Fault("conversations.list", "error", "missing_scope", times=4))

    await world.start()
    world.slack.faults.clear()
    await world.declare(name="Queue full")

    assert "inc-102-queue-full" in world.channels()
    assert await world.muster.uow.read(meta.get, BACKUP_AT) is None


async def test_a_second_start_finds_nothing_to_do(world: Kept) -> None:
    await world.declare()
    world.back_up()
    await world.put_back()
    before = (world.texts("dev", CHANNEL), world.paged("ana"))

    await world.stop()
    await world.start()

    assert (world.texts("dev", CHANNEL), world.paged("ana")) == before
    assert "INC-1" in shown(await asks(world, "dev", "list", "general"))


async def test_announcements_of_incidents_that_the_backup_does_not_know_are_left_alone(world: Kept) -> None:
    dev = world.person("dev")
    await dev.slash("/inc", "", channel="general")
    world.slack.faults.append(Fault("*", "status", 503, times=1000))
    await dev.fill({"name": "Disk full", "severity": "S1"})
    await dev.submit()
    await world.settle()
    world.back_up()  # its announcements are not known to be posted, so these channels are read
    world.slack.faults.clear()
    await world.pass_minutes(2)
    await world.declare(name="Cache cold", severity="S1")
    before = world.paged("ana")

    await world.put_back()
    await world.pass_minutes(1)

    assert world.paged("ana") == before + 1
    assert not await world.muster.uow.read(restored.older_state_of)
    assert world.muster.steps.failing == {}


@pytest.mark.parametrize("namesake", [False, True])
async def test_a_lead_whose_name_another_bears_stays_as_the_backup_has_it(
    world: Kept, namesake: bool
) -> None:
    await world.declare()
    if namesake:
        world.slack.workspace.user("bo").handle = "Ines"
        await world.stop()
        await world.start()
    world.back_up()
    await inc(world, "dev", "lead @ines", CHANNEL)
    await inc(world, "dev", "severity S2", CHANNEL)
    await acknowledged(world)
    await world.pass_minutes(0.5)

    await world.put_back()

    incident = await world.muster.uow.read(incidents.get, 1)
    lead = world.person("dev" if namesake else "ines").id
    assert (incident.severity, incident.lead) == ("S2", lead)
