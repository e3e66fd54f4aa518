"""Handing a page to a person who accepts it."""

from datetime import timedelta

import pytest

from bot.domain.errors import NotFound, NotThem, Refused
from bot.domain.incidents.incident import Status
from bot.domain.paging.offers import OfferState
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import on_my_way
from bot.operations.paging.calling import ways
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.escalate import escalate_overdue
from bot.operations.paging.offers import accept, decline, offer_page, offered, unreached
from bot.operations.paging.paging import request_page
from bot.operations.restored import Found, begin, reconciled
from bot.operations.workspace.membership import joined, left
from bot.operations.workspace.people import changed
from bot.views.paging import offers as view
from storage import escalations, incidents, members, meta, offers, pages, roles
from storage.restoring import mark_restored
from tests.fakes import NOON
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident, pending
from tests.operations.look import kinds, last, story

TO = "USOMEBODY"


def first_page(office, incident):
    return office.read(pages.pending_of, incident.id)[0]


def offer_of(office, incident, to=TO, words=""):
    return office.perform(offer_page, first_page(office, incident).id, to, words, by="UEOC")


def state(office, number):
    return office.read(offered, number).offer.state


@pytest.mark.parametrize(
    ("person", "slack", "said"),
    [
        ("UEOC", {}, "That is you"),
        (TO, {"deleted": True}, "not an active member"),
        (TO, {"is_bot": True}, "not an active member"),
        (TO, {"is_stranger": True}, "may not answer pages"),
        (TO, {"is_restricted": True}, "is a guest"),
        ("UCMOC", {}, "at work on INC-1 already"),
        ("UIM", {}, "being paged for INC-1 already"),
    ],
)
def test_whom_it_cannot_be_handed_to_is_refused_with_the_reason(office, person, slack, said):
    incident = given_incident(office, "S1")
    cmoc = next(one for one in office.read(pages.pending_of, incident.id) if one.responder == "UCMOC")
    office.perform(acknowledge, cmoc.id, by="UCMOC")
    if slack:
        office.perform(changed, {"id": TO, "name": "somebody"} | slack)

    with pytest.raises(NotThem, match=said):
        offer_of(office, incident, person)
    assert office.read(offers.unanswered) == []


def test_whoever_was_removed_from_a_private_incident_is_refused(office):
    incident = given_incident(office, private=True)
    office.perform(joined, "CINC", TO, at=NOON)
    office.perform(left, "CINC", TO, at=NOON)

    with pytest.raises(NotThem, match="Invite them there first"):
        offer_of(office, incident)


def test_only_whom_the_page_calls_can_offer_it_and_only_while_it_waits(office):
    incident = given_incident(office)
    page = first_page(office, incident)

    with pytest.raises(Refused, match="This page is for"):
        office.perform(offer_page, page.id, TO, "", by="UIM")
    office.perform(acknowledge, page.id, by="UEOC")
    with pytest.raises(Refused, match="You acknowledged this page already"):
        office.perform(offer_page, page.id, TO, "", by="UEOC")


def test_until_they_accept_the_page_stays_and_its_deadline_runs_on(office):
    incident = given_incident(office)
    before = first_page(office, incident)
    number = offer_of(office, incident, words="I am on a train")

    assert first_page(office, incident) == before
    assert last(office, incident.id, Kind.OFFERED).text == "I am on a train"
    office.clock.advance(minutes=15)
    office.perform(escalate_overdue, *office.read(escalations.overdue, 10))
    assert pending(office, incident) == [("dotcom IMOC", "UIM")]
    found = office.read(offered, number)
    said = view.asked(found.offer, found.page, found.incident, now=found.now).text
    assert "This page has moved on" in said
    assert "<@UIM> was paged" in said
    with pytest.raises(Refused, match="went on"):
        office.perform(accept, number, by=TO)
    assert pending(office, incident) == [("dotcom IMOC", "UIM")]


