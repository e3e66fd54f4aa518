"""What goes on status pages, by whom, and of which components."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.incidents.public_posts import (
    PublicState,
    affected,
    chosen,
    goes_out,
    kept_back,
    publishers,
    state_of,
    title_of,
    typed_components,
    worst,
)
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.process import CMOC, IM, Communication, Component
from tests.fakes import process
from tests.values import an_incident

PARTS = Communication(publishes=True, components=(Component("API", ("web",)), Component("Git")))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"private": True}, "it is private"),
        ({"drill": True}, "it is a drill"),
        ({"near_miss": True}, "it is a near miss"),
        ({"status": Status.TRIAGE}, "it is in triage"),
    ],
)
def test_some_are_never_published(changes: dict[str, object], why: str) -> None:
    incident = an_incident(**changes)
    rules = replace(process(), communication=PARTS)
    assert kept_back(incident, rules) == why
    assert goes_out(incident, rules) is not bool(why)
    assert not goes_out(incident, process())


def test_the_cmoc_publishes_and_while_there_is_none_the_im_and_always_the_lead() -> None:
    incident = an_incident(lead="ULEAD")
    assert publishers(incident, {CMOC: "UCMOC", IM: "UIM"}) == ("UCMOC", "ULEAD")
    assert publishers(incident, {IM: "UIM"}) == ("UIM", "ULEAD")
    assert publishers(incident, {}) == ("ULEAD",)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.INVESTIGATING, PublicState.INVESTIGATING),
        (Status.FIXING, PublicState.IDENTIFIED),
        (Status.MONITORING, PublicState.MONITORING),
        (Status.RESOLVED, PublicState.RESOLVED),
        (Status.CLOSED, PublicState.RESOLVED),
        (Status.CANCELLED, PublicState.RESOLVED),
    ],
)
def test_the_state_follows_the_status(status: Status, state: PublicState) -> None:
    assert state_of(an_incident(status=status)) is state


def test_components_are_typed_chosen_or_follow_from_the_affected_services() -> None:
    assert typed_components("on api, Git: It is slow", PARTS) == (("api", "Git"), "It is slow")
    assert typed_components("on Monday: all is well", PARTS) == ((), "on Monday: all is well")
    assert typed_components("It is slow: sorry", PARTS) == ((), "It is slow: sorry")
    assert chosen(("git", "API"), PARTS, 1) == ("API", "Git")
    assert chosen((), replace(PARTS, components=PARTS.components[:1]), 1) == ("API",)
    assert chosen((), Communication(), 1) == ()
    assert affected("Web, other", PARTS) == ("API",)
    with pytest.raises(Refused, match="has no component Mail"):
        chosen(("Mail",), PARTS, 1)
    with pytest.raises(Refused, match="Say what is affected"):
        chosen((), PARTS, 1)


def test_a_title_is_made_of_what_customers_know_and_fits() -> None:
    assert title_of(PublicStatus.PARTIAL, ("API", "Git")) == "Partial Service Disruption: API, Git"
    assert title_of(PublicStatus.OPERATIONAL, ()) == "Notice"
    assert len(title_of(PublicStatus.DEGRADED, ("x" * 75,) * 9)) == 250
    assert worst([PublicStatus.DEGRADED, PublicStatus.DISRUPTION]) is PublicStatus.DISRUPTION
