import asyncio
from typing import Any

import pytest

from bot.domain.incidents import Status
from bot.operations.lifecycle import change_status
from bot.views.mrkdwn import escape
from handlers import inc, panel
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.views.visitor import Visitor, buttons


def types(office: Office, text: str, *, user: str = "UREP", channel: str = "CELSE") -> Visitor:
    person = Visitor(office, user, channel)
    command = {"text": text, "user_id": user, "channel_id": channel, "trigger_id": "trigger"}
    handler: Any = inc.inc
    asyncio.run(
        handler(ack=person.ack, command=command, client=person, respond=person.respond, desk=office.desk)
    )
    assert person.acks == [{}]
    return person


def title(person: Visitor) -> str:
    return str(person.form["title"]["text"])


@pytest.mark.parametrize("text", ["", "  ", "declare", "DECLARE", "new", "the database is down", "db-down"])
def test_a_new_incident_begins_with_the_form(office, text):
    assert title(types(office, text)) == "Declare an incident"


def test_free_text_becomes_the_name(office):
    person = types(office, "checkout is down &amp; burning")

    assert person.form["blocks"][0]["element"]["initial_value"] == "checkout is down & burning"


def test_bare_inc_in_an_incidents_channel_shows_its_panel(office):
    given_incident(office)

    person = types(office, "", channel="CINC")

    assert "INC-1 Disk full" in person.answer
    assert ("Update", "1") in buttons(person.answers[-1])


@pytest.mark.parametrize(
    ("word", "meant"), [("updte", "update"), ("acknowlege", "acknowledge"), ("lst", "list")]
)
def test_a_mistyped_word_is_asked_about(office, word, meant):
    person = types(office, word)

    assert f"Did you mean `/inc {meant}`?" in person.answer
    assert buttons(person.answers[-1]) == [(f"Declare an incident “{word}”", word)]


@pytest.mark.parametrize(
    "word", ["update", "action", "severity", "status", "timeline", "lead", "summary", "resolve"]
)
def test_a_command_of_an_incident_says_elsewhere_where_it_works(office, word):
    person = types(office, word)

    assert "This works in an incident's own channel" in person.answer
    assert person.views == []


@pytest.mark.parametrize("word", sorted(inc.SUBCOMMANDS))
def test_help_explains_every_command_with_an_example(office, word):
    person = types(office, f"help {word}")

    assert f"Example: `/inc {word}" in person.answer
    assert inc.SUBCOMMANDS[word].usage.split()[0] == word


def test_help_lists_every_command(office):
    person = types(office, "help")
    answer = "\n".join(block["text"]["text"] for block in person.answers[-1]["blocks"] if "text" in block)

    assert all(f"`/inc {escape(command.usage)}`" in answer for command in inc.SUBCOMMANDS.values())


def test_help_on_an_unknown_command_suggests_one_and_pings_nobody(office):
    assert "Did you mean `/inc help escalate`?" in types(office, "help escalte").answer
    assert "<!channel>" not in types(office, "help <!channel>").answer


def test_the_list_shows_the_worst_first_and_private_ones_to_their_people_only(office):
    given_incident(office, "S3", name="Slow", channel="C10")
    given_incident(office, "S1", name="Down", channel="C11")
    given_incident(office, "S2", name="Leak", private=True, channel="C12")

    outside = types(office, "list", user="USOMEBODY").answer
    inside = types(office, "list", user="UREP").answer

    assert outside.index("INC-2 Down") < outside.index("INC-1 Slow")
    assert "INC-3" not in outside
    assert "private incident INC-3" in inside
    assert "Leak" not in inside


def test_who_is_on_call_is_told(office):
    assert "1. <@UEOC>, 15 min to answer" in types(office, "oncall").answer


def test_the_panel_of_a_finished_incident_offers_to_reopen_it(office):
    given_incident(office, "S3")
    for status in (Status.FIXING, Status.RESOLVED):
        office.perform(change_status, 1, status, by="UREP")

    offered = [label for label, _ in buttons(types(office, "", channel="CINC").answers[-1])]

    assert "Reopen" in offered
    assert "Escalate" not in offered


def test_the_panels_button_lists_the_actions(office):
    given_incident(office)
    person = Visitor(office)

    person.presses(panel.LISTENERS, "panel_actions", 1)

    assert "has no actions yet" in person.answer


def test_something_that_breaks_is_logged_and_said(office, caplog):
    office.database.close()

    person = types(office, "list")

    assert "Something broke on our side" in person.answer
    assert "inc failed" in caplog.text


@pytest.mark.parametrize("channel", ["CELSE", "CINC"])
def test_a_long_command_that_is_refused_or_breaks_is_given_back_to_copy(office, channel):
    given_incident(office)
    if channel == "CINC":
        office.perform(change_status, 1, Status.CANCELLED, by="UREP")

    person = types(
        office, "update Checkout fails for 5 % &amp; more, says <@UEOC|ana>\nRolling back", channel=channel
    )

    assert person.answer.endswith(
        "to copy it:\n> /inc update Checkout fails for 5 % &amp; more, says @ana\n> Rolling back"
    )
    assert len(person.answers[-1]["blocks"]) == 2


def test_a_short_command_is_not_given_back(office):
    assert "to copy it" not in types(office, "update Rolling back").answer
    assert "to copy it" not in types(office, "severity").answer


def test_the_longest_command_is_given_back_within_slacks_limits(office):
    person = types(office, "update " + "<&> " * 2000)

    assert "to copy it" in person.answer
