"""Actions: work that somebody should do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.domain import facts
from bot.domain.actors import Actor
from bot.domain.durations import TYPED_TWICE
from bot.domain.errors import Refused
from bot.domain.incidents.fields import AFFECTED_SERVICES
from bot.domain.incidents.incident import Severity
from bot.domain.paging.practice import taking_part
from bot.domain.rights import Right
from bot.domain.work.follow_ups import due_from
from bot.domain.work.work import Action, ActionKind, done, returned, taken, taking_actions
from bot.operations.paging.placing import let_in
from bot.operations.rights import refuse_removed, visible, visible_action
from bot.operations.work.follow_up_reminders import begin_to_mind
from bot.operations.workspace.people import refuse_inactive
from storage import actions, fields, follow_ups, incidents, posts
from storage.posts import Post
from storage.transaction import Tx

ASSIGNED = "assigned"
"""The kind of the direct message to an assignee; its place is the action and the person."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a follow-up has beside; what is left out follows from the configuration and the incident."""

    label: str | None = None
    priority: Severity | None = None
    service: str | None = None
    private: bool = False


AS_USUAL = Plan()


def add_action(
    tx: Tx,
    incident_id: int,
    *,
    title: str,
    details: str,
    kind: ActionKind,
    assignee: str | None,
    due: date | None,
    by: Actor,
    plan: Plan = AS_USUAL,
) -> Action:
    """Write an action or follow-up and post it in the channel. A private follow-up is posted nowhere."""
    incident = taking_actions(visible(tx, incident_id, by, Right.ACTION))
    if not title:
        raise Refused("An action needs a title: what is to be done?")
    if assignee:
        refuse_inactive(tx, assignee)
        refuse_removed(tx, incident, taking_part(incident, assignee))
    if kind is ActionKind.FOLLOW_UP:
        due = due_from(due or due_by_priority(tx, plan.priority or incident.severity), tx.now)
    draft = Action(0, incident_id, title, details, kind, assignee, due, by, tx.now, private=plan.private)
    if said := _said_already(tx, draft):
        return said
    action = replace(draft, id=actions.add(tx, draft))
    if kind is ActionKind.FOLLOW_UP:
        plan_follow_up(tx, action, plan)
    tx.record(facts.ActionAdded(incident=incident_id, by=by, text=action.said, action=action.id))
    if assignee:
        let_in(tx, incident_id, assignee)
        if assignee != by:
            tx.record(facts.ActionAssigned(incident=incident_id, by=by, action=action.id, person=assignee))
    return action


def _said_already(tx: Tx, draft: Action) -> Action | None:
    """Return what the same person has just written in the same words, and nobody has touched since."""
    recent = [one for one in actions.every(tx, draft.incident) if tx.now - one.at < TYPED_TWICE]
    same = (one for one in recent if replace(one, id=draft.id, at=draft.at, ts=draft.ts) == draft)
    return next(same, None) if isinstance(draft.by, str) else None


def plan_follow_up(tx: Tx, action: Action, plan: Plan) -> None:
    """Write down what an action has as a follow-up."""
    incident, rules = incidents.get(tx, action.incident), tx.process.follow_ups
    label = plan.label or rules.usual
    if label not in rules.kinds:
        raise Refused(f"I know no kind of follow-up “{label}”. Kinds: {', '.join(rules.kinds)}.")
    service = plan.service
    if service is None:
        filled = {one.name: one.value for one in fields.of(tx, incident.id)}
        service = filled.get(AFFECTED_SERVICES, "")
    follow_ups.add(tx, action.id, label, (plan.priority or incident.severity).value, service)
    begin_to_mind(tx)


def due_by_priority(tx: Tx, priority: Severity) -> date:
    return tx.process.follow_ups.due_on(priority, tx.now.date())


def take_action(tx: Tx, action_id: int, *, by: str) -> Action:
    action = taken(visible_action(tx, action_id, by), by)
    taking_part(incidents.get(tx, action.incident), by)
    actions.save(tx, action)
    let_in(tx, action.incident, by)
    tx.record(
        facts.ActionTaken(incident=action.incident, by=by, text=action.said, action=action.id, person=by)
    )
    return action


def return_action(tx: Tx, action_id: int, *, by: str) -> Action:
    """Leave an action to anybody: its assignee cannot do it."""
    action = returned(visible_action(tx, action_id, by), by)
    actions.save(tx, action)
    tx.record(facts.ActionReturned(incident=action.incident, by=by, text=action.said, action=action.id))
    return action


def finish_action(tx: Tx, action_id: int, *, by: Actor) -> Action:
    action = done(visible_action(tx, action_id, by), by, tx.now)
    actions.save(tx, action)
    tx.record(facts.ActionDone(incident=action.incident, by=by, text=action.said, action=action.id))
    return action


def actions_posted(tx: Tx, seen: Sequence[Action], ts: str, *, surely: bool) -> None:
    """Remember which message shows these actions; unless it `surely` does so as they are, it is redrawn."""
    known = [(actions.get(tx, one.id), one) for one in seen]
    # one that moved to another incident meanwhile is posted there
    found = [action for action, before in known if action.incident == before.incident]
    for action in found:
        actions.save(tx, replace(action, ts=ts))
    if found and (not surely or found != list(seen)):
        tx.record(facts.ActionShownOutdated(incident=found[0].incident, action=found[0].id))


def assignee_told(tx: Tx, seen: Action, person: str, channel: str, ts: str) -> None:
    """Remember the message to an assignee; it is redrawn if the action changed meanwhile."""
    posts.record(tx, Post(seen.incident, ASSIGNED, f"{seen.id}:{person}", channel, ts))
    if actions.get(tx, seen.id) != seen:
        tx.record(facts.AssigneeToldOutdated(incident=seen.incident, action=seen.id, person=person))
