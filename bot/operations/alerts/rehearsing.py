"""What would become of signals: the real rules, in a transaction that nobody else sees."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.alerts.alert import Alert
from bot.domain.alerts.signals import Signal
from bot.domain.incidents.incident import Status
from bot.domain.incidents.timers import TimerKind
from bot.domain.paging.pages import Page
from bot.operations.alerts.intake import take
from bot.operations.alerts.routing import decide
from bot.operations.paging.targets import callable_for
from storage import alert_pages, alert_sources, incidents, pages, people, timers
from storage.alerts import Taken
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Outcome:
    """An alert with what was made of it: who is called with why, and who is asked to decide."""

    alert: Alert
    called: Sequence[tuple[str, str]] = ()
    asked: Sequence[str] = ()


def rehearsed(tx: Tx, source: str, signals: Sequence[Signal]) -> list[Outcome]:
    """Take signals and decide about them. Nothing of it must be kept."""
    named = [one if one.key else replace(one, key=f"signal {number}") for number, one in enumerate(signals)]
    take(tx, [[Taken(source, one, "") for one in named]])
    number = alert_sources.ids(tx)[source]
    while timer := timers.of(tx, number, TimerKind.ALERTS):
        decide(tx, timer)
    return [_outcome(tx, one) for one in alert_pages.every(tx)]


def _outcome(tx: Tx, alert: Alert) -> Outcome:
    incident = incidents.get(tx, alert.incident) if alert.incident else None
    raised = pages.of_incident(tx, incident.id) if incident else []
    raised += [pages.get(tx, alert.page)] if alert.page else []
    asked: Sequence[str] = ()
    if incident and incident.status is Status.TRIAGE:
        own = tx.process.type_of(incident.type).pages
        asked = [_name(tx, one) for one in callable_for(tx, incident.id).get(own, ())]
    return Outcome(alert, [_called(tx, one) for one in raised], asked)


def _called(tx: Tx, page: Page) -> tuple[str, str]:
    who = _name(tx, page.responder) if page.responder else "nobody"
    return who, f"on call for {page.level_team}, which is paged ({page.escalation.reason})"


def _name(tx: Tx, person: str) -> str:
    known = people.get(tx, person)
    return known.name if known else person
