from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.blocks import (
    actions,
    button,
    confirm,
    context,
    header,
    input_block,
    message,
    modal,
    multi_select,
    option,
    radio,
    section,
    select,
    text_input,
)
from bot.views.mrkdwn import CUT, cut, escape, from_slack, harmless, lasting, link, prose, quote, when
from sandbox.validation import message_problems, view_problems


def test_what_people_type_pings_nobody():
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_an_address_in_prose_can_be_followed_and_ends_before_the_full_stop():
    assert prose("See https://a.test/?x=1&y=2. <!here>") == (
        "See <https://a.test/?x=1&amp;y=2>. &lt;!here&gt;"
    )


def test_a_sentence_of_ours_keeps_its_people_and_loses_everything_else():
    assert harmless("<@U1> in <#C1>: <!channel> & `x`") == "<@U1> in <#C1>: &lt;!channel&gt; &amp; `x`"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("<!channel> now", "@channel now"),
        ("<!here|here> now", "@here now"),
        ("<!subteam^S1|@sre> now", "@sre now"),
        ("<@U1> &amp; <https://a.test|a>", "<@U1> &amp; <https://a.test|a>"),
    ],
)
def test_a_quoted_message_pings_no_crowd(raw, shown):
    assert from_slack(raw) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
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


@pytest.mark.parametrize("filler", ["&amp;", "<@U0123456789>", "<https://a.test|there>"])
@pytest.mark.parametrize("shift", range(20))
def test_mrkdwn_is_never_cut_through_a_token(filler, shift):
    shown = section("x" * shift + filler * 1000)["text"]["text"]

    assert len(shown) <= 3000
    whole = shown.removesuffix(CUT)[shift:]
    assert whole.replace(filler, "") == ""


@given(st.text(max_size=6000))
def test_any_text_fits_anywhere_in_a_message(text):
    sure = confirm(text, escape(text), text, text)
    made = message(
        escape(text),
        header(text),
        section(prose(text)),
        section(quote(text)),
        context(escape(text)),
        actions(button(text, "a", text[:100], confirm=sure)),
    )

    assert message_problems(made.blocks) == []
    assert len(made.text) <= 4000


@given(st.text(max_size=6000))
def test_any_text_fits_anywhere_in_a_form(text):
    options = [option(text, "1", text), option(text, "2")]
    fields = [
        input_block(text, text_input("t", initial=text, placeholder=text), "t", hint=text),
        input_block(text, select("s", options, initial="2", placeholder=text), "s"),
        input_block(text, multi_select("m", options, initial=["1"], placeholder=text), "m"),
        input_block(text, radio("r", options, initial="1"), "r"),
    ]

    assert view_problems(modal(text, text or "Save", "form", fields, "7")) == []


def test_too_many_blocks_are_cut_with_a_mark():
    made = message("text", *[section("x")] * 60)

    assert len(made.blocks) == 50
    assert "more than a message can show" in str(made.blocks[-1])
