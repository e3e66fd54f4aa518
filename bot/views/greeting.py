"""The direct message to whoever declared: what happens now, and what is expected of them."""

from bot.domain.incidents import Incident, Status
from bot.domain.pages import Page
from bot.domain.timers import triage_limit
from bot.views.blocks import Message, context, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import escape, lasting, person
from bot.views.naming import led_by, standing, title, way_in
from bot.views.page import waiting


@says_drill
def greeting(incident: Incident, page: Page | None) -> Message:
    """Return the message, drawn from what the incident and its page are now."""
    declared = "reported for triage" if incident.status in {Status.TRIAGE, Status.DECLINED} else "declared"
    heading = f"*You {declared} {title(incident)}* ({standing(incident)})"
    now = _now(incident, page)
    return message(f"{heading}. {now}", section(f"{heading}\n{now}"), context(f"Channel: {way_in(incident)}"))


def _now(incident: Incident, page: Page | None) -> str:
    if incident.status is Status.TRIAGE:
        return (
            "Who is on call decides whether it is an incident; without a decision they are paged in "
            f"{lasting(triage_limit(incident.severity))}. Please stay reachable until then."
        )
    if incident.status is Status.DECLINED:
        return "It was declined: it is no incident. If it gets worse, declare it again with `/inc`."
    if not incident.status.open:
        return f"It is {incident.status} now. Thank you for reporting it."
    if page and page.pending:
        return (
            f"{waiting(page)}.\n"
            "Until they acknowledge, you lead: stay reachable, and write what you know into the channel."
        )
    if page and page.answered_by:
        who = f"{person(page.answered_by)} ({escape(page.role)})"
        return f"{who} acknowledged and is at work on it. Lead: {led_by(incident)}."
    return f"Lead: {led_by(incident)}. Please stay reachable."