@pytest.mark.parametrize("to", [TO, "UIM"])
def test_whoever_accepts_holds_the_role_of_the_level_leads_and_is_invited(office, to):
    incident = given_incident(office)
    page, number = first_page(office, incident), offer_of(office, incident, to)

    office.perform(accept, number, by=to)

    now = office.read(pages.get, page.id)
    assert (now.state, now.answered_by, now.escalation.running) == (PageState.ACKNOWLEDGED, to, False)
    assert office.read(roles.of, incident.id) == {"EOC": to}
    assert office.read(engaged_in, incident.id) == {to}
    assert to in office.read(members.of, incident.id)
    assert last(office, incident.id, Kind.ACKNOWLEDGED).data["instead_of"] == "UEOC"
    assert pending(office, incident) == []


def test_the_lead_goes_as_with_a_stand_in_who_acknowledges(office):
    handed, taken = given_incident(office), given_incident(office, channel="CTWO")
    office.perform(accept, offer_of(office, handed), by=TO)
    office.perform(acknowledge, first_page(office, taken).id, by=TO, taking=True)

    leads = [office.read(incidents.get, one.id).lead for one in (handed, taken)]
    assert leads[0] == leads[1]


def test_all_that_calls_the_asker_for_the_incident_goes_with_it(office):
    incident = given_incident(office)
    again = office.perform(request_page, "dotcom IMOC", "", by="UREP", incident_id=incident.id)
    office.perform(
        lambda tx: tx.execute("UPDATE pages SET responder = 'UEOC' WHERE id = :id", {"id": again.id})
    )

    first = offer_of(office, incident)
    number = office.perform(offer_page, again.id, TO + "2", "", by="UEOC")

    assert state(office, first) is OfferState.WITHDRAWN  # two would take the same
    assert office.read(ways, first_page(office, incident), incident).offer.id == number
    office.perform(accept, number, by=TO + "2")
    assert pending(office, incident) == []
    assert office.read(roles.of, incident.id) == {"EOC": TO + "2", "IM": TO + "2"}


def test_a_page_outside_any_incident_can_be_handed_on_too(office):
    page = office.perform(request_page, "dotcom CMOC", "Please write", by="UREP", incident_id=None)
    number = office.perform(offer_page, page.id, TO, "", by="UCMOC")
    office.perform(accept, number, by=TO)

    assert office.read(pages.get, page.id).answered_by == TO


def test_declined_it_stays_and_the_asker_may_ask_somebody_else(office):
    incident = given_incident(office)
    number = offer_of(office, incident)

    office.perform(decline, number, by=TO)

    assert state(office, number) is OfferState.DECLINED
    assert first_page(office, incident).responder == "UEOC"
    assert last(office, incident.id, Kind.OFFER_DECLINED).by == TO
    office.perform(accept, offer_of(office, incident, "UIM"), by="UIM")


def test_a_second_offer_withdraws_the_first_and_the_same_one_is_refused(office):
    incident = given_incident(office)
    number = offer_of(office, incident)

    with pytest.raises(NotThem, match="is asked already"):
        offer_of(office, incident)
    offer_of(office, incident, "UIM")

    assert state(office, number) is OfferState.WITHDRAWN
    with pytest.raises(Refused, match="asked instead of you"):
        office.perform(accept, number, by=TO)
    assert first_page(office, incident).responder == "UEOC"


def test_of_two_presses_one_counts(office):
    incident = given_incident(office)
    number = offer_of(office, incident)
    office.perform(accept, number, by=TO)
    before = story(office, incident.id)

    for late, said in ((accept, "accepted this page already"), (decline, "accepted this page already")):
        with pytest.raises(Refused, match=said):
            office.perform(late, number, by=TO)
    assert story(office, incident.id) == before


def test_an_offer_that_was_closed_meanwhile_is_closed_once(office):
    number = offer_of(office, given_incident(office))
    seen = office.read(offers.get, number)

    assert office.perform(offers.close, seen, OfferState.DECLINED)
    assert not office.perform(offers.close, seen, OfferState.ACCEPTED)
    assert state(office, number) is OfferState.DECLINED


