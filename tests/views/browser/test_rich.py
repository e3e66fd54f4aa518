"""What people wrote, as HTML: nothing of it becomes a tag, a script or an address that is run."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.views.browser.rich import LONGEST, Reader, anchor, plain, rich
from tests.fakes import NOON

READER = Reader(ZoneInfo("Europe/Berlin"), {"U1": 'Bob "<b>" \u05e9\u05dc\u05d5\u05dd'})
ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<javascript:alert(1)|press>",
    "<JaVaScRiPt:alert(1)>",
    "<data:text/html,<script>alert(1)</script>|x>",
    '<https://a.b/"onmouseover="alert(1)|x>',
    "*<svg/onload=alert(1)>*",
    "`<script>`",
    "> <iframe src=//x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<@U1|<script>>",
    "\x000\x00<script>\x0099\x00",
    "[x](javascript:alert(1))",
)
TAGS = re.compile(r"<(?!/?(?:bdi|b|strong|em|s|code|br|blockquote|time|a)\b)")


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_people_wrote_becomes_a_tag_or_an_address_that_runs(attack: str):
    for shown in (plain(attack), rich(attack, READER), anchor(attack, attack)):
        assert not TAGS.search(shown), shown
        assert not re.search(r"<[^>]*\son\w+=", shown)
        assert not re.search(r'href="(?!https?://|mailto:)', shown)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("*a* _b_ ~c~ `d*e*`", "<strong>a</strong> <em>b</em> <s>c</s> <code>d*e*</code>"),
        ("a_b_c 2*3*4", "a_b_c 2*3*4"),
        ("a &amp; b &lt;c&gt;", "a &amp; b &lt;c&gt;"),
        ("x\n> one\n> two\ny", "x<blockquote>one<br>two</blockquote>y"),
        ("x\n&gt; one\n&gt;two", "x<blockquote>one<br>two</blockquote>"),
        ("<!channel> <!subteam^S1|@oncall>", "@channel @oncall"),
        ("<!date^99999999999999^{time}|long ago>", "long ago"),
        ("<!date^-99999999999999^{time}>", "some time"),
    ],
)
def test_marks_of_slack_are_shown_as_slack_shows_them(said: str, shown: str):
    assert rich(said, READER) == shown


def test_names_are_set_apart_and_escaped():
    assert "<bdi>Bob &#34;&lt;b&gt;&#34; \u05e9\u05dc\u05d5\u05dd</bdi>" in rich("<@U1>", READER)


def test_a_channel_is_a_link_and_not_named():
    assert ">#channel<" in rich("<#C123>", READER)
    assert "app_redirect?channel=C123" in rich("<#C123>", READER)


def test_a_time_is_on_the_readers_clock_with_utc_beside_it():
    winter = NOON.replace(month=1, day=2)

    assert READER.time(winter) == (
        f'<time datetime="{winter:%Y-%m-%dT%H:%M:%SZ}" title="{winter:%Y-%m-%d %H:%M:%S} UTC">'
        f'2 Jan {winter.year} 13:00</time> <span class="utc">(12:00 UTC)</span>'
    )
    assert Reader().time(winter).endswith("12:00 UTC</time>")


@pytest.mark.parametrize(
    "at",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2101, 1, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_shown_too(at: datetime):
    for zone in (UTC, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("America/Los_Angeles")):
        assert f"{at.year:04}" in Reader(zone).time(at)


def test_a_text_of_two_megabytes_is_cut_and_shown_at_once():
    shown = rich("*a* <@U1> `x` _b_ " * 120_000, READER)

    assert shown.endswith("(cut)")
    assert len(shown) < 20 * LONGEST


def test_long_runs_of_marks_take_no_time():
    for said in ("*" * 20_000, "*a" * 10_000, "`" * 19_999, "_a " * 6_000, "<" * 20_000, "> " * 9_000):
        rich(said, READER)


def test_lines_and_addresses_of_plain_text_are_kept():
    assert plain("see https://x.y/a.\n*b*") == (
        'see <a href="https://x.y/a" rel="noopener noreferrer nofollow"><bdi>https://x.y/a</bdi></a>.<br>*b*'
    )


def test_a_day_is_said_beside_utc_where_it_is_another_one():
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC) + timedelta(minutes=15)

    assert "2 Mar 2026 00:45" in READER.time(at)
    assert "(1 Mar 23:45 UTC)" in READER.time(at)
