"""Reopening: the problem is back, or only to merge or correct."""

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.views.incidents import reopen as view_of
from handlers.incidents import life, reopen
from sandbox.validation import view_problems
from storage import incidents, pages
from tests.conftest import Office
from tests.operations.given import given_incident, pending
from tests.operations.look import last
from tests.views.visitor import Visitor, buttons

COMMANDS = (*life.FEATURE.subcommands, *reopen.FEATURE.subcommands)


def closed(office: Office, severity: str = "S3") -> None:
    given_incident(office, severity)
    office.perform(change_status, 1, Status.RESOLVED, by="UREP")


def opened(office: Office, how: str) -> Visitor:
    person = Visitor(office)
    if how == "button":
        person.presses(reopen.FEATURE.listeners, view_of.OPEN, 1)
    elif how == "status form":
        person.types(COMMANDS, "status")
        answer = person.sends(life.FEATURE.listeners, status="Investigating")
        assert view_problems(answer["view"]) == []
        person.views.append(answer["view"])
    else:
        person.types(COMMANDS, how)
    return person


HOW = ["reopen", "status investigating", "status form", "button"]
EOC_IS_PAGED = [("dotcom EOC", "UEOC")]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("which", "called"), [(view_of.BACK, EOC_IS_PAGED), (view_of.CORRECT, [])])
def test_it_asks_which_it_is_and_why(office, how, which, called):
    closed(office)
    person = opened(office, how)

    assert person.sends(reopen.FEATURE.listeners, which=which, reason=" ")["errors"].keys() == {"reason"}
    assert person.sends(reopen.FEATURE.listeners, which=which, reason="errors again") == {}

    now = office.read(incidents.get, 1)
    assert (now.status, now.correcting) == (Status.INVESTIGATING, which == view_of.CORRECT)
    assert pending(office, now) == called
    assert last(office, 1, Kind.STATUS).data["reason"] == "errors again"


def test_a_typed_reason_pages_and_names_who_and_can_be_called_off(office):
    closed(office, "S1")
    person = Visitor(office)

    person.types(COMMANDS, "reopen errors again")

    assert "Paged: <@UEOC> (EOC), <@UIM> (IM), <@UCMOC> (CMOC)." in person.answer
    assert buttons(person.answers[-1]) == [("Only to merge or correct", "1")]
    person.presses(reopen.FEATURE.listeners, view_of.ONLY, 1, private=True)

    now = office.read(incidents.get, 1)
    assert (now.correcting, pending(office, now)) == (True, [])
    assert "nobody is paged or reminded" in person.answer


@pytest.mark.parametrize("why", ["somebody answered", "somebody else presses", "it was declared so"])
def test_nobody_is_called_off_once_somebody_is_at_work_nor_by_anybody_else(office, why):
    if why == "it was declared so":
        given_incident(office)
    else:
        closed(office, "S1")
        Visitor(office).types(COMMANDS, "reopen errors again")
    if why == "somebody answered":
        office.perform(acknowledge, office.read(pages.pending_of, 1)[0].id, by="UEOC")
    before = office.read(incidents.get, 1), office.read(pages.of_incident, 1)
    person = Visitor(office, "USOMEBODY" if why == "somebody else presses" else "UREP")

    person.presses(reopen.FEATURE.listeners, view_of.ONLY, 1, private=True)

    assert "there is nothing to reopen" in person.answer
    assert (office.read(incidents.get, 1), office.read(pages.of_incident, 1)) == before


def test_only_what_has_ended_is_reopened(office):
    given_incident(office)

    with pytest.raises(Refused, match="nothing to reopen"):
        Visitor(office).types(COMMANDS, "reopen")
