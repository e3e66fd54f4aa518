"""Markdown on a page: all HTML is ours, and a link leads to the web alone."""

import pytest

from bot.views.browser import markdown
from bot.views.browser.markdown import page_of


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x][r]\n\n[r]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>)",
        "[x](vbscript:x)",
        "![x](javascript:alert(1))",
        "[x](//evil.test)",
        '```"onload=x\ny\n```',
    ],
)
def test_nothing_that_people_write_acts(text: str):
    page = page_of(text)

    assert "<script" not in page
    assert "<img" not in page
    assert "href=" not in page
    assert ' onload="' not in page


def test_a_picture_from_elsewhere_is_a_link():
    assert "<img" not in page_of("![graph](https://g.test/a.png)")
    assert 'href="https://g.test/a.png"' in page_of("![graph](https://g.test/a.png)")


def test_headings_are_below_the_page_s_own():
    assert page_of("# a\n\n###### b") == "<h2>a</h2>\n<h6>b</h6>\n"


def test_a_table_has_no_style_and_can_be_scrolled():
    table = "|a|b|\n|:-|-:|\n|1|2|\n"

    page = page_of(f"{table}\n{table}")

    assert "style" not in page
    assert '<div class="wide" role="region" aria-label="Table 1" tabindex="0"><table>' in page
    assert 'aria-label="Table 2"' in page


def test_links_tell_nothing_of_where_they_stood():
    assert page_of("<https://a.test>") == (
        '<p><a href="https://a.test" rel="noopener noreferrer nofollow">https://a.test</a></p>\n'
    )


def test_without_the_library_it_is_shown_as_it_was_typed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(markdown, "MarkdownIt", None)

    assert markdown.page_of("# <b> here") == '<pre class="source"># &lt;b&gt; here</pre>'
