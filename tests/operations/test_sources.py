"""Calendars as sources of who is on call, on both engines: what is kept, and who is paged by it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.oncall.calendars import Event
from bot.domain.oncall.schedules import Calendar
from bot.domain.oncall.spans import Span
from bot.domain.process import Process
from bot.operations.oncall.overrides import override
from bot.operations.oncall.sources import EMPTY, calendar_failed, calendar_read
from bot.operations.workspace.people import learned, learned_page
from storage import calendars, meta, people
from storage.people import Person
from storage.reading import Part
from storage.transaction import Tx
from tests.conftest import Office
from tests.domain.oncall.values import layer, schedule
from tests.fakes import NOON, FakeClock, process, scheduled

HOUR = timedelta(hours=1)
SOURCE = Calendar(ZoneInfo("UTC"), file="x.ics", people={"primary": "UFALL"})


def known(number: str, name: str, *, active: bool = True) -> Person:
    return Person(f"U{number}", name, f"{name.lower()}@example.com", active, None)


@pytest.fixture
def rules() -> Process:
    """The EOC's schedule: what a calendar says, and a layer of UFALL beneath it."""
    return scheduled(process(), replace(schedule(layer("fall@example.com")), calendar=SOURCE))


@pytest.fixture(autouse=True)
def _workspace(office: Office) -> Iterator[None]:
    """Have four people, and know that there are no others."""
    everybody = [
        known("ANA", "Ana"),
        known("BO", "Bo"),
        known("FALL", "Fall"),
        known("OLD", "Old", active=False),
    ]
    office.perform(learned_page, everybody, [], Part.PEOPLE, None)
    yield
    office.perform(forgotten)


def forgotten(tx: Tx) -> None:
    meta.drop(tx, f"read {Part.PEOPLE}")


def event(start: int, end: int, *who: str, title: str = "") -> Event:
    return Event(NOON + start * HOUR, NOON + end * HOUR, 0, who, title)


def called(office: Office) -> list[str]:
    return list(office.read(people.on_call)["dotcom EOC"])


def test_who_is_in_the_calendar_is_called_and_otherwise_the_layers_beneath(
    office: Office, clock: FakeClock
) -> None:
    assert called(office) == ["UFALL"]
    office.perform(
        calendar_read,
        "EOC",
        ([event(-1, 1, "ANA@example.com"), event(1, 2, "Bo"), event(2, 3, "nobody")], ()),
    )
    assert called(office) == ["UANA"]
    clock.advance(minutes=60)
    assert called(office) == ["UBO"]
    clock.advance(minutes=60)
    assert called(office) == ["UFALL"]
    assert office.read(calendars.get, "EOC").unmatched == ("nobody",)


@pytest.mark.parametrize("replaced", ["UFALL", "UANA"], ids=["who is beneath", "who is in the calendar"])
def test_an_override_replaces_whoever_is_on_call_by_a_calendar(office: Office, replaced: str) -> None:
    here = "ana@example.com" if replaced == "UANA" else "fall@example.com"
    office.perform(calendar_read, "EOC", ([event(-1, 4, here)], ()))

    office.perform(override, "EOC", Span(NOON, NOON + HOUR), "UBO", by=replaced)
    assert called(office) == ["UBO"]
    office.perform(override, "EOC", Span(NOON + 2 * HOUR, NOON + 3 * HOUR), "UBO", by="UBO")

    assert called(office) == ["UBO"]


def test_what_cannot_be_read_leaves_the_last_good_copy(office: Office, clock: FakeClock) -> None:
    office.perform(calendar_read, "EOC", ([event(-1, 4, "Ana")], ("odd",)))
    clock.advance(minutes=5)

    office.perform(calendar_failed, "EOC", "it answered 500")
    office.perform(calendar_read, "EOC", ([], ()))

    kept = office.read(calendars.get, "EOC")
    assert called(office) == ["UANA"]
    assert (kept.read_at, kept.trouble, kept.odd) == (NOON, EMPTY, ("odd",))
    office.perform(calendar_read, "EOC", None)
    kept = office.read(calendars.get, "EOC")
    assert (kept.read_at, kept.trouble, kept.odd) == (NOON + timedelta(minutes=5), "", ("odd",))


def test_one_that_was_over_may_be_empty(office: Office, clock: FakeClock) -> None:
    office.perform(calendar_read, "EOC", ([event(-2, -1, "Ana")], ()))

    office.perform(calendar_read, "EOC", ([], ()))

    assert office.read(calendars.get, "EOC").trouble == ""


def test_whom_a_text_means_is_asked_anew_at_each_look(office: Office) -> None:
    office.perform(calendar_read, "EOC", ([event(-1, 4, "Cem"), event(4, 5, "old@example.com")], ()))
    assert called(office) == ["UFALL"]
    assert office.read(calendars.get, "EOC").unmatched == ("Cem", "old@example.com")

    office.perform(learned, [known("CEM", "Cem")], [])
    office.perform(calendar_read, "EOC", None)

    assert called(office) == ["UCEM"]
    office.perform(learned, [known("CEM2", "Cem")], [])
    office.perform(calendar_read, "EOC", None)
    assert called(office) == ["UFALL"], "a name of two people means nobody"


def test_whom_slack_may_yet_tell_us_of_is_called_as_soon_as_it_does(office: Office) -> None:
    office.perform(forgotten)
    office.perform(calendar_read, "EOC", ([event(-1, 4, "cem@example.com")], ()))

    office.perform(learned, [known("CEM", "Cem")], [])

    assert called(office) == ["UCEM"]


def test_a_text_that_the_configuration_names_counts_before_all_else(office: Office) -> None:
    office.perform(calendar_read, "EOC", ([event(-1, 4, "ana@example.com", title="On Call - Primary")], ()))

    assert called(office) == ["UFALL"]
