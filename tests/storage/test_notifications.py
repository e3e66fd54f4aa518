"""Notifications: who decides first wins."""

from dataclasses import replace

from bot.domain.paging.notifications import NotificationState
from bot.domain.process import Contact
from storage import notifications
from tests.conftest import Office
from tests.fakes import process
from tests.operations.given import given_incident


def test_what_somebody_else_decided_meanwhile_is_not_overwritten(office: Office) -> None:
    rules = replace(process(), contacts={"UEOC": Contact("", {"sms": "+441"})})
    office = Office(office.database, rules, office.clock)
    given_incident(office)
    [seen] = office.read(notifications.of_page, 1)
    due, cancelled = (
        replace(seen, state=state) for state in (NotificationState.DUE, NotificationState.CANCELLED)
    )

    first = office.perform(notifications.advance, seen, due)
    second = office.perform(notifications.advance, seen, cancelled)

    assert (first, second) == (True, False)
    assert office.read(notifications.get, seen.id).state is NotificationState.DUE
