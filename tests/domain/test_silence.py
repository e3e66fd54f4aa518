"""Whose silence matters, and when something follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.silence import Activity, Case, Duty, due, duties, minded, too_near
from bot.domain.incidents.timers import State, TimerKind, Wanted, wanted
from bot.domain.paging.engagement import Holder
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import PageState, answered
from bot.domain.process import EXPERT, Level, Silence
from tests.fakes import NOON, process
from tests.values import a_page, an_escalation, an_incident

MINUTE = timedelta(minutes=1)
PROCESS = process()
S1 = an_incident(severity=Severity.S1)
EOC, IM = Duty("EOC", "dotcom EOC"), Duty("IM", "dotcom IMOC")


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
@pytest.mark.parametrize("severities", [("S1", "S2"), ("S4",), ()])
def test_silence_matters_while_a_grave_incident_is_investigated(status, severity, severities):
    incident = an_incident(status=status, severity=severity)
    rule = Silence(severities=severities)

    found = wanted(State(incident, replace(PROCESS, silence=rule), NOON)).get(TimerKind.SILENT)

    matters = status is Status.INVESTIGATING and severity in severities
    assert found == (Wanted("", NOON + MINUTE, MINUTE) if matters else None)


@pytest.mark.parametrize(
    ("changes", "matters"),
    [
        ({}, True),
        ({"drill": True}, True),  # an exercise goes by the same rules, as that of a long investigation does
        ({"private": True}, True),
        ({"waits_until": NOON}, False),
        ({"correcting": True}, False),
    ],
)
def test_work_that_waits_is_not_asked_for(changes, matters):
    assert minded(replace(S1, **changes), Silence()) is matters


@pytest.mark.parametrize(
    ("asked", "told", "minutes"),
    [(None, None, 21), (21, None, None), (21, 21, 26), (21, 40, 45)],
    ids=["not asked", "asked, and Slack has not taken it", "asked", "asked, and told late"],
)
def test_a_question_comes_after_so_long_and_a_page_so_long_after_it_was_told(asked, told, minutes):
    at = {name: NOON + n * MINUTE if n else None for name, n in (("asked_at", asked), ("told_at", told))}

    found = due(Activity(1, 7, "UEOC", NOON, **at), Silence())

    assert found == (NOON + minutes * MINUTE if minutes else None)


def held(role="EOC", person="UEOC", **changes):
    return replace(Holder(role, person, NOON, by_hand=False), **changes)


def took(person="UEOC", **changes):
    return answered(a_page(**{"responder": person} | changes), person, NOON + MINUTE)


IMS = {"team": "dotcom IMOC", "level_team": "dotcom IMOC", "role": "IM"}
ALL = replace(PROCESS.walk(PROCESS.teams["dotcom EOC"])[0], needs_all=True)
EACH = {"escalation": an_escalation(path=(ALL,))}
BY_NAME = an_escalation(path=(Level("@ana", 15 * MINUTE, role=EXPERT, call="UEOC", needs_all=True),))
OLD = took(raised_at=NOON - MINUTE)
REOPENED = replace(a_page(5, state=PageState.CANCELLED, reason=Reason.REOPENED, started_at=NOON))

CASES = {
    "whoever acknowledged": ([held()], [took()], {"UEOC": (EOC,)}),
    "in two roles, and asked once": ([held(), held("IM")], [took()], {"UEOC": (EOC, IM)}),
    "two people": ([held(), held("IM", "UIM")], [took(), took("UIM", **IMS)], {"UEOC": (EOC,), "UIM": (IM,)}),
    "the role was given by hand": ([held(by_hand=True)], [took()], {}),
    "the role was handed over": ([held(person="UNEW", by_hand=True)], [took()], {}),
    "it was taken over, and nobody acknowledged": ([held(person="UNEW")], [took()], {}),
    "not at work any more": ([held(since=None)], [took()], {}),
    "not here any more": ([held(present=False)], [took()], {}),
    "paged again already": ([held()], [took(), a_page(9)], {}),
    "a page has come up to the team": (
        [held("IM", "UIM")],
        [took("UIM", **IMS), a_page(9, level=1, level_team="dotcom IMOC", responder="UIM")],
        {},
    ),
    "asked for by name": ([held()], [replace(took(), escalation=BY_NAME)], {}),
    "it came to rest with them": ([held()], [replace(took(), quiet=True, answered_at=NOON)], {}),
    "before the problem was back": ([held()], [OLD, REOPENED], {}),
    "another is active in the role": ([held()], [took(), took("UACTIVE")], {}),
    "another is silent too": ([held()], [took(), took("USILENT")], {"UEOC": (EOC,)}),
    "another is active in another role": ([held()], [took(), took("UACTIVE", **IMS)], {"UEOC": (EOC,)}),
}
SEEN = {
    "UACTIVE": Activity(1, 7, "UACTIVE", NOON + 19 * MINUTE),
    "USILENT": Activity(2, 7, "USILENT", NOON),
}


@pytest.mark.parametrize(("holders", "pages", "found"), CASES.values(), ids=CASES)
def test_whose_silence_matters(holders, pages, found):
    assert duties(Case(S1, holders, pages, SEEN), PROCESS, NOON + 30 * MINUTE) == found


@pytest.mark.parametrize(("minutes", "near"), [(None, False), (0, True), (14, True), (15, False), (-1, True)])
def test_two_rules_act_a_quarter_of_an_hour_apart(minutes, near):
    other = None if minutes is None else NOON - minutes * MINUTE

    assert too_near(other, NOON) is near
