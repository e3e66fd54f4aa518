"""The bot dies and comes back: no page and no deadline is lost, and what passed meanwhile happens once."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load
from sandbox.faults import Fault, Kind
from sandbox.slack import Slack
from storage import people
from tests.fakes import NOON, FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import card
from tests.tally import Tally, report

CHANNEL = "inc-1-disk-full"


def pages_of(world: World, who: str) -> list[str]:
    return [one["text"] for one in world.person(who).dm() if "You are paged" in one["text"]]


@pytest.mark.parametrize(
    ("minutes", "called", "missed"),
    [
        (10, "ana", None),
        (20, "ines", None),
        (40, "ines", "dotcom IMOC"),
        (50, "ines", "dotcom IMOC and dotcom leadership escalation"),
        (300, "ines", "dotcom IMOC and dotcom leadership escalation"),
    ],
    ids=["none", "one", "two", "three", "many"],
)
async def test_deadlines_that_passed_meanwhile_raise_one_level_at_once(
    world: World,
    minutes: int,
    called: str,
    missed: str | None,
    record_property: Callable[[str, object], None],
):
    await world.declare()
    await world.stop()
    world.clock.advance(minutes=minutes)

    await world.start()

    assert [len(pages_of(world, who)) for who in ("ana", "lena")] == [0 if called != "ana" else 1, 0]
    assert len(pages_of(world, called)) == 1
    late = [text for text in world.texts("dev", CHANNEL) if "late: I was not running" in text]
    assert len(late) == (1 if minutes > 16 else 0)
    said = f"Meanwhile the time of {missed} ran out too; it begins again now."
    assert [said in text for text in late] == ([missed is not None] if late else [])
    await world.pass_minutes(14)
    report(record_property, "downtime", Tally(1, 1, ok=1, recovered=int(minutes > 16)))


async def test_a_page_that_was_stored_but_not_sent_is_sent_after_the_restart(world: World):
    world.slack.faults.append(Fault("*", "status", 503, times=100))
    dev = world.person("dev")
    world.slack.faults.clear()
    await dev.slash("/inc", "", channel="general")
    world.slack.faults.append(Fault("*", "status", 503, times=1000))
    await dev.fill({"name": "Disk full", "severity": "S3"})
    await dev.submit()
    await world.stop()
    world.slack.faults.clear()

    await world.start()
    await world.pass_minutes(0.5)

    assert len(pages_of(world, "ana")) == 1
    assert len(world.slack.calls("conversations.create")) >= 1
    names = [channel.name for channel in world.slack.workspace.channels.values()]
    assert names.count(CHANNEL) == 1


@pytest.mark.parametrize(
    "method", ["chat.postMessage", "conversations.create", "pins.add", "conversations.invite"]
)
async def test_a_reply_that_is_lost_makes_no_second_message_where_history_can_be_read(
    world: World, method: str
):
    world.slack.faults.append(Fault(method, "drop_after", times=10))
    await world.declare(severity="S1")
    world.slack.faults.clear()
    await world.pass_minutes(3)

    names = [channel.name for channel in world.slack.workspace.channels.values()]
    assert [name for name in names if name.startswith("inc-")] == [CHANNEL]
    for place in (CHANNEL, "incidents", "incidents-dotcom"):
        texts = world.texts("dev", place)
        assert len(texts) == len(set(texts)), place
    repeated = [one for one in world.person("ana").dm() if "Sent again" in str(one["blocks"])]
    assert len(pages_of(world, "ana")) == 1 + len(repeated)
    assert len(pages_of(world, "ana")) <= 2


async def test_a_clock_that_is_fast_does_not_hide_what_was_posted(slack: Slack, tmp_path: Path):
    fast = FakeClock(NOON + timedelta(minutes=20))
    world = World(slack, fast, tmp_path / "muster.db", load(CONFIG))
    await world.start()
    slack.faults.append(Fault("chat.postMessage", "drop_after", times=10))
    slack.faults.append(Fault("conversations.create", "drop_after"))

    await world.declare(severity="S1")
    slack.faults.clear()
    await world.pass_minutes(3)
    await world.stop()

    names = [channel.name for channel in slack.workspace.channels.values()]
    assert [name for name in names if name.startswith("inc-")] == [CHANNEL]

    for place in (CHANNEL, "incidents", "incidents-dotcom"):
        texts = world.texts("dev", place)
        assert texts
        assert len(texts) == len(set(texts)), place


async def test_the_same_event_again_has_no_second_effect(world: World):
    dev = await world.declare()
    world.slack.manners.twice = True
    message = await dev.say(CHANNEL, "It is /dev/sda1")
    await dev.react(message, "pushpin")
    await world.settle()

    added = [call for call in world.slack.calls("reactions.add") if call.ok]
    assert len(added) == 1
    await dev.slash("/inc", "timeline", channel=CHANNEL)
    await world.settle()
    shown = [one["text"] for one in dev.messages(CHANNEL) if one.get("is_ephemeral")]
    assert str(shown).count("It is /dev/sda1") == 1


async def test_an_acknowledgement_after_the_deadline_is_told_who_is_called_now(world: World):
    await world.declare()
    ana = world.person("ana")
    page = ana.dm()[0]
    await world.stop()
    world.clock.advance(minutes=15)
    world.slack.faults.append(Fault("chat.update", "status", 503, times=20))
    await world.start()

    await ana.click(page, "page_acknowledge")
    await world.settle()

    assert "now it is with <@U0INES0003>" in ana.dm()[-1]["text"]
    assert len(pages_of(world, "ines")) == 1


async def test_after_a_restart_an_acknowledged_page_stays_answered(world: World):
    await world.declare()
    ana = world.person("ana")
    await ana.click(ana.dm()[0], text="Acknowledge")
    await world.settle()
    await world.stop()
    world.clock.advance(minutes=20)

    await world.start()

    assert pages_of(world, "ines") == []


async def test_a_restart_says_nothing_twice(world: World):
    await world.declare(severity="S1")
    before = world.texts("dev", CHANNEL)
    for _ in range(3):
        await world.stop()
        await world.start()

    assert world.texts("dev", CHANNEL) == before


async def test_a_channel_made_before_death_is_known_again_before_slack_says_who_we_are(world: World):
    world.slack.faults.append(Fault("conversations.create", "drop_after"))
    await world.declare()
    await world.stop()
    world.slack.faults.append(Fault("auth.test", "status", 503, times=2))

    await world.start()
    await world.pass_minutes(1)

    names = [channel.name for channel in world.slack.workspace.channels.values()]
    assert [name for name in names if name.startswith("inc-")] == [CHANNEL]


async def test_the_channel_of_another_database_is_not_taken_for_one_whose_reply_was_lost(
    world: World, tmp_path: Path
):
    await world.declare()
    await world.stop()
    other = World(world.slack, world.clock, tmp_path / "other.db", load(CONFIG))
    await other.start()
    world.slack.faults.append(Fault("conversations.create", "error", "internal_error"))
    await other.declare()
    await other.pass_minutes(1)
    await other.stop()

    names = [channel.name for channel in world.slack.workspace.channels.values()]
    assert [name for name in names if name.startswith("inc-")] == [CHANNEL, f"{CHANNEL}-2"]


async def test_a_slack_that_is_away_at_the_start_is_met_as_soon_as_it_is_back(world: World):
    await world.stop()
    world.slack.workspace.user("dev").deleted = True
    world.slack.faults += [Fault("auth.test", "status", 503), Fault("users.list", "status", 503)]
    await world.start()
    dev = world.person("dev").id

    seen = []
    for _ in range(2):
        await world.muster.meet_slack()
        seen.append(await world.muster.uow.read(people.get, dev))

    assert [person.active for person in seen if person] == [True, False]


@pytest.mark.parametrize("method", ["auth.test", "users.list", "conversations.list"])
async def test_an_answer_that_lacks_what_it_should_hold_is_asked_for_again(world: World, method: str):
    await world.declare()
    await world.stop()
    world.clock.advance(minutes=20)
    world.slack.workspace.user("dev").deleted = True
    world.slack.faults.append(Fault(method, "empty", times=2))

    await world.start()
    first = len(pages_of(world, "ines"))
    for _ in range(2):
        await world.muster.meet_slack()

    dev = await world.muster.uow.read(people.get, world.person("dev").id)
    assert dev
    assert (first, dev.active) == (1, False)


async def test_put_out_of_a_public_channel_the_bot_comes_back_and_sees_pins(world: World):
    dev = await world.declare()

    await dev.kick(CHANNEL, "muster")
    await world.settle()
    message = await dev.say(CHANNEL, "It is /dev/sda1")
    await dev.react(message, "pushpin")
    await world.settle()

    assert [call.ok for call in world.slack.calls("reactions.add")] == [True]


async def test_put_out_of_a_private_channel_the_lead_is_asked_to_bring_it_back(world: World):
    dev = await world.declare(visibility="private")

    await dev.kick("inc-1-disk-full", "muster")
    await world.settle()

    assert "/invite @muster" in dev.dm()[-1]["text"]


async def test_a_token_that_is_refused_for_a_while_moves_no_page_on(world: World):
    world.slack.faults.append(Fault("c*.*", "error", "token_revoked", times=100))
    await world.declare()
    await world.pass_minutes(1)
    world.slack.faults.clear()
    await world.pass_minutes(2)

    assert len(pages_of(world, "ana")) == 1
    assert pages_of(world, "ines") == []
    names = [channel.name for channel in world.slack.workspace.channels.values()]
    assert CHANNEL in names


async def test_an_absence_of_seconds_over_a_deadline_is_told_too(world: World):
    await world.declare()
    await world.pass_minutes(14.9)
    await world.stop()
    world.clock.advance(seconds=20)

    await world.start()

    assert any("14 s late: I was not running" in text for text in world.texts("dev", CHANNEL))


async def test_a_channel_that_comes_back_from_the_archive_has_the_bot_in_it(world: World):
    dev = await world.declare()
    await dev.archive(CHANNEL)
    await dev.unarchive(CHANNEL)
    await world.settle()

    await dev.slash("/inc", "severity S2", channel=CHANNEL)
    await world.settle_down()

    assert world.slack.workspace.channel(CHANNEL).topic.value.startswith("S2")


async def test_the_lead_hears_once_that_the_channel_cannot_be_told(world: World):
    dev = await world.declare(visibility="private")
    await dev.kick(CHANNEL, "muster")
    await world.settle()

    for severity in ("S1", "S2", "S4"):
        await dev.slash("/inc", f"severity {severity}", channel=CHANNEL)
        await world.settle()

    assert len([one for one in dev.dm() if "Its channel cannot be told" in one["text"]]) == 1


async def test_a_long_list_is_read_as_slowly_as_slack_asks(world: World):
    await world.stop()
    world.slack.faults.append(Fault("users.list", "ratelimit", 30, times=1))

    starting = asyncio.create_task(world.start())
    async with asyncio.timeout(PATIENCE):
        while not starting.done():
            world.clock.advance(seconds=5)
            await asyncio.sleep(0.01)

    assert [call.ok for call in world.slack.calls("users.list")][-2:] == [False, True]


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["error", "drop_after"])
async def test_the_bookmark_comes_after_a_restart_in_which_slack_says_late_where_it_is(
    world: World, kind: Kind
):
    world.slack.faults.append(Fault("bookmarks.add", kind, "internal_error"))
    await world.declare()
    await world.stop()
    world.slack.faults.append(Fault("auth.test", "error", "internal_error", times=1_000))
    await world.start()
    await world.pass_minutes(2)

    world.slack.faults.clear()
    await world.pass_minutes(10)

    posted = card(world.person("dev"))
    channel = world.slack.workspace.channel(CHANNEL)
    where = f"https://tanuki.slack.com/archives/{channel.id}/p{posted['ts'].replace('.', '')}"
    assert [one["link"] for one in channel.bookmarks] == [where]
