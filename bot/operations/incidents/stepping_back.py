"""Stepping back from an incident: a person gives up what they hold, and somebody else takes it over."""

from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.facts import ActionReleased, SteppedBack
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.ownership import in_progress
from bot.domain.paging.escalations import Reason
from bot.domain.work.work import Action
from bot.operations.incidents.changes import save
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.paging.escalate import pass_on
from bot.operations.paging.paging import raise_page
from bot.operations.rights import visible
from storage import actions, roles
from storage.transaction import Tx


def held_by(tx: Tx, incident_id: int, *, by: str) -> tuple[str, ...]:
    """Return the roles that this person gives up; refuse whoever leads, and whoever holds nothing."""
    incident = in_progress(visible(tx, incident_id, by))
    if incident.lead == by:
        raise Refused(
            f"You lead INC-{incident_id}, and somebody has to. Hand the lead over first, or give all that "
            "you hold to one person: `/inc leave @person`.",
            Step("Hand over the lead", "lead", incident_id),
        )
    held = _roles(tx, incident, by)
    if not held and not _work(tx, incident, by):
        raise Refused(
            f"You hold no role and no action in INC-{incident_id}: there is nothing to give up. To hear no "
            "more of it, leave its channel by Slack's own menu.",
            Step("Who does what", "roles", incident_id),
        )
    return held


def step_back(tx: Tx, incident_id: int, *, page: bool, by: str) -> tuple[Incident, tuple[str, ...]]:
    """Give up every role and open action. With `page` their teams are paged, past this person."""
    held = held_by(tx, incident_id, by=by)
    incident = visible(tx, incident_id, by)
    _step_back(tx, incident, held, by=by)
    if page and incident.watched:
        kind = tx.process.type_of(incident.type)
        teams = [team for role in held if (team := tx.process.team_of_role(role, kind))]
        for team in teams:
            raised = raise_page(tx, team, incident, Reason.ASKED, by=by)
            if raised.responder == by:
                pass_on(tx, raised, by=by)
    save(tx, incident)
    return incident, held


def step_back_to(tx: Tx, incident_id: int, to: str, *, by: str) -> tuple[Incident, tuple[str, ...]]:
    """Give every role, and the lead, to another person, and open actions back."""
    incident = in_progress(visible(tx, incident_id, by))
    if to == by:
        raise Refused("That is you. Name somebody else: `/inc leave @person`.")
    held = _roles(tx, incident, by)
    if incident.lead != by and not held:
        held_by(tx, incident_id, by=by)
    for role in held:
        assign_role(tx, incident_id, role, to, by=by)
    if incident.lead == by:
        hand_over(tx, incident_id, to, by=by)
    _step_back(tx, incident, (), by=by)
    now = visible(tx, incident_id, by)
    save(tx, now)
    return now, held


def _step_back(tx: Tx, incident: Incident, held: tuple[str, ...], *, by: str) -> None:
    open_work = _work(tx, incident, by)
    roles.release(tx, incident.id, by)
    for action in open_work:
        actions.save(tx, replace(action, assignee=None))
        tx.record(ActionReleased(incident=incident.id, action=action.id))
    titles = [one.said for one in open_work]
    tx.record(SteppedBack(incident=incident.id, by=by, roles=list(held), actions=titles))


def _roles(tx: Tx, incident: Incident, who: str) -> tuple[str, ...]:
    return tuple(role for role, holder in roles.of(tx, incident.id).items() if holder == who)


def _work(tx: Tx, incident: Incident, who: str) -> list[Action]:
    return [one for one in actions.every(tx, incident.id) if one.assignee == who and not one.done_at]
