"""The load of a schedule in a browser, for those who manage it."""

from pathlib import Path

import pytest

from bot.config import Config, load
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.test_cover import configured

LOAD = "/on-call/load"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Have ines manage the EOC's schedule. It is Monday of ana's week, 12:00."""
    return load(configured(tmp_path / "muster.yml"))


async def test_whoever_manages_a_schedule_sees_how_its_people_were_paged(reader: Reader):
    world = reader.world
    await world.declare()
    await world.pass_minutes(16)
    sit_down(reader, "ines")

    page = await reader.get(LOAD)

    words = seen(page)
    assert "EOC , March 2026, until now" in words
    assert "In all 1 0 - - 0 0 ana 1 0 - - 0 0" in words
    assert "2 Mar 2026 10:00 (09:00 UTC) to" in words.partition("By shift")[2]
    assert 'href="?schedule=EOC&amp;month=2026-02"' in page.text
    assert "The month after" not in words
    before = seen(await reader.get(f"{LOAD}?schedule=EOC&month=2026-02"))
    assert "EOC , February 2026" in before
    assert "Nobody was paged." in before
    assert "The month after" in before


async def test_a_month_that_is_none_is_named_and_a_schedule_of_others_is_not_shown(reader: Reader):
    sit_down(reader, "ines")

    for said, why in (("2027-01", "has not begun"), ("<b>", "is no month"), ("1999-12", "is no month")):
        page = await reader.get(f"{LOAD}?month={said}")
        assert page.status == 422
        assert why in page.text
        assert "<b>" not in page.text
    others = await reader.get(f"{LOAD}?schedule=CMOC")
    assert others.status == 409
    assert "Nobody manages CMOC" in others.text
    sit_down(reader, "ana")
    assert "you manage none" in seen(await reader.get(LOAD))
    assert (await reader.get(f"{LOAD}?schedule=EOC")).status == 409
    sit_down(reader, "gus")
    assert "Guests cannot do that" in (await reader.get(LOAD)).text
