from datetime import date

import pytest

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import Action, ActionKind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.actions import (
    actions_posted,
    add_action,
    assignee_told,
    finish_action,
    return_action,
    take_action,
)
from storage import actions
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident
from tests.operations.look import kinds, last


def given_action(
    office: Office, incident_id: int, title: str = "Roll back", assignee: str | None = None
) -> Action:
    return office.perform(
        add_action,
        incident_id,
        title=title,
        details="to 17.3",
        kind=ActionKind.ACTION,
        assignee=assignee,
        due=date(2026, 3, 9),
        by="UREP",
    )


def test_an_action_is_kept_and_posted(office: Office) -> None:
    incident = given_incident(office)

    action = given_action(office, incident.id, assignee="UIM")

    assert office.read(actions.get, action.id) == action
    assert (action.assignee, action.due, action.kind) == ("UIM", date(2026, 3, 9), ActionKind.ACTION)
    about = {"incident": incident.id, "action": action.id}
    assert office.emitted() == [
        ("ActionAdded", about),
        ("PeopleAdded", {"incident": incident.id, "people": ["UIM"]}),
        ("ActionAssigned", about | {"person": "UIM"}),
    ]
    assert last(office, incident.id, Kind.ACTION).text == "Roll back"


def test_whoever_takes_it_has_it(office: Office) -> None:
    incident = given_incident(office)
    action = given_action(office, incident.id, assignee="UIM")
    office.emitted()
    follow(office)

    office.perform(take_action, action.id, by="USOMEBODY")

    assert office.read(actions.get, action.id).assignee == "USOMEBODY"
    assert f"redraw_action action:{action.id}" in deliveries(office)
    assert last(office, incident.id, Kind.ACTION_TAKEN).data["person"] == "USOMEBODY"


def test_whoever_gives_themselves_an_action_is_not_told_of_it(office: Office) -> None:
    incident = given_incident(office)

    given_action(office, incident.id, assignee="UREP")

    assert "ActionAssigned" not in office.events()


def test_an_assignee_returns_what_they_cannot_do(office: Office) -> None:
    incident = given_incident(office)
    action = given_action(office, incident.id, assignee="UIM")
    office.perform(assignee_told, action, "UIM", "DUIM", "1.2")
    office.emitted()
    follow(office)

    with pytest.raises(Refused, match="not yours"):
        office.perform(return_action, action.id, by="UREP")
    office.perform(return_action, action.id, by="UIM")

    assert office.read(actions.get, action.id).assignee is None
    assert last(office, incident.id, Kind.ACTION_RETURNED).by == "UIM"
    assert f"redraw_assignee assigned:{action.id}:UIM" in deliveries(office)


def test_what_changed_before_its_assignee_was_told_is_drawn_again(office: Office) -> None:
    incident = given_incident(office)
    action = given_action(office, incident.id, assignee="UIM")
    office.perform(finish_action, action.id, by="UREP")
    office.emitted()

    office.perform(assignee_told, action, "UIM", "DUIM", "1.2")

    assert office.events() == ["AssigneeToldOutdated"]


def test_it_is_done_once(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    action = given_action(office, incident.id)
    clock.advance(minutes=7)

    office.perform(finish_action, action.id, by="UIM")

    finished = office.read(actions.get, action.id)
    assert (finished.done_by, finished.done_at) == ("UIM", clock.now())
    for again in (finish_action, take_action):
        with pytest.raises(Refused, match="<@UIM>"):
            office.perform(again, action.id, by="USOMEBODY")
    assert kinds(office, incident.id).count(Kind.ACTION_DONE) == 1


def test_taking_what_is_yours_says_so(office: Office) -> None:
    action = given_action(office, given_incident(office).id, assignee="UIM")

    with pytest.raises(Refused, match="yours already"):
        office.perform(take_action, action.id, by="UIM")


def test_open_actions_come_first(office: Office) -> None:
    incident = given_incident(office)
    first, second, third = (given_action(office, incident.id, title) for title in ("one", "two", "three"))

    office.perform(finish_action, first.id, by="UIM")

    assert [action.id for action in office.read(actions.of, incident.id)] == [second.id, third.id, first.id]


def test_its_message_is_remembered_through_changes(office: Office) -> None:
    action = given_action(office, given_incident(office).id)
    office.perform(actions_posted, [action], "1700000000.000100", surely=True)

    office.perform(take_action, action.id, by="UIM")

    assert office.read(actions.get, action.id).ts == "1700000000.000100"


@pytest.mark.parametrize("surely", [True, False])
@pytest.mark.parametrize("changed", [True, False])
def test_a_message_is_redrawn_unless_it_surely_shows_the_present_state(
    office: Office, surely: bool, changed: bool
) -> None:
    incident = given_incident(office)
    seen = [given_action(office, incident.id, title) for title in ("one", "two")]
    if changed:
        office.perform(finish_action, seen[1].id, by="UIM")
    office.emitted()

    office.perform(actions_posted, seen, "1700000000.000100", surely=surely)

    again = [("ActionShownOutdated", {"incident": incident.id, "action": seen[0].id})]
    assert office.emitted() == (again if changed or not surely else [])
    assert office.read(actions.get, seen[1].id).ts == "1700000000.000100"


def test_actions_that_share_a_message_are_redrawn_under_the_first_of_them(office: Office) -> None:
    incident = given_incident(office)
    seen = [given_action(office, incident.id, title) for title in ("one", "two")]
    office.perform(actions_posted, seen, "1700000000.000100", surely=True)
    office.emitted()
    follow(office)

    office.perform(finish_action, seen[1].id, by="UIM")

    assert f"redraw_action action:{seen[0].id}" in deliveries(office)


def test_an_action_needs_a_title(office: Office) -> None:
    incident = given_incident(office)

    with pytest.raises(Refused, match="needs a title"):
        given_action(office, incident.id, title="")


def test_follow_ups_are_added_after_the_incident_but_not_to_what_was_none(office: Office) -> None:
    closed = given_incident(office, channel="CA")
    for status in ("Fixing", "Resolved", "Closed"):
        office.perform(change_status, closed.id, Status(status), by="UREP")
    cancelled = given_incident(office, channel="CB")
    office.perform(change_status, cancelled.id, Status.CANCELLED, by="UREP", reason="A test")

    assert given_action(office, closed.id).incident == closed.id
    with pytest.raises(Refused, match="Cancelled"):
        given_action(office, cancelled.id)


def test_an_unknown_action_is_named(office: Office) -> None:
    with pytest.raises(NotFound, match="action `99`"):
        office.perform(take_action, 99, by="UREP")
