import asyncio
from typing import Any

import pytest

from bot.domain.incidents.incident import Status
from bot.operations.incidents.lifecycle import change_status
from bot.operations.workspace.membership import joined
from bot.views.commands import Group
from bot.views.not_yet import OTHERWISE, PHRASES
from handlers import inc
from handlers.work import action
from storage import incidents
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.views.visitor import LINKS, Visitor, buttons


def types(office: Office, text: str, *, user: str = "UREP", channel: str = "CELSE") -> Visitor:
    person = Visitor(office, user, channel)
    command = {"text": text, "user_id": user, "channel_id": channel, "trigger_id": "trigger"}
    handler: Any = inc.inc
    asyncio.run(
        handler(
            ack=person.ack,
            command=command,
            client=person,
            respond=person.respond,
            uow=office.uow,
            links=LINKS,
            rehearsals=person.rehearsals,
        )
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
    assert buttons(person.answers[-1]) == [
        (f"/inc {meant}", f":{meant}"),
        (f"Declare an incident “{word}”", f":declare {word}"),
    ]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("updaet rolled back", "update"),
        ("stauts Fixing", "status"),
        ("seve S1", "severity"),
        ("Esclate dotcom IMOC", "escalate"),
        ("resovle it now", "resolve"),
    ],
)
def test_in_an_incidents_channel_a_mistyped_word_is_asked_about_whatever_follows(office, typed, meant):
    given_incident(office)

    person = types(office, typed, channel="CINC")

    first, _, rest = typed.partition(" ")
    assert f"There is no command `/inc {first}`. Did you mean `/inc {meant}`?" in person.answer
    assert person.views == []
    assert [value for _, value in buttons(person.answers[-1])] == [f":{meant} {rest}", f":declare {typed}"]
    assert buttons(person.answers[-1])[-1][0].startswith("Declare a new incident “")


@pytest.mark.parametrize(
    ("typed", "meant", "rest"),
    [
        ("tak INC-1", "take", ""),
        ("ak INC-1", "ack", ""),
        ("updte INC-1", "update", ""),
        ("updte INC-1 Back", "update", "Back"),
    ],
)
def test_a_mistyped_word_before_an_incidents_number_is_asked_about_anywhere(office, typed, meant, rest):
    given_incident(office)

    person = types(office, typed)

    assert f"Did you mean `/inc {meant}`?" in person.answer
    assert person.views == []
    assert [value for _, value in buttons(person.answers[-1])] == [
        f"1:{meant} {rest}".rstrip(),
        f":declare {typed}",
    ]


@pytest.mark.parametrize("typed", ["1 roles", "#1 roles", "1: roles"])
def test_a_bare_number_before_a_command_is_an_incidents(office, typed):
    given_incident(office)

    assert "INC-1 Disk full" in types(office, typed).answer


@pytest.mark.parametrize("typed", ["500 errors", "1 update of the disk fails"])
def test_a_bare_number_before_other_words_begins_a_name(office, typed):
    given_incident(office)

    person = types(office, typed)

    assert person.answers == []
    assert len(person.views) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("list INC-2", "No incident is open with “INC-2”"),
        ("test-page INC-1", "takes no words"),
        ("oncall INC-1", "no team `INC-1`"),
    ],
)
def test_a_number_after_a_command_of_no_incident_is_part_of_its_text(office, typed, said):
    given_incident(office)

    assert said in types(office, typed).answer


def test_what_does_not_fit_on_a_button_is_given_back_to_copy(office):
    given_incident(office)

    person = types(office, "updaet " + "Rolled back. " * 200, channel="CINC")

    assert buttons(person.answers[-1]) == []
    assert "to copy it:\n> /inc updaet Rolled back. Rolled back." in person.answer


