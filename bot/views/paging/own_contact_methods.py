"""A person's contact methods and notification rules: what their Home tab shows of them, and the forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.paging.contact_methods import CODE_HOLDS, AddressKind, OwnMethod, VerificationCode
from bot.domain.paging.notification_rules import Loudness
from bot.domain.process import Contact, Notice
from bot.views.blocks import Block, actions, button, confirm, context, header, section
from bot.views.forms import input_block, modal, option, select, text_input
from bot.views.incidents.state import State, chosen, number, typed_line
from bot.views.mrkdwn import escape, lasting, time_of_day, when

ADD, ENTER, AGAIN, REMOVE = "method_add", "method_enter", "method_again", "method_remove"
RULE, DEFAULT = "rule_open", "rule_default"
TEST = "home_test"
ADDRESS_FORM, CODE_FORM, RULE_FORM = "method_form", "method_code_form", "method_rule_form"
ADDRESS, CODE, FIRST = "address", "code", "rule_0"
"""Fields of the forms. Those of a rule are numbered, and say themselves which contact method they are."""
MINUTES = (0, 1, 2, 3, 5, 10, 15, 30)
NOT_BY_ITSELF = "never"
MEANT = {
    Loudness.LOUD: "Loud pages: S1 and S2, pages without an incident, and whatever nobody answered",
    Loudness.QUIET: "Quiet pages: S3 and S4",
}
HINTS = {
    AddressKind.NUMBER: "With its country code, such as +44 20 7946 0000.",
    AddressKind.MAIL: "Such as ana@example.com.",
    AddressKind.TOPIC: "Whoever knows it reads your pages and answers them: choose one that nobody guesses.",
    AddressKind.OTHER: "As its service wants it.",
}
ASKED_TO_REMOVE = "It is deleted. Pages no longer leave by it."


@dataclass(frozen=True, slots=True)
class Reach:
    """How a person is reached: `contact` is what counts, `own` what they added, each with its last code.

    `own_rules` says which of the rules are theirs. Without `kinds` there are no contact methods here.
    """

    kinds: Mapping[str, AddressKind] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    own: Sequence[tuple[OwnMethod, VerificationCode | None]] = ()
    own_rules: frozenset[Loudness] = frozenset()


def blocks(reach: Reach, now: datetime) -> list[Block]:
    """Return what the Home tab shows: each contact method with what can be done, then both rules."""
    found = [header("Your contact methods"), section("*Slack*: always, and at once.")]
    if not reach.kinds:
        none = "There are no others here: while Slack is away no page reaches you. Ask whoever runs Muster."
        return [*found, section(none)]
    for name, kind in reach.kinds.items():
        found += _method(name, kind, reach, now)
    if not reach.contact.addresses:
        found.append(section("*Only Slack reaches you.* While it is away no page does: add a phone above."))
    found.append(actions(button("Test how I am paged", TEST)))
    found += [
        header("When you are called, and how"),
        *(one for each in Loudness for one in _rule(each, reach)),
    ]
    return found


def _method(name: str, kind: AddressKind, reach: Reach, now: datetime) -> list[Block]:
    mine = [(method, code) for method, code in reach.own if method.name == name]
    verified = next((method for method, _ in mine if method.verified_at), None)
    waiting = next(((method, code) for method, code in mine if not method.verified_at), None)
    title, used = f"*{escape(name)}*", reach.contact.addresses.get(name)
    found: list[Block] = []
    if verified and verified.verified_at:
        line = f"{title}: {escape(verified.address)}\nVerified {when(verified.verified_at)}"
        found = [section(line), actions(button("Change", ADD, name), _remove(verified))]
    elif used:
        line = f"{title}: {escape(used)}\nFrom the configuration"
        found = [section(line, button("Use another", ADD, name))]
    elif not waiting:
        found = [section(f"{title}: no {kind} yet", button("Add", ADD, name))]
    return [*found, *(_waiting(title, *waiting, now) if waiting else ())]


def _waiting(title: str, method: OwnMethod, code: VerificationCode | None, now: datetime) -> list[Block]:
    again, enter = button("Send again", AGAIN, method.id), []
    if code and code.error:
        state = f"Not verified: the code could not be sent ({escape(code.error)})"
    elif code and code.holds(now):
        until = time_of_day(code.sent_at + CODE_HOLDS)
        state = f"Not verified: a code was sent, which holds until {until}"
        enter = [button("Enter the code", ENTER, method.id, style="primary")]
    else:
        state = "Not verified: the code that was sent holds no longer"
    return [section(f"{title}: {escape(method.address)}\n{state}"), actions(*enter, again, _remove(method))]


def _remove(method: OwnMethod) -> dict[str, Any]:
    sure = confirm(f"Remove {method.name}?", ASKED_TO_REMOVE, "Remove", style="danger")
    return button("Remove", REMOVE, method.id, confirm=sure)


def _rule(loudness: Loudness, reach: Reach) -> list[Block]:
    own = loudness in reach.own_rules
    whose = "Your own rule" if own else "The default"
    said = f"*{MEANT[loudness]}*\n{spoken(rule_of(loudness, reach), reach.contact)}\n{whose}"
    back = [actions(button("Use the default", DEFAULT, loudness))] if own else []
    return [section(said, button("Change", RULE, loudness)), *back]


def rule_of(loudness: Loudness, reach: Reach) -> tuple[Notice, ...]:
    return reach.contact.loud if loudness is Loudness.LOUD else reach.contact.quiet


def spoken(rule: Sequence[Notice], contact: Contact, *, plain: bool = False) -> str:
    """Return a rule as a person reads it: "Slack now, push after 1 min, sms after 3 min". Plain text is not
    escaped for Slack.
    """
    used = [one for one in sorted(rule, key=lambda one: one.after) if one.contact_method in contact.addresses]
    names = [one.contact_method if plain else escape(one.contact_method) for one in used]
    each = [f"{name} {_after(one.after)}" for name, one in zip(names, used, strict=True)]
    return ", ".join(["Slack now", *each])


def _after(wait: timedelta) -> str:
    return f"after {lasting(wait)}" if wait else "now"


def address_form(name: str, kind: AddressKind) -> dict[str, Any]:
    """Return the form that takes an address."""
    said = "A code is sent there, to see that it is yours. Until you type it, nothing changes."
    address = text_input(ADDRESS, max_length=200, focus=True)
    label = f"{kind[0].upper()}{kind[1:]} for {name}"
    asked = input_block(label, address, ADDRESS, hint=HINTS[kind])
    return modal("Contact method", "Send the code", ADDRESS_FORM, [asked, context(said)], metadata=name)


def entered_address(state: State) -> str:
    return typed_line(state, ADDRESS)


def code_form(method: OwnMethod) -> dict[str, Any]:
    """Return the form that takes the code which was sent."""
    minutes = lasting(CODE_HOLDS)
    said = f"A code of six digits is on its way to {escape(method.address)}. It holds for {minutes}."
    again = "Nothing came? Close this, and press *Send again* on my Home tab."
    code = input_block("Code", text_input(CODE, max_length=20, placeholder="123456", focus=True), CODE)
    blocks = [section(said), code, context(again)]
    return modal("Verify", "Verify", CODE_FORM, blocks, metadata=str(method.id))


def entered_code(state: State) -> str:
    return typed_line(state, CODE)


def rule_form(loudness: Loudness, reach: Reach) -> dict[str, Any]:
    """Return the form that says when a loud or a quiet page leaves by which contact method."""
    rule = {one.contact_method: int(one.after.total_seconds()) for one in rule_of(loudness, reach)}
    fields = [
        input_block(
            name if name in reach.contact.addresses else f"{name} (you have none yet)",
            select(name, _times(rule.get(name)), initial=rule.get(name, NOT_BY_ITSELF)),
            f"rule_{number}",
        )
        for number, name in enumerate(reach.kinds)
    ]
    said = (
        "Slack always calls you at once. When Slack takes no page for 60 seconds, and for reminders, all "
        "your contact methods are used, whatever is chosen here."
    )
    title = "Loud pages" if loudness is Loudness.LOUD else "Quiet pages"
    return modal(title, "Save", RULE_FORM, [section(MEANT[loudness]), *fields, context(said)], loudness)


def _times(present: int | None) -> list[dict[str, Any]]:
    seconds = sorted({*(60 * one for one in MINUTES), *([present] if present is not None else [])})
    each = [option(_after(timedelta(seconds=one)).capitalize(), one) for one in seconds]
    return [option("Only when Slack fails", NOT_BY_ITSELF), *each]


def entered_rule(state: State) -> list[Notice]:
    """Return the rule that was chosen."""
    found = [(name, chosen(state, block)) for block, fields in state.items() for name in fields]
    return [
        Notice(name, timedelta(seconds=number(wait)))
        for name, wait in found
        if wait and wait != NOT_BY_ITSELF
    ]
