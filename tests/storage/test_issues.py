"""The issues of incidents in a tracker."""

from bot.domain.incidents.issues import Issue
from storage import issues
from tests.conftest import Office
from tests.operations.given import given_incident


def test_an_issue_is_kept_and_found_by_its_number(office: Office) -> None:
    incident = given_incident(office)
    made = Issue(incident.id, "group/project", 12, "https://gitlab.test/12")

    office.perform(issues.put, made)

    assert office.read(issues.of, incident.id) == made
    assert office.read(issues.numbered, "group/project", 12) == made
    assert office.read(issues.numbered, "group/other", 12) is None
    closed = Issue(incident.id, "group/project", 12, "https://gitlab.test/12", closed=True, gone=True)
    office.perform(issues.put, closed)
    assert office.read(issues.of, incident.id) == closed
