"""The question whether an incident is over whose alerts are: to whom it goes, and as it is now."""

from bot.domain.facts import AlertsCounted, AlertsEnded, AlertsJoined, Fact
from bot.domain.incidents.incident import Incident
from bot.jobs import Subjects
from bot.views.alerts import over
from bot.views.blocks import Message
from storage import alerts, incidents, posts
from storage.transaction import Tx

OVER = "alerts_over"


def whom(tx: Tx, fact: AlertsEnded) -> Subjects:
    """Return whoever leads, where a rule asks. If nobody does, the channel is asked alone."""
    lead = incidents.get(tx, fact.incident).lead if fact.asks else ""
    return [{"incident": fact.incident, "person": lead}] if lead else ()


def question(tx: Tx, incident: Incident, person: str) -> tuple[Message, bool]:
    """Return what the question to a person says now, and whether it is answered by what happened since."""
    firing, led = alerts.count(tx, incident.id).open, incident.lead == person
    if incident.status.active and led and not firing:
        return over.asked(incident), False
    return over.over(incident, firing=firing, led=led), True


def unasked(tx: Tx, fact: Fact) -> bool:
    """Say whether a fact is of alerts, and no question stands that it could answer."""
    if not isinstance(fact, AlertsJoined | AlertsCounted | AlertsEnded):
        return False
    return all(one.kind != OVER for one in posts.of(tx, fact.incident))
