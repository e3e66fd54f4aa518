"""What a webhook tells of a fact: values of ours under lasting names, as the API has them.

What people wrote is told whole, as they wrote it: it is data, for whoever shows it to escape.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.facts import Fact, OfIncident
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.labels import labels
from bot.domain.webhook_events import TEST, VERSION, Event, event_of
from bot.domain.work.work import ActionKind
from storage import actions, duties, incidents, maintenances, overrides, people, updates
from storage.transaction import Tx


def payload(tx: Tx, fact: Fact, *, private: bool) -> dict[str, Any]:
    """Return what is told of a fact as it has just happened; of a private incident its number alone, unless
    the webhook is fit for more.
    """
    event = event_of(fact)
    incident = incidents.get(tx, fact.incident) if isinstance(fact, OfIncident) else None
    told = {"type": event.type, "timestamp": tx.now.isoformat(), "version": VERSION}
    if incident and incident.private and not private:
        return {**told, "data": hidden(incident.id)}
    return {**told, "data": _Telling(tx).data(fact, event, incident)}


def hidden(incident_id: int) -> dict[str, Any]:
    """Return all that is told of a private incident."""
    return {"incident": {"id": f"INC-{incident_id}", "visibility": "private"}}


def trial(now: datetime) -> dict[str, Any]:
    """Return the event that tries a webhook out."""
    said = {"message": "Muster tries this webhook out. Nothing has happened."}
    return {"type": TEST, "timestamp": now.isoformat(), "version": VERSION, "data": said}


class _Telling:
    """Looks up, in one transaction, whatever else is told."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def data(self, fact: Fact, event: Event, incident: Incident | None) -> dict[str, Any]:
        by = getattr(fact, "by", None)
        told: dict[str, Any] = _plain(
            {
                **({"incident": self._incident(incident)} if incident else {}),
                **({"by": self._actor(by)} if by is not None else {}),
                **{name: getattr(fact, name) for name in event.fields},
                **{name: self._persons(getattr(fact, name)) for name in event.people},
                **{name: _numbered(getattr(fact, name)) for name in event.incidents},
                **({"text": getattr(fact, "text", "")} if event.text else {}),
                **({event.tells: _LOOKED_UP[event.tells](self, fact)} if event.tells else {}),
            }
        )
        return told

    def _person(self, who: str | None) -> dict[str, Any] | None:
        return {"id": who, "name": people.names(self._tx, [who]).get(who, "")} if who else None

    def _persons(self, found: Any) -> Any:
        """Return a person, or several, of a field that holds their Slack user ids."""
        if isinstance(found, str) or found is None:
            return self._person(found)
        return [self._person(one) for one in found]

    def _actor(self, who: Actor) -> dict[str, Any]:
        found = parsed(who) if isinstance(who, str) else who
        if isinstance(found, Machine):
            return {"kind": found.kind.value, "id": found.name, "name": found.spoken}
        return {"kind": "person", **(self._person(found) or {})}

    def _incident(self, one: Incident) -> dict[str, Any]:
        return {
            "id": f"INC-{one.id}",
            "number": one.id,
            "visibility": "private" if one.private else "public",
            "name": one.name,
            "type": one.type,
            "severity": one.severity,
            "highest_severity": one.highest,
            "status": one.status,
            "drill": one.drill,
            "near_miss": one.near_miss,
            "reporter": self._actor(one.reporter),
            "lead": self._person(one.lead),
            "summary": one.summary.summary,
            "labels": list(labels(one)),
            "public_status": one.publicity.public_status,
            "declared_at": one.declared_at,
            "resolved_at": one.resolved_at,
            "merged_into": _numbered(one.merged_into),
            "channel": one.channel,
            "channel_name": one.channel_name,
        }

    def update(self, fact: Any) -> dict[str, Any]:
        one = updates.get(self._tx, fact.update)
        told = {"id": one.id, "text": one.text, "status": one.status, "severity": one.severity}
        return {**told, "at": one.at, "next_update_at": one.next_at}

    def action(self, fact: Any) -> dict[str, Any]:
        one = actions.get(self._tx, fact.action)
        return {
            "id": one.id,
            "title": one.said,
            "details": "" if one.private else one.details,
            "follow_up": one.kind is not ActionKind.ACTION,
            "assignee": self._person(one.assignee),
            "due": one.due,
            "done_at": one.done_at,
            "cancelled": one.cancelled,
        }

    def maintenance(self, fact: Any) -> dict[str, Any]:
        one = maintenances.get(self._tx, fact.maintenance)
        return {
            "id": f"MNT-{one.id}",
            "name": one.name,
            "criticality": one.criticality,
            "state": one.state,
            "owner": self._person(one.owner),
            "services": list(one.services),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
        }

    def duty(self, fact: Any) -> dict[str, Any]:
        one = duties.get(self._tx, fact.duty)
        persons = [self._person(who) for who in one.people]
        return {"schedule": one.schedule, "people": persons, "begun_at": one.begun_at}

    def override(self, fact: Any) -> dict[str, Any]:
        one = overrides.get(self._tx, fact.override)
        return {
            "id": one.id,
            "schedule": one.schedule,
            "person": self._person(one.person),
            "replaces": self._person(one.replaces),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
        }


_LOOKED_UP: Mapping[str, Callable[[_Telling, Any], dict[str, Any]]] = {
    "update": _Telling.update,
    "action": _Telling.action,
    "maintenance": _Telling.maintenance,
    "duty": _Telling.duty,
    "override": _Telling.override,
}


def _numbered(incident_id: int | None) -> str | None:
    return f"INC-{incident_id}" if incident_id else None


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    match value:
        case dict():
            return {str(name): _plain(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(one) for one in value]
        case datetime() | date():
            return value.isoformat()
        case Enum():
            return value.value
        case _:
            return value