@pytest.mark.parametrize(
    "typed", ["databsae", "up again", "the database is down as well", "500s on checkout"]
)
def test_in_an_incidents_channel_what_is_no_command_declares_nothing_unasked(office, typed):
    given_incident(office)

    person = types(office, typed, channel="CINC")

    assert f"`{typed}` is no command. What do you want to do with it?" in person.answer
    assert person.views == []
    note = [("Write it on the timeline", f":note {typed}")] if " " in typed else []
    name = typed if len(typed) < 19 else "the database is…"
    declares = (f"Declare a new incident “{name}”", f":declare {typed}")
    assert buttons(person.answers[-1]) == [*note, declares, ("All commands", ":help")]
    assert title(types(office, typed)) == "Declare an incident", "elsewhere it is a name"


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("fixed", "status Monitoring"),
        ("done it was the disk", "resolve it was the disk"),
        ("wait", "pause"),
        ("owner @ana", "lead @ana"),
        ("got it", "ack"),
        ("what is up", "recap"),
        ("What's going on?", "recap"),
        ("who leads", "roles"),
        ("all clear!", "resolve"),
        ("not an incident", "cancel"),
        ("we need help", "escalate"),
        ("fixed the disk", "status Monitoring"),
        ("fixing we roll back", "status Fixing we roll back"),
        ("cmoc chen", "role cmoc chen"),
        ("make it sev 1", "severity S1"),
        ("p1: all is down", "severity S1"),
        ("handover to ines", "lead ines"),
    ],
)
def test_another_word_for_a_command_is_understood(office, typed, run):
    given_incident(office)

    person = types(office, typed, channel="CINC")

    assert buttons(person.answers[-1])[0][1] == f":{run}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("help me", "/inc` declares an incident"),
        ("status: fixed", "INC-1 is now Monitoring"),
        ("status is fixing we roll back", "INC-1 is now Fixing"),
        ("rename to Disk 7", "INC-1 is now called: Disk 7"),
        ("lead!", "do you take it over"),
        ("who is on call?", "Engineer On Call"),
        ("ack it", "no page here waits for you"),
    ],
)
def test_small_words_and_signs_beside_a_command_do_not_matter(office, typed, said):
    given_incident(office)

    person = types(office, typed, user="UOTHER" if typed == "lead!" else "UREP", channel="CINC")

    assert said.lower() in person.answer.lower()


def test_a_role_may_stand_after_an_incidents_number(office):
    given_incident(office)

    assert "is IM of INC-1 now" in types(office, "INC-1 im me").answer
    assert "is IM of INC-1" in types(office, "im", channel="CINC").answer


def test_elsewhere_a_sign_after_a_word_makes_it_a_name(office):
    given_incident(office)

    assert title(types(office, "status: the page is blank")) == "Declare an incident"


def test_every_other_word_stands_for_a_command_and_is_none():
    assert {one.split()[0] for one in (*OTHERWISE.values(), *PHRASES.values())} <= set(inc.SUBCOMMANDS)
    assert not OTHERWISE.keys() & {*inc.SUBCOMMANDS}
    assert not OTHERWISE.keys() & {alias for one in inc.SUBCOMMANDS.values() for alias in one.aliases}


def test_elsewhere_several_words_name_a_new_incident(office):
    assert title(types(office, "updaet service is down")) == "Declare an incident"


def test_a_button_runs_the_command_that_was_meant_with_its_words(office):
    given_incident(office)
    person = types(office, "stauts Fixing", channel="CINC")

    person.presses(inc.LISTENERS, "inc_run_0", ":status Fixing", private=True)

    assert "INC-1 is now Fixing" in person.answer
    assert person.taken_away == 1


def test_the_other_button_declares_an_incident_with_what_was_typed(office):
    given_incident(office)
    person = types(office, "stauts page &amp; more fail", channel="CINC")

    person.presses(inc.LISTENERS, "inc_run_1", buttons(person.answers[-1])[1][1], private=True)

    name = next(one for one in person.form["blocks"] if one["type"] == "input")
    assert name["element"]["initial_value"] == "stauts page & more fail"


def test_a_command_typed_elsewhere_is_offered_for_the_incidents_one_is_in(office):
    given_incident(office, "S1", name="Not mine", channel="C10")
    given_incident(office, "S3", name="<Mine>", channel="C11")
    given_incident(office, "S2", name="Secret", private=True, channel="C12")
    office.perform(joined, "C11", "UVISITOR", at=NOON)

    person = types(office, "status Fixing", user="UVISITOR")
    person.presses(inc.LISTENERS, "inc_run_0", buttons(person.answers[-1])[0][1], private=True)

    asked = person.answers[0]
    assert "• INC-2 &lt;Mine&gt; (S3) · <#C11>\n• INC-1 Not mine (S1) · <#C10>" in asked["text"]
    assert "INC-3" not in asked["text"]
    assert buttons(asked) == [
        ("For INC-2", "2:status Fixing"),
        ("For INC-1", "1:status Fixing"),
        ("All open incidents", ":list"),
    ]
    assert "INC-2 is now Fixing" in person.answer


def test_a_button_for_a_private_incident_does_nothing_for_others(office):
    given_incident(office, private=True)
    person = Visitor(office, "UOUTSIDER", "CELSE")

    person.presses(inc.LISTENERS, "inc_run_0", "1:status Fixing", private=True)

    assert "I know no incident" in person.answer
    assert office.read(incidents.get, 1).status is Status.INVESTIGATING


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

    lines = answer.split("\n")

    assert all(f"\n`{word}` " in answer for word in inc.SUBCOMMANDS)
    assert len(lines) == 1 + len(Group) + len(inc.SUBCOMMANDS), "a line for each, and no more"
    assert max(len(line) for line in lines if line.startswith("`")) <= 36, "more than a phone's line"


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


