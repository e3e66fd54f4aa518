from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Status
from bot.domain.timeline.entries import Kind
from bot.domain.work.work import ActionKind
from bot.operations.incidents.lifecycle import change_status
from bot.operations.incidents.ownership import hand_over
from bot.operations.work.actions import add_action
from bot.views.incidents import cancel as cancel_view
from bot.views.incidents import life as view_of
from handlers.incidents import cancel, life, ownership, reopen, resolve, severity, triage
from sandbox.validation import view_problems
from storage import incidents, roles
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.look import last
from tests.views.visitor import Visitor, buttons, offered

COMMANDS = (
    *severity.FEATURE.subcommands,
    *life.FEATURE.subcommands,
    *resolve.FEATURE.subcommands,
    *cancel.FEATURE.subcommands,
    *reopen.FEATURE.subcommands,
)


def state(office: Office, number: int = 1):
    return office.read(incidents.get, number)


def given_action(office: Office) -> None:
    what: dict[str, Any] = {
        "title": "Drain",
        "details": "",
        "kind": ActionKind.ACTION,
        "assignee": None,
        "due": None,
    }
    office.perform(add_action, 1, **what, by="UREP")


def worked_to(office: Office, *steps: Status) -> None:
    for step in steps:
        office.perform(change_status, 1, step, by="UREP", reason="again")


@pytest.mark.parametrize("typed", ["Fixing", "fixing", " FIXING "])
def test_a_status_is_understood_whatever_its_case(office, typed):
    given_incident(office)

    Visitor(office).types(life.FEATURE.subcommands, f"status {typed}")

    assert state(office).status is Status.FIXING


@pytest.mark.parametrize("typed", ["post-incident", "Post incident", "postincident", "POST_INCIDENT"])
def test_hyphens_and_spaces_of_a_status_do_not_matter(office, typed):
    given_incident(office, "S2")
    worked_to(office, Status.FIXING, Status.RESOLVED)

    Visitor(office).types(life.FEATURE.subcommands, f"status {typed}")

    assert state(office).status is Status.POST_INCIDENT


def test_an_unknown_status_is_answered_with_what_can_follow(office):
    given_incident(office)

    with pytest.raises(Refused, match="What can follow now: Fixing, Monitoring, Resolved, Cancelled"):
        Visitor(office).types(life.FEATURE.subcommands, "status broken")


def test_the_status_form_offers_the_end_to_the_lead_alone(office):
    given_incident(office)
    worked_to(office, Status.FIXING)
    lead, other = Visitor(office, "UREP"), Visitor(office, "USOMEBODY")

    lead.types(life.FEATURE.subcommands, "status")
    other.presses(life.FEATURE.listeners, view_of.STATUS_OPEN, 1)

    assert {"Resolved", "Cancelled"} <= set(offered(lead.form, "status"))
    assert not {"Resolved", "Cancelled"} & set(offered(other.form, "status"))
    assert "Only the lead, <@UREP>, can resolve or cancel" in str(other.form)


def test_a_form_overtaken_by_events_says_so_and_stays_open(office):
    given_incident(office)
    person = Visitor(office)
    person.types(life.FEATURE.subcommands, "status")
    worked_to(office, Status.CANCELLED)

    answer = person.sends(life.FEATURE.listeners, status="Fixing")

    assert "INC-1 is Cancelled" in answer["errors"]["status"]


ENDINGS = {
    "resolve": "resolve",
    "resolve fix": "resolve fix",
    "status resolved": "resolve",
    "cancel": "cancel",
    "cancel A load test": "cancel A load test",
    "status cancelled": "cancel",
}


@pytest.mark.parametrize(("typed", "kept"), ENDINGS.items())
def test_who_does_not_lead_is_offered_the_lead_and_what_they_typed_is_kept(office, typed, kept):
    given_incident(office)
    worked_to(office, Status.FIXING)
    person = Visitor(office, "USOMEBODY")

    person.types(COMMANDS, typed)

    assert "<@UREP>" in person.answer
    assert buttons(person.answers[-1]) == [("Take the lead", f"1:{kept}")]
    assert state(office).status is Status.FIXING

    person.presses(ownership.FEATURE.listeners, view_of.LEAD_TO_END, f"1:{kept}", private=True)

    assert state(office).lead == "USOMEBODY"
    assert buttons(person.answers[-1]) == [(f"{kept.split()[0].capitalize()} INC-1", f"1:{kept}")]


