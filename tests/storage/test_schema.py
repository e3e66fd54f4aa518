import re
import sqlite3

import psycopg
import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.paging.escalations import EscalationState
from bot.domain.paging.pages import PageState
from storage.clocks import COUNTED
from storage.migrations import MIGRATIONS, tables
from storage.transaction import Tx
from tests.conftest import Office
from tests.happenings import Told
from tests.operations.given import given_incident

NONSENSE = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.errors.InvalidTextRepresentation)

COPY_PAGE = """INSERT INTO pages (escalation, level, level_team, role, responder, state, raised_at,
        reminded, round, late, answered_by)
    SELECT {escalation}, level, level_team, role, {responder}, {state}, raised_at,
        reminded, round, late, {answered_by}
    FROM pages WHERE id = 1"""
GOOD_PAGE = {"escalation": "2", "responder": "responder", "state": "'pending'", "answered_by": "NULL"}
COPY_ESCALATION = """INSERT INTO escalations (incident, team, role, reason, message, asked_by, path, level,
        round, started_at, called_at, due_at, waits_for, state, version)
    SELECT {incident}, {team}, role, reason, message, asked_by, path, level, round,
        started_at, called_at, {due_at}, waits_for, {state}, version
    FROM escalations WHERE id = 1"""
GOOD_ESCALATION = {"incident": "incident", "team": "team", "due_at": "due_at", "state": "'running'"}


def run(office: Office, sql: str) -> None:
    def write(tx: Tx) -> None:
        tx.execute(sql)

    office.perform(write)


@pytest.mark.parametrize(
    "bad",
    [
        {"escalation": "2"},
        {"escalation": "77"},
        {"state": "'waiting'"},
        {"state": "'acknowledged'"},
        {"answered_by": "'UEOC'"},
        {"escalation": "NULL"},
        {"escalation": "'first'"},
    ],
)
def test_a_page_that_cannot_be_is_not_written(office: Office, bad: dict[str, str]) -> None:
    given_incident(office, "S1")
    run(office, "UPDATE pages SET state = 'escalated'")
    run(office, COPY_PAGE.format(**GOOD_PAGE))

    with pytest.raises(NONSENSE):
        run(office, COPY_PAGE.format(**GOOD_PAGE | {"escalation": "3"} | bad))


@pytest.mark.parametrize(
    "bad", [{"incident": "77"}, {"team": "NULL"}, {"due_at": "NULL"}, {"state": "'waiting'"}]
)
def test_an_escalation_that_cannot_be_is_not_written(office: Office, bad: dict[str, str]) -> None:
    given_incident(office)
    run(office, COPY_ESCALATION.format(**GOOD_ESCALATION))

    with pytest.raises(NONSENSE):
        run(office, COPY_ESCALATION.format(**GOOD_ESCALATION | bad))


