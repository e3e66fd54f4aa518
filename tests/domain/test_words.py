"""The words that incidents are found by."""

from collections.abc import Sequence

import pytest

from bot.domain.incidents.words import (
    LONGEST_EXCERPT,
    LONGEST_WORD,
    MOST_LETTERS,
    excerpt,
    sought,
    unmarked,
    words_in,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Disk FULL on node-7", ["disk", "full", "on", "node", "7"]),
        ("Überlast in Zürich, Straße", ["uberlast", "in", "zurich", "strasse"]),
        ("U\u0308berlast", ["uberlast"]),
        ("Ærø Łódź naïve İzmir", ["aero", "lodz", "naive", "izmir"]),
        ("api_gateway:8080 'quoted' “so”", ["api", "gateway", "8080", "quoted", "so"]),
        ("数据库 down", ["数", "据", "库", "down"]),
        ("Сбой базы", ["сбои", "базы"]),
        ("- _ : \" ' * ( ) ^ % !", []),
        ("ﬁle ½", ["file", "1", "2"]),
        ("x" * 100, ["x" * LONGEST_WORD]),
        ("", []),
    ],
)
def test_a_text_has_the_words_that_people_would_look_for(text: str, words: list[str]) -> None:
    assert words_in(text) == words


def test_an_incident_is_found_by_its_number_and_each_word_once() -> None:
    assert words_of(7, ["Disk full", "the DISK is full"]) == "inc7 disk full the is"
    assert len(words_of(7, [" ".join(f"{number:060}" for number in range(9_000))])) <= MOST_LETTERS


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["Check"], [("check", True)]),
        (["api_gate"], [("api", False), ("gate", True)]),
        (["INC-7"], [("inc7", False)]),
        (["#7", "inc7"], [("inc7", False)]),
        (["inc-seven"], [("inc", False), ("seven", True)]),
        (["-", "disk", '"'], [("disk", True)]),
        (["AND", "NEAR(x,"], [("and", True), ("near", False), ("x", True)]),
        (["%"], []),
    ],
)
def test_what_is_typed_is_looked_for_word_by_word_and_may_go_on(
    typed: list[str], words: list[tuple[str, bool]]
) -> None:
    assert sought(typed) == words


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("certificate", "It began with the new gateway [certificate]."),
        ("GATE cert", "It began with the new [gateway] [certificate]."),
        ("zurich", "Only [Zürich] sees it"),
        ("gateways", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_an_excerpt_shows_the_first_text_that_was_found(typed: str, shown: str) -> None:
    texts = ("Checkout errors", "It began with the  new\ngateway certificate.", "Only Zu\u0308rich sees it")

    assert _marked(texts, typed) == shown


def test_an_excerpt_is_short_and_says_where_it_was_cut() -> None:
    long = f"{'before ' * 40}needle {'after ' * 40}needle"

    found = _marked([long], "needle")

    assert found.startswith("…before ")
    assert found.endswith("…")
    assert found.count("[needle]") == 1
    assert len(found) <= LONGEST_EXCERPT + 4
    assert _marked(["needle"], "needle") == "[needle]"
    assert len(_marked(["x" * 500], "x")) <= LONGEST_EXCERPT + 2


def _marked(texts: Sequence[str], typed: str) -> str:
    parts = excerpt(texts, typed.split())
    return "".join(f"[{part}]" if found else part for part, found in parts)


def test_an_excerpt_of_a_document_shows_no_marks_of_its_tables_and_headings() -> None:
    document = "## About\n\n| What | Owner |\n|---|:--|\n| **Add** a node | ana |\n\na | b ---"

    assert _marked([unmarked(document)], "node") == "About What, Owner Add a [node], ana a | b ---"