def test_a_reason_too_long_for_a_button_is_given_back_to_copy(office):
    given_incident(office)
    person = Visitor(office, "USOMEBODY")

    person.types(COMMANDS, f"cancel {'long ' * 500}")

    assert "What you typed, to copy it" in person.answer
    assert buttons(person.answers[-1]) == [("Take the lead", "1:cancel")]


@pytest.mark.parametrize("opened", ["cancel", "status cancelled", "button"])
def test_cancelling_asks_why(office, opened):
    given_incident(office)
    person = Visitor(office)
    if opened == "button":
        person.presses(cancel.FEATURE.listeners, cancel_view.OPEN, 1, private=True)
    else:
        person.types(COMMANDS, opened)

    assert person.sends(cancel.FEATURE.listeners, reason=" ")["errors"].keys() == {"reason"}
    assert state(office).status is Status.INVESTIGATING
    assert person.sends(cancel.FEATURE.listeners, reason="A load test") == {}

    assert state(office).status is Status.CANCELLED
    assert last(office, 1, Kind.STATUS).data["reason"] == "A load test"


def test_the_status_form_goes_on_to_ask_why_it_is_cancelled(office):
    given_incident(office)
    person = Visitor(office)
    person.types(life.FEATURE.subcommands, "status")

    answer = person.sends(life.FEATURE.listeners, status="Cancelled")

    assert answer["view"]["callback_id"] == "cancel_form"
    assert view_problems(answer["view"]) == []
    assert state(office).status is Status.INVESTIGATING


def test_a_triage_is_not_cancelled_but_declined(office):
    given_incident(office, triage=True)

    with pytest.raises(Refused, match="What can follow: Investigating, Declined"):
        Visitor(office).types(COMMANDS, "cancel A load test")


@pytest.mark.parametrize("typed", ["resolve", "status resolved"])
def test_resolving_asks_what_ended_it_and_for_what_is_missing(office, typed):
    given_incident(office)
    given_action(office)
    person = Visitor(office)

    person.types(COMMANDS, typed)
    assert state(office).status is Status.INVESTIGATING
    assert "1 action stays open" in str(person.form)
    assert person.sends(resolve.FEATURE.listeners, ended="ITSELF", summary="A blip.") == {}

    assert state(office).status is Status.RESOLVED
    assert state(office).summary.summary == "A blip."
    assert last(office, 1, Kind.STATUS).data["reason"] == "It ended by itself."


def test_the_status_form_goes_on_to_ask_what_ended_it(office):
    given_incident(office)
    person = Visitor(office)
    person.types(life.FEATURE.subcommands, "status")

    answer = person.sends(life.FEATURE.listeners, status="Resolved")

    assert answer["response_action"] == "update"
    assert answer["view"]["callback_id"] == "resolve_form"
    assert view_problems(answer["view"]) == []
    assert state(office).status is Status.INVESTIGATING


@pytest.mark.parametrize(("then", "status"), [("Monitoring", "Monitoring"), ("Resolved", "Resolved")])
def test_what_ended_for_no_known_reason_is_watched_first_unless_one_insists(office, then, status):
    given_incident(office)
    person = Visitor(office)
    person.types(COMMANDS, "resolve")

    answer = person.sends(resolve.FEATURE.listeners, ended="UNKNOWN", summary="Nobody knows.")
    assert state(office).summary.summary == "Nobody knows."
    assert view_problems(answer["view"]) == []
    person.views.append(answer["view"])
    assert person.sends(resolve.FEATURE.listeners, then=then) == {}

    assert state(office).status == status
    assert last(office, 1, Kind.STATUS).data["reason"] == "It is not known what ended it."


def test_who_watched_it_already_is_not_asked_to_watch_it(office):
    given_incident(office)
    worked_to(office, Status.MONITORING)
    person = Visitor(office)
    person.types(COMMANDS, "resolve")

    assert person.sends(resolve.FEATURE.listeners, ended="UNKNOWN") == {}
    assert state(office).status is Status.RESOLVED


@pytest.mark.parametrize("typed", ["resolve fix", "resolve by itself", "resolve Fixed."])
def test_what_ended_it_can_be_typed(office, typed):
    given_incident(office)
    person = Visitor(office)

    person.types(COMMANDS, typed)

    assert state(office).status is Status.RESOLVED
    assert buttons(person.answers[-1]) == [("Close it", "1"), ("Undo", "1:back"), ("Add follow-up", "1")]


