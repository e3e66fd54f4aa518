"""Overrides and cover: typed or by form, told in the schedule's channel, and who is paged then."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.oncall.spans import Span
from bot.operations.oncall.overrides import override
from sandbox.faults import Fault
from sandbox.person import _pressable
from sandbox.slack import Slack
from sandbox.wire import view_object
from storage import rotations
from storage.transaction import Tx
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World, _nothing_was_said_twice, _the_audit_finds_nothing
from tests.scenarios.look import (
    Json,
    answer,
    asks,
    buttons,
    deactivates,
    inc,
    plain,
    presses,
    sends,
    shown,
    told,
)

EOC = "eoc-general"
SCHEDULES = """
schedules:
  EOC:
    zone: UTC
    managers: [ines@example.com]
    layers:
      - {rotation: weekly, handover: monday 09:00, start: 2026-03-02, people: [PEOPLE]}
  CMOC:
    zone: UTC
    channel: general
    layers:
      - {rotation: weekly, handover: monday 09:00, start: 2026-03-02, people: [carla@example.com]}
"""
"""It is Monday, 2 March 2026, 12:00: ana's week. Her clocks show the same, those in Berlin one hour more."""


def configured(path: Path, people: str = "ana@example.com, bo@example.com") -> Path:
    text = CONFIG.read_text().replace("[ana@example.com, bo@example.com]", "EOC")
    text = text.replace("[carla@example.com, chen@example.com]", "CMOC")
    path.write_text(text + SCHEDULES.replace("PEOPLE", people))
    return path


@pytest.fixture
async def world(slack: Slack, clock: FakeClock, tmp_path: Path) -> AsyncIterator[World]:
    await slack.person("dev").create(EOC)
    config = load(configured(tmp_path / "muster.yml"), {"MUSTER_CONFIG_URL": "https://git.test/muster.yml"})
    world = World(slack, clock, tmp_path / "muster.db", config)
    await world.start()
    for who in ("ana", "bo", "ines"):
        await world.person(who).join(EOC)
    yield world
    await _the_audit_finds_nothing(world)
    await world.stop()
    _nothing_was_said_twice(slack)


def said(world: World, who: str = "ana") -> list[str]:
    return told(world.person(who), EOC)


def name(world: World, who: str) -> str:
    return f"<@{world.slack.workspace.user(who).id}>"


async def on_call(world: World, schedule: str = "EOC") -> str:
    """Return what `/inc oncall` says of a schedule's team."""
    return shown(await asks(world, "dev", f"oncall {schedule}", "general")).split("\n")[0]


