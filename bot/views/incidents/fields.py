"""Custom fields: the form, how a value is shown, and the question for those that are missing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from bot.domain.errors import Refused, Step
from bot.domain.incidents import fields
from bot.domain.incidents.fields import EMPTY, LONGEST_VALUE, NO, YES, FieldKind, FieldType
from bot.domain.incidents.incident import Incident
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import (
    date_picker,
    input_block,
    modal,
    multi_select,
    option,
    people_select,
    select,
    text_input,
)
from bot.views.incidents.state import (
    State,
    chosen,
    chosen_day,
    chosen_person,
    chosen_several,
    typed_line,
)
from bot.views.mrkdwn import escape, person
from bot.views.naming import title as title_outside
from bot.views.naming import title_inside as title
from bot.views.steps import row

OPEN, FORM, STOP = "field_open", "field_form", "field_stop"
BLOCK = "field:"
_TYPED = {FieldKind.NUMBER, FieldKind.LINK}
"""Kinds that are typed, and say what is expected."""


def form(incident: Incident, known: Sequence[tuple[FieldType, str]]) -> dict[str, Any]:
    """Return the form with the values that the fields have."""
    inputs = [given(field, value) for field, value in known]
    return modal(
        f"Fields of INC-{incident.id}", "Save", FORM, [context(title(incident)), *inputs], str(incident.id)
    )


def given(
    field: FieldType, value: str = "", *, before: str | None = None, optional: bool = True, hint: str = ""
) -> Block:
    """Return a field of a form with its value, which is no change if it is what it was `before`."""
    expected = f"It is {fields.expected(field)}." if field.kind in _TYPED else ""
    said = " ".join(filter(None, [hint, expected]))
    element = _element(field, value) | {"action_id": _mark(value if before is None else before)}
    return input_block(field.name, element, block_of(field), optional=optional, hint=said or None)


def block_of(field: FieldType) -> str:
    return f"{BLOCK}{field.name}"


def entered(state: State, known: Iterable[FieldType]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the values that somebody changed, by field, and what is wrong, by block.

    What another person set while the form was open stays: a field that was left alone is not in it.
    """
    found, wrong = {}, {}
    for field in known:
        block = block_of(field)
        value = value_in(state, field)
        if _mark(value) in state.get(block, (_mark(value),)):
            continue
        try:
            found[field.name] = fields.value(field, value)
        except Refused as refused:
            wrong[block] = str(refused)
    return found, wrong


def shown(kind: str, value: str) -> str:
    """Return a value, ready for mrkdwn."""
    return person(value) if kind == FieldKind.PERSON and value else escape(value)


def on_card(known: Iterable[tuple[FieldType, str]]) -> str:
    """Return the fields that have a value."""
    return " · ".join(f"{escape(field.name)}: {shown(field.kind, value)}" for field, value in known if value)


def all_now(
    incident: Incident,
    known: Sequence[FieldType],
    values: Mapping[str, str],
    *,
    viewer: str = "",
    would_lead: str = "",
) -> Message:
    """Say what the fields are that were set in the form."""
    set_to = [(one, values[one.name]) for one in known if one.name in values]
    if len(set_to) == 1:
        return now(incident, *set_to[0], viewer=viewer, would_lead=would_lead)
    said = [
        f"{escape(one.name)}: *{shown(one.kind, value) or escape(one.unset) or 'empty'}*"
        for one, value in set_to
    ]
    text = f"Fields of INC-{incident.id}: {' · '.join(said)}"
    return _led_by_hand(text, incident, viewer, would_lead) if would_lead else message(text)


def now(
    incident: Incident, field: FieldType, value: str, *, viewer: str = "", would_lead: str = ""
) -> Message:
    said = shown(field.kind, value) or escape(field.unset) or "empty"
    text = f"{escape(field.name)} of INC-{incident.id} is now: *{said}*"
    if would_lead:
        return _led_by_hand(text, incident, viewer, would_lead)
    if field.name != fields.DATA_CLASS or value not in fields.FOR_ITS_PEOPLE or incident.private:
        return message(text)
    text += ". Such data is for its own people alone, and everybody can read this incident."
    return message(text, section(text), *row((Step("Make it private", "private", incident.id),)))


def _led_by_hand(text: str, incident: Incident, viewer: str, would_lead: str) -> Message:
    """Say that a lead stays whom a person chose, and offer it to whom it would go by their role."""
    text += f". {person(incident.lead)} leads: a person chose so. By role it would be {person(would_lead)}."
    steps = {
        would_lead: Step("Take the lead", "lead me", incident.id),
        incident.lead: Step("Hand it over", f"lead <@{would_lead}>", incident.id),
    }
    return message(text, section(text), *row([steps[viewer]] if viewer in steps else []))


@says_drill
def wanted(incident: Incident, missing: Sequence[FieldType]) -> Message:
    names = ", ".join(escape(one.name) for one in missing)
    text = f"*You lead {title_outside(incident)}, which lacks: {names}.* You know it best now."
    fill = button("Set fields", OPEN, incident.id, style="primary")
    return message(text, section(text), actions(fill, button("Stop asking", STOP, incident.id)))


@says_drill
def over(incident: Incident, missing: Sequence[FieldType]) -> Message:
    """Return what is left of the question for required fields."""
    if not missing:
        return message(f"Every required field of {title_outside(incident)} is set.")
    names = ", ".join(escape(one.name) for one in missing)
    return message(f"You are not asked for fields of {title_outside(incident)} any more. It lacks: {names}.")


def stopped(incident: Incident) -> Message:
    said = f"All right: nobody is asked for fields of INC-{incident.id} any more."
    return message(f"{said} `/inc field` sets them.")


def _element(field: FieldType, value: str) -> Element:
    mark, empty = "", option(field.unset or "Not set", EMPTY)
    match field.kind:
        case FieldKind.CHOICE:
            return select(mark, [empty, *(option(one, one) for one in field.choices)], initial=value or None)
        case FieldKind.YES_NO:
            return select(mark, [empty, option("Yes", YES), option("No", NO)], initial=value or None)
        case FieldKind.CHOICES:
            return multi_select(mark, [option(one, one) for one in field.choices], initial=value.split(", "))
        case FieldKind.PERSON:
            return people_select(mark, initial=value or None)
        case FieldKind.DATE:
            return date_picker(mark, initial=date.fromisoformat(value) if value else None)
        case _:
            return text_input(mark, initial=value, max_length=LONGEST_VALUE)


def value_in(state: State, field: FieldType) -> str:
    """Return what a field of a form holds, as it was typed or chosen."""
    block = block_of(field)
    match field.kind:
        case FieldKind.CHOICE | FieldKind.YES_NO:
            return chosen(state, block)
        case FieldKind.CHOICES:
            return ", ".join(chosen_several(state, block))
        case FieldKind.PERSON:
            return chosen_person(state, block) or ""
        case FieldKind.DATE:
            return str(chosen_day(state, block) or "")
        case _:
            return typed_line(state, block)


def _mark(value: str) -> str:
    """Return a short mark by which a value that nobody touched in the form is known again."""
    return sha256(value.encode()).hexdigest()[:12]