def test_closing_from_the_answer_takes_its_place(office):
    given_incident(office)
    worked_to(office, Status.RESOLVED)
    person = Visitor(office)

    person.presses(life.FEATURE.listeners, view_of.CLOSE, 1, private=True)

    assert state(office).status is Status.CLOSED
    assert person.answers[-1]["replace_original"]


def test_a_grave_incident_is_reviewed_before_it_is_closed(office):
    given_incident(office, "S1")
    person = Visitor(office)

    person.types(COMMANDS, "resolve fix")

    assert "review" in person.answer
    begin = ("Begin the review", "1:status Post-incident")
    assert buttons(person.answers[-1]) == [begin, ("Undo", "1:back"), ("Add follow-up", "1")]
    with pytest.raises(Refused, match="review"):
        person.types(life.FEATURE.subcommands, "close")


@pytest.mark.parametrize(
    ("typed", "says"),
    [("resolve dns problems", "say what ended it"), ("close to a full disk", "stands alone")],
)
def test_a_sentence_that_begins_like_a_command_ends_nothing(office, typed, says):
    given_incident(office)
    worked_to(office, Status.FIXING)

    with pytest.raises(Refused, match=says) as refused:
        Visitor(office).types(COMMANDS, typed)
    assert refused.value.steps[-1].command == f"declare {typed}"
    assert state(office).status is Status.FIXING


def test_a_name_is_typed_or_written_into_the_form(office):
    given_incident(office, name="Disk full")
    person = Visitor(office)

    person.types(life.FEATURE.subcommands, "rename Disk &lt;b&gt; full")
    assert state(office).name == "Disk <b> full"
    assert "Disk &lt;b&gt; full" in person.answer
    person.types(life.FEATURE.subcommands, "rename")
    assert person.sends(life.FEATURE.listeners, name="\u202e ")["errors"].keys() == {"name"}
    person.sends(life.FEATURE.listeners, name="  Two\n disks ")

    assert state(office).name == "Two disks"


def test_a_triaged_problem_is_accepted_by_its_number_from_anywhere(office):
    given_incident(office, triage=True, channel=None)
    person = Visitor(office, channel="CTRIAGE")

    with pytest.raises(Refused, match="accept INC-7"):
        person.types(triage.FEATURE.subcommands, "accept")
    person.types(triage.FEATURE.subcommands, "accept inc-1")

    assert state(office).status is Status.INVESTIGATING


def test_a_triaged_problem_is_declined_in_its_channel(office):
    given_incident(office, triage=True)

    Visitor(office).types(triage.FEATURE.subcommands, "decline")

    assert state(office).status is Status.DECLINED


@pytest.mark.parametrize("word", ["severity S1", "status Fixing", "resolve", "close", "reopen x", "rename x"])
def test_outside_an_incident_a_command_says_where_it_belongs(office, word):
    with pytest.raises(Refused, match="an incident's own channel"):
        Visitor(office, channel="CELSEWHERE").types(COMMANDS, word)


@pytest.mark.parametrize("word", ["severity", "cancel", "rename"])
def test_no_form_is_opened_for_what_cannot_change_any_more(office, word):
    given_incident(office)
    worked_to(office, Status.CANCELLED)
    person = Visitor(office)

    with pytest.raises(Refused, match="INC-1 is Cancelled"):
        person.types(COMMANDS, word)
    assert person.views == []


def test_a_private_incident_is_unknown_to_whoever_is_not_in_it(office):
    given_incident(office, kind="SIRT", private=True)
    outsider = Visitor(office, "USOMEBODY", channel="CELSEWHERE")

    outsider.presses(life.FEATURE.listeners, view_of.STATUS_OPEN, 1)

    assert outsider.views == []
    assert "I know no incident" in outsider.answer


def test_taking_the_lead_needs_a_confirmation(office):
    given_incident(office)
    person = Visitor(office, "USOMEBODY")

    person.types(ownership.FEATURE.subcommands, "lead me")
    assert state(office).lead == "UREP"
    assert buttons(person.answers[-1]) == [("Take the lead", "1")]
    person.presses(ownership.FEATURE.listeners, view_of.TAKE_LEAD, 1, private=True)

    assert state(office).lead == "USOMEBODY"
    assert state(office).lead_by_hand


