"""The direct message to whoever declared: what happens now, and what is expected of them."""

from collections.abc import Mapping

from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.timers import triage_limit
from bot.domain.paging.pages import Page
from bot.views.blocks import Message, context, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import escape, lasting, person, when
from bot.views.naming import led_by, standing, title, way_in
from bot.views.paging.page import waiting


@says_drill
def greeting(incident: Incident, page: Page | None, roles: Mapping[str, str]) -> Message:
    """Return the message, drawn from what the incident, its page and its roles are now."""
    declared = "reported for triage" if incident.status in {Status.TRIAGE, Status.DECLINED} else "declared"
    heading = f"*You {declared} {title(incident)}* ({standing(incident)})"
    now = _now(incident, page, roles)
    return message(f"{heading}. {now}", section(f"{heading}\n{now}"), context(f"Channel: {way_in(incident)}"))


def _now(incident: Incident, page: Page | None, roles: Mapping[str, str]) -> str:
    if incident.status is Status.TRIAGE:
        return _undecided(incident, page)
    if incident.status is Status.DECLINED:
        return "It was declined: it is no incident. If it gets worse, declare it again with `/inc`."
    if incident.retrospective and not incident.status.open:
        return (
            f"It was over already, so nobody is paged. It is {incident.status}: write down what happened, "
            "`/inc summary` in its channel."
        )
    if not incident.status.open:
        return f"It is {incident.status} now. Thank you for reporting it."
    if incident.waits_until:
        return f"Work on it waits until {when(incident.waits_until)}. Lead: {led_by(incident)}."
    return _who_works(incident, page, roles)


def _undecided(incident: Incident, page: Page | None) -> str:
    if page:
        decides = waiting(page) if page.pending else f"{person(page.answered_by or '')} acknowledged"
        return f"{decides}. They decide whether it is an incident: please stay reachable until then."
    return (
        "Who is on call decides whether it is an incident; without a decision they are paged in "
        f"{lasting(triage_limit(incident.severity))}. Please stay reachable until then."
    )


def _who_works(incident: Incident, page: Page | None, roles: Mapping[str, str]) -> str:
    if page and page.pending:
        leads = "you lead" if incident.lead == incident.reporter else f"{led_by(incident)} leads"
        answer = "they acknowledge" if page.responder else "somebody acknowledges"
        return (
            f"{waiting(page)}.\n"
            f"Until {answer}, {leads}: stay reachable, and write what you know into the channel."
        )
    if page and page.answered_by:
        held = [role for role, holder in roles.items() if holder == page.answered_by]
        role = page.role if page.role in held or not held else held[0]
        who = f"{person(page.answered_by)} ({escape(role)})"
        acknowledged = "" if page.rested else "acknowledged and "
        return f"{who} {acknowledged}is at work on it. Lead: {led_by(incident)}."
    if incident.near_miss:
        return f"Nobody is paged for a near miss. {led_by(incident)} owns it and its review."
    return f"Lead: {led_by(incident)}. Please stay reachable."
