import asyncio
import json
from typing import Any

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.pages import PageState
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.paging import request_page
from handlers import words
from handlers.paging import acknowledge, escalate
from storage import pages
from tests.conftest import Office
from tests.operations.given import delivered, given_incident, pending
from tests.views.test_inc import types
from tests.views.visitor import LINKS, Visitor, buttons


def chosen(*teams: str) -> list[dict[str, Any]]:
    return [{"value": team} for team in teams]


def labels(form: dict[str, Any]) -> list[str]:
    return [block["label"]["text"] for block in form["blocks"] if block["type"] == "input"]


def answered(office: Office, page_id: int) -> tuple[PageState, str | None]:
    page = office.read(pages.get, page_id)
    return page.state, page.answered_by


def test_ack_answers_the_page_of_the_person_in_the_channel(office):
    given_incident(office)

    person = types(office, "ack", user="UEOC", channel="CINC")

    assert answered(office, 1) == (PageState.ACKNOWLEDGED, "UEOC")
    assert "You acknowledged the page for INC-1 Disk full. You lead it now." in person.answer


def test_ack_works_anywhere(office):
    given_incident(office)

    types(office, "ack", user="UEOC")

    assert answered(office, 1) == (PageState.ACKNOWLEDGED, "UEOC")


def test_ack_asks_which_when_several_incidents_call(office):
    given_incident(office, name="One", channel="C10")
    given_incident(office, name="Two", channel="C11")

    person = types(office, "ack", user="UEOC")

    assert "More than one page waits for you" in person.answer
    assert [value for label, value in buttons(person.answers[-1]) if label == "Acknowledge"] == ["1", "2"]


def test_ack_of_somebody_else_offers_to_take_the_page(office):
    given_incident(office)

    person = types(office, "ack", user="USOMEBODY", channel="CINC")

    assert buttons(person.answers[-1]) == [("Take this page", "1")]
    assert answered(office, 1) == (PageState.PENDING, None)


def test_ack_with_nothing_to_answer_says_where_to_look(office):
    assert "No page waits for you" in types(office, "ack", user="USOMEBODY").answer


def test_the_button_of_another_asks_before_the_page_is_taken(office):
    given_incident(office)
    person = Visitor(office, "USOMEBODY")

    person.presses(acknowledge.FEATURE.listeners, "page_acknowledge", 1)
    offer = person.answers[-1]
    person.presses(acknowledge.FEATURE.listeners, "page_take", 1, private=True)

    assert "<@UEOC> is paged" in offer["text"]
    assert buttons(offer) == [("Take it", "1")]
    assert answered(office, 1) == (PageState.ACKNOWLEDGED, "USOMEBODY")
    assert person.answers[-1]["replace_original"] is True


def test_the_page_itself_is_redrawn_and_needs_no_answer(office):
    given_incident(office)
    delivered(office, 1, "1.2")
    person = Visitor(office, "UEOC")
    handler: Any = acknowledge.acknowledged
    body = {
        "user": {"id": "UEOC"},
        "container": {"message_ts": "1.2"},
        "trigger_id": "trigger",
        "actions": [{"value": "1"}],
    }

    given = {"ack": person.ack, "client": person, "respond": person.respond, "uow": office.uow}
    asyncio.run(handler(body=body, links=LINKS, rehearsals=person.rehearsals, **given))

    assert answered(office, 1) == (PageState.ACKNOWLEDGED, "UEOC")
    assert person.answers == []


def test_escalate_now_says_who_is_called(office):
    incident = given_incident(office)
    person = Visitor(office, "UEOC")

    person.presses(acknowledge.FEATURE.listeners, "page_escalate_now", 1)

    assert "<@UIM>, Incident Manager (dotcom IMOC), is paged now" in person.answer
    assert pending(office, incident) == [("dotcom IMOC", "UIM")]


def test_a_button_that_comes_too_late_says_what_happened(office):
    given_incident(office)
    types(office, "ack", user="UEOC")
    person = Visitor(office, "UIM")

    person.presses(acknowledge.FEATURE.listeners, "page_escalate_now", 1)

    assert "<@UEOC> acknowledged this page already" in person.answer


