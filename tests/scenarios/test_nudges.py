"""Nudges: whoever leads is reminded of what is missing, by one message for each, until it is there."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.directory import change_user
from sandbox.person import Person
from tests.fakes import NOON, FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    acknowledged,
    answer,
    asks,
    buttons,
    card,
    inc,
    plain,
    presses,
    sends,
    shown,
    told,
)

Json = dict[str, Any]


def dms(person: Person, words: str) -> list[Json]:
    return [one for one in person.dm() if words in shown(one)]


def posted(person: Person, words: str) -> list[Json]:
    found = (one for one in person.messages(CHANNEL) if not one.get("is_ephemeral"))
    return [one for one in found if words in shown(one)]


async def test_whoever_leads_hears_once_that_nobody_has_acknowledged(world: World):
    dev = await world.declare(severity="S2")

    await world.pass_minutes(21)
    (asked,) = dms(dev, "Nobody has acknowledged")
    assert buttons(asked) == ["Escalate", "Snooze 15 min", "Stop"]
    await world.pass_minutes(31)
    (again,) = dms(dev, "Nobody has acknowledged")

    assert again["ts"] != asked["ts"]
    await inc(world, "ana", "ack", "general")
    (over,) = dms(dev, "nobody acknowledged")
    assert buttons(over) == []
    await world.pass_hours(3)
    assert not dms(dev, "Nobody has acknowledged")


async def test_the_channel_is_asked_who_takes_the_lead_from_its_reporter(world: World):
    dev = await world.declare(severity="S2")

    await world.pass_minutes(31)
    (asked,) = posted(dev, "INC-1 Disk full is led by its reporter alone")
    assert buttons(asked) == ["Take the lead", "Snooze 15 min", "Stop"]
    await world.pass_minutes(95)
    assert [one["ts"] for one in posted(dev, "INC-1 Disk full is led by its reporter alone")] == [asked["ts"]]
    sam = world.person("sam")
    await sam.join(CHANNEL)
    await presses(world, sam, asked, "Take the lead", confirm=True)

    assert "Lead: sam" in shown(card(dev))
    assert not posted(dev, "INC-1 Disk full is led by its reporter alone")
    (left,) = posted(dev, "only the reporter leads")
    assert buttons(left) == []


async def test_a_summary_is_asked_for_after_30_minutes_until_it_is_written(world: World):
    await world.declare(severity="S2")
    ana = await acknowledged(world)
    await world.pass_minutes(29)
    assert not dms(ana, "has no summary")
    await world.stop()
    await world.start()

    await world.pass_minutes(2)

    (asked,) = dms(ana, "*INC-1 Disk full has no summary yet.*")
    assert buttons(asked) == ["Write the summary", "Snooze 15 min", "Stop"]
    await presses(world, ana, asked, "Write the summary")
    assert await sends(world, ana, summary="The disk is full") == {}
    (left,) = dms(ana, "the summary is empty")
    assert buttons(left) == []
    await world.pass_hours(3)
    assert not dms(ana, "has no summary")


async def test_a_summary_that_nobody_writes_is_asked_for_ever_more_rarely(world: World):
    await world.declare(severity="S4")
    ana = await acknowledged(world)

    seen = set()
    for _ in range(4):  # hours of the first day
        await world.pass_hours(1)
        seen |= {one["ts"] for one in dms(ana, "has no summary")}
    assert len(seen) == 2, "13:00, in the place of 12:30, and 15:00"
    for _ in range(4):  # from Monday 16:00 to Friday 16:00
        await world.pass_hours(24)
        seen |= {one["ts"] for one in dms(ana, "has no summary")}
    assert len(seen) == 6
    await inc(world, "ana", "nudges start summary")
    await world.pass_minutes(31)
    assert not {one["ts"] for one in dms(ana, "has no summary")} <= seen


async def test_monitoring_for_long_asks_whether_it_can_be_resolved(world: World):
    await world.declare(severity="S2")
    ana = await acknowledged(world)
    await inc(world, "ana", "lead me")
    await inc(world, "ana", "status monitoring")

    await world.pass_minutes(121)

    (asked,) = dms(ana, "has been in Monitoring for a while")
    assert buttons(asked) == ["Resolve", "Update", "Snooze 1 h", "Stop"]
    await presses(world, ana, asked, "Stop")
    timeline = shown(await asks(world, "ana", "timeline all"))
    await world.pass_hours(5)
    assert not dms(ana, "has been in Monitoring for a while")
    assert "was reminded: in Monitoring for long." in timeline
    assert "stopped the reminder (in Monitoring for long)." in timeline


async def test_a_nudge_is_snoozed_stopped_and_started_by_a_command(world: World):
    await world.declare(severity="S2")
    ana = await acknowledged(world)
    await inc(world, "ana", "lead me")
    listed = await asks(world, "ana", "nudges")
    assert "*Reminders for INC-1 Disk full*" in shown(listed)
    assert {"Snooze 15 min", "Snooze 1 d", "Stop"} <= set(buttons(listed))

    sooner = plain(await asks(world, "ana", "nudges snooze summary 10m"))
    assert "12:40 UTC" in sooner, "it was due at 12:30: nobody snoozes it to have it sooner"
    assert "12:45 UTC" in plain(await asks(world, "dev", "snooze"))
    assert "comes again" in shown(await asks(world, "ana", "nudges snooze summary 2h"))
    await world.pass_minutes(119)
    assert not dms(ana, "has no summary")
    await world.pass_minutes(2)
    assert dms(ana, "has no summary")
    assert "No more reminders" in shown(await asks(world, "ana", "INC-1 nudges stop summary", "general"))
    await world.pass_hours(4)
    assert not dms(ana, "has no summary")
    assert "Start again" in buttons(await asks(world, "ana", "nudges"))
    await inc(world, "ana", "nudges start summary")
    await world.pass_minutes(31)
    assert dms(ana, "has no summary")
    assert "The summary is empty: asked, again" in shown(await asks(world, "ana", "nudges"))
    assert "(an update is due) comes again" in shown(await asks(world, "ana", "snooze 180"))
    assert "(the summary is empty) comes again" in shown(await asks(world, "ana", "snooze half an hour"))
    assert "The summary is empty: snoozed until" in shown(await asks(world, "ana", "nudges"))
    assert "comes again" in shown(await asks(world, "ana", "snooze summary until 13:50"))
    await inc(world, "ana", "INC-1 snooze 2d open", "general")
    assert "Still open: snoozed until" in shown(await asks(world, "ana", "nudges"))
    assert "14:00 UTC" in plain(await asks(world, "ana", "nudges snooze open until 2026-03-06 14:00"))
    assert "09:00" in plain(await asks(world, "ana", "nudges snooze update until monday"))
    assert "Which reminder do you want to stop?" in shown(await asks(world, "ana", "nudges stop"))
    assert "Write `30m`, `2h`, `until 14:30`, `until monday` or `1d`" in shown(
        await asks(world, "ana", "nudges snooze summary soon")
    )
    assert "Write `snooze`, `stop` or `start`" in shown(await asks(world, "ana", "nudges summary"))

    stopped = shown(await asks(world, "ana", "nudges stop all")).split(" are stopped (")
    assert "for Monitoring, still comes." in stopped[1]
    assert "No reminder of INC-1 is left to snooze" in shown(await asks(world, "ana", "snooze all 2h"))
    await world.pass_hours(4)
    assert not dms(ana, "has no summary")
    listed = await asks(world, "ana", "nudges")
    assert (buttons(listed).count("Stop"), buttons(listed)[-1]) == (0, "Start all again")
    await presses(world, ana, listed, "Start all again")
    assert "reminders are started again (" in shown(answer(ana))
    put_off = await asks(world, "ana", "INC-1 snooze all 2h", "general")
    assert "are put off for 2 h (" in shown(put_off)
    await world.pass_minutes(119)
    assert not dms(ana, "has no summary")
    await world.pass_minutes(32)
    assert dms(ana, "has no summary")
    assert "is started again (still open)" in shown(await asks(world, "ana", "nudges resume all"))


async def test_an_overdue_update_has_one_message_in_the_channel_and_one_with_the_lead(world: World):
    dev = await world.declare(severity="S2")

    await world.pass_minutes(31)
    (first,) = posted(dev, "Update overdue")
    await world.pass_minutes(95)

    assert [one["ts"] for one in posted(dev, "Update overdue")] == [first["ts"]]
    assert len(dms(dev, "an update is overdue")) == 1
    await inc(world, "dev", "snooze")
    (snoozed,) = posted(dev, "was snoozed until")
    assert (snoozed["ts"], buttons(snoozed)) == (first["ts"], [])
    await world.pass_minutes(16)
    assert [one["ts"] for one in posted(dev, "Update overdue")] == [first["ts"]]
    await inc(world, "dev", "update Still full")
    assert not posted(dev, "Update overdue")


async def test_nothing_comes_once_it_has_ended(world: World):
    dev = await world.declare(severity="S2")
    await world.pass_minutes(61)
    assert dms(dev, "Nobody has acknowledged")
    assert posted(dev, "INC-1 Disk full is led by its reporter alone")

    await inc(world, "dev", "cancel A test")

    before = (told(dev), len(dev.dm()))
    assert not any(buttons(one) for one in dev.dm() if "A reminder about" in shown(one))
    await world.pass_hours(5)
    assert (told(dev), len(dev.dm())) == before


class TestAtNight:
    """At S3 and S4 whoever leads is left asleep."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        return FakeClock(NOON + timedelta(hours=9, minutes=45))  # 21:45, 22:45 in Berlin

    @pytest.mark.parametrize(("severity", "quiet"), [("S3", True), ("S2", False)])
    async def test_an_s3_is_quiet_until_the_morning(self, world: World, severity: str, quiet: bool):
        change_user(world.slack.workspace, "ana", tz="Europe/Berlin")
        await world.settle()
        dev = await world.declare(severity=severity)
        ana = await acknowledged(world)

        await world.pass_hours(9)

        assert bool(dms(ana, "has no summary")) is not quiet
        assert bool(posted(dev, "Update overdue")) is not quiet
        await world.pass_minutes(30)
        assert dms(ana, "has no summary")
        assert posted(dev, "Update overdue")
