"""The whole rule of who is paged, who is told and who is left alone when the severity is raised."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from bot.domain.incidents.incident import Severity
from bot.operations.incidents.ownership import assign_role
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.escalate import escalate_now
from bot.operations.paging.paging import request_page
from storage import pages, roles
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident, pending

TEAM = {
    "EOC": "dotcom EOC",
    "IM": "dotcom IMOC",
    "CMOC": "dotcom CMOC",
    "Security": "Security on-call",
}
KEY = {"EOC": "eoc", "IM": "im", "CMOC": "cmoc", "Security": "security"}
HOLDER = {"EOC": "UEOC", "IM": "UIM", "CMOC": "UCMOC", "Security": "USEC"}
ANOTHER = "USOMEBODY"
STAND_IN = {"EOC": "ULEADER", "IM": "ULEADER", "CMOC": "UIM", "Security": "ULEADER"}
"""Somebody who is called later on the team's path, and answers in a role of their own."""

TOLD, PAGED, ALONE = "told", "paged anew", "left alone"


@pytest.fixture
def engine() -> str:
    """One engine is enough for a rule: what it reads is tried on both elsewhere."""
    return "sqlite"


@dataclass(frozen=True)
class Case:
    """How the role's page was answered and what has changed until the severity is raised."""

    steps: tuple[str, str]
    answered: str = "themselves"
    minutes: float = 29
    on_call: bool = True
    by_holder: bool = False
    kind: str = "GitLab.com"


UP = (("S3", "S1"), ("S4", "S2"))

