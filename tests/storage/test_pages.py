"""Pages compare before they set: who commits first wins."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.pages import PageState, answered, ended
from storage import pages
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident


def test_what_was_decided_first_stays(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)

    first = office.perform(pages.advance, seen, answered(seen, "UEOC", clock.now()))
    second = office.perform(pages.advance, seen, ended(seen, PageState.ESCALATED))

    assert (first, second) == (True, False)
    assert office.read(pages.get, 1).state is PageState.ACKNOWLEDGED


def test_a_reminder_that_was_counted_meanwhile_is_not_counted_again(office: Office) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)

    assert office.perform(pages.advance, seen, replace(seen, reminded=1))
    assert not office.perform(pages.advance, seen, replace(seen, reminded=1))


def test_an_answered_page_is_not_set_aside(office: Office, clock: FakeClock) -> None:
    given_incident(office)
    seen = office.read(pages.get, 1)
    office.perform(pages.advance, seen, answered(seen, "UEOC", clock.now()))
    clock.advance(minutes=15)

    office.perform(pages.set_aside, 1, timedelta(seconds=30))

    assert office.read(pages.get, 1).due_at == seen.due_at
