"""A drill says that it is one, first in every text that leaves; no other incident does."""

import pytest

from bot.domain.incidents.incident import Incident
from bot.views.alerts import false_alarm
from bot.views.blocks import actions, button, confirm, message, section
from bot.views.drill import marked
from bot.views.incidents import declare_as, topic
from bot.views.incidents.declare_as import NOTHING, PEOPLE, Asked, Sort
from bot.views.paging import contact_methods, link_page
from bot.views.paging.link_page import Standing
from sandbox.validation import message_problems
from tests.fakes import NOON
from tests.values import a_page, an_incident
from tests.views.test_literal import shows

LEAVE = (
    "access.asked",
    "action.assigned",
    "announcement.announcement",
    "announcement.answer_wanted",
    "announcement.triage",
    "card.card",
    "fields.over",
    "fields.wanted",
    "given.given",
    "greeting.greeting",
    "maintenance.call_needed",
    "maintenance.leave_call",
    "notices.given_back",
    "notices.graver",
    "notices.problem",
    "notices.removed",
    "notices.somebody_else",
    "nudges.asked",
    "nudges.over",
    "overload.helped",
    "overload.no_more",
    "overload.offered",
    "overload.wanted",
    "page.page",
    "privacy.left_behind",
    "privacy.taken_back",
    "privacy.unannounced",
    "public_notice.confirmed",
    "public_notice.mitigated",
    "public_notice.not_taken",
    "public_notice.over",
    "public_notice.published",
    "public_notice.to_confirm",
    "public_notice.wanted",
    "role_request.asked",
    "role_request.over",
    "told.told",
    "update.led_by_another",
    "update.nudge",
    "update.nudge_lead",
    "update.nudged",
    "update.posted",
    "vacancy.vacant",
    "verify.asked",
    "verify.over",
)
"""Builders of what is posted in a conversation; private answers say it too, inside."""


@pytest.mark.parametrize("name", LEAVE)
def test_every_message_of_a_drill_says_so_first_and_no_other_does(name: str) -> None:
    drills, others = shows("Disk full", drill=True)[name], shows("Disk full")[name]

    for one, other in zip(drills, others, strict=True):
        if one == other:
            assert name == "page.page"
            assert "outside any incident" in one.text
            continue
        assert one.text.startswith("DRILL · ")
        first = one.blocks[0]["text"]["text"]
        assert first.startswith("DRILL · ")
        assert (one.text.count("DRILL · "), first.count("DRILL · ")) == (1, 1)
        assert message_problems(one.blocks) == []
    assert not any("DRILL" in f"{other.text} {other.blocks}" for other in others)


def test_a_false_alarm_for_practice_is_said_to_be_no_noise() -> None:
    for drill in (True, False):
        incident = an_incident(drill=drill)
        for said in (false_alarm.said(incident, changes=True).text, str(false_alarm.form(incident))):
            assert ("alerts noise" in said) is not drill


def test_the_form_asks_who_takes_part_of_any_drill_that_pages() -> None:
    for sort, drill in ((Sort.PRACTICE, False), (Sort.USUAL, True)):
        assert "at least one person" in declare_as.wrong(sort, NOTHING, NOON, drill=drill)[PEOPLE]
        assert declare_as.wrong(sort, Asked(people=("U1",)), NOON, drill=drill) == {}
    assert declare_as.wrong(Sort.USUAL, NOTHING, NOON, drill=False) == {}
    assert declare_as.wrong(Sort.NEAR_MISS, NOTHING, NOON, drill=True) == {}


def test_what_is_asked_before_a_button_acts_says_so_first_too() -> None:
    asks = button("Take", "take:1", 1, confirm=confirm("Take it?", "You answer for it.", "Take it"))
    asked = message("Who takes it?", section("Who takes it?", asks), actions(asks))

    for drill in (True, False):
        found = marked(asked, an_incident(drill=drill)).blocks
        titles = [one["confirm"]["title"]["text"] for one in (found[0]["accessory"], found[1]["elements"][0])]
        assert [one.startswith("DRILL · Take it?") for one in titles] == [drill, drill]
        assert message_problems(found) == []
    assert (
        marked(message("Buttons", actions(asks)), an_incident(drill=True)).blocks[0]["text"]["text"]
        == "DRILL"
    )


def standing(incident: Incident) -> Standing:
    page = a_page()
    return Standing(page, page, incident, "UEOC", {})


@pytest.mark.parametrize("private", [False, True])
def test_topic_phone_and_link_say_so_first(private: bool) -> None:
    for drill in (True, False):
        incident = an_incident(drill=drill, private=private)
        shown = link_page.drawn(link_page.standing(standing(incident)))
        said = contact_methods.page(a_page(), incident, "https://muster.test/p", again=False)
        texts = (
            topic.topic(incident, "Ana"),
            said,
            shown.partition("<title>")[2],
            shown.partition("<h1>")[2],
        )

        assert [text.startswith("DRILL · ") for text in texts] == [drill] * len(texts)
        assert topic.standing_in(topic.topic(incident, "Ana"), {})


def test_a_topic_of_an_older_version_is_read_too() -> None:
    assert topic.standing_in(topic.topic(an_incident(drill=True), "Ana").replace("DRILL", "Drill"), {})
