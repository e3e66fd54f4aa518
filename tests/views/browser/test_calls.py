"""The board of pages on an incident's page: who was called, and how it ended."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.paging.pages import PageState
from bot.views.browser.incident import call
from bot.views.browser.rich import Reader
from tests.values import a_page

READER = Reader(ZoneInfo("Europe/Berlin"), {"UEOC": "Ana", "UIM": "Ben"})
CAME = a_page().raised_at


def test_a_page_that_rests_with_somebody_at_work_called_nobody():
    rests = a_page(
        responder="UIM", state=PageState.ACKNOWLEDGED, answered_by="UIM", answered_at=CAME, quiet=True
    )

    shown = call(rests, [], READER)

    assert shown.outcome == f"not called: {READER.name('UIM')} was at work already"
    assert (shown.ways, shown.after) == ("", "")


def test_a_page_that_was_sent_says_by_what_and_after_how_long_it_was_acknowledged():
    answered = a_page(
        responder="UEOC",
        state=PageState.ACKNOWLEDGED,
        answered_by="UIM",
        answered_at=CAME + timedelta(minutes=3),
        shown=True,
    )

    shown = call(answered, [], READER)

    assert shown.outcome.startswith(f"acknowledged by {READER.name('UIM')} <time")
    assert (shown.ways, shown.after) == ("Slack delivered", "3 min")
