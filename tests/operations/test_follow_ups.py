"""Follow-ups: planned by priority, kept, followed back from their issues once, and reminded of in time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.facts import Fact, FollowUpDue, FollowUpIssueLooked, FollowUpsSummed
from bot.domain.incidents.incident import Severity
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.domain.work.follow_ups import TrackedIssue
from bot.domain.work.work import ActionKind
from bot.operations.work.actions import Plan, add_action
from bot.operations.work.follow_up_issues import Seen, follow_up_issue_lost, issue_seen
from bot.operations.work.follow_up_reminders import ALL, mind_follow_ups
from bot.operations.work.follow_ups import (
    Changes,
    NewFollowUp,
    add_follow_up,
    add_linked,
    cancel_follow_up,
    change_follow_up,
    keep_action,
    reopen_follow_up,
)
from storage import follow_ups, timers
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock
from tests.operations.given import given_incident
from tests.operations.look import kinds
from tests.operations.test_actions import given_action
from tests.operations.test_called_together import deactivated

URL = "https://gitlab.test/infra/it/-/issues/7"
ISSUE = TrackedIssue(0, "GitLab", "infra/it", 7, URL)


def state(office: Office, number: int = 1) -> tuple[bool, bool]:
    found = office.read(follow_ups.get, number)
    assert found
    return found.open, found.action.cancelled


def minded(office: Office) -> list[Fact]:
    """Return what is recorded when the time has come to look."""

    def look(tx: Tx) -> list[Fact]:
        found = timers.of(tx, ALL, TimerKind.FOLLOW_UPS)
        if not found or found.at > tx.now:
            return []
        mind_follow_ups(tx, found)
        return [
            one for one in tx.facts if isinstance(one, FollowUpDue | FollowUpsSummed | FollowUpIssueLooked)
        ]

    return office.perform(look)


def test_an_issue_is_a_follow_up_of_an_incident_once(office: Office) -> None:
    incident = given_incident(office)
    other = given_incident(office, channel="COTHER")
    new = NewFollowUp("infra/it#7", issue=ISSUE)
    office.perform(add_linked, incident.id, new, by="UREP")

    with pytest.raises(Refused, match="already"):
        office.perform(add_linked, incident.id, new, by="UEOC")
    office.perform(add_linked, other.id, new, by="UREP")

    found = office.read(follow_ups.visible, "UREP", follow_ups.Sought())
    assert [one.action.incident for one in found] == [incident.id, other.id]


def test_what_nobody_says_follows_from_the_incident(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office, "S2")

    one = office.perform(add_follow_up, incident.id, NewFollowUp("Add a node"), by="UREP")

    assert (one.label, one.priority, one.severity) == ("Follow-up", Severity.S2, Severity.S2)
    assert one.action.due == clock.now().date() + timedelta(days=60)
    with pytest.raises(Refused, match="Kinds: Follow-up, Corrective action"):
        office.perform(add_follow_up, incident.id, NewFollowUp("X", plan=Plan("Chore")), by="UREP")
    with pytest.raises(Refused, match="today or later"):
        office.perform(add_follow_up, incident.id, NewFollowUp("X", due=date(2020, 1, 1)), by="UREP")


def test_an_action_is_kept_once_and_what_changes_is_told(office: Office) -> None:
    incident = given_incident(office)
    action = given_action(office, incident.id)

    office.perform(keep_action, action.id, by="UREP")
    with pytest.raises(Refused, match="follow-up already"):
        office.perform(keep_action, action.id, by="UREP")
    changes = Changes(owner="UIM", priority=Severity.S4)
    office.perform(change_follow_up, action.id, changes, by="UREP")

    assert Kind.ACTION_KEPT in kinds(office, incident.id)
    assert kinds(office, incident.id).count(Kind.FOLLOW_UP_CHANGED) == 2


def test_an_issue_is_followed_back_and_forth_and_our_own_doing_is_no_news(office: Office) -> None:
    incident = given_incident(office)
    new = NewFollowUp("infra/it#7", issue=ISSUE)
    office.perform(add_follow_up, incident.id, new, by="UREP")

    for _ in range(2):
        office.perform(issue_seen, 1, Seen(closed=True, by="Sam", title="Add a node"))
    assert state(office) == (False, False)
    closed = office.read(follow_ups.get, 1)
    assert closed
    assert closed.action.done_by == "tracker:Sam in GitLab"
    assert kinds(office, incident.id).count(Kind.ACTION_DONE) == 1
    office.perform(issue_seen, 1, Seen(closed=False))
    assert state(office) == (True, False)
    office.perform(issue_seen, 1, Seen(closed=True, not_planned=True))
    assert state(office) == (False, True)
    office.perform(reopen_follow_up, 1, by="UREP")
    office.perform(issue_seen, 1, Seen(closed=True))  # as it was left there
    assert state(office) == (True, False)

    found = office.read(follow_ups.get, 1)
    assert found
    assert found.issue
    assert found.action.title == "Add a node"
    office.perform(follow_up_issue_lost, issue=found.issue, why="404")
    found = office.read(follow_ups.get, 1)
    assert found
    assert found.issue
    assert (found.issue.gone, found.open) == (True, True)


def test_the_owner_is_reminded_before_on_and_after_the_day_and_then_no_more(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    due = clock.now().date() + timedelta(days=4)  # a Friday
    new = NewFollowUp("Add a node", owner="UIM", due=due)
    office.perform(add_follow_up, incident.id, new, by="UREP")

    told = []
    for _ in range(24 * 15):
        clock.advance(minutes=60)
        told += [(clock.now().date() - due).days for _ in minded(office)]
    assert told == [-2, 0, 3, 7]

    office.perform(cancel_follow_up, 1, by="UREP")
    clock.advance(minutes=60)
    assert minded(office) == []
    assert office.read(timers.of, ALL, TimerKind.FOLLOW_UPS) is None


def test_where_the_owner_left_the_lead_minds_it_and_else_who_added_it(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office)
    lead = incident.lead
    assert lead
    due = clock.now().date() + timedelta(days=1)
    office.perform(add_follow_up, incident.id, NewFollowUp("Add a node", owner="UIM", due=due), by="UEOC")

    told = []
    for leaves in ("UIM", lead, "UEOC"):
        deactivated(office, leaves)
        office.perform(follow_ups.remind, 1, "")
        clock.advance(minutes=60)
        told.append([one.person for one in minded(office) if isinstance(one, FollowUpDue)])
    assert told == [[lead], ["UEOC"], []]


def test_an_action_that_is_a_follow_up_from_the_start_is_due_on_a_day_to_come(office: Office) -> None:
    incident = given_incident(office)
    with pytest.raises(Refused, match="today or later"):
        office.perform(
            add_action,
            incident.id,
            title="Add a node",
            details="",
            kind=ActionKind.FOLLOW_UP,
            assignee=None,
            due=date(1960, 1, 1),
            by="UREP",
        )


def test_many_are_looked_at_a_few_at_a_time_each_once_an_hour(office: Office, clock: FakeClock) -> None:
    incident = given_incident(office)
    for number in range(120):
        url = f"https://gitlab.test/infra/it/-/issues/{number}"
        new = NewFollowUp(f"Add node {number}", issue=TrackedIssue(0, "GitLab", "infra/it", number, url))
        office.perform(add_follow_up, incident.id, new, by="UREP")
    clock.advance(minutes=60)

    looked: list[list[int]] = []
    for _ in range(20):
        found = minded(office)
        if found:
            looked.append([one.action for one in found if isinstance(one, FollowUpIssueLooked)])
        clock.advance(seconds=15)

    assert [len(one) for one in looked] == [50, 50, 20]
    assert sorted(one for each in looked for one in each) == list(range(1, 121))
    clock.advance(minutes=60)
    assert len(minded(office)) == 50


def test_a_digest_is_asked_for_once_a_week_while_something_is_open(office: Office, clock: FakeClock) -> None:
    rules = replace(office.uow.process.follow_ups, digest="infra")
    office = Office(office.database, replace(office.uow.process, follow_ups=rules), clock)
    incident = given_incident(office)
    office.perform(add_follow_up, incident.id, NewFollowUp("Add a node", owner=None), by="UREP")

    told = []
    for _ in range(24 * 9):
        clock.advance(minutes=60)
        told += [one for one in minded(office) if isinstance(one, FollowUpsSummed)]

    assert len(told) == 2
