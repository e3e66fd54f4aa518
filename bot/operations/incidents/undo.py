"""Undoing what a person has just changed: the state goes back, and so does what followed from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.actors import BOT, parsed
from bot.domain.errors import Refused
from bot.domain.incidents import undoing as rules
from bot.domain.incidents.communication import publish_by, stated
from bot.domain.incidents.fields import CUSTOMER_IMPACT, EXTERNALLY_FACING, taking_fields
from bot.domain.incidents.incident import REOPENABLE, Incident, Status, gradable, renamable
from bot.domain.incidents.ownership import in_progress
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Change, Thing
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from bot.domain.process import by_name
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import save, timers_of
from bot.operations.incidents.ownership import lead_by_role
from bot.operations.incidents.public_status import cmoc_called_by
from bot.operations.incidents.undone import BACK
from bot.operations.paging.paging import being_paged, cancel_page, raise_page
from bot.operations.rights import visible
from storage import changes, fields, incidents, pages, roles, timeline, timers
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone. Those `let_go` are not paged any more for it; those who `stay` had answered."""

    incident: Incident
    change: Change
    let_go: Sequence[str] = ()
    stay: Sequence[str] = ()
    hushed: bool = False
    """Whether customers need not hear of it any more, within the hour that the change began."""


def undo(
    tx: Tx, incident_id: int, thing: Thing | None = None, *, by: str, change_id: int | None = None
) -> Undone:
    """Undo a change of this person's: the one that is named, or their latest, of this thing if one is named.

    Refuses what was changed since, and shows how it is now.
    """
    incident = visible(tx, incident_id, by)
    change = _meant(tx, incident, thing, by, change_id)
    rules.in_time(change, tx.now)
    _STILL[change.thing](incident)
    _refuse_changed(tx, incident, change)
    ran = {one.kind: one.basis for one in timers.all_of(tx, incident_id)}
    now = rules.as_before(incident, change, tx.now)
    change = _with_cmoc(tx, incident, now, change)
    if not changes.undo(tx, change):
        rules.in_time(replace(change, undone=True), tx.now)
    let_go, stay = _call_off(tx, change)
    BACK[change.thing](tx, incident, now, change, let_go)
    if change.thing is Thing.FIELD:
        now = incidents.get(tx, incident.id)  # rules ask for some fields
        now = lead_by_role(tx, now) if EXTERNALLY_FACING in change.was else now
    _hold_again(tx, change)
    save(tx, now)
    _wait_as_before(tx, now, change, ran)
    _page_again(tx, now, change)
    hushed = bool(publish_by(incident, tx.process)) and not publish_by(now, tx.process)
    return Undone(now, change, let_go, stay, hushed)


def undoable(tx: Tx, incident_id: int, by: str, *things: Thing) -> Change | None:
    """Return the latest change of one of these things, if this person made it and can undo it still.

    What stands no more, as a status that the incident has left, has nothing to undo.
    """
    incident = visible(tx, incident_id, by)
    found = next((one for one in changes.of(tx, incident_id) if one.thing in things and not one.undone), None)
    if not found or found.by_whom != by or tx.now - found.made_at > rules.UNDO_WITHIN:
        return None
    return None if _how_it_is(tx, incident, found)[1] else found


def ended_by(tx: Tx, incident_id: int, by: str) -> bool:
    """Say whether this person has just ended the incident: that is reopened, and not undone."""
    incident = visible(tx, incident_id, by)
    moved = timeline.latest(tx, incident_id, Kind.STATUS)
    if incident.status not in REOPENABLE | {Status.MERGED} or not moved or moved.by != by:
        return False
    return moved.data["after"] == incident.status and tx.now - moved.at <= rules.UNDO_WITHIN


def _meant(tx: Tx, incident: Incident, thing: Thing | None, by: str, change_id: int | None) -> Change:
    found = changes.of(tx, incident.id)
    if change_id is not None:
        named = next((one for one in found if one.id == change_id), None)
        if not named:
            raise Refused(
                f"It is too long ago: what you changed in INC-{incident.id} cannot be undone any more."
            )
        if named.by_whom != by:
            raise Refused(f"<@{named.by_whom}> changed {named.called}: only they can undo it.")
        return named
    mine = (one for one in found if one.by_whom == by and not one.undone)
    latest = next((one for one in mine if thing in {None, one.thing}), None)
    if not latest:
        raise rules.nothing(incident, thing)
    return latest


def _refuse_changed(tx: Tx, incident: Incident, change: Change) -> None:
    """Refuse when something else changed the same thing since, also if it is the same again."""
    later = [
        one
        for one in changes.of(tx, incident.id)
        if one.id > change.id
        and not one.undone
        and (one.thing, one.role) == (change.thing, change.role)
        and (change.thing is not Thing.FIELD or {*one.was} & {*change.was})
    ]
    now, differs = _how_it_is(tx, incident, change)
    if differs and not later and (refused := rules.verified_since(incident, change)):
        raise refused
    if later or differs:
        raise rules.changed(change, now, later[0].by_whom if later else "")


