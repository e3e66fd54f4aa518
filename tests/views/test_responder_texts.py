"""What a responder reads is true, said once, and says where to go on."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.calling import Storm
from bot.domain.paging.pages import PageState
from bot.views.incidents import card, greeting
from bot.views.paging import contact_methods, vacancy
from bot.views.paging import page as page_view
from bot.views.work import update
from tests.scenarios.look import shown
from tests.values import a_page, an_incident

OPEN = an_incident(channel="CINC")


@pytest.mark.parametrize(("lead", "says"), [("UREP", "you lead"), ("ULEAD", "<@ULEAD> leads")])
def test_the_reporter_reads_who_leads_until_somebody_acknowledges(lead: str, says: str):
    text = greeting.greeting(replace(OPEN, lead=lead), a_page(), {}).text
    assert f"Until they acknowledge, {says}: stay reachable" in text


def test_the_reporter_reads_that_nobody_is_on_call_and_when_it_is_tried_again():
    text = greeting.greeting(OPEN, a_page(responder=None), {}).text

    assert re.search(r"I try again at [^.]*\.\nUntil somebody acknowledges, ", text)


def test_an_answer_outside_the_channel_names_the_incident_in_its_command():
    for answer in (page_view.none_waiting(OPEN), update.nudged(replace(OPEN, status=Status.RESOLVED))):
        assert "`/inc INC-7` shows how it stands" in answer.text


def test_two_pages_that_call_one_person_in_one_role_are_one_line_on_the_card():
    text = card.state(OPEN, {}, None, [a_page(1), a_page(2, team="dotcom IM", id=4)])
    assert text.count("Paging <@UEOC>") == 1


def test_a_path_that_begins_anew_and_one_that_comes_to_the_same_person_are_one_line_on_the_card():
    last = {"level": 2, "responder": "ULEAD", "level_team": "leadership", "role": "Leader"}
    text = card.state(OPEN, {}, None, [a_page(1, id=3, **last), a_page(2, id=4, round=2, **last)])
    assert text.count("Paging <@ULEAD>") == 1
    assert "Paging <@ULEAD>, leadership again: answer due by" in text


def test_a_text_message_names_the_worst_incident_once():
    storm = Storm(5, OPEN)
    text = contact_methods.page(a_page(), OPEN, "http://x", again=False, storm=storm)
    assert text == "Muster: 5 pages wait for you, worst: S3 INC-7. Acknowledge: http://x"
    other = contact_methods.page(a_page(), an_incident(id=8), "http://x", again=False, storm=storm)
    assert other == "Muster: 5 pages wait for you, worst: S3 INC-7. S3 INC-8. Acknowledge: http://x"


def test_messages_about_a_page_have_the_link_of_the_channel():
    moved_on = page_view.page(a_page(state=PageState.ESCALATED), OPEN)
    vacant = vacancy.vacant([a_page()], [a_page()], OPEN)
    assert all("<#CINC>" in shown({"blocks": list(one.blocks)}) for one in (moved_on, vacant))


def test_a_vacancy_that_is_filled_says_by_whom():
    by = vacancy.vacant([a_page()], [], OPEN, answered={"EOC": "UIM"}).text
    assert by == "<@UIM> answers for the EOC of INC-7 Disk full now. `/inc roles INC-7` shows who does what."
    nobody = vacancy.vacant([a_page()], [], OPEN).text
    assert nobody.startswith("The page for the EOC of INC-7 Disk full is over.")


def test_who_was_at_work_when_a_path_came_to_them_did_not_acknowledge():
    came = a_page().raised_at
    rested = a_page(state=PageState.ACKNOWLEDGED, answered_by="UIM", answered_at=came, quiet=True)
    assert page_view.engaged([rested]) is None
    answered = replace(rested, answered_at=rested.raised_at + timedelta(minutes=1))
    assert page_view.engaged([rested, answered]) == answered
    said = [greeting.greeting(OPEN, one, {"IM": "UIM"}).text for one in (rested, answered)]
    assert ["acknowledged" in one for one in said] == [False, True]
    assert all("<@UIM> (IM)" in one and "is at work on it" in one for one in said)
