"""The document of a review: the same incident gives the same bytes, and what people wrote does nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Summary
from bot.domain.incidents.times import Moment
from bot.domain.paging.pages import PageState
from bot.domain.timeline.entries import Kind
from bot.views.reviews.model import people_of
from bot.views.reviews.rendering import NAMES as TEMPLATES
from bot.views.reviews.writing import document
from tests.fakes import NOON
from tests.values import a_page
from tests.views.reviews.told import NAMES, NASTY, entry, facts

GOLDEN = Path(__file__).parent / "golden"
STILL = "\u200b"


def written(template: str = "gitlab", **changes: object) -> str:
    return document(facts(**changes), NAMES, template=template, url="https://muster.test/incidents/INC-7")


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_writes_what_it_wrote(template: str):
    golden = (GOLDEN / f"{template}.md").read_text("utf-8")

    assert written(template) == golden
    assert written(template) == written(template)


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_people_wrote_does_nothing_where_it_is_read(template: str):
    text = written(template)

    page = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "@all" not in text
    assert not any(line.lstrip("-> |").startswith("/close") for line in text.splitlines())


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_row_of_a_table_has_as_many_cells_as_its_head(template: str):
    tables = re.findall(r"(?:^\|.*\n)+", written(template), re.MULTILINE)

    assert all(re.match(r"\|.*\n[|-]+\n\|", one) for one in tables)
    for one in tables:
        assert len({row.replace("\\|", "").count("|") for row in one.splitlines()}) == 1


@pytest.mark.parametrize("template", TEMPLATES)
def test_secrets_and_what_is_for_others_stay_out(template: str):
    text = written(template)

    assert "glpat-" not in text
    assert "for executives" not in text
    assert "for the CMOC" not in text


def test_a_page_that_rests_with_somebody_at_work_is_no_call_that_was_acknowledged():
    came = a_page().raised_at
    rests = a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=came, quiet=True)

    assert "level 1 | not called: somebody was at work already |  |" in written(pages=[rests])


def test_times_are_told_in_the_order_in_which_they_were():
    times = dict.fromkeys(Moment) | {Moment.MITIGATED: NOON + timedelta(minutes=9), Moment.IMPACT_END: NOON}

    text = written(times=times)

    assert text.index("- Impact end: ") < text.index("- Mitigated: ")


def test_people_are_called_by_their_names():
    text = written()

    assert not {who for who in people_of(facts()) if who in text}
    assert "Rob_Reporter" in text
    assert f"All @{STILL}all" in text


@pytest.mark.parametrize("template", TEMPLATES)
def test_an_incident_of_which_nothing_is_known_has_a_document(template: str):
    bare = replace(facts().incident, name="INC-7", summary=Summary(), resolved_at=None)
    text = written(
        template,
        incident=bare,
        times=dict.fromkeys(facts().times),
        **dict.fromkeys(
            (
                "entries",
                "holders",
                "responders",
                "pages",
                "updates",
                "alerts",
                "follow_ups",
                "fields",
                "links",
            ),
            (),
        ),
    )

    assert text.startswith("# ")
    assert "None" not in text.replace("None yet", "").replace("_None", "")


def test_a_drill_and_a_private_incident_say_so():
    text = written(incident=replace(facts().incident, drill=True, private=True))

    assert "**DRILL.**" in text
    assert "**Private.**" in text


def test_it_says_how_much_it_leaves_out():
    assert "and 12 more" in written(left_out=12)


def test_a_note_is_told_where_its_first_word_says():
    lines = written("sre", entries=(entry(1, Kind.NOTE, 0, "we got lucky: it rained"),)).splitlines()

    place = lines.index("### Where we got lucky")
    assert lines[place + 2] == "- it rained"


def test_text_over_lines_stays_on_one():
    assert f"noted: All @{STILL}all: /close /close #{STILL}12" in written(
        entries=(entry(1, Kind.NOTE, 0, NASTY),)
    )


def test_an_unknown_template_is_refused_with_those_that_there_are():
    with pytest.raises(Refused, match="There are: gitlab, short, pagerduty, sre"):
        written("novel")
