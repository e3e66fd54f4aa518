"""The page behind a link in a page: what it says, before it is HTML."""

from datetime import UTC, datetime

import pytest

from bot.domain.incidents.incident import Status
from bot.domain.paging.notification_tests import MethodTest
from bot.domain.paging.pages import Page, PageState
from bot.views.paging import link_page
from bot.views.paging.link_page import Standing
from tests.fakes import NOON
from tests.values import a_page, an_incident

CALL = (("Ines <b>", "+44 20 7946 0002"),)
SUMMER = datetime(2026, 7, 2, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due_at", "zone", "shown"),
    [
        (NOON, "Europe/Berlin", "13:00 (Europe/Berlin)"),
        (SUMMER, "Europe/Berlin", "00:30 (Europe/Berlin)"),
        (SUMMER, "Asia/Kolkata", "04:00 (Asia/Kolkata)"),
        (NOON, None, "12:00 UTC"),
        (NOON, "", "12:00 UTC"),
        *(
            (NOON, wrong, "12:00 UTC")
            for wrong in ("Mars/Olympus", "../etc/passwd", "/etc", "Europe", "a\0b")
        ),
    ],
)
def test_a_deadline_is_told_by_the_clock_of_whoever_is_called(due_at, zone, shown):
    page = a_page(due_at=due_at)
    found = Standing(page, page, an_incident(), "UEOC", {}, zone)

    assert link_page.standing(found).lines[-1] == f"Please answer by {shown}, or it goes on."


@pytest.mark.parametrize(
    ("status", "end"),
    [
        (Status.INVESTIGATING, "Who holds its role now stands in Slack."),
        (Status.CANCELLED, "You need not do anything."),
    ],
)
def test_a_cancelled_page_of_an_open_incident_may_be_of_a_role_given_to_its_person(status, end):
    page = a_page(state=PageState.CANCELLED)
    found = Standing(page, page, an_incident(status=status), "UEOC", {})

    assert link_page.standing(found).lines == (f"This page was cancelled. INC-7 is {status}. {end}",)


def test_a_test_was_confirmed_by_the_same_clock():
    assert link_page.notification_test(MethodTest("sms", NOON, NOON), "Asia/Seoul").lines == (
        "Confirmed at 21:00 (Asia/Seoul).",
    )
    assert link_page.notification_test(MethodTest("sms", NOON, NOON), None).lines == (
        "Confirmed at 12:00 UTC.",
    )


@pytest.mark.parametrize(
    ("page", "now"),
    [
        (a_page(), None),
        (a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC"), None),
        (a_page(state=PageState.ACKNOWLEDGED, answered_by="UIM"), None),
        (a_page(state=PageState.CANCELLED), None),
        (a_page(state=PageState.ESCALATED), a_page(responder="UIM", level=1, level_team="dotcom IMOC")),
        (a_page(state=PageState.ESCALATED), a_page(state=PageState.ACKNOWLEDGED, answered_by="UIM")),
        (a_page(state=PageState.ESCALATED), a_page(responder=None)),
        (a_page(round=2), None),
    ],
)
def test_of_a_private_incident_others_at_the_phone_read_only_its_number(page: Page, now: Page | None) -> None:
    incident = an_incident(
        private=True,
        name="Laptop stolen",
        channel="C1",
        channel_name="inc-7-laptop-stolen",
        call="https://meet.example/7",
    )
    people = {"UIM": "ines", "UEOC": "ana"}

    found = Standing(page, now or page, incident, "UEOC", people, None, CALL, "T1")
    shown = link_page.drawn(link_page.standing(found))

    assert "Private incident INC-7" in shown
    assert "7946" not in shown
    assert "slack.com" not in shown
    assert "meet.example" not in shown
    assert not [word for word in ("aptop", "stolen", "S3", "Investigating", "ines", "#inc") if word in shown]


@pytest.mark.parametrize(
    ("act", "heading", "again"),
    [
        (link_page.ACKNOWLEDGE, "Your answer was not written down", link_page.ACKNOWLEDGE),
        (link_page.TAKE, "Your answer was not written down", link_page.TAKE),
        (link_page.CONFIRM, "Not written down", link_page.CONFIRM),
        (None, "Muster cannot read its database", ""),
        ("<script>", "Muster cannot read its database", ""),
    ],
)
def test_without_a_database_the_page_says_what_to_do_and_offers_the_same_button(act, heading, again):
    shown = link_page.away(act)

    assert (shown.heading, shown.act) == (heading, again)
    assert "in a minute" in str(shown.lines)


def drawn(page: Page, team: str = "") -> str:
    incident = an_incident(channel="C1", call="https://meet.example/7")
    found = Standing(page, page, incident, "UEOC", {}, None, CALL, team)
    return link_page.drawn(link_page.standing(found))


@pytest.mark.parametrize("page", [a_page(), a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC")])
def test_whoever_works_on_it_finds_colleagues_numbers_and_the_channel(page: Page):
    shown = drawn(page, team="T1")

    assert '<li>Ines &lt;b&gt;: <a href="tel:+442079460002">+44 20 7946 0002</a></li>' in shown
    assert '<a href="https://slack.com/app_redirect?team=T1&amp;channel=C1">' in shown
    assert '<a href="https://meet.example/7">Join its call</a>' in shown


@pytest.mark.parametrize(
    "page", [a_page(state=PageState.CANCELLED), a_page(state=PageState.ACKNOWLEDGED, answered_by="UIM")]
)
def test_a_page_that_is_over_gives_no_numbers(page: Page):
    assert "7946" not in drawn(page)
    assert "meet.example" not in drawn(page)


def test_without_a_channel_there_is_no_link_to_one():
    page = a_page()
    shown = link_page.standing(Standing(page, page, an_incident(channel=None), "UEOC", {}))

    assert "href" not in link_page.drawn(shown)


def test_whoever_is_called_again_by_a_later_page_is_told_so():
    seen, now = a_page(state=PageState.ESCALATED), a_page(id=2, level=1, responder="UEOC")
    found = Standing(seen, now, an_incident(), "UEOC", {}, None)

    assert any("now you are paged" in line for line in link_page.standing(found).lines)


def test_whoever_cannot_take_it_reads_that_and_who_holds_it_at_work_on_it_already():
    rests = a_page(id=2, quiet=True, state=PageState.ACKNOWLEDGED, answered_by="UIM", answered_at=NOON)
    found = Standing(
        a_page(state=PageState.ESCALATED), rests, an_incident(), "UEOC", {"UIM": "ines"}, cannot=True
    )

    assert link_page.standing(found).lines == (
        "You said that you cannot take it. @ines is at work on it and holds this page. "
        "You need not do anything.",
    )


def test_the_last_level_reads_that_nobody_comes_after_them_and_whom_to_call():
    found = Standing(a_page(), a_page(), an_incident(), "UEOC", {}, colleagues=CALL)

    assert link_page.standing(found).cannot == "Nobody comes after you: it stays open."
    assert link_page.stays_open(found).lines == (
        "The page stays open and calls you again at 12:15 UTC.",
        "Call one of these, or page a team in Slack: type /inc escalate.",
    )
    assert link_page.stays_open(found).colleagues == CALL


@pytest.mark.parametrize("private", [False, True])
def test_only_a_channel_is_linked_as_one(private: bool):
    shown = link_page.standing(Standing(a_page(), a_page(), an_incident(private=private), "UEOC", {}))

    assert shown.channel == "" or shown.channel.startswith("https://slack.com/")
    assert shown.footer == "Opening this page changes nothing; only a button does."