def _how_it_is(tx: Tx, incident: Incident, change: Change) -> tuple[str, bool]:
    """Return how that which was changed is now, and whether it is not as the change left it."""
    became = change.became
    match change.thing:
        case Thing.ROLE:
            holder = _holder(tx, change)
            person, by_hand = (holder.person, holder.by_hand) if holder else ("", False)
            differs = (person, by_hand) != (became["person"], became["by_hand"])
            return (f"<@{person}>" if person else "nobody"), differs
        case Thing.FIELD:
            values = {one.name: one.value for one in fields.of(tx, incident.id)}
            differs = any(values.get(name, "") != value for name, value in became.items())
            return ", ".join(values.get(name) or "empty" for name in became), differs
        case Thing.LEAD:
            return incident.led_by, rules.changed_since(incident, change)
        case _:
            name = next(iter(rules.COMPARED[change.thing]))
            return str(rules.standing(incident, name)), rules.changed_since(incident, change)


def _holder(tx: Tx, change: Change) -> Holder | None:
    return next((one for one in roles.holders(tx, change.incident) if one.role == change.role), None)


def _with_cmoc(tx: Tx, before: Incident, now: Incident, change: Change) -> Change:
    """Return a change with the page of the CMOC among what it began, if a timer raised it for that."""
    if change.thing is Thing.FIELD and CUSTOMER_IMPACT in change.was:
        now = replace(now, customer_impact=change.was[CUSTOMER_IMPACT] == "yes")
    called = cmoc_called_by(tx, before, now, change.made_at)
    return replace(change, beside=replace(change.beside, raised=[*change.beside.raised, *called]))


def _call_off(tx: Tx, change: Change) -> tuple[list[str], list[str]]:
    """Cancel the pages that a change raised and nobody answered; return whom they called and who answered."""
    raised = {*change.beside.raised}
    found = [one for one in pages.of_incident(tx, change.incident) if one.escalation.id in raised]
    waiting = [one for one in found if one.pending]
    for page in waiting:
        cancel_page(tx, page)
    answered = dict.fromkeys(one.answered_by for one in found if one.answered_by)
    called = dict.fromkeys(one.responder for one in waiting if one.responder)
    return [one for one in called if one not in answered], list(answered)


def _hold_again(tx: Tx, change: Change) -> None:
    """Take those for engaged again who would have had to answer anew."""
    resting = {one.role: one for one in roles.holders(tx, change.incident) if not one.since}
    for one in change.beside.held:
        if (rests := resting.get(one.role)) and rests.person == one.person:
            roles.assign(
                tx,
                change.incident,
                one.role,
                one.person,
                by_hand=one.by_hand,
                since=datetime.fromisoformat(one.since),
            )


def _wait_as_before(tx: Tx, incident: Incident, change: Change, ran: Mapping[TimerKind, str]) -> None:
    """Have the timers that the change ended or began anew count from where they did before."""
    now = timers_of(tx, incident)
    for one in change.beside.timers:
        if one.kind in now and now[one.kind].basis == one.basis != ran.get(one.kind):
            due = change.made_at + timedelta(seconds=one.due_in)
            timers.put_back(tx, incident.id, one.kind, max(due, tx.now), stopped=one.stopped)


def _page_again(tx: Tx, incident: Incident, change: Change) -> None:
    """Page anew whom the change had called off: a page that was accepted is not lost."""
    at_work = incident.watched or incident.status is Status.TRIAGE
    if change.thing not in {Thing.ROLE, Thing.SEVERITY} or not at_work:
        return
    ended = {one.escalation.id: one for one in pages.of_incident(tx, incident.id)}
    for number in change.beside.called_off:
        page = ended.get(number)
        if page and not being_paged(tx, incident.id, page.escalation.team):
            _raise_again(tx, incident, page)


def _raise_again(tx: Tx, incident: Incident, page: Page) -> None:
    of = page.escalation
    named = by_name(page.responder or "", page.level_team.removeprefix("@")) if page.by_name else None
    if team := named or tx.process.teams.get(of.team):
        asked_by = (parsed(of.asked_by) if of.asked_by else None) or BOT
        raise_page(tx, team, incident, of.reason, by=asked_by, message=of.message, level=of.level)


def _any(incident: Incident) -> Incident:
    return incident


_STILL: Mapping[Thing, Callable[[Incident], Incident]] = {
    Thing.SEVERITY: gradable,
    Thing.STATUS: _any,
    Thing.PUBLIC: stated,
    Thing.LEAD: in_progress,
    Thing.ROLE: in_progress,
    Thing.FIELD: taking_fields,
    Thing.NAME: renamable,
}
"""What refuses when the incident has ended meanwhile. A status is another one then."""
