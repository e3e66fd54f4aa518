"""The public status: the form that changes it, with the handbook's definitions, and how it is shown."""

from collections.abc import Sequence
from typing import Any

from bot.domain.errors import Step
from bot.domain.incidents.communication import Told
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.publicity import DEFINITIONS, PublicStatus
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Message, context, message, section
from bot.views.forms import input_block, modal, option, radio
from bot.views.incidents.severity import who_is_called
from bot.views.mrkdwn import cut, when
from bot.views.naming import title_inside as title
from bot.views.steps import row

OPEN, FORM = "public_open", "public_form"
STATUS = "public_status"
_MEANING = {
    PublicStatus.OPERATIONAL: "All systems are operating normally",
    PublicStatus.DEGRADED: "Intermittent impact, not widespread or systemic",
    PublicStatus.PARTIAL: "Violates our SLO: the IM must be engaged, monitor over 30 minutes",
    PublicStatus.DISRUPTION: "This is an outage: the IM must be engaged",
    PublicStatus.SECURITY: "A public vulnerability, as the security team requested",
}


def form(incident: Incident) -> dict[str, Any]:
    now = incident.publicity.public_status
    options = [option(one, one, _MEANING[one]) for one in PublicStatus]
    whole = "\n".join(f"*{one}*: {DEFINITIONS[one]}" for one in PublicStatus)
    blocks: list[Block] = [
        context(f"{title(incident)} · now {now} · It goes its own way, apart from the status."),
        input_block("How is it for customers?", radio(STATUS, options, initial=now), STATUS),
        context(whole),
    ]
    return modal("Public status", "Save", FORM, blocks, str(incident.id))


def on_card(incident: Incident) -> str:
    """Return how it is for customers, where they notice or noticed it."""
    publicity = incident.publicity
    if publicity.noticed_at:
        heard = f" · status page written {when(publicity.noticed_at)}"
    else:
        heard = " · not published" if publicity.unpublished else ""
    shown = publicity.impaired or publicity.impaired_at or heard
    return f"Public status: *{publicity.public_status}*{heard}" if shown else ""


def changed(incident: Incident, pending: Sequence[Page], told: Told) -> Message:
    """Say how it is for customers now, who is paged for that, and what comes next."""
    publicity = incident.publicity
    text = f"The public status of INC-{incident.id} is now *{publicity.public_status}*."
    if publicity.impaired and incident.status is Status.TRIAGE:
        text += " Nobody is paged for that before somebody accepts it."
        return message(text, section(text), *row([Step("Accept", f"accept {incident.id}", incident.id)]))
    if publicity.public_status.needs_im:
        text += who_is_called(pending, ())
    steps = []
    if publicity.impaired and not publicity.noticed_at:
        if told.by:
            text += f" Customers should hear of it by {when(told.by)}."
        steps = [Step("Draft the notice", "public draft", incident.id)]
    steps += [Step("What customers know", "public notice", incident.id)]
    return message(text, section(text), *row(steps))


def choices() -> str:
    return ", ".join(PublicStatus)


def short(text: str) -> str:
    """Return what somebody typed, for a refusal."""
    return cut(text.replace("`", "'"), 60)
