"""What stands at a glance beside the state: for how long, what is due and missing, and who was reached."""

from collections.abc import Sequence

from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import FINISHED, Incident
from bot.domain.paging.notifications import NotificationState
from bot.domain.paging.pagers import PagerAlert, PagerState
from bot.domain.paging.pages import Page
from bot.views.mrkdwn import escape, lasting, period, when, while_ago
from bot.views.paging.page import waiting

_BECAME = {
    NotificationState.SENT: "sent",
    NotificationState.DEAD: "failed",
    NotificationState.DUE: "on its way",
}

_IN_PAGER = {
    PagerState.RAISED: "raised",
    PagerState.ACKNOWLEDGED: "acknowledged",
    PagerState.RESOLVED: "resolved",
    PagerState.REFUSED: "refused",
    PagerState.CANCELLED: "not needed",
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
    raised = [glance.pagers[page.id] for page in mates if page.id in glance.pagers]
    by = [*([] if refused else ["Slack"]), *took, *(one.name for one in raised if one.there)]
    failed = [f"{one.name} failed" for one in raised if one.failed and not one.there]
    gone = ["Slack refused"] if refused else []
    return ", ".join([*gone, *([f"by {', '.join(by)}"] if by else []), *failed])


def _reached(mates: Sequence[Page], glance: Glance) -> str:
    """Say what became of each notification by now."""
    became: dict[str, list[str]] = {}
    for page in mates:
        slack = "refused" if page.undelivered else "delivered" if page.shown else "not yet"
        became.setdefault("Slack", []).append(slack)
        for one in glance.methods.get(page.id, ()):
            if one.state in _BECAME:
                became.setdefault(escape(one.contact_method), []).append(_BECAME[one.state])
    raised = [f"{found.name} {_there(found)}" for page in mates if (found := glance.pagers.get(page.id))]
    ours = (f"{method} {_counted(each, len(mates))}" for method, each in became.items())
    return ", ".join([*ours, *raised])


def _there(alert: PagerAlert) -> str:
    """Say how a team's own pager has its page: one for all whom the level calls."""
    if alert.state in _IN_PAGER:
        return _IN_PAGER[alert.state]
    return "failed" if alert.failed else "on its way"


def _counted(found: Sequence[str], of: int) -> str:
    each = {how: found.count(how) for how in found}
    return ", ".join(how if of == 1 else f"{how} {n} of {of}" for how, n in each.items())