@pytest.mark.parametrize("who", ["responder", "NULL"])
def test_an_escalation_has_one_pending_page_a_person_and_any_number_of_others(
    office: Office, who: str
) -> None:
    given_incident(office)
    run(office, "UPDATE pages SET state = 'escalated'")
    theirs = GOOD_PAGE | {"escalation": "escalation", "responder": who}

    for state in ("'escalated'", "'cancelled'", "'pending'"):
        run(office, COPY_PAGE.format(**theirs | {"state": state}))
    run(office, COPY_PAGE.format(**theirs | {"responder": "'UIM'"}))

    with pytest.raises(NONSENSE, match="pages_one_pending_a_person"):
        run(office, COPY_PAGE.format(**theirs))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE incidents SET severity = 'S5'",
        "UPDATE incidents SET lead = NULL",
        "UPDATE incidents SET private = 2",
        "INSERT INTO members (incident, person) VALUES (77, 'UREP')",
        "INSERT INTO roles (incident, role, person) VALUES (77, 'EOC', 'UREP')",
        "UPDATE incidents SET merged_into = id",
        "UPDATE incidents SET merged_into = 77",
        "INSERT INTO fields VALUES (77, 'a', 'b', 'UREP', '')",
        "INSERT INTO fields VALUES (1, '', 'b', 'UREP', '')",
        "INSERT INTO overrides VALUES (9, 'EOC', '', '', 'a', 'b', 'UREP', 'a', NULL, NULL, NULL)",
        "INSERT INTO overrides VALUES (9, 'EOC', 'UIM', 'UIM', 'a', 'b', 'UREP', 'a', NULL, NULL, NULL)",
        "INSERT INTO overrides VALUES (9, 'EOC', 'UIM', '', 'b', 'b', 'UREP', 'a', NULL, NULL, NULL)",
        "INSERT INTO overrides VALUES (9, 'EOC', 'UIM', '', 'a', 'b', 'UREP', 'a', NULL, 'b', NULL)",
        "INSERT INTO maintenance_messages VALUES (77, 'incidents', 'CINC', '1.0')",
        "INSERT INTO maintenance_answers VALUES (1, 77, 1, 'UREP')",
        "INSERT INTO links VALUES (77, 'a', 'https://a.test', 'UREP', '')",
        "INSERT INTO pins VALUES (77, '1.0', 'pin', '', 0)",
        "INSERT INTO changes VALUES (9, 77, 'name', '', 'UREP', 'a', '{}', '{}', '{}', 0)",
        "INSERT INTO changes VALUES (9, 1, 'name', 'EOC', 'UREP', 'a', '{}', '{}', '{}', 0)",
        "INSERT INTO changes VALUES (9, 1, 'role', '', 'UREP', 'a', '{}', '{}', '{}', 0)",
        "INSERT INTO changes VALUES (9, 1, 'pins', '', 'UREP', 'a', '{}', '{}', '{}', 0)",
        "INSERT INTO entries (incident, kind, at, text, data) VALUES (77, 'note', '', '', '{}')",
        "UPDATE outbox SET state = 'lost'",
        "DELETE FROM incidents",
    ],
)
def test_what_makes_no_sense_is_not_written(office: Office, sql: str) -> None:
    given_incident(office)
    office.perform(lambda tx: tx.record(Told()))

    with pytest.raises(NONSENSE):
        run(office, sql)


def test_two_incidents_do_not_share_a_channel(office: Office) -> None:
    given_incident(office, channel="CA")
    given_incident(office, channel="CB")

    with pytest.raises(NONSENSE, match=r"incidents[._]channel"):
        run(office, "UPDATE incidents SET channel = 'CA'")


def test_numbers_are_never_used_twice(office: Office) -> None:
    office.perform(lambda tx: tx.record(Told()))
    (first,) = office.read(lambda tx: tx.all("SELECT id FROM outbox"))
    office.emitted()

    office.perform(lambda tx: tx.record(Told()))

    (second,) = office.read(lambda tx: tx.all("SELECT id FROM outbox"))
    assert second["id"] > first["id"]


def test_every_number_is_made_by_the_engine() -> None:
    for step in MIGRATIONS:
        assert "id INTEGER PRIMARY KEY" not in step.replace("id INTEGER PRIMARY KEY AUTOINCREMENT", "")


def test_every_table_is_strict() -> None:
    for step in MIGRATIONS:
        assert len(re.findall(r"CREATE TABLE", step)) == len(re.findall(r"\) STRICT;", step))


def test_the_schema_knows_the_same_words_as_the_rules() -> None:
    first = MIGRATIONS[0]
    for words in (PageState, EscalationState, Severity):
        listed = "(" + ", ".join(f"'{word}'" for word in words) + ")"
        assert listed in re.sub(r"\s+", " ", first)
    open_ones = [status for status in Status if status.open]
    assert len(open_ones) == 4


