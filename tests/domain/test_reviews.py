"""Reviews: which incidents need one, which tasks it has, when its owner hears of them, when it is over."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, ReviewState, Severity, Status, needs_review, next_statuses
from bot.domain.work.reviews import (
    USUAL,
    PlannedTask,
    Review,
    ReviewRules,
    Task,
    again,
    begins,
    due_soon,
    ended,
    next_nudge,
    planned,
    quiet_until,
    refuse_unreviewed,
    requestable,
    ticked,
    unticked,
    workable,
)
from tests.values import an_incident

MONDAY = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def a_task(number: int = 1, due: date = date(2026, 3, 6), **more: object) -> Task:
    return replace(Task(number, 1, f"Task {number}", None, due), **more)  # type: ignore[arg-type]


def graded(severity: Severity, **more: Any) -> Incident:
    return an_incident(severity=severity, highest=severity, **more)


def a_review(*tasks: Task, state: ReviewState = ReviewState.OPEN) -> Review:
    return Review(1, state, "UIM", MONDAY, tasks=tasks)


@pytest.mark.parametrize(
    ("severity", "drill", "asked", "needed"),
    [
        (Severity.S1, False, False, True),
        (Severity.S2, False, False, True),
        (Severity.S3, False, False, False),
        (Severity.S4, False, True, True),
        (Severity.S1, True, False, False),
        (Severity.S1, True, True, True),
    ],
)
def test_an_s1_or_s2_needs_a_review_and_any_that_somebody_asked_for(severity, drill, asked, needed):
    incident = graded(severity, drill=drill, review_requested=asked, status=Status.RESOLVED)

    assert needs_review(incident) is begins(incident) is needed
    assert not begins(replace(incident, status=Status.FIXING))


def test_a_near_miss_that_would_have_been_mild_is_reviewed_only_if_asked():
    assert not needs_review(graded(Severity.S3, near_miss=True))
    assert needs_review(graded(Severity.S3, near_miss=True, review_requested=True))


@pytest.mark.parametrize(
    ("review", "after"),
    [
        (None, [Status.INVESTIGATING, Status.CLOSED]),
        (ReviewState.OPEN, [Status.INVESTIGATING]),
        (ReviewState.DONE, [Status.INVESTIGATING, Status.CLOSED]),
        (ReviewState.WAIVED, [Status.INVESTIGATING, Status.CLOSED]),
    ],
)
def test_what_is_reviewed_closes_when_that_is_over(review, after):
    incident = graded(Severity.S1, status=Status.POST_INCIDENT, review=review)

    assert list(next_statuses(incident)) == after


def test_what_is_resolved_goes_on_to_its_review_and_past_one_that_is_over():
    resolved = graded(Severity.S1, status=Status.RESOLVED, review=ReviewState.OPEN)
    waived = replace(resolved, review=ReviewState.WAIVED)

    assert Status.CLOSED not in next_statuses(resolved)
    assert Status.CLOSED in next_statuses(waived)


def test_tasks_follow_from_the_severity_and_are_due_on_weekdays():
    rules = ReviewRules((PlannedTask("All", 5), PlannedTask("Grave", 1, (Severity.S1,))))
    incident = graded(Severity.S1)

    tasks = planned(rules, incident, MONDAY)

    assert [(one.text, one.due) for one in tasks] == [("All", date(2026, 3, 9)), ("Grave", date(2026, 3, 3))]
    assert [one.text for one in planned(rules, graded(Severity.S4), MONDAY)] == ["All"]


def test_what_is_due_after_a_weekend_counts_no_day_of_it():
    rules, saturday = ReviewRules((PlannedTask("One", 1), PlannedTask("None", 0))), MONDAY - timedelta(days=2)

    dues = [one.due for one in planned(rules, an_incident(), saturday)]

    assert dues == [date(2026, 3, 2), date(2026, 2, 28)]


def test_only_who_was_im_of_a_grave_incident_for_the_first_time_is_asked_to_coffee():
    incident = graded(Severity.S2)

    first, later = planned(USUAL, incident, MONDAY, first_im="UIM"), planned(USUAL, incident, MONDAY)

    assert [one.owner for one in first if "Coffee" in one.text] == ["UIM"]
    assert not [one for one in later if "Coffee" in one.text]
    assert {one.owner for one in later} == {None}
    mild = planned(USUAL, graded(Severity.S3), MONDAY, first_im="UIM")
    assert not [one for one in mild if "Coffee" in one.text or "Feature Change Lock" in one.text]


def test_a_task_is_ticked_once_and_unticked_once():
    done = ticked(a_task(), "UIM", MONDAY)

    assert (done.open, done.done_by) == (False, "UIM")
    assert unticked(done) == a_task()
    with pytest.raises(Refused, match="done already, by <@UIM>"):
        ticked(done, "UEOC", MONDAY)
    with pytest.raises(Refused, match="open already"):
        unticked(a_task())


def test_a_review_is_done_when_its_tasks_are_or_somebody_says_so_anyway():
    review = a_review(a_task(1), a_task(2, done_at=MONDAY, done_by="UIM"))

    with pytest.raises(Refused, match=r"1 task is open \(Task 1\)") as refused:
        ended(review, ReviewState.DONE, "UIM", MONDAY)
    assert refused.value.steps[-1].command == "review done anyway"

    assert ended(review, ReviewState.DONE, "UIM", MONDAY, anyway=True).state is ReviewState.DONE
    assert ended(a_review(), ReviewState.DONE, "UIM", MONDAY).ended_at == MONDAY


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_waiving_needs_a_reason(reason):
    with pytest.raises(Refused, match="needs a reason"):
        ended(a_review(), ReviewState.WAIVED, "UIM", MONDAY, reason)

    assert ended(a_review(a_task()), ReviewState.WAIVED, "UIM", MONDAY, " Known ").reason == "Known"


def test_one_that_was_over_is_open_again_with_its_tasks():
    over = ended(a_review(a_task()), ReviewState.WAIVED, "UIM", MONDAY, "Known")

    assert again(over) == a_review(a_task())


def test_closing_says_which_tasks_are_open():
    incident = graded(Severity.S1, status=Status.POST_INCIDENT, review=ReviewState.OPEN)
    many = a_review(*(a_task(number) for number in range(1, 8)))

    with pytest.raises(Refused, match=r"7 tasks are open \(Task 1; .*; Task 5; and 2 more\)"):
        refuse_unreviewed(incident, many)

    refuse_unreviewed(incident, replace(many, state=ReviewState.DONE))
    refuse_unreviewed(incident, None)


@pytest.mark.parametrize(
    ("status", "severity", "review", "says"),
    [
        (Status.FIXING, Severity.S1, None, "begins when it is resolved"),
        (Status.RESOLVED, Severity.S3, None, "/inc review request"),
        (Status.FIXING, Severity.S1, ReviewState.OPEN, "rests while the incident is Fixing"),
        (Status.CLOSED, Severity.S1, ReviewState.DONE, "is done already"),
    ],
)
def test_a_review_is_worked_on_while_it_is_open_and_the_incident_over(status, severity, review, says):
    found = a_review(state=review) if review else None

    with pytest.raises(Refused, match=says):
        workable(graded(severity, status=status), found)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.MERGED, Status.CANCELLED])
def test_what_was_none_is_not_reviewed(status):
    with pytest.raises(Refused, match="not reviewed"):
        requestable(an_incident(status=status))


@pytest.mark.parametrize(
    ("now", "heard"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 5, 8, tzinfo=UTC)),  # the day before
        (datetime(2026, 3, 5, 8, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)),  # the first weekday after
        (datetime(2026, 3, 9, 8, tzinfo=UTC), datetime(2026, 3, 16, 8, tzinfo=UTC)),  # and each week
        (datetime(2026, 3, 16, 8, tzinfo=UTC), datetime(2026, 3, 23, 8, tzinfo=UTC)),
        (datetime(2026, 4, 1, 8, tzinfo=UTC), datetime(2026, 4, 6, 7, tzinfo=UTC)),  # summer time began
    ],
)
def test_the_owner_hears_before_a_task_is_due_and_after_it_was_on_weekday_mornings(now, heard):
    assert next_nudge([a_task(due=date(2026, 3, 6))], BERLIN, now) == heard


def test_nobody_hears_of_what_is_done():
    assert next_nudge([a_task(done_at=MONDAY, done_by="UIM")], BERLIN, MONDAY) is None


def test_what_is_due_on_a_monday_is_told_on_friday():
    friday = date(2026, 3, 6)
    review = a_review(a_task(1, date(2026, 3, 9)), a_task(2, date(2026, 3, 2)), a_task(3, date(2026, 3, 10)))

    assert [one.id for one in due_soon(review, friday)] == [2, 1]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), None),
        (datetime(2026, 3, 2, 7, 30, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 2, 20, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)),
        (datetime(2026, 3, 6, 20, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)),
        (datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 9, 8, tzinfo=UTC)),
    ],
)
def test_it_is_quiet_at_night_and_on_weekends(now, until):
    assert quiet_until(BERLIN, now) == until
