"""A review's document in the Markdown of canvases: all of it is said, and Slack refuses none of it."""

import re
from collections import Counter
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.views import review_canvas
from bot.views.browser.markdown import page_of
from sandbox.canvas_markdown import MOST_CELLS, sections, words
from tests.values import an_incident

GOLDEN = sorted((Path(__file__).parent / "reviews" / "golden").glob("*.md"))
PAGE = "https://muster.test/incidents/INC-7/review"
PIECES = (
    *("#", "*", "-", "1. ", "> ", "|", "|-|-|", "\n", "\n\n", "    ", "`", "```", "<b>", "<!--", "===", "\t"),
    *("[x](http://a.test)", "![y](http://b.test)", "&lt;", "&#10;", "word", " ", "~~", "_", "\\", "---"),
    *("[ ] ", "@here", "<@U1>", "  \n"),
)


def shown(text: str) -> str:
    """Return what a document becomes, without the line that is ours."""
    return review_canvas.written(an_incident(), text, 1, PAGE).partition("\n\n")[2]


@pytest.mark.parametrize(
    ("text", "canvas"),
    [
        ("#### Deep", "### Deep"),
        ("a <b>word</b> & *so*", "a \\<b\\>word\\</b\\> & *so*"),
        ("<@U1> ![](@U1)", "\\<@U1\\> \\!\\[\\](@U1)"),
        ("- a\n  1. b\n     - c", "- a\n    - b\n        - c"),
        ("1. a\n   - b", "1. a\n    1. b"),
        ("- [x] done\n- [ ] not", "- [x] done\n- [ ] not"),
        ("- a\n\n  ```\n  code\n  ```\n- b", "- a\n\n```\ncode\n```\n\n- b"),
        ("> # Said\n> - one", "> Said\n>\n> one"),
        (
            "[l](https://e.test/a_(b)) <https://e.test>",
            "[l](https://e.test/a_%28b%29) [https://e.test](https://e.test)",
        ),
        ("[l](javascript:alert(1))", "\\[l\\](javascript:alert(1))"),
        ("| a |\n|---|\n| [l](https://e.test) `x\\|y` |", "| a |\n| --- |\n| l (https://e.test) `x \\| y` |"),
        ("one  \n- two", "one\n\n- two"),
        ("one\\\n\\- two", "one\n\\- two"),
        ("~~~html\n<b>```\n~~~", "````\n<b>```\n````"),
        ("***", "---"),
    ],
)
def test_each_thing_becomes_what_a_canvas_shows(text: str, canvas: str) -> None:
    assert shown(text) == canvas.replace("x \\| y", "x\\|y")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_every_template_becomes_a_canvas_with_all_its_words(path: Path) -> None:
    text = path.read_text("utf-8")

    canvas = shown(text)

    read = Counter(re.findall(r"\w+", " ".join(words(part) for _, part in sections(canvas))))
    page = Counter(re.findall(r"\w+", unescape(re.sub(r"<[^>]+>", " ", page_of(text)))))
    assert len(page) > 50
    assert page - read == Counter()


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_nothing_that_people_write_is_refused(text: str) -> None:
    sections(shown(text))


def test_a_large_table_is_parted() -> None:
    rows = "".join(f"| {number} | b | c |\n" for number in range(250))

    canvas = shown(f"| a | b | c |\n|---|---|---|\n{rows}")

    parts = sections(canvas)
    assert [kind for kind, _ in parts] == ["table"] * 3
    assert all(part.count("|") - part.count("\n") - 1 <= MOST_CELLS + 3 for _, part in parts)
    assert all(f"| {number} |" in canvas for number in range(250))


def test_what_is_longer_than_a_canvas_is_cut_between_two_blocks_and_says_where_the_rest_is() -> None:
    text = "\n\n".join(f"{number} {'ü' * 2000}" for number in range(200))

    canvas = review_canvas.written(an_incident(), text, 1, PAGE)

    assert len(canvas.encode()) <= review_canvas.LONGEST
    assert canvas.endswith(
        f"*The document is longer than a canvas. Read all of it on [the review's page]({PAGE}).*"
    )
    assert "\n\n0 ü" in canvas
    assert "199 ü" not in canvas


def test_it_says_which_version_it_is_and_where_it_is_edited() -> None:
    canvas = review_canvas.written(an_incident(), "# A", 3, "")
    drill = review_canvas.written(an_incident(drill=True), "# A", 3, PAGE)

    assert canvas.startswith(
        "> Version 3 of the review in Muster. Edit it on the review's page: this is a copy."
    )
    assert drill.startswith(
        "> **DRILL.** Nothing is broken. Version 3 of the review in Muster. Edit it on [the"
    )
    assert review_canvas.version_line(3) in canvas


def test_a_title_tells_canvases_apart_and_a_drill() -> None:
    incident = an_incident()

    assert review_canvas.title(incident, 1) == f"Review of INC-{incident.id}"
    assert review_canvas.title(incident, 2) == f"Review of INC-{incident.id}, canvas 2"
    assert review_canvas.title(replace(incident, drill=True), 1).startswith("DRILL: ")


def test_without_the_library_it_is_shown_as_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_canvas, "MarkdownIt", None)

    assert shown("# A\n\n- b\n```") == "````\n# A\n\n- b\n```\n````"
