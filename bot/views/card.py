"""The card: posted and pinned in the incident's channel, then edited in place."""

from collections.abc import Mapping, Sequence

from bot.domain.incidents import FINISHED, Incident, Status
from bot.domain.labels import labels
from bot.domain.pages import Page
from bot.views import action, escalate, life, timeline, update
from bot.views.announcement import decision_buttons
from bot.views.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    confirm,
    context,
    header,
    message,
    section,
)
from bot.views.mrkdwn import escape, lasting, person, quote, when
from bot.views.naming import standing, title_inside
from bot.views.page import PAGE_TEAM, after, waiting


def card(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    missing: Sequence[tuple[str, str]] = (),
) -> Message:
    """Return the card. `engaged` is the first page that was acknowledged, `missing` what nobody is."""
    shown = state(incident, roles, engaged, pending, missing)
    blocks = [header(f"INC-{incident.id} {incident.name}"), section(shown)]
    if incident.summary.summary:
        blocks.append(section(f"*Summary*\n{quote(incident.summary.summary, 2500)}"))
    blocks += [actions(page_again(incident, role, team)) for role, team in missing]
    blocks += [controls(incident), _facts(incident)]
    return message(f"{title_inside(incident)}: {standing(incident)}. Lead: {person(incident.lead)}", *blocks)


def state(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    missing: Sequence[tuple[str, str]] = (),
) -> str:
    """Return how it stands: severity, status, who leads, who answered and who is being paged."""
    lines = [f"*{standing(incident)}*", f"Lead: {person(incident.lead)}"]
    held = [f"{escape(role)}: {person(who)}" for role, who in roles.items()]
    held += [f"{escape(role)}: nobody" for role, _ in missing]
    if held:
        lines.append(" · ".join(held))
    if engaged and engaged.answered_by:
        lines.append(f"{person(engaged.answered_by)} acknowledged after {lasting(after(engaged))}")
    lines += [waiting(page) for page in pending]
    if incident.next_update_at:
        lines.append(f"Next update due {when(incident.next_update_at)}")
    return "\n".join(lines)


def controls(incident: Incident) -> Block:
    """Return the buttons that make sense in this status."""
    see = button("Timeline", timeline.OPEN, incident.id)
    if incident.status is Status.TRIAGE:
        return actions(*decision_buttons(incident), button("Severity", life.SEVERITY_OPEN, incident.id), see)
    if incident.status.active:
        return actions(
            button("Update", update.OPEN, incident.id, style="primary"),
            button("Escalate", escalate.OPEN, incident.id),
            button("Status", life.STATUS_OPEN, incident.id),
            button("Severity", life.SEVERITY_OPEN, incident.id),
            take_lead(incident),
            button("Add action", action.ADD, incident.id),
            see,
        )
    if incident.status in FINISHED:
        return actions(
            button("Status", life.STATUS_OPEN, incident.id),
            button("Reopen", life.REOPEN_OPEN, incident.id),
            button("Add action", action.ADD, incident.id),
            see,
        )
    return actions(see)


def page_again(incident: Incident, role: str, team: str) -> Element:
    """Return the button that pages a team whose page somebody else answered."""
    return button(f"Page the {role} again", PAGE_TEAM, f"{incident.id}:{team}")


def take_lead(incident: Incident) -> Element:
    sure = confirm(
        "Take the lead?", f"{person(incident.lead)} leads now. The channel sees the change.", "Take it"
    )
    return button("Take the lead", life.TAKE_LEAD, incident.id, confirm=sure)


def _facts(incident: Incident) -> Block:
    facts = [escape(incident.type), f"declared by {person(incident.reporter)} {when(incident.declared_at)}"]
    if incident.highest is not incident.severity:
        facts.append(f"highest severity {incident.highest}")
    return context(" · ".join([*facts, *(f"`{label}`" for label in labels(incident))]))