def test_taking_the_lead_from_the_card_leaves_the_card_alone(office):
    given_incident(office)
    person = Visitor(office, "USOMEBODY")

    person.presses(ownership.FEATURE.listeners, view_of.TAKE_LEAD, 1)

    assert person.answers[-1]["replace_original"] is False


def test_the_lead_hands_over_by_mention_or_form(office):
    given_incident(office)
    Visitor(office).types(ownership.FEATURE.subcommands, "lead <@UIM|ana>")
    assert state(office).lead == "UIM"
    now = Visitor(office, "UIM")

    now.types(ownership.FEATURE.subcommands, "lead")
    now.sends(ownership.FEATURE.listeners, person="UCMOC")

    assert state(office).lead == "UCMOC"


def test_a_lead_who_lost_it_meanwhile_is_told_by_name_in_the_form(office):
    given_incident(office)
    person = Visitor(office)
    person.types(ownership.FEATURE.subcommands, "lead")
    office.perform(hand_over, 1, "UIM", by="UIM")

    answer = person.sends(ownership.FEATURE.listeners, person="UCMOC")

    assert "@uim" in answer["errors"]["person"]


@pytest.mark.parametrize("typed", ["lead ana", "lead &lt;@UIM&gt;"])
def test_a_lead_who_is_no_mention_is_asked_for(office, typed):
    given_incident(office)

    with pytest.raises(Refused, match="Mention a person"):
        Visitor(office).types(ownership.FEATURE.subcommands, typed)


@pytest.mark.parametrize(
    ("typed", "role", "who"),
    [
        ("role IM <@UIM>", "IM", "UIM"),
        ("role im me", "IM", "UREP"),
        ("role infrastructure-leader <@ULEADER|l>", "Infrastructure Leader", "ULEADER"),
        ("role <@UCMOC> cmoc", "CMOC", "UCMOC"),
    ],
)
def test_a_role_is_given_to_the_person_named(office, typed, role, who):
    given_incident(office)
    person = Visitor(office)

    person.types(ownership.FEATURE.subcommands, typed)

    assert office.read(roles.of, 1)[role] == who
    assert f"<@{who}> is {role}" in person.answer


def test_a_role_alone_says_who_holds_it_and_offers_the_form(office):
    given_incident(office)
    person = Visitor(office)

    person.types(ownership.FEATURE.subcommands, "role IM")
    assert "INC-1 has no IM yet" in person.answer
    person.presses(ownership.FEATURE.listeners, view_of.ROLE_OPEN, "1:IM", private=True)
    person.sends(ownership.FEATURE.listeners, person="UIM")
    person.types(ownership.FEATURE.subcommands, "role im")

    assert "<@UIM> is IM of INC-1" in person.answer


def test_an_unknown_role_is_answered_with_the_known_ones(office):
    given_incident(office)

    with pytest.raises(Refused, match="Roles: EOC, IM, CMOC"):
        Visitor(office).types(ownership.FEATURE.subcommands, "role pilot <@UIM>")


def test_roles_lists_the_lead_and_every_role(office):
    incident = given_incident(office)
    office.perform(roles.assign, incident.id, "Captain", "USOMEBODY")  # of a team that is configured no more
    person = Visitor(office)

    person.types(ownership.FEATURE.subcommands, "roles")

    assert "Lead: <@UREP>" in person.answer
    assert "CMOC: nobody" in person.answer
    assert "Captain: <@USOMEBODY>" in person.answer


@pytest.mark.parametrize("typed", ["lead me", "lead <@UREP>", "lead @urep", "lead urep"])
def test_the_lead_confirms_by_naming_themselves(office, typed):
    given_incident(office)
    person = Visitor(office)

    person.types(ownership.FEATURE.subcommands, typed)

    assert "You keep the lead of INC-1, whoever acknowledges." in person.answer
    assert state(office).lead_by_hand


def test_a_role_is_given_to_a_person_typed_by_name(office):
    given_incident(office)

    Visitor(office).types(ownership.FEATURE.subcommands, "role infrastructure leader @uim")

    assert office.read(roles.of, 1) == {"Infrastructure Leader": "UIM"}


def test_a_new_name_is_as_long_as_a_first_one(office):
    form = view_of.rename_form(given_incident(office))

    assert form["blocks"][0]["element"]["max_length"] == 300
