"""The question to whoever leads, once the source says that all alerts of their incident are over."""

from bot.domain.incidents.incident import Incident
from bot.views.blocks import Message, actions, button, message, section
from bot.views.drill import says_drill
from bot.views.naming import lead, title, way_in
from bot.views.steps import RUN
from bot.views.work import update


@says_drill
def asked(incident: Incident) -> Message:
    text = (
        f"*Is {title(incident)} over?* Its source says that none of its alerts fires any more, and a rule "
        f"leaves its end to you. If something is left to do, go on: {way_in(incident)}"
    )
    ways = [
        button("Resolve", RUN[0], f"{incident.id}:resolve", style="primary"),
        button("Post an update", update.OPEN, incident.id),
    ]
    return message(text, section(text), actions(*ways))


@says_drill
def over(incident: Incident, *, firing: int, led: bool) -> Message:
    """Return what is left of it: the incident is over, somebody else leads it, or something fires again."""
    about = f"I asked whether {title(incident)} is over, as none of its alerts fired."
    if not incident.status.active:
        return message(f"{about} It is {incident.status}.")
    if not led:
        return message(f"{about} You do not lead it any more. Lead: {lead(incident)}.")
    count = "One fires" if firing == 1 else f"{firing} fire"
    return message(f"{about} {count} again: {way_in(incident)}")
