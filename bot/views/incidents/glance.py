"""What stands at a glance beside the state: for how long, what is due and missing, and who was reached."""

from collections.abc import Sequence

from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import FINISHED, Incident
from bot.domain.paging.notifications import NotificationState
from bot.domain.paging.pages import Page
from bot.views.mrkdwn import escape, lasting, period, when, while_ago
from bot.views.paging.page import waiting

_BECAME = {
    NotificationState.SENT: "sent",
    NotificationState.DEAD: "failed",
    NotificationState.DUE: "on its way",
}


def line(incident: Incident, glance: Glance) -> str:
    """Return all of it on one line, or nothing."""
    said = []
    if incident.status.open:
        said.append(f"Open since {when(incident.declared_at)} ({while_ago(incident.declared_at)})")
    elif incident.status in FINISHED and glance.impact:
        start, end = glance.impact
        said.append(f"Impact: {period(start, end)} ({lasting(end - start)})")
    elif incident.status in FINISHED and incident.resolved_at and not incident.retrospective:
        said.append(f"Was open for {lasting(incident.resolved_at - incident.declared_at)}")
    if incident.next_update_at:
        said.append(f"Next update due {when(incident.next_update_at)}")
    if glance.actions:
        said.append(f"Open actions: {glance.actions}")
    if glance.lacks:
        said.append(f"*Missing:* {', '.join(map(escape, glance.lacks))}")
    return " · ".join(said)


def called(page: Page, pending: Sequence[Page], glance: Glance) -> str:
    """Return who is called, until when, and how each was reached. `pending` are all pages that wait."""
    if not page.responder:
        return waiting(page, exact=True)
    mates = [one for one in pending if one.escalation.id == page.escalation.id] or [page]
    if not glance.now:
        return f"{waiting(page, exact=True)} · {_sent(mates, glance)}"
    left = f"{lasting(page.escalation.due_at - glance.now)} left"
    return " · ".join([waiting(page, exact=True), left, _reached(mates, glance)])


def _sent(mates: Sequence[Page], glance: Glance) -> str:
    """Say how the pages of one level were sent, as a card can: it is not drawn anew when one arrives."""
    took = dict.fromkeys(escape(one) for page in mates for one in glance.took.get(page.id, ()))
    refused = all(page.undelivered for page in mates)
    by = [*([] if refused else ["Slack"]), *took]
    return ", ".join([*(["Slack refused"] if refused else []), *([f"by {', '.join(by)}"] if by else [])])


def _reached(mates: Sequence[Page], glance: Glance) -> str:
    """Say what became of each notification by now."""
    became: dict[str, list[str]] = {}
    for page in mates:
        slack = "refused" if page.undelivered else "delivered" if page.shown else "not yet"
        became.setdefault("Slack", []).append(slack)
        for one in glance.methods.get(page.id, ()):
            if one.state in _BECAME:
                became.setdefault(escape(one.contact_method), []).append(_BECAME[one.state])
    return ", ".join(f"{method} {_counted(found, len(mates))}" for method, found in became.items())


def _counted(found: Sequence[str], of: int) -> str:
    each = {how: found.count(how) for how in found}
    return ", ".join(how if of == 1 else f"{how} {n} of {of}" for how, n in each.items())