FROM_BELOW: dict[tuple[str, float, bool, bool], dict[str, str]] = {
    # answered by, minutes ago, on call now, raised by the holder: what happens in each role
    ("themselves", 29, True, False): {"EOC": TOLD, "IM": PAGED, "CMOC": TOLD},
    ("themselves", 30, True, False): {"EOC": TOLD, "IM": PAGED, "CMOC": TOLD},
    ("themselves", 31, True, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("themselves", 29, False, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("themselves", 31, False, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("themselves", 29, True, True): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("themselves", 31, True, True): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("themselves", 31, False, True): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("by hand", 29, True, False): {"EOC": TOLD, "IM": TOLD, "CMOC": TOLD},
    ("by hand", 29, False, False): {"EOC": TOLD, "IM": TOLD, "CMOC": TOLD},
    ("by hand", 31, True, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("by hand", 31, False, True): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("a stand-in", 29, True, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("a stand-in", 31, True, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("a stand-in", 29, False, False): {"EOC": PAGED, "IM": PAGED, "CMOC": PAGED},
    ("nobody", 29, True, False): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("nobody", 31, True, False): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("nobody", 29, False, False): {"EOC": ALONE, "IM": ALONE, "CMOC": ALONE},
    ("never paged", 29, True, False): {"IM": PAGED, "CMOC": PAGED},
}


def all_cases() -> Iterator[tuple[str, Case, str]]:
    for (answered, minutes, on_call, by_holder), expected in FROM_BELOW.items():
        for steps in UP:
            for role, happens in expected.items():
                yield role, Case(steps, answered, minutes, on_call, by_holder), happens
        for role in expected:  # the managers are there already
            yield role, Case(("S2", "S1"), answered, minutes, on_call, by_holder), ALONE


def raised(office: Office, clock: FakeClock, role: str, case: Case) -> str:
    """Live through a case, and return what happened to the role's team when the severity was raised."""
    before, after = case.steps
    incident = given_incident(office, before, kind=case.kind, private=case.kind == "SIRT")
    calling = [page.escalation.team for page in office.read(pages.pending_of, incident.id)]
    if case.answered != "never paged" and TEAM[role] not in calling:
        office.perform(request_page, TEAM[role], "", by="UREP", incident_id=incident.id)
    answer(office, incident.id, role, case.answered)
    clock.advance(minutes=case.minutes)
    if not case.on_call:
        office.uow.process = process(**{KEY[role]: (ANOTHER,)})
    was = {page.id for page in office.read(pages.of_incident, incident.id)}
    office.emitted()

    by = HOLDER[role] if case.by_holder else "UREP"
    office.perform(change_severity, incident.id, Severity(after), by=by)

    told = [data["person"] for event, data in office.emitted() if event == "EngagedInstead"]
    now = office.read(pages.of_incident, incident.id)
    if [page for page in now if page.id not in was and page.escalation.team == TEAM[role]]:
        return PAGED
    if HOLDER[role] in told:
        return TOLD
    if case.answered == "nobody":
        assert [page for page in now if page.pending and page.escalation.team == TEAM[role]], (
            "it goes on waiting"
        )
    return ALONE


def answer(office: Office, incident_id: int, role: str, by: str) -> None:
    if by == "by hand":
        office.perform(assign_role, incident_id, role, HOLDER[role], by="UREP")
    if by not in ("themselves", "a stand-in"):
        return
    page = next(
        one for one in office.read(pages.pending_of, incident_id) if one.escalation.team == TEAM[role]
    )
    if by == "a stand-in":
        while page.responder != STAND_IN[role]:
            page = office.perform(escalate_now, page.id, by="UREP")
    office.perform(acknowledge, page.id, by=page.responder or "")
    assert (role in office.read(roles.of, incident_id)) is (by == "themselves")


def name(value: object) -> str | None:
    if not isinstance(value, Case):
        return None
    whose = "raised by themselves" if value.by_holder else "raised by another"
    shift = "on call" if value.on_call else "off call"
    return f"{'-'.join(value.steps)}, {value.answered} {value.minutes} min ago, {shift}, {whose}"


@pytest.mark.parametrize(("role", "case", "expected"), list(all_cases()), ids=name)
def test_who_is_paged_anew_and_who_is_told(
    office: Office, clock: FakeClock, role: str, case: Case, expected: str
) -> None:
    assert raised(office, clock, role, case) == expected


SIRT = {
    # The IM of a SIRT never leads by answering, so nothing is gained by paging them anew.
    ("themselves", 29, True, False): TOLD,
    ("themselves", 31, True, False): PAGED,
    ("themselves", 29, False, False): PAGED,
    ("themselves", 31, True, True): ALONE,
    ("nobody", 31, True, False): ALONE,
}


@pytest.mark.parametrize("role", ["Security", "IM"])
@pytest.mark.parametrize(("answered", "minutes", "on_call", "by_holder"), SIRT)
def test_who_is_paged_anew_for_a_sirt(
    *,
    office: Office,
    clock: FakeClock,
    role: str,
    answered: str,
    minutes: int,
    on_call: bool,
    by_holder: bool,
) -> None:
    case = Case(("S3", "S1"), answered, minutes, on_call, by_holder, kind="SIRT")

    assert raised(office, clock, role, case) == SIRT[answered, minutes, on_call, by_holder]


def test_an_im_of_an_s1_that_was_corrected_is_paged_anew_when_it_becomes_one(
    office: Office, clock: FakeClock
) -> None:
    incident = given_incident(office, "S1")
    page = next(
        one for one in office.read(pages.pending_of, incident.id) if one.escalation.team == TEAM["IM"]
    )
    office.perform(acknowledge, page.id, by="UIM")
    office.perform(change_severity, incident.id, Severity.S3, by="UREP", reason="Miscounted")
    office.emitted()

    office.perform(change_severity, incident.id, Severity.S1, by="UREP")

    assert ("dotcom IMOC", "UIM") in pending(office, incident)


@pytest.mark.parametrize(
    ("leads", "expected"), [("", PAGED), ("IM", TOLD), ("EOC", TOLD), ("reporter", TOLD)]
)
def test_an_im_is_paged_anew_only_where_that_gives_the_lead(
    office: Office, clock: FakeClock, leads: str, expected: str
) -> None:
    rules = process()
    kind = replace(rules.types["GitLab.com"], leads=leads)
    office.uow.process = replace(rules, types={**rules.types, "GitLab.com": kind})

    assert raised(office, clock, "IM", Case(("S3", "S1"))) == expected
