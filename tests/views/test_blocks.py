import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views.blocks import MESSAGE_SIZE, actions, button, confirm, context, header, message, section, size
from bot.views.forms import input_block, modal, multi_select, option, radio, select, text_input
from bot.views.mrkdwn import CUT, escape, from_slack, quote
from sandbox.validation import message_problems, view_problems


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
        section(from_slack(text)),
        section(quote(text)),
        context(escape(text)),
        actions(button(text, "a", text[:100], confirm=sure)),
    )

    assert message_problems(made.blocks) == []
    assert len(made.text) <= 4000


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=60))
def test_no_message_is_larger_than_slack_takes(lengths):
    made = message("text", *(section("&lt;" * length) for length in lengths))

    assert size(made.blocks) <= MESSAGE_SIZE < 13_200
    assert len(made.blocks) <= 50
    assert len(made.blocks) == len(lengths) or "There is more" in str(made.blocks[-1])


def test_long_texts_give_way_to_the_buttons_after_them():
    made = message("text", *(section("x" * 3000) for _ in range(8)), actions(button("Go", "go")))

    assert made.blocks[-1]["type"] == "actions"
    assert len(made.blocks) == 9
    assert made.blocks[0]["text"]["text"].endswith(CUT)


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
