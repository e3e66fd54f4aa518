"""The form that declares an incident."""

from typing import Any

from bot.domain.guide import SEVERITY_GUIDE
from bot.domain.incidents import Draft, Severity
from bot.domain.process import Process
from bot.views import guide
from bot.views.blocks import (
    INPUT,
    input_block,
    modal,
    option,
    radio,
    select,
    text_input,
)
from bot.views.mrkdwn import cut
from bot.views.state import State, chosen, typed, typed_line

FORM = "declare_form"
TYPE_CHOSEN = "declare_type"
ANYWHERE = "declare_anywhere"
FROM_MESSAGE = "declare_from_message"

NAME, TYPE, STATUS, SEVERITY, SUMMARY = "name", "type", "status", "severity", "summary"
VISIBILITY = "visibility"
VISIBILITY_OF_A_PRIVATE_TYPE = "visibility_private"
"""The same question under another id: Slack keeps an answer as long as the id stays."""

LONGEST_NAME = 300
ACTIVE, TRIAGE = "active", "triage"
EVERYONE, PRIVATE = "everyone", "private"


def form(
    process: Process,
    *,
    name: str = "",
    summary: str = "",
    kind: str = "",
    status: str = "",
    severity: str = "",
) -> dict[str, Any]:
    """Return the form with what is known already. A private type starts as private."""
    types = list(process.types)
    chosen_type = kind if kind in process.types else types[0]
    return modal(
        "Declare an incident",
        "Declare",
        FORM,
        [
            input_block(
                "Name",
                text_input(
                    NAME, initial=name, max_length=LONGEST_NAME, placeholder="What is wrong, in a few words"
                ),
                NAME,
                optional=True,
            ),
            _type(types, chosen_type),
            _status(status or ACTIVE),
            guide.ask(),
            _severity(severity),
            input_block(
                "Summary",
                text_input(
                    SUMMARY, initial=summary, multiline=True, placeholder="What do you see? Since when?"
                ),
                SUMMARY,
                optional=True,
            ),
            _visibility(private=process.types[chosen_type].private),
        ],
    )


def draft(state: State, process: Process) -> Draft | dict[str, str]:
    """Return what was entered, or what is wrong with it, by field."""
    severity, kind = chosen(state, SEVERITY), process.types.get(chosen(state, TYPE))
    errors: dict[str, str] = {}
    if severity not in set(Severity):
        errors[SEVERITY] = "Choose a severity. When in doubt, the higher one."
    if not kind:
        errors[TYPE] = f"Choose one of: {', '.join(process.types)}."
    if errors or not kind:
        return errors
    return Draft(
        name=typed_line(state, NAME),
        type=kind.name,
        severity=Severity(severity),
        triage=chosen(state, STATUS) == TRIAGE,
        summary=typed(state, SUMMARY),
        private=_is_private(state, private_type=kind.private),
    )


def after_type(state: State, process: Process) -> dict[str, Any] | None:
    """Return the form for the type that was just chosen, or None when it asks the same as before."""
    kind = process.types.get(chosen(state, TYPE))
    if not kind or kind.private is (VISIBILITY_OF_A_PRIVATE_TYPE in state):
        return None
    return form(
        process,
        name=typed_line(state, NAME),
        summary=typed(state, SUMMARY),
        kind=kind.name,
        status=chosen(state, STATUS),
        severity=chosen(state, SEVERITY),
    )


def quoted(author: str, text: str, address: str) -> str:
    """Return a message as the beginning of a summary; the link stays, however long the message is."""
    start, end = f"{author} wrote:\n", f"\n{address}"
    lines = "\n".join(f"> {line}" for line in (text or "(a message without text)").split("\n"))
    return start + cut(lines, INPUT - len(start) - len(end)) + end


def _type(types: list[str], initial: str) -> dict[str, Any]:
    choice = select(TYPE_CHOSEN, [option(name, name) for name in types], initial=initial)
    return input_block("Incident type", choice, TYPE) | {"dispatch_action": True}


def _status(initial: str) -> dict[str, Any]:
    options = [
        option("Active incident", ACTIVE, "The on-call people are paged at once"),
        option("Triage a problem", TRIAGE, "First somebody decides whether it is an incident"),
    ]
    return input_block("Initial status", radio(STATUS, options, initial=initial), STATUS)


def _severity(initial: str) -> dict[str, Any]:
    options = [option(f"{each}{_EXTREMES.get(each, '')}", each, SEVERITY_GUIDE[each]) for each in Severity]
    return input_block("Severity", radio(SEVERITY, options, initial=initial), SEVERITY)


def _visibility(*, private: bool) -> dict[str, Any]:
    block_id = VISIBILITY_OF_A_PRIVATE_TYPE if private else VISIBILITY
    options = [
        option("Everyone (public)", EVERYONE, "Announced; anybody may join the channel"),
        option("Private", PRIVATE, "Only people who are in its channel know of it"),
    ]
    choice = radio(VISIBILITY, options, initial=PRIVATE if private else EVERYONE)
    return input_block("Who should be able to see this incident?", choice, block_id)


def _is_private(state: State, *, private_type: bool) -> bool:
    """Say whether it is private. A private type stays so until the form has asked about it as such."""
    if private_type:
        return chosen(state, VISIBILITY_OF_A_PRIVATE_TYPE) != EVERYONE
    return PRIVATE in {chosen(state, VISIBILITY), chosen(state, VISIBILITY_OF_A_PRIVATE_TYPE)}


_EXTREMES = {Severity.S1: " (worst)", Severity.S4: " (least)"}