def epoch(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def last(world: World, who: str = "bo") -> Json:
    """Return the newest message of the bot in the schedule's channel."""
    return [
        one for one in world.person(who).messages(EOC) if one.get("bot_id") and not one.get("is_ephemeral")
    ][-1]


def request(world: World, who: str = "bo") -> Json:
    """Return the message that asks for cover."""
    found = [one for one in world.person(who).messages(EOC) if one.get("bot_id")]
    return next(one for one in reversed(found) if "asks for" in shown(one) or "to swap" in shown(one))


async def test_a_time_is_taken_on_a_phone_and_the_pages_follow(world: World):
    seen = await asks(world, "ivan", "override eoc me until 18:00", "general")

    ana, ivan = name(world, "ana"), name(world, "ivan")
    understood = f"{ivan} is on call for EOC instead of {ana}: Mon 2 Mar 2026, 14:00 to 18:00 (Europe/Kyiv)."
    assert understood in shown(seen)
    assert "*EOC: ivan is on call instead of ana*" in said(world)[-1]
    assert "is on call for EOC *instead of you:*" in shown(world.person("ana").dm()[-1])
    assert ivan in await on_call(world)
    await world.declare()
    assert any("Disk full" in shown(one) for one in world.person("ivan").dm())
    await world.pass_minutes(4 * 60)
    assert ana in await on_call(world)


async def test_a_time_is_given_by_whoever_has_it_or_manages_the_schedule(world: World):
    given = await asks(world, "ana", "override eoc @dev 2026-03-03 08:00 to 16:00", "general")
    assert "Tue 3 Mar 2026, 08:00 to 16:00 (Europe/Lisbon)" in shown(given)
    assert "arranged it" in shown(world.person("dev").dm()[-1])

    refused = await asks(world, "bo", "override eoc @dev 2026-03-04 08:00 to 16:00", "general")
    assert f"Those who manage EOC can do it for you: {name(world, 'ines')}." in shown(refused)
    managed = await asks(world, "ines", "override eoc @dev 2026-03-04 08:00 to 16:00", "general")
    assert "Wed 4 Mar 2026, 08:00 to 16:00 (Europe/Madrid)" in shown(managed)
    assert "made by ines" in said(world)[-1]
    nobody = await asks(world, "bo", "override CMOC @dev tomorrow", "general")
    assert "Nobody manages CMOC: its operator can name `managers`" in shown(nobody)


@pytest.mark.parametrize(
    ("typed", "answered"),
    [
        ("override eox me until 18:00", "There is no schedule `eox`. Did you mean EOC?"),
        ("override payments me until 18:00", "`payments` is no schedule, and no time. Schedules: EOC, CMOC."),
        (
            "override dotcm eoc me until 18:00",
            "There is no schedule `dotcm eoc`. Did you mean EOC?",
        ),
        ("override me until tomorow 18:00", "I do not understand `tomorow`. Did you mean tomorrow?"),
        ("away for 2 months", "I do not understand `2 months`. Write `until 18:00`"),
        ("override me until 18:00", "Which schedule do you mean?"),
        ("override eoc until 18:00", "Who is on call then?"),
        ("override eoc me next week", "I do not understand `next week`. Write `until 18:00`"),
        ("override eoc me 2026-03-01 08:00 to 09:00", "This time is over already"),
        ("override eoc me 2026-03-03 08:00 to 2027-05-03 09:00", "lasts a year at most"),
        ("override eoc @nobody tomorrow", "I do not know who `@nobody` is"),
        ("cover me tomorrow", "You are on call for no schedule in that time"),
        ("cover eoc me tomorrow", "is not on call for EOC in that time"),
        ("cover eoc tomorow", "I do not understand `tomorow`. Did you mean tomorrow?"),
        ("swap", "You have no shift in the next four weeks"),
    ],
)
async def test_what_is_wrong_is_said_where_it_was_typed(world: World, typed: str, answered: str):
    seen = await asks(world, "ren", typed, "general")

    assert answered in shown(seen)


async def test_a_mistyped_schedule_and_a_missing_one_are_one_press_away(world: World):
    bo = await inc(world, "bo", "override eox me until 18:00", "general")
    await presses(world, bo, answer(bo, "general"), "/inc override EOC me until 18:00")
    assert "*EOC: bo is on call instead of ana*" in said(world)[-1]

    await inc(world, "bo", "override me tomorrow", "general")
    await presses(world, bo, answer(bo, "general"), "CMOC")
    assert "*CMOC: bo is on call instead of carla*" in told(bo, "general")[-1]


async def test_the_first_who_accepts_covers_and_the_second_is_told(world: World):
    seen = await asks(world, "ana", "cover me tomorrow 09:00-17:00", "general")
    assert (
        "I ask in #eoc-general for *cover* on EOC: Tue 3 Mar 2026, 09:00 to 17:00 (Europe/Lisbon)"
        in shown(seen)
    )
    assert "*EOC: ana asks for cover*" in shown(request(world))
    again = await asks(world, "ana", "cover me 2026-03-03 16:00-18:00", "general")
    assert "You have asked for cover in that time already: Tue 3 Mar 2026, 09:00 to 17:00" in shown(again)
    ana, bo, ivan = (world.person(who) for who in ("ana", "bo", "ivan"))
    await ivan.join(EOC)
    await presses(world, ana, request(world), "I cover this")
    assert "This is your own request" in shown(answer(ana, EOC))

    asked = request(world)
    await asyncio.gather(bo.click(asked, text="I cover this"), ivan.click(asked, text="I cover this"))
    await world.settle()

    answers = sorted(shown(answer(one, EOC)) for one in (bo, ivan))
    assert any("You are on call for EOC instead of" in one for one in answers)
    assert any("was first and is on call then" in one for one in answers)
    assert "*Accepted* by" in shown(request(world))
    assert buttons(request(world)) == []
    assert len([one for one in said(world) if "is on call instead of ana*" in one]) == 1
    assert "is on call for EOC *instead of you:*" in shown(ana.dm()[-1])


async def test_a_request_is_accepted_after_it_began_but_not_after_it_ended(world: World):
    await inc(world, "ana", "cover me until 16:00", EOC)
    first = request(world)
    await world.pass_minutes(60)
    bo = world.person("bo")
    await presses(world, bo, first, "I cover this")
    assert "Mon 2 Mar 2026, 22:00 to Tue 3 Mar 2026, 01:00 (Asia/Seoul)" in shown(answer(bo, EOC))
    assert name(world, "bo") in await on_call(world)

    await inc(world, "ana", "cover me 2026-03-03 09:00-10:00", EOC)
    await world.pass_hours(24)
    assert "*Over:* nobody accepted" in shown(request(world))
    assert buttons(request(world)) == []


async def test_somebody_deactivated_accepts_nothing(world: World):
    await inc(world, "ana", "cover me tomorrow", EOC)
    ivan, asked = world.person("ivan"), request(world)
    await ivan.join(EOC)
    await deactivates(world, "ivan")

    await ivan.click(asked, text="I cover this")
    await world.settle()

    assert buttons(request(world)) == ["I cover this", "Withdraw"]


async def test_a_whole_shift_is_covered_by_the_form(world: World):
    ana = await inc(world, "ana", "cover me", "general")
    assert ana.modal
    assert "Mon 2 Mar 12:00 to 9 Mar 09:00, EOC" in shown(ana.modal)
    assert await sends(world, ana) == {"until": "Say from when until when, or choose a whole shift."}
    past = {"from": epoch("2026-03-01 09:00"), "until": epoch("2026-03-01 17:00")}
    assert "over already" in (await sends(world, ana, **past))["until"]

    choice = "Mon 16 Mar 09:00 to 23 Mar 09:00, EOC"
    assert "Leave this empty for a part" in (await sends(world, ana, shift=choice))["shift"]
    await ana.close_modal()
    await inc(world, "ana", "cover me CMOC", "general")
    tomorrow = {"from": epoch("2026-03-03 09:00"), "until": epoch("2026-03-03 17:00")}
    assert "is not on call for CMOC" in (await sends(world, ana, **tomorrow))["until"]
    await ana.close_modal()
    await inc(world, "ana", "cover me", "general")
    assert await sends(world, ana, shift=choice) == {}

    await presses(world, world.person("bo"), request(world), "I cover this")
    assert "*EOC: bo is on call instead of ana*" in said(world)[-1]


async def test_an_override_by_the_form_says_under_its_field_what_is_wrong(world: World):
    bo = await inc(world, "bo", "override", "general")
    tomorrow = {"from": epoch("2026-03-03 09:00"), "until": epoch("2026-03-03 17:00")}
    assert await sends(world, bo, schedule="EOC", **tomorrow) == {}
    assert "*EOC: bo is on call instead of ana*" in said(world)[-1]

    ivan = await inc(world, "ivan", "override eoc", "general")
    problems = await sends(world, ivan, **tomorrow)
    assert "@bo is on call by an override already: Tue 3 Mar 2026, 11:00 to 19:00" in problems["from"]
    assert ivan.modal


async def test_an_override_is_cancelled_from_its_message_and_kept(world: World):
    await inc(world, "bo", "override eoc me tomorrow", "general")
    dev, bo = world.person("dev"), world.person("bo")
    made = last(world)
    await presses(world, dev, made, "Cancel override", confirm=True)
    assert "Only those whom this override concerns can cancel it" in shown(answer(dev, EOC))

    await presses(world, bo, made, "Cancel override", confirm=True)
    assert "*EOC: the override for bo is cancelled* by bo" in said(world)[-1]
    await presses(world, bo, made, "Cancel override", confirm=True)
    assert "You have cancelled this override already" in shown(answer(bo, EOC))
    assert "No override is made" in shown(await asks(world, "bo", "override cancel", "general"))


async def test_a_request_that_nobody_accepts_is_told_to_its_asker_and_shown_in_the_channel(world: World):
    await asks(world, "ana", "cover me 2026-03-04 09:00-17:00", "general")
    asked = request(world)
    assert "Nobody has accepted" not in shown(asked)
    await world.pass_hours(22)

    ana = world.person("ana")
    assert "Nobody has accepted your request on EOC yet" in shown(ana.dm()[-1])
    assert "*Nobody has accepted yet.*" in shown(request(world))
    assert request(world)["ts"] == asked["ts"]
    await presses(world, world.person("bo"), request(world), "I cover this")
    await world.pass_hours(24)
    assert sum("Nobody has accepted" in shown(one) for one in ana.dm()) == 1


async def test_shifts_are_swapped_when_the_colleague_accepts(world: World):
    ana = await inc(world, "ana", "swap", "general")
    mine = "Mon 16 Mar 09:00 to 23 Mar 09:00, EOC"
    theirs = "Mon 9 Mar 09:00 to 16 Mar 09:00, bo, EOC"
    assert await sends(world, ana, shift=mine, theirs=theirs) == {}
    assert f"*EOC: ana offers {name(world, 'bo')} to swap*" in shown(request(world))

    ivan, bo = world.person("ivan"), world.person("bo")
    await ivan.join(EOC)
    await presses(world, ivan, request(world), "Accept")
    assert "who alone can accept it" in shown(answer(ivan, EOC))
    await presses(world, bo, request(world), "Accept")

    assert "*instead of you:*" in shown(ana.dm()[-2]) + shown(ana.dm()[-1])
    assert sorted(line.split("*")[1] for line in said(world)[-2:]) == [
        "EOC: ana is on call instead of bo",
        "EOC: bo is on call instead of ana",
    ]


async def test_a_declined_swap_is_told_to_whoever_offered_it(world: World):
    ana = await inc(world, "ana", "swap", "general")
    mine = "Mon 16 Mar 09:00 to 23 Mar 09:00, EOC"
    theirs = "Mon 9 Mar 09:00 to 16 Mar 09:00, bo, EOC"
    assert await sends(world, ana, shift=mine, theirs=theirs) == {}

    await presses(world, world.person("bo"), request(world), "Decline")

    assert "said no to your request on EOC" in shown(ana.dm()[-1])
    assert "*Ended* by" in shown(request(world))


async def test_a_shift_is_reminded_of_a_day_and_an_hour_before(world: World):
    bo = world.person("bo")
    await world.pass_hours(6 * 24 - 4)
    await world.pass_minutes(59)
    assert bo.dm() == []
    await world.pass_minutes(2)
    assert len(bo.dm()) == 1
    assert "Your shift on EOC begins" in shown(bo.dm()[0])
    assert buttons(bo.dm()[0]) == ["Cover me"]
    await world.pass_hours(24)
    assert len(bo.dm()) == 2


async def test_a_changed_rotation_is_told_at_the_next_start_and_overrides_stay(world: World, tmp_path: Path):
    await inc(world, "ivan", "override eoc me 2026-03-10 09:00 to 17:00", "general")
    before = len(said(world))
    await world.stop()
    people = "ivan@example.com, bo@example.com, carla@example.com"
    url = {"MUSTER_CONFIG_URL": "https://git.test/muster.yml"}
    world.config = load(configured(tmp_path / "new.yml", people), url)
    await world.start()

    (line,) = said(world)[before:]
    assert "*The rotation of EOC changed*" in line
    assert "Added: ivan, first on call" in line
    assert "Added: carla, first on call" in line
    assert "Removed: ana" in line
    assert "<https://git.test/muster.yml|The configuration>" in line
    assert name(world, "ivan") in shown(await asks(world, "bo", "override cancel", "general"))
    await world.stop()
    await world.start()
    assert len(said(world)) == before + 1


async def test_an_override_is_told_also_after_its_schedule_has_another_name(world: World, tmp_path: Path):
    world.slack.faults.append(Fault("chat.postMessage", "status", 503, times=10**6))
    ivan = world.person("ivan").id
    tomorrow = Span(utc("2026-03-03 09:00"), utc("2026-03-03 17:00"))
    await world.muster.uow.perform(override, "EOC", tomorrow, ivan, by=world.person("ines").id)
    await world.stop()
    world.slack.faults.clear()
    file = configured(tmp_path / "new.yml")
    text = file.read_text("utf-8").replace("\n  EOC:", "\n  Engineers:")
    file.write_text(text.replace("on_call: EOC", "on_call: Engineers"), "utf-8")
    world.config = load(file)
    await world.start()
    await world.pass_minutes(1)

    assert "*You are on call for EOC:*" in shown(world.person("ivan").dm()[-1])


async def test_the_home_has_shifts_pages_and_cover(world: World):
    await world.declare()
    ana = world.person("ana")

    await ana.open_home()
    home = await shows_at_home(world, "ana")
    assert "INC-1" in shown(home)
    assert "*EOC*" in shown(home)
    assert "Cover me" in shown(home)
    block, element = _pressable(home["blocks"], None, "Acknowledge", None)
    await ana._press(block, element, None, False, view_id=home["id"])

    after = await shows_at_home(world, "ana")
    assert "*Acknowledged.*" in shown(after)
    assert "None: nobody calls you." in shown(after)


async def shows_at_home(world: World, who: str) -> Json:
    """Return what somebody's Home shows once nothing happens any more."""
    await world.settle()
    user = world.slack.workspace.user(who)
    assert user.home
    return view_object(world.slack.workspace, user.home)


async def test_whoever_is_away_and_their_manager_are_warned(world: World):
    seen = await asks(world, "ana", "away until wed 18:00", "general")
    when = "Mon 2 Mar 2026, 12:00 to Wed 4 Mar 2026, 18:00 (Europe/Lisbon)"
    assert f"*You are away {when}, and on call then:*" in shown(seen)
    assert buttons(seen) == ["Cover me"]
    ines = world.person("ines")
    assert "is away" in shown(ines.dm()[-1])
    assert "and on call for EOC in that time" in shown(ines.dm()[-1])

    assert "on call for nothing then" in shown(await asks(world, "dev", "away tomorrow", "general"))
    assert len(ines.dm()) == 1
    far = await asks(world, "ana", "away 2026-03-03 09:00 to 2029-03-03 09:00", "general")
    assert "of a year at most" in shown(far)


async def test_a_schedule_without_a_channel_that_is_there_asks_nobody(world: World):
    await world.person("dev").archive(EOC)
    await world.settle()

    seen = await asks(world, "ana", "cover me tomorrow", "general")

    assert "#eoc-general is where EOC asks for cover, and I cannot post there" in shown(seen)


async def test_the_load_of_a_month_is_shown_to_who_manages_the_schedule(world: World):
    assert "Nobody was paged." in shown(await asks(world, "ines", "load EOC", EOC))
    await world.declare(name="Secret outage", visibility="private")
    await world.pass_minutes(3)
    await presses(world, world.person("ana"), world.person("ana").dm()[0], "Acknowledge")
    await world.declare()
    await world.pass_minutes(16)

    load = shown(await asks(world, "ines", "load march", EOC))

    figures = "2 pages · 1 acknowledged (median 3 min, longest 3 min)"
    assert f"*EOC, March 2026 until now*\n{figures}" in load
    assert f"{name(world, 'ana')}: {figures}" in load
    assert f"Mon 2 10:00 to Mon 2 13:19, {name(world, 'ana')}: {figures}" in load
    assert "Secret" not in load
    assert shown(await asks(world, "ines", "load march eoc", EOC)) == load
    refused = shown(await asks(world, "ana", "load EOC", EOC))
    assert "The load of EOC is shown to those alone who manage it" in refused
    assert f"Those who manage EOC can do it for you: {name(world, 'ines')}" in refused
    assert "`soon` is no month" in shown(await asks(world, "ines", "load EOC soon", EOC))
    assert "Did you mean EOC?" in shown(await asks(world, "ines", "load EOK 2026-03", EOC))
    unknown = shown(await asks(world, "ines", "load payments 2026-03", EOC))
    assert (
        "`payments` is no schedule, and no month. Schedules: EOC, CMOC. Write `/inc load EOC 2026-11`"
        in unknown
    )


async def test_a_page_says_by_which_layer_or_override_it_called_somebody(world: World):
    await world.declare()
    assert "On call by schedule EOC: layer 1 until 2026-03-09 09:00 UTC." in plain(
        await asks(world, "ana", "why", EOC)
    )
    await inc(world, "bo", "override EOC me for 2 hours", EOC)
    await world.declare(name="Disk fuller")

    override = f"On call by schedule EOC: an override by {name(world, 'bo')} until 2026-03-02 14:00 UTC."
    assert override in plain(await asks(world, "bo", "why", EOC))
    await world.pass_minutes(1)
    await inc(world, "bo", "override cancel", EOC)
    await presses(world, world.person("bo"), answer(world.person("bo"), EOC), "Cancel override", confirm=True)
    assert override in plain(await asks(world, "bo", "why", EOC))
    await world.muster.uow.perform(_another_rotation)
    assert "Schedule EOC: by which layer or override was not kept." in plain(
        await asks(world, "bo", "why", EOC)
    )


def _another_rotation(tx: Tx) -> None:
    rotations.add(tx, "EOC", "another", ["ana@example.com"])
