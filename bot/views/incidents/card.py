"""The card: posted and pinned in the incident's channel, then edited in place."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.incidents.fields import FieldType, Link
from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import FINISHED, REOPENABLE, Incident, Status
from bot.domain.incidents.labels import labels
from bot.domain.maintenance.services import NO_CONNECTION, Connection
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Element, Message, actions, button, context, header, message, section
from bot.views.drill import says_drill
from bot.views.incidents import life, links, public_status, streams, verify, weekend
from bot.views.incidents.fields import on_card
from bot.views.incidents.glance import called, line
from bot.views.incidents.near_miss import turn_real
from bot.views.incidents.reopen import again
from bot.views.incidents.triage import decision_buttons
from bot.views.maintenance import related
from bot.views.mrkdwn import actor, escape, lasting, link, person, quote, when
from bot.views.naming import led_by, own_name, standing, title_inside
from bot.views.paging import escalate
from bot.views.paging.page import after, calls, waiting
from bot.views.paging.vacancy import PAGE_TEAM
from bot.views.work import update

ACKNOWLEDGE = "card_acknowledge"
MORE = "card_more"
PAGE = "Open in the browser"
NOTHING = Glance()


@says_drill
def card(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    *,
    missing: Sequence[tuple[str, str]] = (),
    vacant: Sequence[str] = (),
    verifiable: bool = False,
    fields: Sequence[tuple[FieldType, str]] = (),
    known: Sequence[Link] = (),
    alerts: Sequence[Block] = (),
    maintenance: Connection = NO_CONNECTION,
    glance: Glance = NOTHING,
    page: str = "",
) -> Message:
    """Return the card. `engaged` is the first page that was acknowledged, `vacant` the roles that nobody has,
    `missing` those of them, with their teams, whose page somebody else answered; `fields` have their values,
    `known` are the links, `alerts` what is said of its alerts, `page` where it is read in a browser.
    """
    shown = state(incident, roles, engaged, pending, vacant, glance=glance)
    blocks = [header(f"INC-{incident.id} {own_name(incident)}"), section(shown)]
    if incident.summary.summary:
        blocks.append(section(f"*Summary*\n{quote(incident.summary.summary, 2500)}"))
    blocks += [section(said) for said in (on_card(fields), links.on_card(known)) if said]
    blocks += alerts
    blocks += [actions(page_again(incident, role, team)) for role, team in missing]  # ids differ in a block
    blocks += related.question(incident, maintenance)
    if incident.waits_until:
        blocks.append(actions(weekend.work(incident)))
    if verifiable:
        blocks += verify.on_card(incident)
    blocks += [controls(incident, pending, engaged), _facts(incident, page)]
    return message(f"{title_inside(incident)}: {standing(incident)}. Lead: {led_by(incident)}", *blocks)


def state(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    vacant: Sequence[str] = (),
    *,
    glance: Glance = NOTHING,
) -> str:
    """Return how it stands: severity, status, who leads, who answered, who is being paged, what is due."""
    lines = [f"*{standing(incident)}*", f"Lead: {led_by(incident)}"]
    held = [f"{escape(role)}: {person(who)}" for role, who in roles.items()]
    held += [f"{escape(role)}: nobody" for role in vacant]
    if held:
        lines.append(" · ".join(held))
    if public := public_status.on_card(incident):
        lines.append(public)
    if engaged and engaged.answered_by:
        lines.append(f"{person(engaged.answered_by)} acknowledged after {lasting(after(engaged))}")
    paged = sorted(calls(pending), key=lambda one: one.round)  # several for one person are one line
    lines += {waiting(replace(one, round=1)): called(one, pending, glance) for one in paged}.values()
    if incident.channel_deleted:
        lines.append("Its channel was deleted")
    if incident.waits_until:
        does, why = ("Paused", escape(incident.paused_for or "")) if incident.paused else ("Waits", "")
        lines.append(f"*{does} until {when(incident.waits_until)}*{f': {why}' if why else ''}")
    if due := line(incident, glance):
        lines.append(due)
    if glance.streams:
        lines.append(streams.on_card(glance.streams))
    return "\n".join(lines)


def controls(incident: Incident, pending: Sequence[Page], engaged: Page | None = None) -> Block:
    """Return the buttons that make sense now; the rest is in the panel, behind *More*.

    One card is for all: once somebody has acknowledged, *Acknowledge* says for whom it still is.
    """
    more = button("More", MORE, incident.id)
    if incident.status is Status.TRIAGE:
        return actions(*decision_buttons(incident), more)
    status = button("Status", life.STATUS_OPEN, incident.id)
    real = [turn_real(incident)] if incident.near_miss else []
    if incident.status.active:
        first = pending and not engaged
        roles = dict.fromkeys(page.role for page in pending)
        label = f"Acknowledge as {', '.join(roles)}" if engaged else "Acknowledge"
        urgent = button(label, ACKNOWLEDGE, incident.id, style="primary" if first else None)
        say = button("Update", update.OPEN, incident.id, style=None if first else "primary")
        call = button("Escalate", escalate.OPEN, incident.id)
        shown = [urgent, say] if first else [say, *([urgent] if pending else [])]
        return actions(*shown, *life.next_step(incident), status, call, *real, more)
    if incident.status in REOPENABLE:
        finished = [*life.next_step(incident), status] if incident.status in FINISHED else []
        return actions(*finished, again(incident), more)
    return actions(more)


def page_again(incident: Incident, role: str, team: str) -> Element:
    """Return the button that pages a team whose page somebody else answered."""
    return button(f"Page {role} again", PAGE_TEAM, f"{incident.id}:{team}")


def _facts(incident: Incident, page: str) -> Block:
    facts = [escape(incident.type), f"declared by {actor(incident.reporter)} {when(incident.declared_at)}"]
    if incident.retrospective:
        facts.insert(1, f"happened {when(incident.happened_at)}")
    if incident.highest is not incident.severity:
        facts.append(f"highest severity {incident.highest}")
    shown = [*facts, *(f"`{label}`" for label in labels(incident)), *([link(page, PAGE)] if page else [])]
    return context(" · ".join(shown))
