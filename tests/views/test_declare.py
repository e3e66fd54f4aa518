import asyncio
from typing import Any

import pytest

from bot.domain.errors import Malformed
from bot.domain.incidents.incident import Status
from bot.domain.incidents.severity_guide import SEVERITY_GUIDE
from bot.domain.text import UNTITLED
from bot.views.incidents import declare as view_of
from handlers.incidents import declare, triage
from sandbox.validation import view_problems
from storage import incidents
from tests.conftest import Office
from tests.fakes import NOON
from tests.operations.given import given_incident
from tests.views.visitor import LINKS, Visitor


def value(form: dict[str, Any], block_id: str) -> Any:
    element = next(block["element"] for block in form["blocks"] if block.get("block_id") == block_id)
    return element.get("initial_value") or (element.get("initial_option") or {}).get("value")


def labels(form: dict[str, Any]) -> list[str]:
    return [block["label"]["text"] for block in form["blocks"] if block["type"] == "input"]


def first(office: Office):
    return office.read(incidents.get, 1)


def test_the_form_has_its_six_fields_and_the_severity_guide(office):
    person = Visitor(office)

    person.types(declare.FEATURE.subcommands, "declare Checkout fails")

    assert labels(person.form) == [
        "Name",
        "Incident type",
        "Initial status",
        "Severity",
        "Summary",
        "Who should be able to see this incident?",
    ]
    assert all(line in str(person.form) for line in SEVERITY_GUIDE.values())
    assert value(person.form, "name") == "Checkout fails"
    assert value(person.form, "severity") is None


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("a &lt;!channel&gt; &amp; b", "a <!channel> & b"),
        ("ask <@U1|ana> in <#C1|ops>", "ask @ana in #ops"),
        ("ask <@UEOC>", "ask @ueoc"),
        ("ask <@U404>", "ask @somebody"),
        ("see <https://a.test/x>", "see https://a.test/x"),
        ("page <!subteam^S1|@sre> <!here>", "page @sre @here"),
        ("nul\x00 and\nline", "nul and line"),
        ("   ", None),
    ],
)
def test_a_typed_name_is_stored_as_people_read_it(office, typed, name):
    person = Visitor(office)

    person.types(declare.FEATURE.subcommands, f"declare {typed}")

    assert value(person.form, "name") == name


def test_a_name_that_is_far_too_long_is_cut_with_a_mark(office):
    person = Visitor(office)

    person.types(declare.FEATURE.subcommands, "declare " + "x" * 5000)

    assert len(value(person.form, "name")) == 300
    assert value(person.form, "name").endswith("… (cut)")


@pytest.mark.parametrize("name", ["", "   ", "\u202e \x00"])
def test_a_name_may_be_empty(office, name):
    person = Visitor(office)
    person.types(declare.FEATURE.subcommands, "declare")

    answer = person.sends(declare.FEATURE.listeners, name=name, severity="S1")

    assert answer == {}
    assert first(office).name == UNTITLED


def test_a_form_sent_twice_declares_once(office):
    person = Visitor(office)
    person.types(declare.FEATURE.subcommands, "declare Disk full")

    person.sends(declare.FEATURE.listeners, severity="S3")
    person.sends(declare.FEATURE.listeners, severity="S3")

    assert len(office.read(incidents.open_ones, "UREP")) == 1


def test_a_problem_can_be_triaged(office):
    person = Visitor(office)
    person.types(declare.FEATURE.subcommands, "declare Odd")

    person.sends(declare.FEATURE.listeners, severity="S4", status="triage")

    assert first(office).status is Status.TRIAGE


def test_a_private_type_is_private_even_before_the_form_has_asked(office):
    person = Visitor(office)
    person.types(declare.FEATURE.subcommands, "declare Leak")

    person.sends(declare.FEATURE.listeners, severity="S1", type="SIRT")

    assert first(office).private


def test_choosing_a_private_type_asks_again_and_keeps_what_was_entered(rules):
    option = {"selected_option": {"value": "SIRT"}}
    state: dict[str, Any] = {
        "name": {"name": {"value": "Leak"}},
        "type": {"declare_type": option},
        "status": {"status": {"selected_option": {"value": "triage"}}},
        "severity": {"severity": {"selected_option": {"value": "S1"}}},
        "summary": {"summary": {"value": "keys"}},
        "visibility": {"visibility": {"selected_option": {"value": "everyone"}}},
    }

    form = view_of.after_type(state, rules)

    assert form
    assert view_problems(form) == []
    assert [value(form, block) for block in ("name", "type", "status", "severity", "summary")] == [
        "Leak",
        "SIRT",
        "triage",
        "S1",
        "keys",
    ]
    assert value(form, "visibility_private") == "private"
    chosen = state | {"visibility_private": {"visibility": {"selected_option": {"value": "everyone"}}}}
    assert view_of.after_type(chosen, rules) is None
    draft = view_of.draft(chosen, rules, "", NOON)
    assert not isinstance(draft, dict)
    assert not draft.private


