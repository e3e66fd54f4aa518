import pytest

from bot.domain.incidents.incident import Summary
from bot.operations.work.summary import write_summary
from bot.views.work import summary as view_of
from handlers.work import summary
from storage import incidents
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.views.visitor import Visitor


def written(office: Office) -> Summary:
    return office.read(incidents.get, 1).summary


def test_the_four_parts_are_prefilled_and_saved(office):
    given_incident(office)
    office.perform(write_summary, 1, Summary("down", "", "", "x < y"), by="UREP")
    person = Visitor(office)
    person.types(summary.FEATURE.subcommands, "summary")

    labels = [block["label"]["text"] for block in person.form["blocks"] if block["type"] == "input"]
    answer = person.sends(summary.FEATURE.listeners, causes=" a deploy\r\n")

    assert labels == ["Summary", "Causes", "Summary for CMOC notice", "Exec summary"]
    assert answer == {}
    assert written(office) == Summary("down", "a deploy", "", "x < y")


def test_the_second_to_save_does_not_undo_the_first(office):
    given_incident(office)
    first, second = Visitor(office), Visitor(office, "UIM")
    first.types(summary.FEATURE.subcommands, "summary")
    second.presses(summary.FEATURE.listeners, view_of.OPEN, 1)

    first.sends(summary.FEATURE.listeners, summary="down since noon")
    second.sends(summary.FEATURE.listeners, causes="a deploy")

    assert written(office) == Summary("down since noon", "a deploy")


def test_a_part_can_be_emptied(office):
    given_incident(office)
    office.perform(write_summary, 1, Summary("down", "a deploy"), by="UREP")
    person = Visitor(office)
    person.types(summary.FEATURE.subcommands, "summary")

    person.sends(summary.FEATURE.listeners, causes=None)

    assert written(office) == Summary("down")


def test_a_text_longer_than_a_field_survives_a_save(office):
    given_incident(office)
    whole = "a" * 5000
    office.perform(write_summary, 1, Summary(whole), by="UREP")
    person = Visitor(office)
    person.types(summary.FEATURE.subcommands, "summary")

    person.sends(summary.FEATURE.listeners, causes="disk")

    assert written(office) == Summary(whole, "disk")


@pytest.mark.parametrize("text", [None, " \n "])
def test_an_empty_form_is_refused_while_nothing_is_written(office, text):
    given_incident(office)
    person = Visitor(office)
    person.types(summary.FEATURE.subcommands, "summary")

    answer = person.sends(summary.FEATURE.listeners, summary=text)

    assert answer["errors"].keys() == {"summary"}
