"""A contact method that fails hurries the next one: one step for each method, however often that fails."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.process import Contact, Notice
from bot.operations.paging.answers import on_my_way
from bot.operations.paging.contact_methods import attempt_failed, give_contact_method_up, notify_due
from bot.operations.paging.notify import notified
from bot.operations.paging.why import why
from bot.views.paging.why import chain
from storage import notifications, pages
from tests.conftest import Office
from tests.fakes import NOON, process
from tests.operations.given import delivered, given_incident

MINUTE = timedelta(minutes=1)
RULE = tuple(
    Notice(name, after * MINUTE) for name, after in (("push", 1), ("sms", 3), ("call", 5), ("mail", 9))
)
EOC = Contact("", {"mail": "a@b.c", "call": "+442", "sms": "+442", "push": "eoc"}, loud=RULE)


def pushed(office: Office, **on_call: tuple[str, ...]) -> Office:
    """Return the office where an S1 calls the EOC since a minute: the push is under way."""
    office = Office(office.database, replace(process(**on_call), contacts={"UEOC": EOC}), office.clock)
    given_incident(office, "S1")
    delivered(office, 1)
    office.clock.advance(60)
    tick(office)
    return office


def tick(office: Office) -> None:
    for one in office.read(notifications.due, 10):
        office.perform(notify_due, one)


def by(office: Office, method: str) -> int:
    return next(one.id for one in office.read(notifications.of_page, 1) if one.contact_method == method)


def left(office: Office) -> set[str]:
    """Return the methods by which the page has left, or leaves at the next look."""
    found = office.read(notifications.of_page, 1)
    return {one.contact_method for one in found if one.due_at <= office.clock.now()}


def fails(office: Office, method: str) -> None:
    office.perform(attempt_failed, by(office, method), "it answered 503")


def dies(office: Office, method: str) -> None:
    office.perform(give_contact_method_up, by(office, method), "it answered 400")


def takes(office: Office, method: str) -> None:
    office.perform(notified, by(office, method))


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        ([], "push"),
        ([(takes, "push")], "push"),
        ([(fails, "push")], "push sms"),
        ([(dies, "push")], "push sms"),
        ([(fails, "push"), (fails, "push")], "push sms"),
        ([(fails, "push"), (dies, "push")], "push sms"),
        ([(fails, "push"), (takes, "push")], "push sms"),
        ([(fails, "push"), (takes, "sms")], "push sms"),
        ([(fails, "push"), (fails, "sms")], "push sms call"),
        ([(fails, "push"), (fails, "sms"), (fails, "push"), (fails, "sms")], "push sms call"),
        ([(fails, "push"), (dies, "sms"), (fails, "call")], "push sms call mail"),
    ],
)
def test_the_first_failure_of_a_method_has_the_next_one_leave_at_once(
    office: Office, happens: list[tuple[Callable[[Office, str], None], str]], expected: str
) -> None:
    office = pushed(office)

    for what, method in happens:
        what(office, method)
        tick(office)

    assert left(office) == set(expected.split())


def test_the_failed_method_stays_under_way_and_the_others_keep_their_time(office: Office) -> None:
    office = pushed(office)

    fails(office, "push")
    tick(office)

    found = {one.contact_method: one for one in office.read(notifications.of_page, 1)}
    assert [found[name].state.value for name in ("push", "sms", "call")] == ["due", "due", "waiting"]
    assert found["call"].due_at == NOON + 5 * MINUTE


def test_why_says_what_had_it_leave_early(office: Office) -> None:
    office = pushed(office)
    fails(office, "push")
    tick(office)
    takes(office, "sms")

    lines = chain(office.perform(why, 1, by="UEOC"), "UEOC").text.split("\n")

    [early] = [line for line in lines if "left early because push failed" in line]
    assert early.startswith("• sms: taken")


def test_one_message_for_two_pages_hurries_one_step(office: Office) -> None:
    office = pushed(office, im=("UEOC",))
    assert len(office.read(pages.covered_by, by(office, "push"))) == 2

    fails(office, "push")
    tick(office)

    assert left(office) == {"push", "sms"}


def test_whoever_is_on_the_way_is_not_hurried(office: Office) -> None:
    office = pushed(office)
    office.perform(on_my_way, 1, 10 * MINUTE, by="UEOC")

    fails(office, "push")

    assert left(office) == {"push"}