def test_who_acknowledges_first_has_it(office):
    incident = given_incident(office)
    number = offer_of(office, incident)
    office.perform(acknowledge, first_page(office, incident).id, by="UEOC")

    with pytest.raises(Refused, match="was answered"):
        office.perform(accept, number, by=TO)
    assert office.read(roles.of, incident.id) == {"EOC": "UEOC"}


@pytest.mark.parametrize("answer", [accept, decline])
@pytest.mark.parametrize("private", [False, True])
def test_a_stranger_who_has_the_button_can_do_nothing(office, answer, private):
    incident = given_incident(office, private=private)
    number = offer_of(office, incident)

    with pytest.raises(NotFound, match="I know no offer"):
        office.perform(answer, number, by="UIM")
    with pytest.raises(NotFound):
        office.perform(answer, 77, by=TO)
    assert state(office, number) is OfferState.OPEN


def test_whoever_was_removed_or_became_a_guest_since_does_not_come_in_by_it(office):
    private, public = given_incident(office, private=True), given_incident(office, channel="CTWO")
    first, second = offer_of(office, private), offer_of(office, public)
    office.perform(joined, "CINC", TO, at=NOON)
    office.perform(left, "CINC", TO, at=NOON)

    with pytest.raises(Refused, match="invite you again"):
        office.perform(accept, first, by=TO)
    for kind, said in (("is_restricted", "Guests cannot"), ("deleted", "Only active members")):
        office.perform(changed, {"id": TO, "name": "somebody", kind: True})
        for answer in (accept, decline):
            with pytest.raises(Refused, match=said):
                office.perform(answer, second, by=TO)

    assert TO not in office.read(members.of, private.id)
    assert {state(office, one) for one in (first, second)} == {OfferState.UNREACHED}


def test_of_a_private_incident_they_know_nothing_until_they_accept(office):
    incident = given_incident(office, private=True)
    number = offer_of(office, incident, words="the key was stolen")

    with pytest.raises(NotFound):
        office.read(incidents.visible, incident.id, TO)
    assert office.read(offered, number).offer.words == ""
    office.perform(accept, number, by=TO)
    assert office.read(incidents.visible, incident.id, TO)


def test_its_message_is_edited_when_it_is_answered_otherwise_or_the_incident_ends(office):
    follow(office)
    answered, ended, given_up = (given_incident(office, channel=f"C{name}") for name in ("A", "B", "C"))
    numbers = [offer_of(office, one) for one in (answered, ended, given_up)]
    assert {f"offer_page offer:{one}" for one in numbers} <= set(deliveries(office))

    office.perform(acknowledge, first_page(office, answered).id, by="UEOC")
    assert f"redraw_offer offer:{numbers[0]}" in deliveries(office)
    office.perform(change_status, ended.id, Status.RESOLVED, by="UREP")
    assert f"redraw_offer offer:{numbers[1]}" in deliveries(office)
    office.perform(on_my_way, first_page(office, given_up).id, timedelta(minutes=5), by="UEOC")
    assert f"redraw_offer offer:{numbers[2]}" in deliveries(office)  # it says the deadline
    office.perform(unreached, numbers[2])
    message = first_page(office, given_up).notification
    assert f"redraw_page notification:{message.id}" in deliveries(office)
    assert state(office, numbers[2]) is OfferState.UNREACHED


def test_a_restored_database_shows_what_is_open_again_and_it_can_be_accepted(office):
    incident = given_incident(office)
    number = offer_of(office, incident)
    office.clock.advance(minutes=60)
    mark_restored(office.database, at=office.clock.now())
    follow(office)

    office.perform(begin)
    office.perform(reconciled, Found((), (), ()))

    assert f"redraw_offer offer:{number}" in deliveries(office)
    office.perform(accept, number, by=TO)
    assert office.read(roles.of, incident.id) == {"EOC": TO}
    assert Kind.OFFERED in kinds(office, incident.id)
    assert office.read(meta.get, "reconciling_since") is None
