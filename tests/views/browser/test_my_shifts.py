"""The page of somebody's shifts stays small, however many there are."""

from datetime import UTC, timedelta

from bot.domain.oncall.spans import Span
from bot.views.browser.forms import Filled
from bot.views.browser.my_shifts import FIELDS, Mine, shown
from bot.views.browser.rendering import Viewer, rendered
from bot.views.browser.rich import Reader
from tests.domain.oncall.values import utc

AT = utc("2026-03-02 00:00")


def test_a_page_of_very_many_shifts_is_cut_and_says_so():
    each = [("EOC", Span(AT + timedelta(hours=n), AT + timedelta(hours=n + 1))) for n in range(0, 600, 2)]
    theirs = [(name, f"U{n:010}", span) for n, (name, span) in enumerate(each[:40])]
    viewer = Viewer("UANA", "ana", UTC, "mark")
    found = Mine(viewer, AT, ["EOC"], each, theirs, [], [])
    forms = {name: Filled(name, "once") for name in FIELDS}

    values = shown(found, {}, forms, "", Reader())

    page = rendered("my_shifts.html", root="", viewer=viewer, place="", **values)
    assert len(page.encode()) < 60_000
    assert "and 260 more" in page
    assert page.count("<option") < 140
