"""Follow-ups as they are kept: who may know of them, what is overdue, and their issues."""

from datetime import date

import pytest

from bot.domain.errors import NotFound
from bot.domain.work.follow_ups import TrackedIssue
from bot.domain.work.work import Action, ActionKind
from storage import actions, follow_ups
from storage.follow_ups import Sought
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident

URL = "https://gitlab.test/infra/it/-/issues/7"


def kept(office: Office, incident: int, *, private: bool = False, due: date | None = None) -> int:
    def write(tx: Tx) -> int:
        kind = ActionKind.FOLLOW_UP
        draft = Action(0, incident, "Add a node", "", kind, "UIM", due, "UREP", tx.now, private=private)
        number = actions.add(tx, draft)
        follow_ups.add(tx, number, "Follow-up", "S2", "api")
        return number

    return office.perform(write)


def found(office: Office, viewer: str, sought: Sought) -> list[int]:
    return [one.action.id for one in office.read(follow_ups.visible, viewer, sought)]


def test_a_private_one_is_known_to_its_owner_its_writer_and_the_lead_alone(office: Office) -> None:
    incident = given_incident(office)

    number = kept(office, incident.id, private=True)

    assert found(office, "UIM", Sought()) == found(office, "UREP", Sought()) == [number]
    assert found(office, "UOTHER", Sought()) == []
    with pytest.raises(NotFound):
        office.read(actions.visible, number, "UOTHER")
    assert office.read(actions.of, incident.id) == []
    assert [one.id for one in office.read(actions.of, incident.id, "UIM")] == [number]
    assert [one.id for one in office.read(actions.every, incident.id)] == [number]


def test_those_of_a_private_incident_are_known_to_nobody_outside(office: Office) -> None:
    incident = given_incident(office, private=True, channel="CPRIVATE")

    kept(office, incident.id)

    assert found(office, "UOTHER", Sought(incident.id, only_open=False)) == []


def test_what_is_overdue_and_whose_it_is(office: Office) -> None:
    incident = given_incident(office)
    late = kept(office, incident.id, due=date(2026, 1, 1))
    later = kept(office, incident.id, due=date(2027, 1, 1))

    assert found(office, "UIM", Sought(owner="UIM")) == [late, later]
    assert found(office, "UIM", Sought(overdue_on=date(2026, 6, 1))) == [late]
    assert found(office, "UIM", Sought(owner="UREP")) == []


def test_its_issue_is_kept_and_its_severity_is_the_worst_that_the_issue_is_related_to(office: Office) -> None:
    mild = given_incident(office, "S3", name="Slow")
    worse = given_incident(office, "S1", name="Down", channel="CDOWN")
    one, other = kept(office, mild.id), kept(office, worse.id)

    for number in (one, other):
        issue = TrackedIssue(number, "GitLab", "infra/it", 7, URL)
        office.perform(follow_ups.put_issue, issue)

    read = office.read(follow_ups.get, one)
    assert read is not None
    assert read.issue == TrackedIssue(one, "GitLab", "infra/it", 7, URL)
    assert read.severity == "S1"
    assert len(office.read(follow_ups.with_issue, "GitLab", "Infra/IT", 7)) == 2
    assert office.read(follow_ups.linked, mild.id, [URL, "https://else.test"]) == {URL}


def test_a_link_is_offered_once(office: Office) -> None:
    incident = given_incident(office)

    assert office.perform(follow_ups.offer, incident.id, URL)
    assert not office.perform(follow_ups.offer, incident.id, URL)


def test_a_page_of_the_list_begins_where_the_one_before_it_ends(office: Office) -> None:
    incident = given_incident(office)
    last, first = (
        kept(office, incident.id, due=date(2026, 5, 2)),
        kept(office, incident.id, due=date(2026, 5, 1)),
    )
    none = kept(office, incident.id)

    def page(skipped: int) -> list[int]:
        listed = office.read(follow_ups.visible, "UIM", Sought(service="API"), limit=2, skipped=skipped)
        return [one.action.id for one in listed]

    assert (page(0), page(2), page(4)) == ([first, last], [none], [])
    assert found(office, "UIM", Sought(service="web")) == []
