"""Times of an incident: the form, and how they and their durations are shown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.errors import Step
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.times import Moment, Times, durations, watch_now
from bot.views.blocks import Message, context, message, section
from bot.views.forms import input_block, modal, moment_picker
from bot.views.incidents.state import State, chosen_moment
from bot.views.mrkdwn import lasting, when
from bot.views.naming import title_inside as title
from bot.views.steps import row

OPEN, FORM = "time_open", "time_form"


def form(incident: Incident, known: Times) -> dict[str, Any]:
    blocks = [context(f"{title(incident)} · What is empty is set by itself once it is known, or never.")]
    blocks += [
        input_block(name, moment_picker(name.name, initial=known[name]), name.name, optional=True)
        for name in Moment
    ]
    if took := _took(known):
        blocks.append(context(took))
    return modal(f"Times of INC-{incident.id}", "Save", FORM, blocks, str(incident.id))


def entered(state: State, known: Times) -> Mapping[Moment, datetime | None]:
    """Return the times that were changed. The form knows no part of a second: left alone, one stays."""
    found = ((name, chosen_moment(state, name.name), known[name]) for name in Moment)
    return {name: at for name, at, was in found if at and not (was and at == was.replace(microsecond=0))}


def changed(incident: Incident, changed: Times, known: Times) -> Message:
    """Answer whoever set a time, and offer Monitoring once the impact is over."""
    lines = [
        f"{name} of {title(incident)} is {when(at)}." if (at := known[name]) else f"{name} is not set."
        for name in changed
    ]
    lines += [took] if (took := _took(known)) else []
    steps = []
    if watch_now(incident, changed):
        lines.append(f"It is still {incident.status}. Is the impact over? Then it is Monitoring.")
        steps = [Step("Move to Monitoring", f"status {Status.MONITORING}", incident.id)]
    text = "\n".join(lines)
    return message(text, section(text), *row(steps))


def shown(known: Times) -> str:
    """Return the times that are known, and the durations, in two lines."""
    return "\n".join([" · ".join(f"{name} {when(at)}" for name, at in known.items() if at), _took(known)])


def _took(known: Times) -> str:
    return " · ".join(f"{name} {lasting(took)}" for name, took in durations(known))