def test_the_list_is_leafed_through(office):
    for number in range(1, 14):
        given_incident(office, "S4", name=f"Disk {number}!", channel=f"C{number}")
        office.clock.advance(minutes=1)

    first, second, beyond = (types(office, f"list disk{page}") for page in ("", " page 2", " page 9"))

    assert "*13 open incidents* with “disk”, worst first · page 1 of 2" in first.answer
    assert ("Disk 12!" in first.answer, "Disk 13!" in first.answer) == (True, False)
    assert ("Disk 12!" in second.answer, "Disk 13!" in second.answer) == (False, True)
    assert beyond.answer == second.answer
    offered = [dict(buttons(one.answers[-1])) for one in (first, second)]
    assert (offered[0]["Next"], offered[1]["Previous"]) == ("open disk page 2", "open disk")


def test_who_is_on_call_is_told(office):
    assert (
        "*Engineer On Call (dotcom EOC)*: <@UEOC>\n"
        "then after 15 min IM <@UIM>, after 30 min Infrastructure Leader <@ULEADER>\n"
        in types(office, "oncall").answer
    )


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

    person.presses(action.FEATURE.listeners, "panel_actions", 1)

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
        office.perform(change_status, 1, Status.CANCELLED, by="UREP", reason="A test")

    person = types(
        office, "update Checkout fails for 5 % &amp; more, says <@UEOC|ana>\nRolling back", channel=channel
    )

    assert person.answer.endswith(
        "to copy it:\n> /inc update Checkout fails for 5 % &amp; more, says @ana\n> Rolling back"
    )
    assert [block["type"] for block in person.answers[-1]["blocks"]][:2] == ["section", "section"]


def test_a_short_command_is_not_given_back(office):
    assert "to copy it" not in types(office, "update Rolling back").answer
    assert "to copy it" not in types(office, "severity").answer


def test_the_longest_command_is_given_back_within_slacks_limits(office):
    person = types(office, "update " + "<&> " * 2000)

    assert "to copy it" in person.answer


def test_nobody_reads_ids_where_slack_gave_no_names(office):
    given_incident(office)

    resolving = types(office, "resolve <@UEOC> fixed what <!subteam^S1|@sre> broke", channel="CINC").answer
    offered = types(office, f"cancel <@UEOC> &amp; {'x' * 2000}", user="UEOC", channel="CINC").answer

    assert "`/inc declare resolve @ueoc fixed what @sre broke`" in resolving
    assert "> /inc resolve @ueoc fixed what @sre broke" in resolving
    assert "> @ueoc &amp; xxx" in offered
