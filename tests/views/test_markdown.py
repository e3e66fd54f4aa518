"""Markdown of what people wrote: it reads as it was meant, and nothing of it acts."""

import re

import pytest
from markdown_it import MarkdownIt

from bot.views.markdown import Markdown, cell, link, literal, of_slack, paragraphs

STILL = "\u200b"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("a *b* _c_ ~~d~~ `e`", f"a *b* _c_ ~~{STILL}d~~ `e`"),
        ("snake_case and 2 * 3", "snake_case and 2 * 3"),
        ("[x](http://y)", "[x](http://y)"),
        ("a\\b", "a\\b"),
        ("<b>&amp;</b>", f"<b>&{STILL}amp;</b>"),
        ("see https://a.test/x_y?b=1&c=2#d.", "see https://a.test/x_y?b=1&c=2#d."),
    ],
)
def test_what_was_typed_is_shown_as_it_stands(typed: str, shown: str):
    page = MarkdownIt("commonmark").render(literal(typed))

    assert MarkdownIt("commonmark").parseInline(literal(typed))
    text = page.replace("<p>", "").replace("</p>\n", "")
    for tag in ("a", "em", "strong", "code"):
        assert f"<{tag}>" not in text
    assert "".join(_texts(literal(typed))) == shown


def _texts(markdown: str) -> list[str]:
    found = MarkdownIt("commonmark").parseInline(markdown)[0].children or []
    return [one.content for one in found]


@pytest.mark.parametrize("text", ["/close", "\n/close", "x\n  /label ~a", "> /close"])
def test_no_quick_action_begins_a_line(text: str):
    for made in (literal(text), paragraphs(text), of_slack(text, {})):
        assert not any(re.match(r"\s*/\w", one) for one in made.splitlines())


@pytest.mark.parametrize("sign", ["@all", "#12", "!3", "~bug", "&4", "%5", "$6"])
def test_nothing_mentions_or_refers(sign: str):
    assert f"{sign[0]}{STILL}{sign[1:]}" in literal(f"x {sign}")
    assert f"{sign[0]}{STILL}{sign[1:]}" in of_slack(f"x {sign}", {})


def test_lines_become_paragraphs_lists_and_code():
    text = "# no head\n- one\n* two\n1) three\n> no quote\n---\n```\n<b> *x*\n```\nend"

    assert paragraphs(text) == (
        "\\# no head\n\n- one\n- two\n1. three\n\n\\> no quote\n\n\\---\n\n```\n<b> *x*\n```\n\nend"
    )


def test_slack_s_marks_names_links_and_times_are_kept():
    text = "*<@U1>* &amp; <@U2> `a_b` _c_ ~d~ <https://x.test/a|the *page*> <#C1|ops> <!here> <!date^0^{x}|y>"

    assert of_slack(text, {"U1": "Ann *A*"}) == (
        "**Ann \\*A\\*** & U2 `a_b` _c_ ~~d~~ [the \\*page\\*](<https://x.test/a>) "
        f"#{STILL}ops @{STILL}here 1970-01-01 00:00 UTC"
    )


def test_what_stands_for_a_mark_in_slack_is_that_mark_again():
    assert of_slack("2 \u2217 3", {}) == "2 \\* 3"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:x", "file:///etc/passwd", "https://a.test/ b"])
def test_a_link_leads_to_the_web_alone(url: str):
    assert link(url, "x") == "x"


def test_a_cell_ends_where_it_should():
    assert cell("a|b\nc") == "a\\|b c"
    assert cell(Markdown("**a**|b\\|c\nd")) == "**a**\\|b\\|c<br>d"


def test_of_somebody_unknown_the_id_stands():
    assert of_slack("<@U7>", {}) == "U7"
