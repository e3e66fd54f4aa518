"""The on-call pages: who is on call now and next, and a schedule's calendar."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Config, load
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.conftest import CONFIG
from tests.scenarios.look import asks, inc, shown

LAYER = "{rotation: daily, handover: 09:00, start: 2026-03-02, people: [%s@example.com, %s@example.com]%s}"
SCHEDULES = f"""
schedules:
  EOC:
    zone: Europe/Berlin
    channel: incidents-dotcom
    reminders: []
    managers: [lena@example.com]
    layers: [{LAYER % ("ana", "bo", ', only: ["mon-fri 09:00-17:00"]')}]
  IM:
    zone: Europe/Berlin
    channel: incidents-dotcom
    reminders: []
    layers: [{LAYER % ("ines", "ivan", "")}]
"""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 3, 3, 7, 55, tzinfo=UTC))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Have two teams with schedules: somebody is the IM always, and the EOC in working hours."""
    listed = CONFIG.read_text("utf-8")
    for name, people in (
        ("EOC", "[ana@example.com, bo@example.com]"),
        ("IM", "[ines@example.com, ivan@example.com]"),
    ):
        assert people in listed
        listed = listed.replace(people, name, 1)
    file = tmp_path / "muster.yml"
    file.write_text(f"{listed}\n{SCHEDULES}", "utf-8")
    return load(file)


async def test_it_says_who_is_on_call_now_and_next_and_who_follows(reader: Reader):
    sit_down(reader, "dev")

    page = await reader.get("/on-call")

    words = seen(page)
    im = words.partition("Incident Manager")[2]
    assert im.startswith(" (dotcom IMOC) ines")
    assert "next: ivan" in im.partition("Four weeks")[0]
    assert "Nobody is on call." in words.partition("Engineer On Call")[2].partition("Incident Manager")[0]
    assert "after 15 min IM : ines" in words
    assert 'href="/on-call/schedules/IM"' in page.text
    assert len(page.text.encode()) < 60_000


async def test_a_calendar_shows_overrides_and_names_gaps_on_the_readers_clock_and_in_utc(reader: Reader):
    world = reader.world
    await inc(world, "ana", "override EOC me 2026-03-05 10:00 to 2026-03-05 20:00", "general")
    await world.settle()
    sit_down(reader, "dev")  # in Kolkata, UTC+05:30

    page = await reader.get("/on-call/schedules/EOC")

    words = seen(page)
    assert "Asia/Kolkata (UTC+05:30)" in words
    thursday = words.partition("Thu 5 Mar")[2].partition("Fri 6 Mar")[0]
    assert "ana (override, instead of bo )" in thursday
    assert "ana (override)" in thursday  # where nobody would be
    assert "Nobody on call" in words.partition("Sat 7 Mar")[2].partition("Sun 8 Mar")[0]
    gaps = words.partition("Nobody is on call")[2].partition("Day by day")[0]
    assert "6 Mar 2026 21:30 (16:00 UTC) to 9 Mar 2026 13:30 (08:00 UTC)" in gaps
    assert "until 13:30 Nobody on call 13:30 to 21:30" in words.partition("Wed 4 Mar")[2]
    utc = seen(await reader.get("/on-call/schedules/EOC?zone=utc"))
    assert "until 08:00 Nobody on call 08:00 to 16:00" in utc.partition("Wed 4 Mar")[2]
    assert len(page.text.encode()) < 60_000


async def test_it_is_found_by_its_team_and_role_and_turned_within_a_year(reader: Reader):
    sit_down(reader, "dev")

    for name in ("eoc", "dotcom%20EOC", "IM"):
        assert (await reader.get(f"/on-call/schedules/{name}")).status == 200
    for name in ("none", "%3Cb%3E", "x" * 300):
        lost = await reader.get(f"/on-call/schedules/{name}")
        assert lost.status == 404
        assert "<b>" not in lost.text
    later = seen(await reader.get("/on-call/schedules/EOC?since=2026-03-30"))
    assert "30 March 2026 to 26 April 2026" in later
    for odd in ("0001-01-01", "9999-12-31", "nonsense", "%00"):
        assert (await reader.get(f"/on-call/schedules/EOC?since={odd}")).status == 200


async def test_whoever_may_not_page_people_is_not_told_whom(reader: Reader):
    world = reader.world
    said = shown(await asks(world, "gus", "oncall", "general"))
    assert "Guests cannot do that" in said
    sit_down(reader, "gus")

    for path in ("/on-call", "/on-call/schedules/EOC"):
        page = await reader.get(path)
        assert page.status == 409
        assert "Guests cannot do that" in page.text
        assert "ines" not in page.text
