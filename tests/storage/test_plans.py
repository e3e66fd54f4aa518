"""Each question that is asked every second, or while a person waits, is answered from an index."""

from collections.abc import Callable
from datetime import UTC, timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.actors import Machine, MachineKind
from bot.domain.incidents.timers import TimerKind
from bot.domain.insights.periods import Period
from bot.domain.paging.notifications import Notification, NotificationState
from bot.domain.reviews.copies import Kept
from bot.operations.audit import QUESTIONS
from bot.operations.insights.reading import Gathered, read_on
from storage import (
    actions,
    alert_lookups,
    alert_pages,
    alert_traces,
    alerts,
    answers,
    audit,
    change_events,
    chores,
    ended_sessions,
    escalations,
    incidents,
    insights,
    live,
    members,
    notifications,
    outbox,
    overrides,
    pages,
    people,
    pictures,
    pins,
    review_canvases,
    review_copies,
    review_documents,
    review_issues,
    reviews,
    seen_events,
    sought_entries,
    timeline,
    timers,
    updates,
)
from storage.answers import Answer
from storage.facts import finish
from storage.figures import figures
from storage.transaction import Connection, Params, Route, Routes, Row, Tx
from tests.conftest import Office
from tests.fakes import NOON
from tests.happenings import Changed
from tests.operations.given import given_incident
from tests.passing import PassingOn
from tests.values import a_page

ROUTES: Routes = {Changed: (Route("redraw", "card:{incident}", coalesce=True),)}
MINUTE = timedelta(minutes=1)
TEXT = Notification(1, "UREP", "sms", NotificationState.WAITING, NOON)


@pytest.fixture
def engine() -> str:
    """SQLite says how it goes about a statement; PostgreSQL decides anew as its tables grow."""
    return "sqlite"


class Explaining(PassingOn):
    """A connection that writes down how its engine would go about each statement."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.plans: list[str] = []

    def execute(self, sql: str, params: Params) -> int:
        self._explain(sql, params)
        return super().execute(sql, params)

    def write(self, sql: str, params: Params) -> None:
        self.execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        self._explain(sql, params)
        return super().query(sql, params)

    def _explain(self, sql: str, params: Params) -> None:
        steps = self.connection.query(f"EXPLAIN QUERY PLAN {sql}", params)
        self.plans += [step["detail"] for step in steps]


class Counting(PassingOn):
    """A connection that counts what is asked."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.asked = 0

    def query(self, sql: str, params: Params) -> list[Row]:
        self.asked += 1
        return super().query(sql, params)


