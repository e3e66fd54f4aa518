"""The one way from an id that comes from outside to what it names, for whoever may know of it and act."""

from bot.domain.actors import Actor
from bot.domain.errors import NotThem, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import OnCall
from bot.domain.paging.pages import Page
from bot.domain.rights import Right
from bot.domain.work.work import Action
from bot.operations.paging.targets import callable_on_paths
from storage import actions, incidents, members, pages, people
from storage.transaction import Tx


def visible(tx: Tx, incident_id: int, by: Actor, right: Right = Right.WORK) -> Incident:
    """Return an incident to whoever may know of it; else raise NotFound, as if there were none."""
    incident = incidents.visible(tx, incident_id, by)
    allow(tx, by, right)
    return incident


def visible_page(tx: Tx, page_id: int, by: str) -> Page:
    """Return a page to whoever may know of its incident, or is called by it.

    A guest sees only their own, and one that calls a channel.
    """
    page = pages.visible(tx, page_id, by)
    theirs = page.responder == by or page.in_channel
    allow(tx, by, Right.ACKNOWLEDGE if theirs else Right.WORK)
    return page


def visible_action(tx: Tx, action_id: int, by: Actor) -> Action:
    action = actions.visible(tx, action_id, by)
    allow(tx, by, Right.ACTION)
    return action


def allow(tx: Tx, by: Actor, right: Right = Right.WORK) -> None:
    """Refuse what this person may not do, wherever they are. What a machine may do is not limited."""
    person = people.get(tx, by) if isinstance(by, str) else None
    if not person:
        return
    if not person.active:
        raise Refused("Only active members of this workspace and its guests can do that.")
    if right not in rights_of(tx, person.id):
        allowed = ", ".join(sorted(one for one in tx.process.may(person.kind))) or "nothing"
        raise Refused(
            f"Guests cannot do that here; what they may: {allowed}. Ask a member of this workspace to do it."
        )


def rights_of(tx: Tx, who: str) -> frozenset[Right]:
    person = people.get(tx, who)
    return tx.process.may(person.kind) if person else frozenset(Right)


def refuse_removed(tx: Tx, incident: Incident, person: str) -> None:
    """Refuse to give work to who was removed from a private incident: only people in it let them in."""
    if person in members.gone(tx, incident.id):
        raise NotThem(
            f"<@{person}> left the channel of INC-{incident.id}, or was removed from it. "
            "Invite them there first, then try again."
        )


def on_call(tx: Tx, by: str) -> OnCall:
    """Return whom a page would call now, to somebody who may page them."""
    allow(tx, by, Right.WORK)
    return people.on_call(tx)


def on_paths(tx: Tx, by: str) -> OnCall:
    """Return that, and whom the levels of their paths call that call others."""
    allow(tx, by, Right.WORK)
    return callable_on_paths(tx)
