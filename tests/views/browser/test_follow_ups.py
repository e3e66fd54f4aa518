"""A follow-up on its page, in its file and in the API: who ended it, also where that was in a tracker."""

from datetime import date
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_ups import FollowUp, FollowUpRules
from bot.views.browser.follow_ups import filled, shown
from bot.views.browser.rich import Reader
from handlers.rest.shown import Names
from tests.fakes import NOON
from tests.views.reviews.told import an_action

READER = Reader(ZoneInfo("UTC"), {"UEOC": "Ana"})
TODAY = date(2026, 3, 2)


def ended(by: str) -> FollowUp:
    action = an_action(done_at=NOON, done_by=by)
    return FollowUp(action, "Corrective action", Severity.S1, "db", Severity.S1)


def said(one: FollowUp) -> str:
    return str(shown(one, filled(one, "x", READER), READER, TODAY, FollowUpRules())["ended"])


def test_who_closed_it_in_a_tracker_is_named_with_the_tracker():
    assert said(ended("tracker:Sam in GitLab")).endswith("by <bdi>Sam in GitLab</bdi>")
    assert said(ended("bot")).endswith("by <bdi>Muster</bdi>")
    assert said(ended("UEOC")).endswith(f"by {READER.name('UEOC')}")


def test_the_api_tells_who_it_was_in_which_tracker():
    found = Names({}).actor("tracker:Sam in GitLab")

    assert (found.kind, found.id, found.name) == ("tracker", "Sam in GitLab", "Sam in GitLab")
