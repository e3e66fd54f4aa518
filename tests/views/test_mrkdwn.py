import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.actors import BOT, Machine, MachineKind
from bot.views.mrkdwn import CUT, actor, cut, escape, from_slack, harmless, lasting, link, quote, quotes, when


def test_what_people_type_pings_nobody():
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("*x* `y` ~z~", "∗x∗ ˋyˋ ∼z∼"),
        ("_x_ a_b _", "ˍxˍ a_b ˍ"),
        (":fire: 10:30 https://a", ":\u200bfire: 10:30 https://a"),
        ("a\n> *b*\u2028c\u202ed", "a &gt; ∗b∗ cd"),
    ],
)
def test_what_people_type_is_shown_literally_on_one_line(typed, shown):
    assert escape(typed) == shown


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0c"])
def test_no_line_leaves_its_quotation(end):
    assert re.fullmatch(r"> a \*b\*(\n> )?c", quote(f"a *b*{end}c"))


def test_no_block_of_code_reaches_beyond_its_quotation():
    assert "``" not in quote("```\nx\n```")
    assert quote("```").replace("\u200b", "") == "> ```"


def test_an_address_in_a_quotation_can_be_followed_and_ends_before_the_full_stop():
    assert quote("See https://a.test/?x=1&y=2. <!here>") == (
        "> See <https://a.test/?x=1&amp;y=2>. &lt;!here&gt;"
    )


def test_a_sentence_of_ours_keeps_its_people_and_loses_everything_else():
    assert harmless("<@U1> in <#C1>: <!channel> & `x`") == "<@U1> in <#C1>: &lt;!channel&gt; &amp; `x`"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<!channel> now", "@channel now"),
        ("<!here|here> now", "@here now"),
        ("<!subteam^S1|@sre> now", "@sre now"),
        ("<@U1> &amp; <https://a.test|a>", "<@U1> &amp; a (<https://a.test>)"),
        ("<https://evil.test|https://good.test>", "<https://evil.test>"),
        ("<https://evil.test|good.test>", "<https://evil.test>"),
        ("<https://evil.test|good。test>", "<https://evil.test>"),
        ("<https://evil.test|>", "<https://evil.test>"),
        ("<slack://evil|Open>", "Open (<slack://evil>)"),
        ("<https://a.test/?x=1&amp;y=2>", "<https://a.test/?x=1&amp;y=2>"),
    ],
)
def test_a_quoted_message_pings_no_crowd_and_shows_where_links_lead(raw, shown):
    assert from_slack(raw) == f"> {shown}"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (3599, "59 min 59 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (86400, "1 d"),
        (97200, "1 d 3 h"),
    ],
)
def test_a_length_of_time_reads_in_its_largest_units(seconds, shown):
    assert lasting(timedelta(seconds=seconds)) == shown


def test_a_time_is_shown_where_the_reader_is_and_in_utc_elsewhere():
    assert when(datetime(2026, 3, 2, 12, 0, tzinfo=UTC)) == (
        "<!date^1772452800^{date_short_pretty} at {time}|2026-03-02 12:00 UTC>"
    )


def test_a_label_cannot_end_its_link():
    assert link("https://a.test", "a|b>c") == "<https://a.test|a/b&gt;c>"


def test_a_cut_is_visible():
    assert cut("x" * 11, 10) == "x" * (10 - len(CUT)) + CUT
    assert cut("x" * 10, 10) == "x" * 10


@pytest.mark.parametrize(
    "text", ["word " * 600, "x" * 3000, "&" * 1500, "line\n" * 600, "short", "https://a.example " * 150]
)
def test_a_long_text_is_quoted_whole_in_pieces(text: str) -> None:
    pieces = quotes(text, 2900, 9000)

    assert all(len(one) <= 2900 for one in pieces)
    assert all(line.startswith("> ") for one in pieces for line in one.splitlines())
    said = html.unescape(
        "".join(pieces).replace("> ", "").replace("<https", "https").replace("example>", "example")
    )
    assert "".join(said.split()) == "".join(text.split())


def test_what_does_not_fit_is_cut_visibly() -> None:
    pieces = quotes("&" * 3000, 2900, 9000)

    assert sum(map(len, pieces)) < 9200
    assert pieces[-1].endswith("(cut)")


@pytest.mark.parametrize(
    ("who", "spoken"),
    [
        ("U123", "<@U123>"),
        (BOT, "Muster"),
        ("bot", "Muster"),
        (Machine(MachineKind.ALERT, "<!here> *disk*"), "alert from &lt;!here&gt; \u2217disk\u2217"),
        ("alert:prometheus", "alert from prometheus"),
        (Machine(MachineKind.TOKEN, "release"), "API token release"),
    ],
)
def test_an_actor_is_spoken_of_by_its_kind(who, spoken):
    assert actor(who) == spoken
