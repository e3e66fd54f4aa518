"""When a level of a path is called, and whom of those whom it means."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incidents.incident import Severity
from bot.domain.oncall.schedules import EVERY_DAY, Restriction, WorkingHours
from bot.domain.paging.escalations import next_call
from bot.domain.paging.targets import target
from bot.domain.process import ALWAYS, Level, Only
from tests.fakes import NOON, path
from tests.values import an_escalation, an_incident

BERLIN = WorkingHours(ZoneInfo("Europe/Berlin"))
NIGHTS = WorkingHours(UTC, (Restriction(EVERY_DAY, time(22), time(6)),))
HIGH = Only(severities=("S1", "S2"))


def level(only: Only = ALWAYS, *, call: str = "", role: str = "DBA") -> Level:
    return Level("Database", timedelta(minutes=15), role=role, call=call, only=only)


@pytest.mark.parametrize(
    ("one", "incident", "why"),
    [
        (level(HIGH), an_incident(severity=Severity.S2), ""),
        (level(HIGH), an_incident(severity=Severity.S3), "they are called for S1 and S2 only"),
        (level(HIGH), None, ""),
        (level(Only(types=("SIRT",))), an_incident(type="SIRT"), ""),
        (level(Only(types=("SIRT",))), an_incident(), "they are called for SIRT only"),
        (level(Only(types=("SIRT",))), None, ""),
        (level(call="#dba"), an_incident(), ""),
        (
            level(call="#dba"),
            an_incident(private=True),
            "a private incident is named in no channel but its own",
        ),
        (level(call="UCHIEF"), an_incident(private=True), ""),
    ],
)
def test_a_level_is_called_where_its_condition_holds(one, incident, why):
    found = target(one, incident, ["UDBA"], lambda _: BERLIN, NOON)

    assert (found.people, found.why) == ((() if why else ("UDBA",)), why)


@pytest.mark.parametrize(
    ("role", "at", "called", "why"),
    [
        ("DBA", "2026-03-02T12:00", ["UBERLIN"], ""),
        ("DBA", "2026-03-02T23:00", ["UNIGHT"], ""),
        ("DBA", "2026-03-03T05:59", ["UNIGHT"], ""),
        ("DBA", "2026-03-01T12:00", [], "it is outside their working hours"),
        ("EOC", "2026-03-01T12:00", ["UBERLIN", "UNIGHT"], ""),
    ],
)
def test_working_hours_are_those_of_whoever_would_be_called_and_hold_no_page_for_an_eoc(
    role, at, called, why
):
    hours = {"UBERLIN": BERLIN, "UNIGHT": NIGHTS}
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)

    found = target(level(Only(working=True), role=role), None, list(hours), hours.__getitem__, now)

    assert (list(found.people), found.why) == (called, why)


@pytest.mark.parametrize("hours", [BERLIN, NIGHTS])
def test_working_time_changes_at_its_edges_alone(hours):
    start, end = (
        datetime(2026, 3, 26, tzinfo=UTC),
        datetime(2026, 4, 2, tzinfo=UTC),
    )  # the clocks change within
    edges = sorted({start, *hours.edges(start, end)})
    quarters = [start + timedelta(minutes=15 * n) for n in range((end - start) // timedelta(minutes=15))]

    assert all(hours.hold(at) == hours.hold(max(one for one in edges if one <= at)) for at in quarters)
    assert {hours.hold(at) for at in quarters} == {True, False}


def test_two_levels_of_one_team_call_different_people():
    levels = (level(), level(call="next"), *path("leaders"))
    on_call = {"Database": ("UDBA",), levels[1].key: ("UNEXT",), "leaders": ("ULEADER",)}
    first = an_escalation(path=levels, level=0)

    assert next_call(first, on_call).responders == ("UNEXT",)
    assert next_call(first, {**on_call, levels[1].key: ()}).skipped == ("Database, next",)
