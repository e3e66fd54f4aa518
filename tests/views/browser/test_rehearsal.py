"""A rehearsal as a page shows it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Severity
from bot.views.browser.rehearsal import story
from bot.views.rehearsal import Said, Script
from tests.domain.oncall.values import utc

AT = utc("2026-12-25 23:59")
SCRIPT = Script("GitLab.com", Severity.S1, AT, ZoneInfo("UTC"))


def said(minutes: float, text: str = "You are paged.", by: str = "Slack", to: str = "Ana") -> Said:
    return Said(AT + timedelta(minutes=minutes), to, by, text, "you are on call")


def test_what_is_said_in_one_minute_stands_together_and_a_repeat_is_only_named():
    shown = story(SCRIPT, [said(0), said(0.5, "acknowledges", ""), said(1), said(1, "Another.")], [])["story"]

    assert [(one.clock, one.after) for one in shown] == [("23:59", ""), ("Sat 26 Dec 00:00", "1 min")]
    assert [(one.text, one.again) for one in shown[0].lines] == [("You are paged.", ""), ("acknowledges", "")]
    assert [(one.text, one.again) for one in shown[1].lines] == [
        ("You are paged.", "23:59"),
        ("Another.", ""),
    ]


def test_those_who_are_told_the_same_in_a_minute_share_it_and_those_who_do_the_same_do_not():
    told = [said(0, "Look.\nNow.", to=who) for who in ("Ana", "Bo")]
    done = [said(0, "acknowledges", "", who) for who in ("Ana", "Bo")]

    (minute,) = story(SCRIPT, [*told, *done], [])["story"]

    assert [(one.to, one.first, one.rest) for one in minute.lines] == [
        ("Ana, Bo", "Look.", "Now."),
        ("Ana", "acknowledges", ""),
        ("Bo", "acknowledges", ""),
    ]


def test_a_long_story_is_cut_at_a_minute_and_says_how_much_there_is_more():
    whole = [said(minute, f"{minute} {'x' * 300}") for minute in range(100)]

    shown = story(SCRIPT, whole, [])

    assert 0 < len(shown["story"]) < 100
    assert len(shown["story"]) + shown["more"] == 100
    assert sum(len(line.text) for one in shown["story"] for line in one.lines) < 24_000
    assert story(SCRIPT, [said(0, "x" * 5000)], [])["story"][0].lines[0].text.endswith("… (cut)")
