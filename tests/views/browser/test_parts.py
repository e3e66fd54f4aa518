"""A long document on its page: in parts that are each quick to load, and that together have all of it."""

import re

import pytest

from bot.views.browser.markdown import page_of
from bot.views.browser.parts import HEAVIEST, document_in_parts

HEAVY = 40_000
"""Characters of HTML: what is counted is near to what it becomes."""
ITEMS = "\n".join(f"- 2026-03-02 12:00 UTC: dev wrote line number {one} of *all*" for one in range(1500))
ROWS = "\n".join(f"| {one} | [x](https://example.com/{one}) | `y` |" for one in range(900))
CODE = "\n".join(f"line {one} <of> a log" for one in range(2000))
LONG = {
    "a list": f"# Title\n\n{ITEMS}\n",
    "a table": f"# Title\n\n| a | b | c |\n|---|---|---|\n{ROWS}\n\nThe end\n",
    "code": f"Log:\n\n```text\n{CODE}\n```\n\nThe **end**\n",
    "one paragraph": "word *word* " * 9000,
    "one word": "x" * 200_000,
    "quotes": '"&<>' * 50_000,
    "many lines of a paragraph": "a line of it\n" * 9000,
    "empty lines": "\n" * 200_000,
    "numbered": "\n".join(f"{one}. step {one}" for one in range(1, 3000)),
}


def words(html: str) -> list[str]:
    return re.sub(r"<[^>]+>", " ", html).split()


def test_a_short_one_is_one_part_as_it_stands():
    text = "# Title\n\n- a\n- b\n"

    assert document_in_parts(text).parts == (text,)


@pytest.mark.parametrize("name", LONG)
def test_each_part_is_light_and_together_they_are_all_of_it(name: str):
    parts = [str(page_of(one)) for one in document_in_parts(LONG[name]).parts]

    assert max(map(len, parts)) < HEAVY
    assert len(parts) > 1 or name == "empty lines"
    if name in {"a list", "many lines of a paragraph", "numbered"}:
        assert [word for one in parts for word in words(one)] == words(str(page_of(LONG[name])))
    assert len(parts) <= 8 + len(LONG[name]) // (HEAVIEST // 7)


def test_a_table_that_is_cut_has_its_head_in_each_part():
    parts = [str(page_of(one)) for one in document_in_parts(LONG["a table"]).parts]

    assert len(parts) > 2
    assert all("<th>a</th>" in one for one in parts)
    assert sum(one.count("<td>") for one in parts) == 3 * 900
    assert parts[-1].count("<p>The end</p>") == 1


def test_code_that_is_cut_is_code_in_each_part_and_what_follows_is_none():
    parts = [str(page_of(one)) for one in document_in_parts(LONG["code"]).parts]

    assert all(one.count("<pre>") == 1 for one in parts)
    assert "line 1999 &lt;of&gt; a log\n</code></pre>" in parts[-1]
    assert "<strong>end</strong>" in parts[-1]


def test_what_only_looks_like_a_fence_is_none():
    text = "```one``` is code, this is *not*\n\n" + ITEMS

    assert all("<pre>" not in str(page_of(one)) for one in document_in_parts(text).parts)


def test_a_link_that_is_named_at_the_end_works_in_each_part():
    text = f"[See][1] this.\n\n{ITEMS}\n\nAnd [that][1].\n\n[1]: https://example.com/one\n"

    parts = [str(page_of(one)) for one in document_in_parts(text).parts]

    assert 'href="https://example.com/one"' in parts[0]
    assert 'href="https://example.com/one"' in parts[-1]


def test_headings_are_told_with_their_part_and_those_in_code_are_none():
    text = f"# First\n\n```\n# no heading\n```\n\n{ITEMS}\n\n## Last *one*\n\nx\n"

    found = document_in_parts(text)

    assert found.headings == (("First", 1), ("Last *one*", len(found.parts)))
