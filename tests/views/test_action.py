from datetime import date

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.work.work import ActionKind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.actions import add_action, finish_action
from bot.operations.workspace.people import changed
from bot.views.blocks import MESSAGE_SIZE, size
from bot.views.work import action as view_of
from handlers.work import action
from sandbox.validation import message_problems
from storage import actions
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.views.visitor import Visitor, buttons


def given_action(office: Office, title: str = "Drain node"):
    kind = ActionKind.ACTION
    return office.perform(
        add_action, 1, title=title, details="", kind=kind, assignee=None, due=None, by="UREP"
    )


def test_an_action_is_written_down_with_all_its_fields(office):
    given_incident(office)
    person = Visitor(office)
    person.types(action.FEATURE.subcommands, "action Drain &amp; restart")

    answer = person.sends(
        action.FEATURE.listeners, details="gently", assignee="UIM", kind="Follow-up", due="2026-03-09"
    )

    found = office.read(actions.of, 1)[0]
    assert answer == {}
    assert (found.title, found.details, found.assignee) == ("Drain & restart", "gently", "UIM")
    assert (found.kind, found.due) == (ActionKind.FOLLOW_UP, date(2026, 3, 9))


@pytest.mark.parametrize("title", [" ", "\n", "\u200b\u202e"[1:]])
def test_an_action_needs_words(office, title):
    given_incident(office)
    person = Visitor(office)
    person.presses(action.FEATURE.listeners, view_of.ADD, 1)

    assert person.sends(action.FEATURE.listeners, title=title)["errors"].keys() == {"title"}


def test_a_form_that_arrives_twice_adds_one_action(office):
    given_incident(office)
    person = Visitor(office)
    person.types(action.FEATURE.subcommands, "action Once")

    person.sends(action.FEATURE.listeners)
    person.sends(action.FEATURE.listeners)

    assert len(office.read(actions.of, 1)) == 1


def test_an_action_is_taken_then_done_and_a_late_press_is_told(office):
    given_incident(office)
    given_action(office)
    person = Visitor(office, "UIM")

    person.presses(action.FEATURE.listeners, view_of.TAKE, 1)
    person.presses(action.FEATURE.listeners, view_of.DONE, 1)
    assert person.answers == []
    person.presses(action.FEATURE.listeners, view_of.DONE, 1)

    found = office.read(actions.get, 1)
    assert (found.assignee, found.done_by) == ("UIM", "UIM")
    assert "done already, by <@UIM>" in person.answer


def test_the_list_has_the_open_ones_first_and_is_redrawn_by_its_buttons(office):
    given_incident(office)
    office.perform(finish_action, given_action(office, "First").id, by="UIM")
    second = given_action(office, "Second")
    person = Visitor(office)
    person.types(action.FEATURE.subcommands, "actions")
    assert person.answer.index("Second") < person.answer.index("First")

    person.presses(action.FEATURE.listeners, view_of.DONE, second.id, private=True)

    assert person.answers[-1]["replace_original"] is True
    assert "0 open, 2 done" in person.answer
    assert buttons(person.answers[-1]) == []


def test_a_long_list_is_paged_through_and_each_page_fits_into_a_message(office):
    given_incident(office)
    for number in range(20):
        given_action(office, f"Thing {number} " + "&" * 2000)
    person = Visitor(office)

    person.types(action.FEATURE.subcommands, "actions")
    first = person.answers[-1]["blocks"]
    person.presses(action.FEATURE.listeners, view_of.NEXT, "1:2", private=True)
    person.presses(action.FEATURE.listeners, view_of.NEXT, "1:3", private=True)
    last = person.answers[-1]["blocks"]

    assert size(first) < MESSAGE_SIZE
    assert message_problems(first) == []
    assert "page 1 of 3" in str(first)
    assert ("Next", "1:2") in buttons({"blocks": first})
    assert "Thing 19 " in str(last)
    assert "Thing 15 " not in str(last)
    assert buttons({"blocks": last})[-1] == ("Previous", "1:2")


def test_what_is_done_on_a_later_page_leaves_that_page_open(office):
    given_incident(office)
    for number in range(20):
        given_action(office, f"Thing {number}.")
    person = Visitor(office)

    person.presses(action.FEATURE.listeners, view_of.DONE, "12:2", private=True)

    assert office.read(actions.get, 12).done_by == "UREP"
    assert "page 2 of 3" in person.answer


