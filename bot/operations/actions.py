"""Actions: work that somebody should do."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.domain.errors import Refused
from bot.domain.rights import Right
from bot.domain.timeline import Kind
from bot.domain.work import Action, ActionKind, done, taken, taking_actions
from bot.operations.people import refuse_inactive
from bot.operations.rights import refuse_removed, visible, visible_action
from storage import actions, timeline
from storage.transaction import Tx


def add_action(
    tx: Tx,
    incident_id: int,
    *,
    title: str,
    details: str,
    kind: ActionKind,
    assignee: str | None,
    due: date | None,
    by: str,
) -> Action:
    """Write an action or follow-up and post it in the channel."""
    incident = taking_actions(visible(tx, incident_id, by, Right.ACTION))
    if not title:
        raise Refused("An action needs a title: what is to be done?")
    if assignee:
        refuse_inactive(tx, assignee)
        refuse_removed(tx, incident, assignee)
    draft = Action(0, incident_id, title, details, kind, assignee, due, by, tx.now)
    action = replace(draft, id=actions.add(tx, draft))
    timeline.add(tx, incident_id, Kind.ACTION, by=by, text=title, action=action.id)
    tx.emit("action.added", incident=incident_id, action=action.id)
    return action


def take_action(tx: Tx, action_id: int, *, by: str) -> Action:
    """Assign an action to whoever takes it."""
    action = taken(visible_action(tx, action_id, by), by)
    _save(tx, action)
    timeline.add(
        tx, action.incident, Kind.ACTION_TAKEN, by=by, text=action.title, action=action.id, person=by
    )
    return action


def finish_action(tx: Tx, action_id: int, *, by: str) -> Action:
    """Mark an action as done."""
    action = done(visible_action(tx, action_id, by), by, tx.now)
    _save(tx, action)
    timeline.add(tx, action.incident, Kind.ACTION_DONE, by=by, text=action.title, action=action.id)
    return action


def actions_posted(tx: Tx, seen: Sequence[Action], ts: str, *, surely: bool) -> None:
    """Remember which message shows these actions; unless it `surely` does so as they are, it is redrawn."""
    found = [actions.get(tx, one.id) for one in seen]
    for action in found:
        actions.save(tx, replace(action, ts=ts))
    if not surely or found != list(seen):
        tx.emit("action.changed", incident=found[0].incident, action=found[0].id)


def _save(tx: Tx, action: Action) -> None:
    """Write an action and have its message redrawn, which is known by the first action in it."""
    actions.save(tx, action)
    tx.emit("action.changed", incident=action.incident, action=actions.sharing(tx, action)[0].id)
