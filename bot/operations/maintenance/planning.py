"""Planning a maintenance, and all that its people do with it: anybody may who works here."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.editions import refuse_overtaken
from bot.domain.errors import Refused
from bot.domain.facts import (
    MaintenanceChanged,
    MaintenanceEnded,
    MaintenanceOwnerChanged,
    MaintenancePlanned,
    MaintenanceStarted,
)
from bot.domain.incidents.communication import LONGEST_NOTICE
from bot.domain.maintenance import maintenance as rules
from bot.domain.maintenance.maintenance import Maintenance, Plan
from bot.domain.maintenance.told import PublicMaintenance
from bot.domain.rights import Right
from bot.domain.text import tidy
from bot.operations.maintenance.passing import pass_time, release
from bot.operations.rights import allow
from bot.operations.workspace.people import refuse_for_role, refuse_inactive
from bot.secret_scan import refuse_secrets
from storage import maintenances, public_maintenances
from storage.transaction import Tx

SAME_TIME = timedelta(minutes=1)
"""So far apart may begin and end be of the same words, typed twice: "now" passes."""


def plan_maintenance(tx: Tx, plan: Plan, *, by: str) -> Maintenance:
    """Plan a maintenance. One whose window has begun begins at once."""
    allow(tx, by, Right.WORK)
    new = rules.planned(plan, by, tx.now)
    _refuse_others(tx, plan, ())
    number = maintenances.add(tx, new)
    tx.record(MaintenancePlanned(maintenance=number, by=by))
    made = pass_time(tx, maintenances.get(tx, number))
    _tell_owner(tx, made, by)
    return made


def plan_by_line(tx: Tx, plan: Plan, *, by: str) -> tuple[Maintenance, bool]:
    """Plan what one line says, once. Return it, and whether this person had planned the same before."""
    allow(tx, by, Right.WORK)
    new = rules.planned(plan, by, tx.now)
    for one in maintenances.open_ones(tx):
        same = one.planned_by == by and replace(one.plan, window=new.plan.window) == new.plan
        moved = (one.starts_at - new.starts_at, one.ends_at - new.ends_at)
        if same and all(abs(each) <= SAME_TIME for each in moved):
            return one, True
    return plan_maintenance(tx, plan, by=by), False


def change_maintenance(tx: Tx, number: int, plan: Plan, *, by: str) -> Maintenance:
    """Give a maintenance another plan."""
    allow(tx, by, Right.WORK)
    seen = maintenances.get(tx, number)
    changed = rules.changed(seen, plan, tx.now)
    _refuse_others(tx, plan, seen.crew)
    tx.record(MaintenanceChanged(maintenance=number, by=by))
    if changed.owner != seen.owner:
        _tell_owner(tx, changed, by)
    release(tx, changed)  # it may hold others now
    return pass_time(tx, changed)


def start_maintenance(tx: Tx, number: int, *, by: str) -> Maintenance:
    """Begin a maintenance before its time; those on call are told of a C1 at once."""
    allow(tx, by, Right.WORK)
    begun = rules.started(maintenances.get(tx, number), tx.now)
    tx.record(MaintenanceStarted(maintenance=number, by=by))
    return pass_time(tx, begun)


def extend_maintenance(tx: Tx, number: int, until: datetime, *, by: str) -> Maintenance:
    """Let a maintenance end later."""
    allow(tx, by, Right.WORK)
    later = rules.extended(maintenances.get(tx, number), until, tx.now)
    tx.record(MaintenanceChanged(maintenance=number, by=by, extended=True))
    return pass_time(tx, later)


def end_maintenance(tx: Tx, number: int, *, by: str) -> Maintenance:
    """Say that a maintenance is over."""
    allow(tx, by, Right.WORK)
    over = rules.ended(maintenances.get(tx, number), tx.now)
    tx.record(MaintenanceEnded(maintenance=number, by=by))
    return pass_time(tx, over)


def cancel_maintenance(tx: Tx, number: int, reason: str, *, by: str) -> Maintenance:
    """Call a maintenance off that has not begun."""
    allow(tx, by, Right.WORK)
    off = rules.cancelled(maintenances.get(tx, number), reason, tx.now)
    tx.record(MaintenanceEnded(maintenance=number, by=by))
    return pass_time(tx, off)


def publish_maintenance(
    tx: Tx, number: int, text: str, *, by: str, sure: str = "", seen: str | None = None
) -> Maintenance:
    """Have our own status page say what customers are to know of a maintenance; its name is never there."""
    one = publishable_maintenance(tx, number, by=by)
    said = tidy(text)
    if not said or len(said) > LONGEST_NOTICE:
        raise Refused(
            f"Write what customers are to read, in at most {LONGEST_NOTICE} characters: "
            f"`/inc maintenance publish {number} <text>`."
        )
    before = public_maintenances.of(tx, number)
    if before and before.text != said:
        refuse_overtaken(before.edition, seen, before.written_by)
    refuse_secrets(said, sure=sure)
    public_maintenances.put(tx, PublicMaintenance(number, said, by, tx.now))
    return one


def publishable_maintenance(tx: Tx, number: int, *, by: str) -> Maintenance:
    """Return the maintenance if this person may tell customers of it; refuse, also before they write."""
    allow(tx, by, Right.WORK)
    one = maintenances.get(tx, number)
    if not tx.process.communication.publishes:
        raise Refused("There is no status page: an operator has to configure `statuspage` first.")
    if not one.state.open:
        raise Refused(f"MNT-{number} is {one.state}: customers are told nothing of it any more.")
    if by not in {*one.crew, one.planned_by}:
        raise Refused(f"<@{one.owner}> owns MNT-{number}: they, or whoever works on it, tell customers.")
    return one


def known_maintenances(tx: Tx, *, by: str) -> list[Maintenance]:
    """Return what is running and planned, to somebody who works here."""
    allow(tx, by, Right.WORK)
    return maintenances.open_ones(tx)


def known_maintenance(tx: Tx, number: int, *, by: str) -> Maintenance:
    """Return one maintenance, to somebody who works here."""
    allow(tx, by, Right.WORK)
    return maintenances.get(tx, number)


def _refuse_others(tx: Tx, plan: Plan, before: tuple[str, ...]) -> None:
    """Refuse people who cannot do the work, but for those who have it already."""
    if plan.owner not in before:
        refuse_for_role(tx, plan.owner)
    for one in plan.people:
        if one not in before:
            refuse_inactive(tx, one)


def _tell_owner(tx: Tx, made: Maintenance, by: str) -> None:
    if made.owner != by:
        tx.record(MaintenanceOwnerChanged(maintenance=made.id, by=by, person=made.owner))
