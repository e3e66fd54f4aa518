"""A change of shift: the note, what crosses it, and who takes that over."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.incidents.timers import TimerKind
from bot.operations.incidents.timers import stop
from storage import roles
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import (
    Json,
    acknowledged,
    asks,
    buttons,
    card,
    inc,
    presses,
    sends,
    shown,
    told,
)

SCHEDULES = """
schedules:
  EOC:
    zone: UTC
    managers: [lena@example.com]
    reminders: []
    layers:
      - {rotation: daily, handover: 08:00, start: 2026-03-02, people: [ana@example.com, bo@example.com]}
  IM:
    zone: UTC
    reminders: []
    layers:
      - {rotation: daily, handover: 08:00, start: 2026-03-02, people: [ines@example.com, ivan@example.com]}
"""


@pytest.fixture
def start() -> str:
    """Ana is on call for half an hour more, then Bo."""
    return "2026-03-03 07:30"


@pytest.fixture
def clock(start: str) -> FakeClock:
    return FakeClock(utc(start))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    text = CONFIG.read_text("utf-8")
    for people, name in (("ana@example.com, bo", "EOC"), ("ines@example.com, ivan", "IM")):
        assert f"[{people}@example.com]" in text
        text = text.replace(f"[{people}@example.com]", name)
    file = tmp_path / "muster.yml"
    file.write_text(text + SCHEDULES, "utf-8")
    return load(file)


def handed(world: World, who: str) -> list[Json]:
    """Return what somebody was told of changes of shift."""
    return [one for one in world.person(who).dm() if "Change of shift" in shown(one)]


async def on_duty(world: World) -> dict[str, str]:
    found = await world.muster.uow.read(roles.of, 1)
    names = {world.person(one).id: one for one in ("ana", "bo", "ines", "ivan", "dev")}
    return {role: names[person] for role, person in found.items()}


async def test_with_nothing_open_and_no_note_nobody_hears_of_a_change(world: World):
    await world.pass_minutes(60)

    assert [world.person(one).dm() for one in ("ana", "bo", "ines", "ivan")] == [[], [], [], []]


async def test_the_next_one_reads_which_alert_is_to_be_changed(world: World):
    await world.pass_minutes(2)
    await inc(world, "dev", "declare", "general")
    await sends(world, world.person("dev"), name="Disk full", severity="S4")
    await asks(world, "dev", "false-alarm INC-1 change Its threshold is too low", "general")

    await world.pass_minutes(60)

    (now,) = handed(world, "bo")
    assert "INC-1 was a false alarm, the alert should be changed" in shown(now)
    assert "Its threshold is too low" in shown(now)
    assert handed(world, "ivan") == []


async def test_an_incident_that_crosses_the_shift_is_taken_over_with_role_and_lead(world: World):
    await world.declare()
    ana = await acknowledged(world)
    await inc(world, "ana", "update Half of the disks are full")
    await inc(world, "ana", "note Restarting one did not help")
    assert await sends(world, await inc(world, "ana", "action Order more disks")) == {}
    await inc(world, "dev", "declare", "general")
    await sends(world, world.person("dev"), name="Slow search", severity="S4")
    await world.muster.uow.perform(stop, 1, TimerKind.UPDATE, by=ana.id)
    kept = await asks(world, "ana", "handover watch the db, we raised the limit", "general")
    assert "Whoever comes next on EOC reads this when their shift begins" in shown(kept)
    await world.pass_minutes(30)

    [brief], [list_] = handed(world, "bo"), handed(world, "ana")
    said = shown(brief)
    for part in (
        "you are on call since",
        f"Before you, it was <@{ana.id}>.",
        "watch the db, we raised the limit",
        "INC-1 Disk full",
        f"EOC is <@{ana.id}>, who leads it too.",
        "Half of the disks are full",
        "Restarting one did not help",
        "Its reminders of updates are stopped",
        "Open actions: Order more disks",
        "INC-2 Slow search",
    ):
        assert part in said
    assert buttons(brief) == ["Take over", "Not yet"]
    assert "your shift ended" in shown(list_)
    assert buttons(list_) == ["Leave a note"]
    assert handed(world, "ines") == handed(world, "ivan") == []

    bo = world.person("bo")
    before = len(told(ana))
    await presses(world, bo, brief, "Take over")
    await world.settle_down()

    assert "You are EOC of INC-1 Disk full and lead it now." in shown(bo.dm()[-1])
    assert await on_duty(world) == {"EOC": "bo"}
    assert "Lead: bo\nEOC: bo" in shown(card(ana))
    [line] = told(ana)[before:]
    assert line == f"bo took over EOC from <@{ana.id}>, and the lead."
    assert "*Taken over* by" in shown(handed(world, "bo")[0])
    assert "*Taken over* by" in shown(handed(world, "ana")[0])
    assert buttons(handed(world, "bo")[0]) == []
    assert bo.id in world.slack.workspace.channel("inc-1-disk-full").members
    await world.pass_minutes(60)
    assert len(handed(world, "bo")) == 1


async def test_what_is_not_taken_over_is_asked_again_and_then_the_manager_is_told_once(world: World):
    await world.declare()
    ana = await acknowledged(world)
    await inc(world, "ana", "status fixing")
    await world.pass_minutes(29)
    bo, lena = world.person("bo"), world.person("lena")
    await world.pass_minutes(16)
    assert "It still waits for you to take it over" in shown(bo.dm()[-1])
    await presses(world, bo, handed(world, "bo")[0], "Not yet")
    assert "You are asked again in 15 minutes" in shown(bo.dm()[-1])

    await world.pass_minutes(16)
    assert [shown(one).split("\n")[0] for one in bo.dm()][-1].startswith("*It still waits")
    assert [shown(one) for one in lena.dm()] == []
    await world.pass_minutes(16)
    assert "*Nobody has taken over on EOC in half an hour.*" in shown(lena.dm()[0])
    assert f"INC-1 Disk full: EOC is <@{ana.id}>, who leads it too." in shown(lena.dm()[0])
    await world.pass_minutes(60)
    assert len(lena.dm()) == 1

    await inc(world, "ana", "resolve fix")
    assert "Nothing is left to take over." in shown(handed(world, "bo")[0])
    assert buttons(handed(world, "bo")[0]) == []


async def test_of_a_schedule_that_is_renamed_meanwhile_no_manager_hears_and_it_is_taken_over(
    world: World, tmp_path: Path
):
    await world.declare()
    await acknowledged(world)
    await inc(world, "ana", "status fixing")
    await world.pass_minutes(31)
    await world.stop()
    file = tmp_path / "muster.yml"
    text = file.read_text("utf-8").replace("\n  EOC:", "\n  Engineers:")
    file.write_text(text.replace("on_call: EOC", "on_call: Engineers"), "utf-8")
    world.config = load(file)
    await world.start()

    await world.pass_minutes(35)
    bo = world.person("bo")
    assert "It still waits for you to take it over" in shown(bo.dm()[-1])
    assert "Nobody has taken over" not in str(world.person("lena").dm())
    await presses(world, bo, handed(world, "bo")[0], "Take over")
    assert await on_duty(world) == {"EOC": "bo"}


async def test_a_page_that_waits_is_answered_by_whoever_takes_over(world: World):
    await world.pass_minutes(25)
    await world.declare()
    await world.pass_minutes(6)
    ana, bo = world.person("ana"), world.person("bo")
    [brief] = handed(world, "bo")
    assert f"<@{ana.id}> is paged as EOC. It is led by" in shown(brief)
    assert f"Paged, and not answered: <@{ana.id}> as EOC" in shown(brief)

    await presses(world, bo, brief, "Take over")
    await world.settle_down()

    assert await on_duty(world) == {"EOC": "bo"}
    assert "Lead: bo" in shown(card(world.person("dev")))
    assert "acknowledged" in shown(ana.dm()[0])
    assert buttons(ana.dm()[0]) == []
    ines = world.person("ines")
    await world.pass_minutes(20)
    assert ines.dm() == world.person("ivan").dm() == []


async def test_a_note_is_edited_into_what_the_next_one_has_until_an_hour_later(world: World):
    refused = await asks(world, "dev", "handover all is well", "general")
    assert "You are not on call, and were not in the last hour" in shown(refused)
    await world.declare()
    await acknowledged(world)
    await world.pass_minutes(31)
    ana, bo = world.person("ana"), world.person("bo")

    await presses(world, ana, handed(world, "ana")[0], "Leave a note")
    assert await sends(world, ana, text="The graphs are wrong\nAsk <!channel>") == {}
    assert f"Note from <@{ana.id}>:\n> The graphs are wrong\n> Ask &lt;!channel&gt;" in shown(bo.dm()[0])
    assert len(bo.dm()) == 1
    await inc(world, "bo", "handover", "general")
    assert "The graphs are wrong" in shown(bo.modal)
    await bo.close_modal()
    await world.pass_minutes(61)
    await presses(world, ana, handed(world, "ana")[0], "Leave a note")
    assert "Your shift ended more than an hour ago" in shown(ana.dm()[-1])


async def test_of_a_private_incident_the_next_one_hears_its_number_and_comes_in_by_taking_over(world: World):
    await world.declare(visibility="private")
    ana = await acknowledged(world)
    await inc(world, "ana", "update The keys leaked")
    await world.pass_minutes(31)
    bo = world.person("bo")
    [brief] = handed(world, "bo")
    assert "private incident INC-1" in shown(brief)
    for secret in ("Disk full", "keys leaked"):
        assert secret not in str(bo.dm()) + str(handed(world, "ana"))

    await presses(world, bo, brief, "Take over")

    assert await on_duty(world) == {"EOC": "bo"}
    assert bo.id in world.slack.workspace.channel("inc-1-disk-full").members
    assert "bo took over EOC" in told(ana)[-1]


async def test_a_change_of_shift_names_no_more_what_turned_private_since(world: World):
    await world.declare(severity="S2")
    await world.pass_minutes(31)
    assert "Disk full" in shown(handed(world, "bo")[0])

    await inc(world, "dev", "private yes Data")
    await world.settle_down()

    said = str(world.person("bo").dm()) + str(world.person("ivan").dm())
    assert "private incident INC-1" in said
    assert "Disk full" not in said


async def test_a_private_incident_that_nobody_answered_is_told_by_its_number_to_who_comes(world: World):
    await world.declare(severity="S2", visibility="private")
    await world.pass_minutes(31)

    [brief] = handed(world, "bo")

    assert "*private incident INC-1*" in shown(brief)
    for secret in ("Disk full", "lead", "S2"):
        assert secret not in shown(brief)


async def test_a_change_while_the_bot_was_away_is_told_late_and_once(world: World):
    await world.declare()
    await acknowledged(world)
    await world.pass_minutes(2)
    await world.stop()
    world.clock.advance(minutes=5 * 60)
    await world.start()
    await world.pass_minutes(1)
    await world.stop()
    await world.start()
    await world.pass_minutes(1)

    assert len(handed(world, "bo")) == len(handed(world, "ana")) == 1
    assert buttons(handed(world, "bo")[0]) == ["Take over", "Not yet"]


async def test_the_rule_of_30_minutes_calls_the_im_who_is_on_call_then(world: World):
    await world.pass_minutes(5)
    await world.declare()
    await acknowledged(world)
    await world.pass_minutes(31)

    assert world.person("ines").dm() == []
    assert "You are paged" in shown(world.person("ivan").dm()[0])


async def test_a_raise_and_a_reopening_call_who_is_on_call_then(world: World):
    await world.declare()
    await acknowledged(world)
    await inc(world, "ana", "status fixing")
    await world.pass_minutes(31)
    await inc(world, "ana", "severity S2")
    assert world.person("ines").dm() == []
    for who in ("bo", "ivan"):
        assert "You are paged" in shown(world.person(who).dm()[-1])
        await presses(world, world.person(who), world.person(who).dm()[-1], "Acknowledge")

    await inc(world, "ivan", "resolve fix")
    world.clock.advance(minutes=24 * 60)
    await world.pass_minutes(1)
    await inc(world, "dev", "reopen it is back")

    for who in ("ana", "ines"):
        assert "You are paged" in shown(world.person(who).dm()[-1])
    for who in ("bo", "ivan"):
        assert "You are paged" not in str([shown(one) for one in world.person(who).dm()])


@pytest.mark.parametrize("start", ["2026-03-07 03:00"])
async def test_an_s4_on_saturday_at_three_pages_the_eoc_at_once(world: World):
    await world.declare(severity="S4")

    [page] = world.person("ana").dm()
    assert "You are paged" in shown(page)
