"""Who is at work already, and so is told and not called: every case of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Severity, Status
from bot.domain.incidents.ownership import leads_when_high
from bot.domain.paging.engagement import (
    Holder,
    Staff,
    answered_with,
    engaged,
    late_answer,
    missing_roles,
    ready,
    roles_of_answer,
    stays_engaged,
    successor,
    vacant_roles,
)
from bot.domain.paging.escalations import call_after, call_at
from bot.domain.paging.pages import PageState, answered
from tests.domain.test_incidents import AN_INCIDENT
from tests.fakes import NOON, process
from tests.values import a_page, an_escalation

EOC_TEAM, IM_TEAM, CMOC_TEAM = "dotcom EOC", "dotcom IMOC", "dotcom CMOC"
LEADERS = "dotcom leadership escalation"
ON_CALL = {EOC_TEAM: ("UEOC",), IM_TEAM: ("UIM",), CMOC_TEAM: ("UCMOC",), LEADERS: ("ULEADER",)}
STAFF = Staff(process(), ON_CALL)
PATH = STAFF.process.teams[EOC_TEAM].path


def held(role: str, person: str, minutes: float | None = 5, *, by_hand: bool = False) -> Holder:
    since = None if minutes is None else NOON - timedelta(minutes=minutes)
    return Holder(role, person, since, by_hand)


def eoc_page(**changes):
    return a_page(**{"team": EOC_TEAM, "level_team": EOC_TEAM, "role": "EOC", "responder": "UEOC"} | changes)


UPGRADE = {
    "nobody holds it": (None, False, "paged"),
    "acknowledged a moment ago": (held("EOC", "UEOC"), False, "told"),
    "acknowledged 30 minutes ago": (held("EOC", "UEOC", 30), False, "told"),
    "acknowledged longer ago": (held("EOC", "UEOC", 31), False, "paged"),
    "acknowledged, off shift now": (held("EOC", "UOLD"), False, "paged"),
    "given by hand, not on call": (held("EOC", "UOLD", by_hand=True), False, "told"),
    "given by hand, long ago": (held("EOC", "UOLD", 31, by_hand=True), False, "paged"),
    "raised it, acknowledged long ago": (held("EOC", "URAISES", 300), False, "told"),
    "raised it, off shift": (held("EOC", "URAISED_OFF_SHIFT", 300), False, "paged"),
    "left": (replace(held("EOC", "UEOC"), present=False), False, "paged"),
    "before it was reopened": (held("EOC", "UEOC", None), False, "paged"),
    "an IM whose answer gives the lead only now": (held("IM", "UEOC"), True, "paged"),
    "an IM who leads already": (held("IM", "UEOC"), False, "told"),
    "an IM who was made IM by hand": (held("IM", "UEOC", by_hand=True), True, "told"),
    "an IM who raised it": (held("IM", "URAISES"), True, "told"),
}


@pytest.mark.parametrize(("holder", "gives_lead", "expected"), UPGRADE.values(), ids=UPGRADE)
def test_who_is_told_and_who_is_paged_when_it_becomes_grave(holder, gives_lead, expected):
    raised_by = holder.person if holder and "RAISE" in holder.person else "UREP"
    on_call = {"URAISES" if raised_by == "URAISES" else "UEOC"}

    told = stays_engaged(holder, on_call=on_call, raised_by=raised_by, gives_lead=gives_lead, now=NOON)

    assert ("told" if told else "paged") == expected


def test_engaged_is_who_holds_a_role_and_is_still_there():
    holders = [held("EOC", "UEOC"), held("IM", "UIM", None), replace(held("CMOC", "UCMOC"), present=False)]

    assert engaged(holders) == {"UEOC"}


def test_a_level_is_whose_who_holds_its_role_unless_all_of_it_have_to_answer():
    all_of_it = [replace(level, needs_all=True) for level in PATH]
    im = held("IM", "USOMEBODY")

    assert ready(ON_CALL, [im], PATH, STAFF.process)[IM_TEAM] == ("USOMEBODY",)
    assert ready(ON_CALL, [held("IM", "USOMEBODY", None)], PATH, STAFF.process)[IM_TEAM] == ("UIM",)
    assert ready(ON_CALL, [im], all_of_it, STAFF.process)[IM_TEAM] == ("UIM",)
    assert ready({}, [im], all_of_it, STAFF.process)[IM_TEAM] == ("USOMEBODY",)


def test_a_role_that_two_teams_share_is_nobodys_alone():
    teams = dict(STAFF.process.teams)
    teams["second IMOC"] = replace(teams[IM_TEAM], name="second IMOC")
    shared = replace(STAFF.process, teams=teams)
    other = a_page(id=4, of=4, team="second IMOC", level_team="second IMOC", role="IM", responder="UIM2")

    assert ready(ON_CALL, [held("IM", "USOMEBODY")], PATH, shared)[IM_TEAM] == ("UIM",)
    assert answered_with([other], "USOMEBODY", {"IM"}, shared) == []
    assert answered_with([other], "USOMEBODY", {"IM"}, STAFF.process) == [other]


@pytest.mark.parametrize(
    ("by", "level", "held_by", "expected"),
    [
        ("UEOC", 0, {}, ("EOC",)),
        ("UIM", 1, {}, ("IM",)),
        ("UEOC", 1, {}, ("EOC",)),
        ("UIM", 2, {}, ("IM",)),
        ("UIM", 0, {}, ("IM",)),
        ("ULEADER", 2, {}, ("Infrastructure Leader",)),
        ("USOMEBODY", 2, {}, ("Infrastructure Leader",)),
        ("USOMEBODY", 2, {"CMOC": "USOMEBODY"}, ("CMOC",)),
    ],
)
def test_everybody_answers_for_their_own_level(by, level, held_by, expected):
    levels = [("EOC", "UEOC"), ("IM", "UIM"), ("Infrastructure Leader", "ULEADER")]
    walked = [
        eoc_page(
            id=1 + number,
            of=1,
            level=number,
            level_team=PATH[number].team,
            role=role,
            responder=person,
            state=PageState.PENDING if number == level else PageState.ESCALATED,
        )
        for number, (role, person) in enumerate(levels[: level + 1])
    ]

    assert roles_of_answer(walked[-1], walked, by, held_by, STAFF) == expected


def test_an_answer_covers_what_calls_the_person_and_what_moved_on_past_them():
    passed = eoc_page(id=1, of=1, state=PageState.ESCALATED, responder="UIM")
    above = eoc_page(id=2, of=1, level=2, role="Infrastructure Leader", responder="ULEADER")
    own = a_page(id=3, of=3, responder="UIM", role="IM")
    others = a_page(id=4, of=4, responder="UCMOC", role="CMOC")

    assert answered_with([passed, above, own, others], "UIM", (), STAFF.process) == [above, own]


def test_somebody_answers_late_what_a_stand_in_holds():
    silent = eoc_page(id=1, of=1, state=PageState.ESCALATED)
    stood_in = eoc_page(id=2, of=1, level=1, level_team=IM_TEAM, role="IM", responder="UIM")
    walked = [silent, answered(stood_in, "UIM", NOON)]

    assert late_answer(AN_INCIDENT, walked, "UEOC", {"IM": "UIM"}, STAFF) == silent
    assert late_answer(AN_INCIDENT, walked, "UEOC", {"EOC": "UNEW"}, STAFF) is None
    assert late_answer(AN_INCIDENT, walked, "USOMEBODY", {}, STAFF) is None
    closed = replace(AN_INCIDENT, status=Status.RESOLVED)
    assert late_answer(closed, walked, "UEOC", {"IM": "UIM"}, STAFF) is None


def test_a_role_is_missing_when_its_path_ended_with_somebody_else():
    walked = [answered(eoc_page(), "UIM", NOON)]
    active = replace(AN_INCIDENT, status=Status.INVESTIGATING)

    assert missing_roles(active, walked, STAFF.process, {"IM": "UIM"}) == (("EOC", EOC_TEAM),)
    assert missing_roles(active, walked, STAFF.process, {"EOC": "UEOC"}) == ()
    assert missing_roles(active, [eoc_page()], STAFF.process, {}) == ()
    assert missing_roles(replace(active, status=Status.RESOLVED), walked, STAFF.process, {}) == ()
    managers = [
        answered(eoc_page(team=IM_TEAM, level_team=IM_TEAM, of=an_escalation(role="IM")), "UEOC", NOON)
    ]
    climbed = eoc_page(level=1, level_team=IM_TEAM)
    assert missing_roles(active, managers, STAFF.process, {}) == (("IM", IM_TEAM),)
    assert missing_roles(active, [*managers, climbed], STAFF.process, {}) == ()


SUCCESSORS = {
    # type, what it says of `leads`, severity, who holds what, is the reporter there
    "S1: the IM": ("GitLab.com", "", "S1", [held("EOC", "UEOC"), held("IM", "UIM")], True, "UIM"),
    "S3: the EOC": ("GitLab.com", "", "S3", [held("EOC", "UEOC"), held("IM", "UIM")], True, "UEOC"),
    "S3: the IM rather than the CMOC": (
        ("GitLab.com", "", "S3", [held("CMOC", "UCMOC"), held("IM", "UIM")], True, "UIM")
    ),
    "never the lead who is gone": (
        ("GitLab.com", "", "S3", [held("EOC", "ULEAD"), held("CMOC", "UCMOC")], True, "UCMOC")
    ),
    "not who held it before a reopening": ("GitLab.com", "", "S1", [held("IM", "UIM", None)], True, "UREP"),
    "nobody": ("GitLab.com", "", "S1", [], False, None),
    "SIRT at S1: Security": (
        "SIRT",
        "Security",
        "S1",
        [held("IM", "UIM"), held("Security", "USEC")],
        True,
        "USEC",
    ),
    "SIRT: the IM, whom it pages, rather than an EOC": (
        ("SIRT", "Security", "S3", [held("EOC", "UEOC"), held("IM", "UIM")], True, "UIM")
    ),
    "SIRT: whoever is there": ("SIRT", "Security", "S3", [held("EOC", "UEOC")], True, "UEOC"),
    "leads: reporter": ("GitLab.com", "reporter", "S1", [held("IM", "UIM")], True, "UREP"),
    "leads: reporter, who left": (
        "GitLab.com",
        "reporter",
        "S1",
        [held("CMOC", "UC"), held("EOC", "UE")],
        False,
        "UE",
    ),
    "leads: EOC at S1": ("GitLab.com", "EOC", "S1", [held("EOC", "UEOC"), held("IM", "UIM")], True, "UEOC"),
}


@pytest.mark.parametrize(
    ("kind", "leads", "severity", "holders", "reporter_present", "expected"),
    SUCCESSORS.values(),
    ids=SUCCESSORS,
)
def test_who_leads_when_the_lead_is_gone(*, kind, leads, severity, holders, reporter_present, expected):
    types = {kind: replace(STAFF.process.types[kind], leads=leads)}
    incident = replace(AN_INCIDENT, type=kind, severity=Severity(severity), lead="ULEAD", reporter="UREP")

    found = successor(
        incident, holders, replace(STAFF.process, types=types), reporter_present=reporter_present
    )

    assert found == expected


@pytest.mark.parametrize(
    ("kind", "severity", "held_by", "expected"),
    [
        ("GitLab.com", "S3", {}, ("EOC",)),
        ("GitLab.com", "S2", {"EOC": "UEOC"}, ("IM", "CMOC")),
        ("SIRT", "S4", {}, ("Security", "IM")),
        ("SIRT", "S1", {"IM": "UIM"}, ("Security",)),
    ],
)
def test_the_card_misses_the_roles_that_the_type_calls_for(kind, severity, held_by, expected):
    rules = STAFF.process
    incident = replace(AN_INCIDENT, type=kind, severity=Severity(severity))

    assert vacant_roles(incident, rules.types[kind], rules, held_by) == expected
    over = replace(incident, status=Status.RESOLVED)
    assert vacant_roles(over, rules.types[kind], rules, held_by) == ()


@pytest.mark.parametrize(
    ("leads", "expected"),
    [("", {"IM"}), ("EOC", set()), ("IM", set()), ("reporter", set())],
)
def test_whose_answer_gives_the_lead_only_at_s1_and_s2(leads, expected):
    rules = STAFF.process

    assert leads_when_high(replace(rules.types["GitLab.com"], leads=leads), rules) == expected
    assert leads_when_high(rules.types["SIRT"], rules) == set()


def test_escalate_now_never_calls_whoever_presses():
    first, last = an_escalation(), an_escalation(level=2, waits_for=("ULEADER",))
    same_person = ON_CALL | {IM_TEAM: ("UEOC",)}

    calls = [
        call_after(last, ON_CALL, "ULEADER"),
        call_after(first, same_person, "UEOC"),
        call_after(first, ON_CALL, "UEOC"),
        call_after(last, ON_CALL, "UIM"),
    ]

    assert [call and call.responders for call in calls] == [None, ("ULEADER",), ("UIM",), ("ULEADER",)]


def test_who_left_is_replaced_at_their_own_level():
    assert call_at(an_escalation(), ON_CALL | {EOC_TEAM: ("UEOC2",)}).responders == ("UEOC2",)
    assert call_at(an_escalation(), ON_CALL | {EOC_TEAM: ()}).responders == ("UIM",)
