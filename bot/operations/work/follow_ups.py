"""Follow-ups: an action kept as one, and what becomes of one: another owner or day, done, cancelled."""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain import facts
from bot.domain.actors import Actor
from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Severity
from bot.domain.paging.practice import taking_part
from bot.domain.work import follow_ups as rules
from bot.domain.work.follow_ups import FollowUp, TrackedIssue
from bot.domain.work.work import Action, ActionKind
from bot.operations.paging.placing import let_in
from bot.operations.rights import refuse_removed, visible_action
from bot.operations.work.actions import (
    AS_USUAL,
    Plan,
    add_action,
    due_by_priority,
    finish_action,
    plan_follow_up,
)
from bot.operations.work.follow_up_reminders import begin_to_mind
from bot.operations.workspace.people import refuse_inactive
from storage import actions, follow_ups, incidents
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """What is known of a follow-up; the rest follows from the configuration and the incident."""

    title: str
    details: str = ""
    owner: str | None = None
    due: date | None = None
    plan: Plan = AS_USUAL
    issue: TrackedIssue | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes of a follow-up; None leaves it. An `owner` of "" is nobody."""

    owner: str | None = None
    due: date | None = None
    label: str | None = None
    priority: Severity | None = None
    title: str | None = None


def add_follow_up(tx: Tx, incident_id: int, new: NewFollowUp, *, by: Actor) -> FollowUp:
    """Write a follow-up; one with the address of an issue has that, and none is made for it."""
    action = add_action(
        tx,
        incident_id,
        title=new.title,
        details=new.details,
        kind=ActionKind.FOLLOW_UP,
        assignee=new.owner,
        due=new.due,
        by=by,
        plan=new.plan,
    )
    if new.issue:
        follow_ups.put_issue(tx, replace(new.issue, action=action.id))
        tx.record(facts.FollowUpIssueLooked(incident=incident_id, action=action.id))
    return found(tx, action.id)


def add_linked(tx: Tx, incident_id: int, new: NewFollowUp, *, by: Actor) -> FollowUp:
    """Write a follow-up for an issue that was pasted, unless the incident has it already."""
    if new.issue:
        for one in follow_ups.visible(tx, by, follow_ups.Sought(incident_id, only_open=False)):
            if one.issue and one.issue.url == new.issue.url:
                raise Refused(
                    "That issue is a follow-up of this incident already. The list: `/inc followups`."
                )
    return add_follow_up(tx, incident_id, new, by=by)


def keep_action(tx: Tx, action_id: int, *, by: Actor, plan: Plan = AS_USUAL) -> FollowUp:
    """Have an action of the incident be a follow-up: what is not done by the end stays somebody's."""
    action = rules.kept(visible_action(tx, action_id, by))
    incident = incidents.get(tx, action.incident)
    due = action.due or due_by_priority(tx, plan.priority or incident.severity)
    action = replace(action, due=due)
    actions.save(tx, action)
    plan_follow_up(tx, action, plan)
    tx.record(facts.ActionKept(incident=action.incident, by=by, text=action.said, action=action.id))
    return found(tx, action.id)


def keep_all(tx: Tx, incident_id: int, *, by: str) -> list[FollowUp]:
    """Keep every action that is still open."""
    still_open = [one for one in actions.of(tx, incident_id, by) if not one.done_at]
    kept = [keep_action(tx, one.id, by=by) for one in still_open if one.kind is ActionKind.ACTION]
    if not kept:
        raise Refused("No action of this incident is open. The follow-ups: `/inc followups`.")
    return kept


def change_follow_up(tx: Tx, action_id: int, changes: Changes, *, by: Actor) -> FollowUp:
    """Give it another owner, day, kind, priority or title."""
    before = visible_follow_up(tx, action_id, by)
    action = rules.changeable(before.action)
    if changes.due:
        rules.due_from(changes.due, tx.now)
    if changes.label and changes.label not in tx.process.follow_ups.kinds:
        kinds = ", ".join(tx.process.follow_ups.kinds)
        raise Refused(f"I know no kind of follow-up “{changes.label}”. Kinds: {kinds}.")
    if changes.owner:
        _refuse_owner(tx, action, changes.owner)
    owner = action.assignee if changes.owner is None else changes.owner or None
    action = replace(
        action, assignee=owner, due=changes.due or action.due, title=changes.title or action.title
    )
    actions.save(tx, action)
    label, priority = changes.label or before.label, changes.priority or before.priority
    follow_ups.change(tx, action.id, label, priority.value, before.service)
    after = found(tx, action.id)
    _note(tx, before, after, by)
    return after


def _refuse_owner(tx: Tx, action: Action, owner: str) -> None:
    incident = incidents.get(tx, action.incident)
    refuse_inactive(tx, owner)
    refuse_removed(tx, incident, taking_part(incident, owner))


def _note(tx: Tx, before: FollowUp, after: FollowUp, by: Actor) -> None:
    """Record each thing that is another one now, and have a new owner told."""
    for what, was, now in (
        ("owner", before.action.assignee or "", after.action.assignee or ""),
        ("due date", str(before.action.due or ""), str(after.action.due or "")),
        ("kind", before.label, after.label),
        ("priority", before.priority.value, after.priority.value),
        ("title", before.action.title, after.action.title),
    ):
        if was == now:
            continue
        hidden = what == "title" and after.action.private
        tx.record(
            facts.FollowUpChanged(
                incident=after.action.incident,
                by=by,
                text=after.action.said,
                action=after.action.id,
                what=what,
                before="" if hidden else was,
                after="" if hidden else now,
            )
        )
    owner, incident = after.action.assignee, after.action.incident
    if owner and owner != before.action.assignee:
        let_in(tx, incident, owner)
        if owner != by:
            tx.record(facts.ActionAssigned(incident=incident, by=by, action=after.action.id, person=owner))


def finish_follow_up(tx: Tx, action_id: int, *, by: Actor) -> FollowUp:
    visible_follow_up(tx, action_id, by)
    return found(tx, finish_action(tx, action_id, by=by).id)


def cancel_follow_up(tx: Tx, action_id: int, *, by: Actor) -> FollowUp:
    """End it as what will not be done. Reopening undoes it."""
    visible_follow_up(tx, action_id, by)
    action = rules.cancelled(visible_action(tx, action_id, by), by, tx.now)
    actions.save(tx, action)
    tx.record(facts.FollowUpCancelled(incident=action.incident, by=by, text=action.said, action=action.id))
    return found(tx, action.id)


def reopen_follow_up(tx: Tx, action_id: int, *, by: Actor) -> FollowUp:
    """Have it be open again, as it was before it was done or cancelled."""
    visible_follow_up(tx, action_id, by)
    action = rules.reopened(visible_action(tx, action_id, by))
    actions.save(tx, action)
    begin_to_mind(tx)
    tx.record(facts.FollowUpReopened(incident=action.incident, by=by, text=action.said, action=action.id))
    return found(tx, action.id)


def visible_follow_up(tx: Tx, action_id: int, by: Actor) -> FollowUp:
    """Return a follow-up to whoever may know of it. Raises NotFound."""
    action = visible_action(tx, action_id, by)
    one = follow_ups.get(tx, action.id)
    if not one:
        raise NotFound("follow-up", action_id)
    return one


def found(tx: Tx, action_id: int) -> FollowUp:
    one = follow_ups.get(tx, action_id)
    if not one:
        raise NotFound("follow-up", action_id)
    return one
