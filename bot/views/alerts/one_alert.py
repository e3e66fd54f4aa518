"""One alert with all that is known of it, what can be done with it, and what is answered to that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.domain.alerts.alert import Alert, Shelved
from bot.domain.incidents.incident import Incident
from bot.views.alerts.alert import line
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, option, select
from bot.views.mrkdwn import cut, escape, person, quote, when
from bot.views.naming import plain_title, title, way_in

SHOW, ATTACH, ATTACH_FORM = "alert_show", "alert_attach", "alert_attach_form"
DETACH, SHELVE, UNSHELVE = "alert_detach", "alert_shelve", "alert_unshelve"
BUTTONS = (SHOW, ATTACH, DETACH, SHELVE, UNSHELVE)
INCIDENT = "incident"
_MOST_LABELS, _LABEL = 40, 200


def opens(alert: Alert) -> Element:
    return button(f"A-{alert.id}", SHOW, alert.id)


def whole(alert: Alert, incident: Incident | None, aside: Shelved | None) -> Message:
    """Return an alert in full, with the ways on."""
    facts = [line(alert), f"First {when(alert.first_at)}, last {when(alert.last_at)}"]
    if incident:
        facts.append(f"Part of *{title(incident)}*, {incident.status}: {way_in(incident)}")
    elif alert.outcome:
        facts.append(escape(alert.outcome))
    if aside:
        facts.append(f"*Put aside until {when(aside.until_at)}* by {person(aside.shelved_by)}")
    graded = alert.severity or "information only"
    small = f"{graded} · rule: {escape(alert.rule) or 'none yet'} · group: {escape(cut(alert.group, 200))}"
    blocks: list[Block] = [section("\n".join(facts))]
    if alert.text:
        blocks.append(section(quote(alert.text, 1500)))
    if alert.labels:
        shown = list(alert.labels.items())[:_MOST_LABELS]
        told = (f"{escape(cut(name, _LABEL))}: {escape(cut(value, _LABEL))}" for name, value in shown)
        blocks.append(context("\n".join(told)))
    blocks.append(context(small, f"trace: {escape(alert.trace) or 'none'}"))
    if ways := _ways(alert, incident, aside):
        blocks.append(actions(*ways))
    return message("\n".join(facts), *blocks)


def _ways(alert: Alert, incident: Incident | None, aside: Shelved | None) -> list[Element]:
    ways = [button("Attach to …", ATTACH, alert.id)]
    if incident:
        ways.append(button(f"Detach from INC-{incident.id}", DETACH, alert.id))
    if aside:
        ways.append(button("Take back now", UNSHELVE, alert.id))
    elif alert.open and not (incident and incident.status.active):
        ways.append(button("Put aside for an hour", SHELVE, alert.id))
    return ways


def attach_form(alert: Alert, known: Sequence[Incident], into: Incident | None = None) -> dict[str, Any]:
    """Ask of which open incident an alert is a part."""
    options = [option(plain_title(one), one.id, f"{one.severity} {one.status}") for one in known]
    chosen = select(INCIDENT, options, initial=into.id if into else None, placeholder="Number or name")
    return modal(
        f"Attach A-{alert.id}",
        "Attach",
        ATTACH_FORM,
        [section(line(alert)), input_block("Of which incident is it a part?", chosen, INCIDENT)],
        str(alert.id),
    )


def attached(alert: Alert, incident: Incident) -> Message:
    return message(f"A-{alert.id} is part of {title(incident)} now: {way_in(incident)}")


def detached(alert: Alert) -> Message:
    more = " Nobody is called for it while it fires on." if alert.open else ""
    return message(f"A-{alert.id} is part of no incident now.{more}")


def shelved(alert: Alert, until: datetime) -> Message:
    text = f"A-{alert.id} is put aside until {when(until)}. If it fires on, it comes back then."
    return message(text, section(text), actions(button("Take back now", UNSHELVE, alert.id)))


def unshelved(alert: Alert) -> Message:
    more = " It fires still, and is decided about now." if alert.open else ""
    return message(f"A-{alert.id} is not put aside any more.{more}")