RECORDED = {
    "access_requests": {"asked_at"},
    "actions": {"at", "done_at"},
    "alert_refusals": {"at"},
    "alert_sources": {"taken_at", "refused_at"},
    "alert_traces": {"at"},
    "alerts": {"first_at", "last_at", "resolved_at"},
    "answers": {"at"},
    "contact_methods": {"verified_at"},
    "cover_requests": {
        *("starts_at", "ends_at", "asked_at", "back_from", "back_until", "taken_at", "withdrawn_at"),
    },
    "rotations": {"read_at"},
    "calendars": {"read_at"},
    "calendar_shifts": {"starts_at", "ends_at"},
    "absences": {"starts_at", "ends_at"},
    "schedule_findings": {"told_at"},
    "checklist_items": {"at"},
    "change_events": {"at", "taken_at"},
    "pictures": {"at"},
    "chores": {"due_at"},  # one that is further away than it can be is due
    "briefs": {"taken_at"},
    "duties": {"begun_at"},
    "entries": {"at"},
    "executive_notices": {"at"},
    "false_alarms": {"at"},
    "fields": {"set_at"},
    "heartbeats": {"last_at"},
    "held_texts": {"at", "happened_at"},
    "links": {"at"},
    "members": {"at"},
    "maintenances": {
        *("starts_at", "ends_at", "told_at", "started_at", "overran_at", "asked_at", "ended_at"),
    },
    "incidents": {
        *("declared_at", "engaged_at", "resolved_at", "updated_at", "waits_until"),
        *("impaired_at", "impaired_since_at", "impact_began_at", "noticed_at"),
    },
    "public_notices": {"written_at"},
    "public_confirmations": {"at"},
    "public_posts": {"at"},
    "public_maintenances": {"written_at"},
    "public_subscribers": {"asked_at", "confirmed_at"},
    "outbox": {"finished_at"},
    "escalations": {"restored_from"},
    "overrides": {"starts_at", "ends_at", "made_at", "cancelled_at"},
    "page_offers": {"made_at", "closed_at"},
    "pages": {"answered_at"},
    "pager_alerts": {"asked_at", "taken_at"},
    "paging_failures": {"at"},
    "pins": {"at"},
    "reports": {"at"},
    "review_approvals": {"at"},
    "review_comments": {"at", "edited_at"},
    "review_tasks": {"done_at"},
    "review_versions": {"at"},
    "reviews": {"opened_at", "ended_at"},
    "seen_events": {"at"},
    "shelved_alerts": {"at", "until_at"},  # the timer says when it is over
    "stream_updates": {"at"},
    "streams": {"closed_at", "opened_at", "updated_at"},
    "subscriptions": {"at"},
    "notification_tests": {"begun_at"},
    "api_answers": {"at"},
    "ended_sessions": {"at"},
    "tokens": {"made_at", "expires_at", "revoked_at", "used_at"},
    "updates": {"at", "next_at"},
    "verification_codes": {"sent_at"},
    "webhooks": {"failing_from", "disabled_at"},
    "notification_test_methods": {"handed_at", "confirmed_at"},
}
"""Times that say when something was: they stay as they are when the machine's clock is set."""


def test_every_time_either_moves_with_the_clock_or_is_a_record() -> None:
    schema = "".join(MIGRATIONS)
    times: dict[str, set[str]] = {}
    for table, body in re.findall(r"CREATE TABLE (\w+) \((.*?)\) STRICT", schema, re.DOTALL):
        times[table] = set(re.findall(r"^ *(\w+_at|at|\w+_until|\w+_from) TEXT", body, re.MULTILINE))
    for table, column in re.findall(
        r"ALTER TABLE (\w+) ADD COLUMN (\w+_at|at|\w+_until|\w+_from) TEXT", schema
    ):
        times[table].add(column)
    for table, column in re.findall(r"ALTER TABLE (\w+) DROP COLUMN (\w+)", schema):
        times[table].discard(column)
    times = {table: found for table, found in times.items() if table in tables()}

    moved = {each.table: set(each.times) for each in COUNTED}

    assert {table: found - moved.get(table, set()) for table, found in times.items() if found} == {
        table: RECORDED.get(table, set()) for table, found in times.items() if found
    }
