"""What is undone goes back, with who did it and what was written of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from bot.domain.errors import Refused
from bot.domain.facts import (
    Given,
    LeadChanged,
    PublicStatusChanged,
    Renamed,
    RoleGiven,
    SeverityChanged,
    StatusChanged,
)
from bot.domain.incidents.fields import Field
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Change, Thing
from bot.operations.incidents.fields import change_field
from bot.operations.rights import refuse_removed
from bot.operations.workspace.people import refuse_for_role
from storage import incidents, roles
from storage.transaction import Tx


def _severity(tx: Tx, before: Incident, now: Incident, change: Change, let_go: Sequence[str]) -> None:
    tx.record(
        SeverityChanged(
            incident=now.id,
            by=change.by_whom,
            before=before.severity.value,
            after=now.severity.value,
            undone=True,
            let_go=let_go,
        )
    )
    incidents.save(tx, now)


def _status(tx: Tx, before: Incident, now: Incident, change: Change, _: Sequence[str]) -> None:
    tx.record(
        StatusChanged(
            incident=now.id,
            by=change.by_whom,
            before=before.status.value,
            after=now.status.value,
            undone=True,
        )
    )


def _public(tx: Tx, before: Incident, now: Incident, change: Change, let_go: Sequence[str]) -> None:
    tx.record(
        PublicStatusChanged(
            incident=now.id,
            by=change.by_whom,
            before=before.publicity.public_status.value,
            after=now.publicity.public_status.value,
            undone=True,
            let_go=let_go,
        )
    )


def _lead(tx: Tx, before: Incident, now: Incident, change: Change, _: Sequence[str]) -> None:
    by, had = change.by_whom, before.lead
    if now.lead and now.lead != had:
        refuse_for_role(tx, now.lead)
        refuse_removed(tx, before, now.lead)
    tx.record(LeadChanged(incident=now.id, by=by, before=had, after=now.lead, taken=False, undone=True))
    if had not in {by, now.lead}:
        tx.record(Given(incident=now.id, person=had, role="", giver=by, undone=True))


def _role(tx: Tx, before: Incident, now: Incident, change: Change, _: Sequence[str]) -> None:
    by, had, to = change.by_whom, str(change.became["person"]), str(change.was["person"])
    if to:
        refuse_for_role(tx, to)
        refuse_removed(tx, before, to)
        since = change.was["since"]
        at = datetime.fromisoformat(since) if since else None
        roles.assign(tx, now.id, change.role, to, by_hand=change.was["by_hand"], since=at)
        if not at:
            roles.rest(tx, now.id, change.role)
    else:
        roles.vacate(tx, now.id, change.role)
    tx.record(RoleGiven(incident=now.id, by=by, role=change.role, person=to, undone=True))
    if had not in {by, to}:
        tx.record(Given(incident=now.id, person=had, role=change.role, giver=by, undone=True))


def _fields(tx: Tx, before: Incident, now: Incident, change: Change, _: Sequence[str]) -> None:
    for name, value in change.was.items():
        if not (known := tx.process.fields.get(name)):
            raise Refused(f"There is no field “{name}” any more.")
        field = Field(name, str(value), change.by_whom, tx.now)
        change_field(tx, now, known, str(change.became[name]), field, undone=True)


def _name(tx: Tx, before: Incident, now: Incident, change: Change, _: Sequence[str]) -> None:
    tx.record(Renamed(incident=now.id, by=change.by_whom, before=before.name, after=now.name, undone=True))


Back: TypeAlias = Callable[[Tx, Incident, Incident, Change, Sequence[str]], None]
BACK: Mapping[Thing, Back] = {
    Thing.SEVERITY: _severity,
    Thing.STATUS: _status,
    Thing.PUBLIC: _public,
    Thing.LEAD: _lead,
    Thing.ROLE: _role,
    Thing.FIELD: _fields,
    Thing.NAME: _name,
}
"""What is written for each, from how it was when it was undone to how it is again. The caller saves it."""