def test_the_form_in_a_channel_is_for_its_incident(office):
    incident = given_incident(office, "S3")

    person = types(office, "escalate imoc", channel="CINC")
    answer = person.sends(escalate.FEATURE.listeners, message="Need a decision")

    assert labels(person.form) == ["On-call teams", "Or a person", "Notification message"]
    assert answer == {}
    assert ("dotcom IMOC", "UIM") in pending(office, incident)
    page = office.read(pages.pending_of, incident.id)[-1]
    assert (page.escalation.message, page.escalation.asked_by) == ("Need a decision", "UREP")


def test_elsewhere_the_incident_can_be_left_out(office):
    given_incident(office)

    person = types(office, "escalate")
    answer = person.sends(
        escalate.FEATURE.listeners, teams=chosen("dotcom CMOC", "dotcom IMOC"), message="Press is calling"
    )

    assert labels(person.form) == ["On-call teams", "Or a person", "Notification message", "Incident"]
    assert answer["response_action"] == "update"
    assert "paging <@UCMOC>" in str(answer["view"])
    assert "paging <@UIM>" in str(answer["view"])
    assert office.read(pages.pending_for, "UCMOC")[0].incident is None


def test_a_form_sent_twice_pages_once(office):
    person = types(office, "escalate cmoc")

    person.sends(escalate.FEATURE.listeners, message="help")
    again = person.sends(escalate.FEATURE.listeners, message="help")

    assert again == {}
    assert len(office.read(pages.pending_for, "UCMOC")) == 1


def test_a_team_that_is_paged_already_is_refused_in_the_form_with_a_readable_name(office):
    given_incident(office)
    person = types(office, "escalate EOC", channel="CINC")

    answer = person.sends(escalate.FEATURE.listeners, teams=chosen("dotcom CMOC", "dotcom EOC"))

    assert "dotcom EOC is being paged for INC-1 already (@ueoc)" in answer["errors"]["teams"]
    assert office.read(pages.pending_for, "UCMOC") == []


def test_outside_an_incident_the_message_is_wanted(office):
    person = types(office, "escalate cmoc")

    with pytest.raises(AssertionError):
        person.sends(escalate.FEATURE.listeners, message="")


@pytest.mark.parametrize("word", ["nobody", "<!channel>", "dotcom"])
def test_an_unknown_team_is_answered_with_the_known_ones(office, word):
    person = types(office, f"escalate {word}")

    assert "I know no team" in person.answer
    assert "Teams: dotcom EOC, dotcom IMOC" in person.answer
    assert "<!channel>" not in person.answer


@pytest.mark.parametrize("word", ["dotcom imoc", "IM", "Imoc", "DOTCOM IMOC"])
def test_a_team_is_found_by_name_role_or_a_part(rules, word):
    assert words.team(word, rules) == "dotcom IMOC"


def test_nobody_is_paged_for_an_incident_that_is_over(office):
    given_incident(office)
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    person = types(office, "escalate", channel="CINC")

    assert "nobody is paged for it any more" in person.answer
    assert person.views == []


def test_a_page_without_an_incident_is_answered_too(office):
    office.perform(request_page, "dotcom EOC", "help", by="UREP", incident_id=None)

    person = types(office, "ack", user="UEOC")

    assert "Now talk to <@UREP>, who asked" in person.answer


def test_the_form_remembers_its_incident(office):
    given_incident(office)

    person = types(office, "escalate", channel="CINC")

    assert json.loads(person.form["private_metadata"]) == {"incident": 1}


@pytest.mark.parametrize(
    ("typed", "person", "message"),
    [("<@UCMOC>", "UCMOC", None), ("@ucmoc", "UCMOC", None), ("<@UCMOC|ucmoc> help us", "UCMOC", "help us")],
)
def test_a_person_who_is_named_is_chosen_in_the_form(office, typed, person, message):
    given_incident(office)

    blocks = types(office, f"escalate {typed}").form["blocks"]

    found = {one["block_id"]: one["element"] for one in blocks if one["type"] == "input"}
    assert found["person"]["initial_user"] == person
    assert found["message"].get("initial_value") == message
