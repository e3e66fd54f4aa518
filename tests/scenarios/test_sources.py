"""A calendar says who is on call: pages follow it, and its last good copy when it is away."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.oncall.overrides import Override
from handlers.refusals import LAST
from storage import calendars, overrides
from storage.database import DatabaseBusy
from storage.sqlite import SqliteDatabase
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.imports.test_ical import calendar
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, shown
from tests.scenarios.test_schedules import paged

NOW = "2026-03-03 07:55"
BO = "people: {bo@example.com: {phone: +82 2 555 0102}}"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(utc(NOW))


@pytest.fixture
def ics(tmp_path: Path) -> Path:
    """Bo is on call all day by the calendar, whoever is by the layer beneath."""
    file = tmp_path / "eoc.ics"
    day = "DTSTART:20260303T000000Z\nDTEND:20260304T000000Z"
    file.write_text(calendar(f"{day}\nSUMMARY:On Call - Bo\nATTENDEE:bo@example.com"))
    return file


@pytest.fixture
def config(tmp_path: Path, ics: Path) -> Config:
    listed, people = CONFIG.read_text("utf-8"), "[ana@example.com, bo@example.com]"
    assert people in listed
    layer = "{rotation: daily, handover: 09:00, start: 2026-03-02, people: [ana@example.com]}"
    keys = f"zone: UTC, reminders: [], managers: [ines@example.com], calendar: {{file: {ics}}}"
    schedule = f"  EOC: {{{keys}, layers: [{layer}]}}"
    file = tmp_path / "muster.yml"
    file.write_text("\n".join([listed.replace(people, "EOC", 1), "schedules:", schedule, BO]), "utf-8")
    return load(file)


def broken(file: Path) -> None:
    file.write_text("<html>Sign in</html>")


async def read(world: World, *, well: bool = True) -> None:
    """Have the calendar read anew, and wait for that."""

    async def done() -> bool:
        kept = await world.muster.uow.read(calendars.get, "EOC")
        return bool(kept.read_at and not kept.trouble) if well else bool(kept.trouble)

    await world.muster.calendars.look()
    await world.until(done)


async def test_who_is_on_call_by_a_calendar_is_paged_also_after_a_restart_without_it(world: World, ics: Path):
    await read(world)
    await world.declare()
    assert paged(world, "ana", "bo") == ["bo"]
    bo = world.person("bo")
    assert f"<@{bo.id}>, +82 2 555 0102 until" in shown(await asks(world, "dev", "oncall eoc", "general"))

    await world.stop()
    broken(ics)
    world.clock.advance(minutes=6)
    await world.start()
    await read(world, well=False)
    await world.declare(name="Again")

    assert paged(world, "ana") == []
    assert sum("You are paged" in shown(one) for one in bo.dm()) == 2


@pytest.mark.faults
async def test_while_the_database_is_away_its_last_copy_and_overrides_are_known(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    await read(world)
    bo, sam = world.person("bo"), world.person("sam")
    soon = utc(NOW) + timedelta(hours=1)
    cover = Override(soon, soon + timedelta(hours=1), sam.id, bo.id)
    await world.muster.uow.perform(overrides.add, "EOC", cover, by=sam.id)
    [look] = [one.run for one in world.muster.repeating if one.name == "alarm"]
    await look()

    def gone(*_: object, **__: object) -> None:
        raise DatabaseBusy("connection refused")

    monkeypatch.setattr(SqliteDatabase, "run", gone)
    for who, phone in ((bo, ", +82 2 555 0102"), (sam, "")):
        said = shown(await asks(world, "dev", "oncall", "general"))
        assert said.startswith(f"{LAST}\n*Engineer On Call (dotcom EOC)*: <@{who.id}>{phone}\nthen")
        assert "ask whoever keeps it" not in said
        world.clock.advance(minutes=70)


async def test_who_manages_it_hears_once_of_a_stale_calendar_and_of_strangers(world: World, ics: Path):
    await read(world)
    broken(ics)
    told = world.person("ines").dm
    for _ in range(3):
        await world.pass_minutes(6)
        await read(world, well=False)
    await world.pass_minutes(2)
    assert told() == []
    for _ in range(2):
        await world.pass_minutes(170)
        await world.muster.calendars.look()
        await world.pass_minutes(2)

    [said] = map(shown, told())
    assert "its calendar could not be read since" in said
    assert "is a web page, not a calendar" in said
    assert "*EOC: its calendar could not be read since" in shown(
        await asks(world, "dev", "oncall eoc", "general")
    )
    ics_of_a_stranger(ics)
    await world.pass_minutes(6)
    await read(world)
    await world.pass_minutes(2)
    assert "names Nina, whom nobody is known by" in shown(told()[-1])
    assert len(told()) == 2


def ics_of_a_stranger(file: Path) -> None:
    day = "DTSTART:20260303T000000Z\nDTEND:20260304T000000Z"
    file.write_text(calendar(f"{day}\nSUMMARY:On Call - Nina"))
