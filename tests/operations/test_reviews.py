"""Reviews: when one begins and whose it is, who may end it, and when its owner is reminded."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NotThem, Refused
from bot.domain.incidents.incident import Draft, Incident, ReviewState, Severity, Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.lifecycle import change_status, resolve
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.timers import act
from bot.operations.work.review_reminders import snooze_review
from bot.operations.work.reviews import (
    TaskChanges,
    change_task,
    finish_review,
    give_review,
    request_review,
    tick_task,
    untick_task,
    waive_review,
)
from storage import incidents, people, reviews, timeline, timers
from storage.people import Person
from tests.conftest import Office
from tests.operations.given import given_incident


def given_resolved(office: Office, severity: str = "S2", im: str = "", **more: object) -> Incident:
    incident = given_incident(office, severity, **more)  # type: ignore[arg-type]
    if im:
        office.perform(assign_role, incident.id, "IM", im, by="UREP")
    incident = office.read(incidents.get, incident.id)
    office.perform(resolve, incident.id, "A fix", by=incident.lead)
    office.emitted()
    return office.read(incidents.get, incident.id)


def texts(office: Office, incident: Incident) -> list[str]:
    review = office.read(reviews.review_of, incident.id)
    return [one.text for one in review.tasks] if review else []


def owner(office: Office, incident: Incident) -> str:
    review = office.read(reviews.review_of, incident.id)
    assert review
    return review.owner


def test_the_im_owns_the_review_else_the_lead(office: Office) -> None:
    led = given_resolved(office)
    by_im = given_resolved(office, im="UIM", channel="CIM")

    assert owner(office, led) == led.lead
    assert owner(office, by_im) == "UIM"


def test_coffee_follows_the_first_s1_or_s2_as_im_and_no_later_one(office: Office) -> None:
    first = given_resolved(office, im="UIM")
    later = given_resolved(office, im="UIM", channel="CLATER")

    assert sum("Coffee" in one for one in texts(office, first)) == 1
    assert not any("Coffee" in one for one in texts(office, later))


def test_what_is_mild_or_practised_has_none_unless_somebody_asks(office: Office) -> None:
    mild = given_resolved(office, "S3")
    drill = given_resolved(office, "S1", kind="Gameday", channel="CDRILL")
    assert texts(office, mild) == texts(office, drill) == []

    for incident in (mild, drill):
        asked = office.perform(request_review, incident.id, by="UREP")
        assert asked.review is ReviewState.OPEN
        assert texts(office, incident)

    assert office.read(timers.of, mild.id, TimerKind.REVIEW)
    assert not office.read(timers.of, drill.id, TimerKind.REVIEW)


def test_a_near_miss_is_reviewed_by_whoever_noticed_it_if_asked(office: Office) -> None:
    draft = Draft("Disk nearly full", "GitLab.com", Severity.S3, near_miss=True)
    missed = office.perform(declare, draft, by="UREP", form=None)
    office.perform(request_review, missed.id, by="UOTHER")
    office.perform(assign_role, missed.id, "IM", "UIM", by="UREP")

    office.perform(resolve, missed.id, "It was seen", by="UREP")

    assert owner(office, missed) == "UREP"


def test_what_was_over_before_it_was_declared_is_reviewed_at_once(office: Office) -> None:
    draft = Draft("Logins failed", "GitLab.com", Severity.S1, over={})

    incident = office.perform(declare, draft, by="UREP", form=None)

    assert (incident.status, incident.review) == (Status.POST_INCIDENT, ReviewState.OPEN)
    assert texts(office, incident)


def test_asking_twice_is_refused_and_what_was_over_goes_on(office: Office) -> None:
    incident = given_resolved(office)
    with pytest.raises(Refused, match="being reviewed already"):
        office.perform(request_review, incident.id, by="UREP")
    office.perform(tick_task, 1, by="UREP")
    office.perform(waive_review, incident.id, "Known", by="UREP")

    again = office.perform(request_review, incident.id, by="UOTHER")

    assert again.review is ReviewState.OPEN
    review = office.read(reviews.review_of, incident.id)
    assert review
    assert (review.reason, [one.id for one in review.tasks if not one.open]) == ("", [1])


def test_closing_names_the_open_tasks_and_follows_a_review_that_is_over(office: Office) -> None:
    incident = given_resolved(office)
    office.perform(change_status, incident.id, Status.POST_INCIDENT, by="UREP")

    with pytest.raises(Refused, match=r"tasks are open \(Fill the summary; "):
        office.perform(change_status, incident.id, Status.CLOSED, by="UREP")
    with pytest.raises(Refused, match="is not done"):
        office.perform(finish_review, incident.id, by="UREP")
    review = office.read(reviews.review_of, incident.id)
    assert review
    for task in review.tasks:
        office.perform(tick_task, task.id, by="UREP")
    office.perform(finish_review, incident.id, by="UREP")

    assert office.perform(change_status, incident.id, Status.CLOSED, by="UREP").status is Status.CLOSED


def test_what_an_older_version_left_in_post_incident_closes_as_before(office: Office) -> None:
    incident = given_incident(office, "S1")

    def left(tx) -> None:
        incidents.save(tx, replace(incident, status=Status.POST_INCIDENT))

    office.perform(left)

    assert office.perform(change_status, incident.id, Status.CLOSED, by="UREP").status is Status.CLOSED


def test_a_task_is_ticked_once_and_each_change_has_its_entry(office: Office) -> None:
    incident = given_resolved(office)

    office.perform(tick_task, 1, by="UREP")
    with pytest.raises(Refused, match="done already"):
        office.perform(tick_task, 1, by="UOTHER")
    with pytest.raises(Refused, match="reopen it first"):
        office.perform(change_task, 1, TaskChanges(owner="UIM"), by="UREP")
    office.perform(untick_task, 1, by="UREP")
    day = office.clock.now().date() + timedelta(days=9)
    office.perform(change_task, 1, TaskChanges("UIM", day), by="UREP")
    office.perform(change_task, 1, TaskChanges("UIM", day), by="UREP")
    office.perform(give_review, incident.id, "UIM", by="UREP")

    kinds = [one.kind for one in office.read(timeline.of, incident.id)]
    assert kinds.count(Kind.REVIEW_TASK_DONE) == kinds.count(Kind.REVIEW_TASK_UNDONE) == 1
    assert kinds.count(Kind.REVIEW_TASK_CHANGED) == 2
    assert kinds.count(Kind.REVIEW_GIVEN) == kinds.count(Kind.REVIEW_BEGUN) == 1


@pytest.mark.parametrize("days", [-1, 91])
def test_a_day_that_is_over_or_far_away_is_refused(office: Office, days: int) -> None:
    given_resolved(office)
    day = office.clock.now().date() + timedelta(days=days)

    with pytest.raises(Refused, match="within 90 days"):
        office.perform(change_task, 1, TaskChanges(due=day), by="UREP")


def test_who_left_is_given_nothing(office: Office) -> None:
    incident = given_resolved(office)
    office.perform(people.record, [Person("UGONE", "gone", None, False, None)])

    with pytest.raises(NotThem):
        office.perform(give_review, incident.id, "UGONE", by="UREP")
    with pytest.raises(NotThem):
        office.perform(change_task, 1, TaskChanges(owner="UGONE"), by="UREP")


def test_reopening_rests_it_and_resolving_goes_on_with_what_it_got_worse_by(office: Office) -> None:
    incident = given_resolved(office, "S4")
    office.perform(request_review, incident.id, by="UREP")
    before = texts(office, incident)
    office.perform(change_status, incident.id, Status.INVESTIGATING, by="UREP", reason="It is back")
    with pytest.raises(Refused, match="rests while"):
        office.perform(tick_task, 1, by="UREP")

    def worse(tx) -> None:
        found = incidents.get(tx, incident.id)
        incidents.save(tx, replace(found, severity=Severity.S1, highest=Severity.S1))

    office.perform(worse)
    office.perform(resolve, incident.id, "A fix", by="UREP")

    assert texts(office, incident)[: len(before)] == before
    assert sum("Feature Change Lock" in one for one in texts(office, incident)) == 1
    assert len(texts(office, incident)) == len(before) + 1


def due_now(office: Office, incident: Incident) -> list[str]:
    """Have the clock move to when the reminder is due, and return what was recorded then."""
    timer = office.read(timers.of, incident.id, TimerKind.REVIEW)
    assert timer
    office.clock.advance(seconds=(timer.at - office.clock.now()).total_seconds())
    office.events()
    office.perform(act, timer.id)
    return office.events()


def test_the_owner_is_reminded_before_and_after_and_no_more_once_all_is_done(office: Office) -> None:
    incident = given_resolved(office)
    began = office.clock.now()

    first = due_now(office, incident)
    assert office.clock.now() > began
    assert first.count("ReviewDue") == 1
    second = office.read(timers.of, incident.id, TimerKind.REVIEW)
    assert second
    assert second.at > office.clock.now()

    office.clock.advance(minutes=23 * 60)  # an hour before it comes again
    snoozed = office.perform(snooze_review, incident.id, by="UREP")
    office.perform(tick_task, 1, by="UREP")
    put_off = office.read(timers.of, incident.id, TimerKind.REVIEW)
    assert put_off
    assert snoozed.at <= put_off.at
    office.perform(finish_review, incident.id, by="UREP", anyway=True)
    assert office.read(timers.of, incident.id, TimerKind.REVIEW) is None
