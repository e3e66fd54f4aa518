import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.text import channel_name, counted, one_line, slug, tidy, without_links


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Disk full on web-01!", "inc-7-disk-full-on-web-01"),
        ("", "inc-7"),
        ("Untitled incident", "inc-7"),
        ("🔥🔥🔥", "inc-7"),
        ("   ", "inc-7"),
        ("مشكلة", "inc-7"),
        ("Überlast in Köln", "inc-7-uberlast-in-koln"),
        ("<!channel> & `rm -rf`", "inc-7-channel-rm-rf"),
        ("x" * 300, "inc-7-" + "x" * 74),
    ],
)
def test_a_channel_is_named_after_the_incident(name, expected):
    assert channel_name(7, name) == expected


def test_a_taken_name_gets_a_counter_within_the_limit():
    assert channel_name(7, "x" * 300, attempt=3).endswith("x-4")
    assert len(channel_name(7, "x" * 300, attempt=3)) == 80


@given(st.text(), st.integers(1, 10**9), st.integers(0, 19))
def test_every_name_gives_a_channel_name_that_slack_takes(name, number, attempt):
    assert re.fullmatch(r"[a-z0-9-]{1,80}", channel_name(number, name, attempt=attempt))


@given(st.text())
def test_tidy_text_has_no_control_characters_and_stays_tidy(raw):
    once = tidy(raw)

    assert "\x00" not in once
    assert tidy(once) == once


def test_direction_overrides_and_nul_are_dropped_but_languages_stay():
    assert one_line("ab\x00c\u202edef\nشكرا") == "abcdef شكرا"
    assert one_line("09:\u200b00") == "09:00", "it is copied from what was made harmless"
    assert slug("שלום") == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Disk full", "Disk full"),
        ("https://evil.io/p/1 is down", "[link removed] is down"),
        ("HTTP://EVIL.IO", "[link removed]"),
        ("see evil://x/y?z", "see [link removed]"),
        (r"https:\\evil.io", "[link removed]"),
        ("www.evil.io/p/1", "[link removed]"),
        ("evil.io/p/1", "evil[.]io/p/1"),
        ("mail eve@evil.co.uk", "mail eve@evil[.]co[.]uk"),
        ("evil。io", "evil[.]io"),
        ("xn--80ak6aa92e.xn--p1ai", "xn--80ak6aa92e[.]xn--p1ai"),
        ("10.0.0.1/p/1", "10[.]0[.]0[.]1/p/1"),
        ("Version 1.2.3 fails. Why?", "Version 1.2.3 fails. Why?"),
    ],
)
def test_what_a_phone_would_make_a_link_of_is_broken_up(text, left):
    assert without_links(text) == left


@pytest.mark.parametrize("name", ["\u200b\u2060\u3164\u2800", " \u00ad ", "\uffa0", "\u200b"])
def test_a_name_of_which_nothing_can_be_seen_is_none(name):
    assert one_line(name) == ""


def test_joiners_inside_a_name_stay():
    assert one_line("👩\u200d🚒 fire") == "👩\u200d🚒 fire"


@pytest.mark.parametrize(("number", "said"), [(0, "0 times"), (1, "1 time"), (2, "2 times")])
def test_one_thing_is_one(number: int, said: str) -> None:
    assert counted(number, "time") == said
