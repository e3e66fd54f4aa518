"""A calendar program reads who is on call at a secret address, until new ones are made."""

import re
from datetime import timedelta
from pathlib import Path

import aiohttp
import icalendar
import pytest

from bot.domain.oncall.overrides import NONE, Override
from bot.domain.oncall.shifts import Shift, shifts
from bot.imports.conversion import converted, read_back
from storage import overrides, pages, schedules
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.scenarios.conftest import World
from tests.scenarios.look import Json, answer, asks, deactivates, inc, presses, shown
from tests.scenarios.test_schedules import config, eoc, im, leaders  # noqa: F401 - the same two schedules

HERE = "incidents"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(utc("2026-03-03 07:55"))


@pytest.fixture
def public(world: World) -> World:
    world.muster.links.base = f"http://{world.muster.web.address}"
    return world


async def read(address: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(address) as found:
        return found.status, await found.text()


async def asked(world: World, who: str) -> Json:
    """Have somebody ask for the addresses by the button below `/inc oncall`, and return the answer."""
    listing, person = await asks(world, who, "oncall", HERE), world.person(who)
    await presses(world, person, listing, "In my calendar")
    return answer(person, HERE)


def addresses(message: Json) -> list[str]:
    return re.findall(r"http://\S+\.ics", shown(message))


async def test_a_program_reads_a_persons_own_shifts_and_a_schedules(public: World):
    swap = Override(utc("2026-03-05 00:00"), utc("2026-03-06 00:00"), public.person("dev").id, "")
    await public.muster.uow.perform(overrides.add, "EOC", swap, by=public.person("ana").id)

    own, whole, _ = addresses(await asked(public, "ana"))

    status, text = await read(own)
    mine = icalendar.Calendar.from_ical(text).events
    assert status == 200
    assert all("ana@example.com" in str(one["ATTENDEE"]) for one in mine)
    assert [one.start for one in mine[:2]] == [utc("2026-03-02 08:00"), utc("2026-03-04 08:00")]
    assert mine[1].end == utc("2026-03-05 00:00")
    _, text = await read(whole)
    assert "SUMMARY:On call - dev - EOC" in text
    read_back = [(one.start, one.end, mailed(one)) for one in icalendar.Calendar.from_ical(text).events]
    start, end = public.clock.now() - timedelta(days=7), public.clock.now() + timedelta(days=90)
    rota = (await public.muster.uow.read(schedules.standing, end, start))["EOC"]
    found = [one for one in shifts(*rota, start, end) if one.people]
    emails = {user.id: user.email for user in public.slack.workspace.users.values()}
    assert read_back == [(one.start, one.end, {emails[who] for who in one.people}) for one in found]


def mailed(event: icalendar.Event) -> set[str]:
    """Return the addresses of those who attend an event."""
    attend = event["ATTENDEE"]
    return {str(one).removeprefix("mailto:") for one in (attend if isinstance(attend, list) else [attend])}


async def test_what_is_read_can_be_imported_again(public: World, tmp_path: Path):
    _, whole, _ = addresses(await asked(public, "ana"))
    (tmp_path / "eoc.ics").write_text((await read(whole))[1])

    text, _ = converted("ical", tmp_path / "eoc.ics", "Europe/Berlin", public.clock.now())

    again, ours = read_back(text).process.schedules["EOC"], public.muster.uow.process.schedules["EOC"]
    start, end = public.clock.now(), public.clock.now() + timedelta(weeks=8)
    assert list(map(of, shifts(again, NONE, start, end))) == list(map(of, shifts(ours, NONE, start, end)))


def of(shift: Shift) -> tuple[object, ...]:
    return shift.start, shift.end, shift.people


async def test_link_me_names_what_is_ones_own_and_needs_no_sign_in(public: World):
    await public.declare("dev", severity="S3")
    number = await public.muster.uow.read(pages.pending_for, public.person("ana").id)

    mine = await asks(public, "ana", "link me", HERE)

    assert len(number) == 1
    assert "Your page of INC-1" in shown(mine)
    (page,) = re.findall(r"http://\S+/p/\S+", shown(mine))
    assert "Acknowledge" in (await read(page))[1]
    assert [(await read(one))[0] for one in addresses(mine)] == [200] * 3
    assert "/p/" not in shown(await asks(public, "dev", "link me", HERE))
    await inc(public, "ana", "ack INC-1", HERE)
    assert "/p/" not in shown(await asks(public, "ana", "links Me", HERE))
    assert "Guests cannot do that" in shown(await asks(public, "gus", "link me", HERE))


async def test_new_addresses_end_the_earlier_ones_of_this_person_alone(public: World):
    first = addresses(await asked(public, "ana"))
    others = addresses(await asked(public, "bo"))

    ana = public.person("ana")
    await presses(public, ana, answer(ana, HERE), "Make new addresses", confirm=True)

    assert [(await read(one))[0] for one in first] == [404] * 3
    assert [(await read(one))[0] for one in others] == [200] * 3
    assert [(await read(one))[0] for one in addresses(answer(ana, HERE))] == [200] * 3


async def test_an_address_that_was_not_given_shows_nothing(public: World):
    own = addresses(await asked(public, "ana"))[0]

    for wrong in (own.replace("/c/", "/c/x"), own.replace("/c/", "/p/"), own.replace(".ics", "x.ics")):
        status, text = await read(wrong)
        assert status == 404
        assert "BEGIN" not in text


async def test_nobody_reads_at_the_address_of_somebody_who_has_left(public: World):
    first, *others = addresses(await asked(public, "ana"))
    await deactivates(public, "ana")

    assert [(await read(one))[0] for one in (first, *others)] == [404] * 3


async def test_without_a_public_address_it_says_who_can_help(world: World):
    assert "no public address" in shown(await asked(world, "ana"))