def test_an_empty_list_says_how_to_begin(office):
    given_incident(office)
    person = Visitor(office)

    person.types(action.FEATURE.subcommands, "actions")

    assert "`/inc action Drain the node`" in person.answer


def test_the_message_shows_whose_it_is_and_loses_its_buttons_when_done(office):
    given_incident(office)
    posted = view_of.posted(given_action(office, "<!channel>" + "y" * 4000))
    done = view_of.posted(office.perform(finish_action, 1, by="UIM"))

    assert message_problems(posted.blocks) == message_problems(done.blocks) == []
    assert "<!channel>" not in str(posted)
    assert buttons({"blocks": posted.blocks}) == [("Done", "1"), ("Take it", "1"), ("Keep as follow-up", "1")]
    assert buttons({"blocks": done.blocks}) == []
    assert "<@UIM>" in done.text


def test_a_cancelled_incident_takes_no_action(office):
    given_incident(office)
    office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    with pytest.raises(Refused, match="no more actions"):
        Visitor(office).types(action.FEATURE.subcommands, "action Late")


def test_the_actions_of_a_private_incident_are_for_those_in_it(office):
    given_incident(office, kind="SIRT", private=True)
    given_action(office)
    outsider = Visitor(office, "USOMEBODY", channel="CELSEWHERE")

    outsider.presses(action.FEATURE.listeners, view_of.DONE, 1, private=True)

    assert office.read(actions.get, 1).done_at is None
    assert outsider.answer == "I know no action `1`."


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("restart the pods <@UIM|ana>", "restart the pods"),
        ("restart the &amp; pods <@UIM>", "restart the & pods"),
        ("<@UIM|ana>: restart the pods", "restart the pods"),
        ("restart what <@UEOC|eoc> broke <@UIM|ana>.", "restart what @eoc broke"),
        ("restart the pods @uim", "restart the pods"),
        ("restart the pods @UIM", "restart the pods"),
    ],
)
def test_an_action_is_for_the_person_who_is_named_with_it(office, typed, title):
    given_incident(office)
    person = Visitor(office)

    person.types(action.FEATURE.subcommands, f"action {typed}")
    person.types(action.FEATURE.subcommands, f"action {typed}")

    (found,) = office.read(actions.of, 1)
    assert (found.title, found.assignee, found.kind) == (title, "UIM", ActionKind.ACTION)
    assert person.views == []
    assert "Added for uim, who is told of it" in person.answer


@pytest.mark.parametrize("name", ["nobody-here", "Twin Two"])
def test_a_name_that_stands_for_no_one_person_is_asked_for_and_stays(office, name):
    for twin in ("U2A", "U2B"):
        office.perform(changed, {"id": twin, "real_name": "Twin Two"})
    given_incident(office)
    person = Visitor(office)

    person.types(action.FEATURE.subcommands, f"action restart the pods @{name}")

    assert person.form["blocks"][1]["element"]["initial_value"] == f"restart the pods @{name}"
    assert f"I do not know exactly one “@{name}”" in str(person.form)
    assert office.read(actions.of, 1) == []


def test_the_message_to_an_assignee_lasts_as_long_as_the_action_is_theirs(office):
    incident = given_incident(office, name="<b>")
    person = Visitor(office)
    person.types(action.FEATURE.subcommands, "action drain &lt;!here&gt; <@UIM>")
    (mine,) = office.read(actions.of, 1)

    before = view_of.assigned(mine, incident, "UIM")
    Visitor(office, "UIM", "DUIM").presses(action.FEATURE.listeners, view_of.RETURN, mine.id)
    (after,) = office.read(actions.of, 1)

    assert before.text == "*You have an action:* drain &lt;!here&gt;\nINC-1 &lt;b&gt; · <#CINC>"
    assert buttons({"blocks": before.blocks}) == [("Done", "1"), ("Not me", "1")]
    assert after.assignee is None
    over = view_of.assigned(after, incident, "UIM")
    assert "is not yours any more" in over.text
    assert buttons({"blocks": over.blocks}) == []


def test_a_private_incidents_assignee_is_told_no_names(office):
    incident = given_incident(office, name="Leak", private=True)
    found = given_action(office, "Revoke the key")

    assert "Leak" not in view_of.assigned(found, incident, "UIM").text
    assert "Revoke" not in view_of.assigned(found, incident, "UIM").text
