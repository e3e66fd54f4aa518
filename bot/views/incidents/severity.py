"""Severity: the form that changes it, the question that lowering it asks, and what is answered."""

from collections.abc import Sequence
from typing import Any

from bot.domain.incidents.incident import Incident, Severity, Status, can_be_watched, graver
from bot.domain.incidents.publicity import BETTER, PublicStatus
from bot.domain.incidents.severity_guide import SEVERITY_GUIDE
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from bot.domain.process import Process
from bot.views.blocks import Block, Message, context, message
from bot.views.forms import checkboxes, input_block, modal, option, radio, select, text_input
from bot.views.incidents import guide
from bot.views.mrkdwn import escape, person
from bot.views.naming import title_inside as title

OPEN, FORM, LOWER_FORM = "severity_open", "severity_form", "severity_lower_form"
SEVERITY, WHICH, PUBLIC, REASON = "severity", "which", "public", "reason"
CALL_OFF, NEVER, YES = "call_off", "never", "yes"


def form(incident: Incident, process: Process) -> dict[str, Any]:
    others = [one for one in Severity if one is not incident.severity]
    options = [option(one, one, SEVERITY_GUIDE[one]) for one in others]
    blocks = [
        context(f"{title(incident)} · now {incident.severity}"),
        guide.ask(),
        input_block("New severity", radio(SEVERITY, options), SEVERITY),
    ]
    if incident.status.active and any(graver(incident, one) for one in others):
        roles = ", ".join(map(escape, process.roles_called(process.type_of(incident.type), high=True)))
        blocks.append(context(f"S1 and S2 page at once: {roles}."))
    return modal("Change the severity", "Save", FORM, blocks, str(incident.id))


def lower_form(
    incident: Incident, to: Severity, note: str = "", calling: Sequence[Page] = ()
) -> dict[str, Any]:
    """Ask whether it was never that bad, or is less bad now. Where nobody works on it, only the first is.

    `calling` are the unanswered pages that the lower severity would not have begun.
    """
    now, watch = incident.severity, can_be_watched(incident)
    blocks: list[Block] = [
        context(f"{note} {title(incident)} · now {now}. A severity says how bad it was at its worst.".strip())
    ]
    if watch:
        options = [
            option("It was never that bad", NEVER, f"A correction: it becomes {to}. Say why below."),
            option("It is less bad now", Status.MONITORING, f"It stays {now}, and becomes Monitoring."),
        ]
        blocks.append(input_block("Which is it?", radio(WHICH, options), WHICH))
        blocks += _less_bad(incident)
    if calling:
        blocks.append(_call_off(calling, to))
    label = "Reason" if watch else f"Why was it never {now}?"
    blocks.append(input_block(label, text_input(REASON, multiline=True), REASON, optional=watch))
    return modal(f"From {now} to {to}", "Save", LOWER_FORM, blocks, f"{incident.id}:{to}")


def _call_off(calling: Sequence[Page], to: Severity) -> Block:
    whom = ", ".join(dict.fromkeys(f"{one.role}" for one in calling))
    boxes = checkboxes(CALL_OFF, [option(f"Stop calling: {whom}"[:75], YES)], initial=[YES])
    hint = f"An {to} does not page them. Counts if it was never that bad; who has answered stays."
    return input_block("Nobody has answered yet", boxes, CALL_OFF, optional=True, hint=hint)


def _less_bad(incident: Incident) -> list[Block]:
    """Return the field that asks how it is for customers once it is less bad: a step down, at first."""
    now = incident.publicity.public_status
    if not incident.publicity.impaired:
        return []
    options = [option(one, one) for one in PublicStatus if one is not PublicStatus.SECURITY or one is now]
    chosen, hint = select(PUBLIC, options, initial=BETTER[now]), f"It is {now}. Counts if it is less bad now."
    return [input_block("Public status", chosen, PUBLIC, optional=True, hint=hint)]


def regraded(
    incident: Incident, before: Severity, pending: Sequence[Page] = (), engaged: Sequence[Holder] = ()
) -> Message:
    """Say how bad the incident is now; when it becomes grave, who is paged and who is told."""
    text = f"INC-{incident.id} is now {incident.severity}."
    if incident.status.active and incident.severity.high and not before.high:
        text += who_is_called(pending, engaged)
    return message(text)


def who_is_called(pending: Sequence[Page], engaged: Sequence[Holder]) -> str:
    each = (f"{person(page.responder)} ({escape(page.role)})" for page in pending if page.responder)
    paged = list(dict.fromkeys(each))  # several paths may call one person in one role
    called = {page.role for page in pending}
    told = [f"{person(one.person)} ({escape(one.role)})" for one in engaged if one.role not in called]
    text = f" Paged: {', '.join(paged)}." if paged else ""
    return text + (f" At work on it already, and told: {', '.join(told)}." if told else "")
