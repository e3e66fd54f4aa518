"""What the board shows to somebody, or to whoever stands before a screen in the office."""

from bot.domain.actors import Actor, Machine
from bot.domain.incidents.board import OUTSIDE, Board, Seen, shown_of
from bot.domain.incidents.incident import Incident
from bot.domain.rights import Right
from bot.operations.rights import rights_of
from storage import incidents, live, maintenances, pages, people
from storage.transaction import Tx


def board_seen(tx: Tx, by: Actor, *, private: bool = True) -> Seen:
    """Return what the board of this viewer is made of: cheap, and the same for all who read the same."""
    works = isinstance(by, Machine) or Right.WORK in rights_of(tx, by)
    return Seen(live.open_ids(tx, str(by), private=private), live.latest(tx), works)


def board(tx: Tx, by: Actor, *, private: bool = True) -> Board:
    """Return the board. Without `private` incidents that are private stay out, whoever asks."""
    found = [one for one in incidents.open_ones(tx, str(by)) if private or not one.private]
    works = isinstance(by, Machine) or Right.WORK in rights_of(tx, by)
    planned = shown_of(maintenances.open_ones(tx), tx.now) if works else []
    outside = {OUTSIDE} if works else set()
    unanswered = pages.unanswered(tx, {one.id for one in found} | outside)
    callees = {one.responder for some in unanswered.values() for one in some}
    who = {*callees, *map(_lead, found), *(one.owner for one in planned)} - {""}
    return Board(tx.now, found, unanswered, planned, people.names(tx, who))


def _lead(incident: Incident) -> str:
    return incident.lead
