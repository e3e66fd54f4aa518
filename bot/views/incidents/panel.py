"""The panel: what bare `/inc` shows in an incident's channel, to one person."""

from collections.abc import Mapping, Sequence

from bot.domain.incidents.incident import FINISHED, REOPENABLE, Incident, Status, unverified
from bot.domain.paging.pages import Page
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.incidents import cancel, card, life, severity, verify, weekend
from bot.views.incidents.reopen import again
from bot.views.incidents.triage import decision_buttons
from bot.views.naming import standing, title_inside
from bot.views.paging import escalate
from bot.views.paging.page import answers, take, waiting
from bot.views.timeline import timeline
from bot.views.work import action, summary, update

DECLARE = "panel_declare"
ACTIONS = "panel_actions"


def panel(
    incident: Incident,
    roles: Mapping[str, str],
    engaged: Page | None,
    pending: Sequence[Page],
    viewer: str,
    *,
    can_wait: bool = False,
) -> Message:
    """Return the state of the incident and buttons for everything that can be done about it now.

    `can_wait` says that the viewer can let it wait for Monday.
    """
    heading = f"*{title_inside(incident)}*"
    return message(
        f"{heading}: {standing(incident)}",
        section(f"{heading}\n{card.state(incident, roles, engaged, ())}"),
        *(block for page in pending for block in _page(page, viewer)),
        *_rows(incident, viewer),
        *([actions(weekend.wait(incident))] if can_wait else []),
        context("Everything here is a command too: `/inc help`."),
    )


def _page(page: Page, viewer: str) -> list[Block]:
    buttons = answers(page) if page.responder == viewer else _of_another(page)
    return [section(waiting(page)), buttons]


def _of_another(page: Page) -> Block:
    mine, escalate_now = take(page.id, page.responder), answers(page)["elements"][1]
    return actions(mine, escalate_now)


def _rows(incident: Incident, viewer: str) -> list[Block]:
    """Return the rows of buttons that make sense in this status."""
    number = incident.id
    work = _work(incident)
    facts = [
        button("Summary", summary.OPEN, number),
        button("Add action", action.ADD, number),
        button("Actions", ACTIONS, number),
        button("Timeline", timeline.OPEN, number),
    ]
    people = [
        button("Hand over the lead", life.LEAD_OPEN, number)
        if viewer == incident.lead
        else card.take_lead(incident),
        button("Roles", life.ROLE_OPEN, number),
        button("Rename", life.RENAME_OPEN, number),
    ]
    if incident.status.active:
        people.append(button("Cancel the incident", cancel.OPEN, number))
    if incident.status.open:
        return [actions(*work), actions(*facts), actions(*people)]
    if incident.status in FINISHED:
        return [actions(*work), actions(*facts)]
    work = work if incident.status in REOPENABLE else []
    another = button("Declare another incident", DECLARE)
    return [actions(*work, button("Timeline", timeline.OPEN, number), another)]


def _work(incident: Incident) -> list[Element]:
    number = incident.id
    if incident.status is Status.TRIAGE:
        return [*decision_buttons(incident), button("Severity", severity.OPEN, number)]
    status = button("Status", life.STATUS_OPEN, number)
    if incident.status in REOPENABLE:
        return [status, again(incident)] if incident.status in FINISHED else [again(incident)]
    return [
        button("Update", update.OPEN, number, style="primary"),
        button("Escalate", escalate.OPEN, number),
        *life.resolve(incident),
        status,
        button("Severity", severity.OPEN, number),
        *([weekend.work(incident)] if incident.waits_until else []),
        *([button("Verify S1", verify.VERIFY, number)] if unverified(incident) else []),
        *([again(incident)] if incident.correcting else []),
    ]
