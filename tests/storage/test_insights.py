"""What figures are made of, as both engines read it."""

from datetime import timedelta

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.times import Moment
from bot.domain.insights.load import FollowUpFigures, Stands
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.times import set_times
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.work.follow_ups import NewFollowUp, add_follow_up, cancel_follow_up, finish_follow_up
from bot.operations.work.update import post_update
from storage import insights
from storage.insights import Wanted
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.operations.test_called_together import together

MINUTE = timedelta(minutes=1)
FIELDS = {"services": "Affected services", "cause": "", "change": ""}


def wanted(viewer: str = "UREP", *, private: bool = True) -> Wanted:
    return Wanted(viewer, NOON - timedelta(days=1), NOON + timedelta(days=1), private)


def an_update(office: Office, number: int, text: str) -> None:
    office.perform(
        post_update,
        number,
        text,
        by="UREP",
        status=Status.FIXING,
        severity=Severity.S3,
        next_in=10 * MINUTE,
    )


def test_a_course_has_what_people_and_time_did(office: Office) -> None:
    number = given_incident(office).id
    office.clock.advance(minutes=3)
    office.perform(acknowledge_incident, number, by="UEOC")
    office.perform(set_fields, number, {"Affected services": "api, web"}, by="UREP")
    office.perform(set_times, number, {Moment.IMPACT_START: NOON - 5 * MINUTE}, by="UREP")
    for minutes, text in ((1, "One"), (9, "Two"), (11, "Three"), (4, "Four")):
        office.clock.advance(minutes=minutes)
        an_update(office, number, text)
    office.perform(change_status, number, Status.RESOLVED, by="UEOC")

    ((course,), past) = office.read(insights.courses, wanted(), FIELDS, 5, None)

    assert past is None
    assert (course.called_at, course.answered_at) == (NOON, NOON + 3 * MINUTE)
    assert (course.updates_in_time, course.updates_late) == (2, 1)
    assert [(move.before, move.after) for move in course.moves] == [("Fixing", "Resolved")]
    assert course.by_hand == {Moment.IMPACT_START: (NOON - 5 * MINUTE).isoformat()}
    assert (course.services, course.cause, course.rule) == ("api, web", "", None)


def test_everybody_is_there_once_the_last_of_all_who_have_to_answer_has(office: Office) -> None:
    both = Office(office.database, together(needs_all=True), office.clock)
    number = given_incident(both).id
    courses = []
    for person in ("UEOC", "UEOC2"):
        both.clock.advance(minutes=3)
        both.perform(acknowledge_incident, number, by=person)
        ((course,), _) = both.read(insights.courses, wanted(), FIELDS, 5, None)
        courses.append(course)

    assert [one.answered_at for one in courses] == [NOON + 3 * MINUTE] * 2
    assert [one.mobilised_at for one in courses] == [None, NOON + 6 * MINUTE]


def test_pieces_have_each_incident_once_also_of_one_moment(office: Office) -> None:
    for _ in range(3):
        given_incident(office, channel=None)
    office.clock.advance(minutes=1)
    given_incident(office, channel=None)

    found, past = [], None
    for _ in range(5):
        piece, past = office.read(insights.courses, wanted(), FIELDS, 2, past)
        found += [one.id for one in piece]
        if not past:
            break

    assert found == [1, 2, 3, 4]


def test_a_private_incident_is_read_for_its_people_alone(office: Office) -> None:
    number = given_incident(office, private=True).id
    office.perform(add_follow_up, number, NewFollowUp("Add a node"), by="UREP")

    seen = {
        (who, private): (
            len(office.read(insights.courses, wanted(who, private=private), FIELDS, 5, None)[0]),
            len(office.read(insights.called, wanted(who, private=private), 5, None)[0]),
            office.read(insights.follow_ups, wanted(who, private=private), NOON.date()).made,
        )
        for who in ("UREP", "USOMEBODY")
        for private in (True, False)
    }

    assert seen.pop(("UREP", True)) == (1, 1, 1)
    assert set(seen.values()) == {(0, 0, 0)}


def test_follow_ups_stand_as_people_left_them(office: Office) -> None:
    number, drill = given_incident(office).id, given_incident(office, kind="Gameday", channel=None).id
    for incident, title, due in (
        (number, "Late", NOON.date()),
        (number, "Done", NOON.date()),
        (number, "Open", NOON.date() + timedelta(days=9)),
        (number, "No", None),
        (drill, "Drill", None),
    ):
        office.perform(add_follow_up, incident, NewFollowUp(title, due=due), by="UREP")
    office.perform(finish_follow_up, 2, by="UREP")
    office.perform(cancel_follow_up, 4, by="UREP")
    today = NOON.date() + timedelta(days=1)

    found = office.read(insights.follow_ups, wanted(), today)
    behind = {
        one.value: [
            each.title
            for each in office.read(insights.follow_ups_behind, wanted(), today, one, most=9, skipped=0)
        ]
        for one in Stands
    }

    assert found == FollowUpFigures(made=3, done=1, overdue=1, cancelled=1, drills=1)
    assert behind == {
        "made": ["Late", "Done", "Open"],
        "done": ["Done"],
        "overdue": ["Late"],
        "cancelled": ["No"],
        "drills": ["Drill"],
    }


def test_pages_that_called_somebody_are_read_in_pieces(office: Office) -> None:
    given_incident(office, "S1", channel=None)
    given_incident(office, kind="Gameday", channel=None)
    given_incident(office, channel=None)

    found, past = [], None
    for _ in range(9):
        piece, past = office.read(insights.called, wanted(), 2, past)
        found += [(one.incident, one.team) for one in piece if not one.drill]
        if not past:
            break

    assert found == [(1, "dotcom EOC"), (1, "dotcom IMOC"), (1, "dotcom CMOC"), (3, "dotcom EOC")]