def plans(office: Office, question: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    with office.database.transaction() as connection:
        explaining = Explaining(connection)
        tx = Tx(explaining, office.clock.now(), office.uow.process, ROUTES)
        question(tx, *args, **kwargs)
        finish(tx)
    return explaining.plans


@pytest.mark.parametrize(
    ("question", "args", "index"),
    [
        (escalations.overdue, (10,), "escalations_due"),
        (timers.among, ([1],), "timers"),
        (timers.due, (10,), "timers_due"),
        (timers.of, (1, TimerKind.UPDATE), "sqlite_autoindex_timers"),
        (timers.keep, (1, {}), "sqlite_autoindex_timers"),
        (pages.pending_of, (1,), "escalations_incident"),
        (pages.of_incident, (1,), "escalations_incident"),
        (pages.covered_by, (1,), "notification_pages_of"),
        (pages.digested, ("UREP",), "pages_responder"),
        (pages.pending_for, ("UREP",), "pages_responder"),
        (notifications.due, (10,), "notifications_due"),
        (notifications.of_page, (1,), "sqlite_autoindex_notification_pages"),
        (notifications.cancel, ([1],), "sqlite_autoindex_notification_pages"),
        (notifications.hurry, (1,), "sqlite_autoindex_notification_pages"),
        (notifications.show, (1, [1, 2]), "sqlite_autoindex_notification_pages"),
        (notifications.carrier, (TEXT, NOON), "pages_responder"),
        (escalations.asked_outside, ("UREP", NOON), "escalations_asked"),
        (timeline.of, (1,), "entries_story"),
        (timeline.to_tell, (1,), "entries_story"),
        (sought_entries.facets, (1,), "entries_story"),
        (change_events.between, (NOON, NOON, 5), "change_events_taken"),
        (pictures.of_messages, ([1], ["1.0"]), "sqlite_autoindex_pictures"),
        (review_documents.saved, (1,), "sqlite_autoindex_review_versions"),
        (review_documents.latest, (1,), "sqlite_autoindex_review_versions"),
        (review_documents.comments, (1,), "review_comments_incident"),
        (review_documents.approvals, (1,), "sqlite_autoindex_review_approvals"),
        (reviews.review_of, (1,), "INTEGER PRIMARY KEY"),
        (review_issues.of, (1,), "INTEGER PRIMARY KEY"),
        (ended_sessions.is_ended, ("a",), "sqlite_autoindex_ended_sessions"),
        (review_canvases.of, (1,), "sqlite_autoindex_review_canvases"),
        (review_copies.every, (1,), "sqlite_autoindex_review_copies"),
        (review_copies.at, ("infra/it", Kept.WIKI, ["reviews/INC-3"]), "review_copies_path"),
        (review_copies.edits, (1,), "sqlite_autoindex_review_edits"),
        (reviews.was_im_before, ("UIM", 1), "roles_person (person=? AND role=?)"),
        (timeline.pinned, (1, "1.0"), "entries_pinned"),
        (actions.of, (1,), "actions_incident"),
        (updates.latest, (1,), "updates_incident"),
        (outbox.prune, (MINUTE,), "outbox_done"),
        (alerts.flap, ("ci", ["disk", "site"], NOON, 3), "alerts_key (source=? AND key=? AND first_at>?)"),
        (alert_lookups.by_key, ("ci", "disk"), "alerts_key"),
        (alerts.incident_of_group, ("ci", "disk"), "alerts_grouped (source=? AND grouped=?)"),
        (alerts.of_incident, (1,), "alerts_incident (incident=? AND resolved_at=?)"),
        (alerts.has_more, (1, 20), "COVERING INDEX alerts_incident"),
        (alerts.count, (1,), "COVERING INDEX alerts_incident"),
        (alerts.opened_since, (Machine(MachineKind.ALERT, "ci"), NOON), "incidents_reporter"),
        (alert_pages.firing_of_page, (1,), "COVERING INDEX alerts_page (page=? AND resolved_at=?)"),
        (
            alert_pages.pages_of_group,
            ("ci", "disk", NOON),
            "COVERING INDEX alerts_paged (source=? AND grouped=?",
        ),
        (alert_traces.of_request, ("abc",), "alert_traces_trace"),
        (alert_traces.prune, (MINUTE,), "alert_traces_at"),
        (answers.lease, ("v0=1", NOON), None),
        (answers.keep, (Answer("v0=1", 200),), "sqlite_autoindex_answers"),
        (answers.prune, (MINUTE,), "answers_at"),
        (seen_events.prune, (MINUTE,), "seen_events_at"),
        (seen_events.first_time, ("Ev1",), None),
        (chores.falls_to_us, ("tidy", MINUTE), None),
        (incidents.in_channel, ("C1",), "sqlite_autoindex_incidents"),
        (incidents.of_form, ("V1",), "sqlite_autoindex_incidents"),
        (members.of, (1,), "sqlite_autoindex_members"),
        (pins.any_left, (1, "1.0"), "sqlite_autoindex_pins"),
        (people.get, ("UREP",), "sqlite_autoindex_people"),
        (overrides.between, (["EOC"], NOON), "overrides_ends"),
    ],
)
def test_a_question_is_answered_from_its_index(
    office: Office, question: Callable[..., Any], args: tuple[Any, ...], index: str | None
) -> None:
    found = plans(office, question, *args)

    assert not [step for step in found if step.startswith("SCAN")]
    assert index is None or any(index in step for step in found)


def test_the_next_deliveries_are_found_among_the_open_ones_in_order(office: Office) -> None:
    found = plans(office, outbox.lease, urgent=False, limit=10)

    assert any("outbox USING INDEX outbox_open (urgent=? AND due_at<?)" in step for step in found)
    assert any(step.startswith("SEARCH first USING INDEX outbox_lane (lane=?)") for step in found)
    assert not [step for step in found if step.startswith("SCAN") or "TEMP B-TREE" in step]


def test_the_next_pages_are_found_in_turn_among_the_open_ones(office: Office) -> None:
    found = plans(office, outbox.lease, urgent=True, limit=10)

    assert any("outbox USING INDEX outbox_open (urgent=? AND due_at<?)" in step for step in found)
    assert any(step.startswith("SEARCH first USING INDEX outbox_lane (lane=?)") for step in found)
    assert not [step for step in found if step.startswith("SCAN")]


def test_leases_to_free_are_looked_for_among_the_leased_ones_only(office: Office) -> None:
    (step,) = plans(office, outbox.release, all_of_them=False)

    assert step == "SEARCH outbox USING INDEX outbox_sending (lease_until<?)"


@pytest.mark.parametrize(
    ("question", "kwargs"),
    [
        (outbox.release, {"all_of_them": False}),
        (outbox.release, {"all_of_them": True}),
        (outbox.overdue_pages, {"by": MINUTE}),
        (lambda tx: tx.record(Changed(incident=1)), {}),
    ],
)
def test_what_was_delivered_costs_nothing_any_more(
    office: Office, question: Callable[..., Any], kwargs: dict[str, Any]
) -> None:
    for step in plans(office, question, **kwargs):
        if "outbox" in step:
            names = ("lane", "open", "sending", "asker")
            assert any(f"INDEX outbox_{name}" in step for name in names), step


def test_where_a_page_went_is_found_by_its_escalation(office: Office) -> None:
    given_incident(office)

    found = plans(office, pages.latest, a_page(1))

    assert any("pages USING INDEX pages_escalation (escalation=?)" in step for step in found)
    assert not [step for step in found if step.startswith("SCAN")]


def test_a_scrape_reads_only_what_is_open_and_the_states_of_old_pages(office: Office) -> None:
    given_incident(office)

    # of those there are few
    apart = ("TEMP B-TREE", "SCAN paging_failures", "SCAN alert_tallies", "SCAN webhooks")
    found = plans(office, figures, office.clock)
    steps = [step for step in found if not any(one in step for one in apart)]

    small = {
        "pages_ended",
        "escalations_due",
        "pages_one_pending_a_person",
        "outbox_open",
        "outbox_lane",
        "outbox_dead",
        "alerts_open",
        "sqlite_autoindex_alert_sources_1",
    }
    assert {step.split(" INDEX ")[1].split(" ")[0] for step in steps} <= small | {"incidents_open"}
    assert [step for step in steps if "pages_ended" in step or "incidents_open" in step] == [
        "SCAN pages USING COVERING INDEX pages_ended",
        *["SCAN incidents USING INDEX incidents_open"] * 2,  # open ones are few
    ]


@pytest.mark.parametrize("question", [*QUESTIONS, audit.not_queued])
def test_the_audit_reads_only_what_is_open(office: Office, question: Callable[..., Any]) -> None:
    given_incident(office)

    steps = plans(office, question)

    small = {"notification_pages_unshown", "pages_responder", "pages_one_pending_a_person"}
    small |= {"sqlite_autoindex_notification_pages_1"}  # of a page that waits
    small |= {"timers_due", "escalations_due"}
    small |= {"outbox_open", "outbox_lane", "outbox_sending", "notifications_due", "incidents_leaderless"}
    looked = {step.split(" INDEX ")[1].split(" ")[0] for step in steps if " INDEX " in step}
    assert looked <= small
    assert [step for step in steps if step.startswith("SCAN") and " INDEX " not in step] == []


@pytest.mark.parametrize(
    ("question", "args"),
    [
        (incidents.open_ones, ("UREP",)),
        (incidents.everyone_open, ()),
        (incidents.any_open, ()),
        (incidents.newest_active, (50,)),
    ],
)
def test_open_incidents_are_found_among_however_many(
    office: Office, question: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    found = plans(office, question, *args)

    partial = ("INDEX incidents_standing", "INDEX incidents_open")
    of_open = [step for step in found if any(one in step for one in partial)]
    assert [step for step in found if "SCAN incidents" in step and step not in of_open] == []
    assert of_open


def test_who_may_know_of_what_is_open_is_found_among_however_many(office: Office) -> None:
    found = plans(office, partial(live.open_ids, private=True), "UREP")

    assert any("SCAN incidents USING INDEX incidents_standing" in step for step in found)


@pytest.mark.parametrize(("question", "args"), [(pages.unanswered, ({1},)), (live.latest, ())])
def test_what_the_board_asks_goes_through_what_is_open_alone(
    office: Office, question: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    found = [step for step in plans(office, question, *args) if step.startswith("SCAN")]

    assert any("INDEX pages_one_pending_a_person" in step for step in found)
    assert not [step for step in found if "INDEX" not in step and "CONSTANT" not in step]


def test_figures_of_a_time_are_read_from_indexes(office: Office) -> None:
    given_incident(office)
    wanted = insights.Wanted("UREP", NOON, NOON + MINUTE)
    fields = {"services": "Affected services", "cause": "", "change": ""}

    found = plans(office, insights.courses, wanted, fields, 5, None)
    called = plans(office, insights.called, wanted, 5, None)

    assert "incidents USING INDEX incidents_declared (declared_at>? AND declared_at<?)" in found[0]
    assert any("entries USING INDEX entries_course (incident>? AND incident<?)" in step for step in found)
    assert any("alerts USING COVERING INDEX alerts_incident" in step for step in found)
    assert "pages USING INDEX pages_raised (raised_at>? AND raised_at<?)" in called[0]
    scanned = {step for step in (*found, *called) if step.startswith("SCAN")}
    assert scanned == {"SCAN tokens", "SCAN promised", "SCAN (subquery-3)"}


def test_a_piece_of_figures_asks_the_same_number_of_questions_however_long_it_is(office: Office) -> None:
    def asked() -> int:
        with office.database.transaction() as connection:
            counting = Counting(connection)
            tx = Tx(counting, office.clock.now(), office.uow.process, ROUTES)
            gathered = Gathered(Period(NOON.date(), NOON.date(), UTC), "UREP")
            read_on(tx, gathered)
        return counting.asked

    given_incident(office)
    few = asked()
    for _ in range(9):
        given_incident(office, channel=None)

    assert asked() == few <= 7