def test_a_missing_severity_is_asked_for(rules):
    errors = view_of.draft({"type": {"x": {"selected_option": {"value": "gone"}}}}, rules, "", NOON)

    assert isinstance(errors, dict)
    assert set(errors) == {"severity", "type"}


@pytest.mark.parametrize("text", ["It is &lt;down&gt;, <@UEOC>\n<!channel>", "x" * 20_000, ""])
def test_a_message_becomes_a_quotation_with_its_link(office, text):
    person = Visitor(office)
    body = {
        "user": {"id": "UREP"},
        "trigger_id": "trigger",
        "team": {"domain": "tanuki"},
        "channel": {"id": "C1"},
        "message_ts": "1700000000.000100",
        "message": {"user": "UIM", "text": text, "ts": "1700000000.000100"},
    }
    guarded: Any = declare.from_message

    asyncio.run(
        guarded(
            ack=person.ack,
            body=body,
            client=person,
            respond=person.respond,
            uow=office.uow,
            links=LINKS,
            rehearsals=person.rehearsals,
        )
    )

    summary = value(person.form, "summary")
    assert summary.startswith("uim wrote:\n> ")
    assert summary.endswith("\nhttps://tanuki.slack.com/archives/C1/p1700000000000100")
    assert len(summary) <= 3000
    if text.startswith("It"):
        assert "> It is <down>, @ueoc\n> @channel\n" in summary
    if len(text) > 3000:
        assert "… (cut)" in summary


def from_message(office: Office, text: str, channel: dict[str, str]) -> Visitor:
    person = Visitor(office)
    body = {
        "user": {"id": "UREP"},
        "trigger_id": "trigger",
        "team": {"domain": "tanuki"},
        "channel": channel,
        "message_ts": "1700000000.000100",
        "message": {"user": "UIM", "text": text, "ts": "1700000000.000100"},
    }
    guarded: Any = declare.from_message
    asyncio.run(
        guarded(
            ack=person.ack,
            body=body,
            client=person,
            respond=person.respond,
            uow=office.uow,
            links=LINKS,
            rehearsals=person.rehearsals,
        )
    )
    return person


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Checkout is *down*", "Checkout is down"),
        ("<@UEOC|ana> <!here> in <#C1|ops>: &lt;b&gt; fails\nsince noon", "in : <b> fails since noon"),
        ("payments_db_1 is > 90% in `code_x`", "payments_db_1 is > 90% in code_x"),
        ("word " * 40, "word " * 15 + "word…"),
        ("see <https://a.test/x|the dashboard> now", "see the dashboard now"),
        ("", None),
    ],
)
def test_a_messages_first_words_are_proposed_as_the_name(office, text, name):
    person = from_message(office, text, {"id": "C1", "name": "general"})

    assert value(person.form, "name") == name
    assert value(person.form, "visibility") == "everyone"
    assert "private conversation" not in str(person.form)


@pytest.mark.parametrize(
    "channel",
    [
        {"id": "C9", "name": "privategroup"},
        {"id": "G9", "name": "secrets"},
        {"id": "D9", "name": "directmessage"},
        {"id": "C8", "name": "mpdm-ana--ines-1"},
    ],
)
def test_what_was_said_in_private_warns_and_proposes_a_private_incident(office, channel):
    person = from_message(office, "The key leaked", channel)

    assert value(person.form, "visibility") == "private"
    assert "This message is from a private conversation" in str(person.form["blocks"][0])
    person.sends(declare.FEATURE.listeners, severity="S1")
    assert first(office).private


def test_another_type_keeps_what_was_said_in_private_private(office, rules):
    metadata = from_message(office, "The key leaked", {"id": "D9", "name": "x"}).form["private_metadata"]
    option = {"selected_option": {"value": "GitLab.com"}}
    state: Any = {"type": {"declare_type": option}, "visibility_private": {"visibility": {}}}

    form = view_of.after_type(state, rules, metadata)

    assert form
    assert value(form, "visibility") == "private"


def test_the_shortcut_opens_an_empty_form(office):
    person = Visitor(office)
    handler: Any = next(
        one.handler for one in declare.FEATURE.listeners if one.constraint == view_of.ANYWHERE
    )

    given = {"ack": person.ack, "client": person, "respond": None, "uow": office.uow, "links": LINKS}
    given["rehearsals"] = person.rehearsals
    asyncio.run(handler(body={"user": {"id": "UREP"}, "trigger_id": "trigger"}, **given))

    assert value(person.form, "name") is None


def test_accepting_and_declining_answer_in_private_and_refuse_the_second_time(office):
    given_incident(office, triage=True)
    person = Visitor(office, channel="CTRIAGE")

    person.presses(triage.FEATURE.listeners, "triage_accept", 1)
    person.presses(triage.FEATURE.listeners, "triage_decline", 1)

    assert "INC-1 is accepted" in person.answers[0]["text"]
    assert "only a triaged problem" in person.answer


@pytest.mark.parametrize("metadata", ["5", "[]", "{", '"x"', '{"no": 1}', '{"recent": 3}'])
def test_metadata_that_is_none_of_ours_is_malformed(metadata):
    with pytest.raises(Malformed):
        view_of.origin(metadata)
