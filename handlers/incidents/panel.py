"""The incident's panel: what bare `/inc` shows in its channel."""

from bot.domain.incidents import security
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.undoing import Thing
from bot.domain.maintenance.services import NO_CONNECTION
from bot.domain.paging.engagement import missing_roles, vacant_roles
from bot.domain.paging.pages import since_reopened
from bot.domain.rights import Right
from bot.operations.incidents.glance import glance_now
from bot.operations.incidents.overload import help_for
from bot.operations.incidents.undo import undoable
from bot.operations.incidents.weekend import can_wait
from bot.operations.maintenance.relating import connection
from bot.operations.paging.escalate import escalatable
from bot.operations.rights import rights_of
from bot.views.blocks import Message
from bot.views.incidents import card
from bot.views.incidents import panel as view_of
from bot.views.paging.page import engaged
from handlers.features import BUTTONS
from handlers.pressed import of_incident
from handlers.request import Listener, Request
from storage import pages, roles
from storage.transaction import Tx


async def panel(request: Request) -> None:
    """Show the state of an incident and what can be done: behind **More** all of it."""
    pressed = bool(request.body)
    await request.answer(await request.uow.read(_panel, request.here, request.user, pressed))


def _panel(tx: Tx, incident: Incident, viewer: str, whole: bool) -> Message:
    found = since_reopened(pages.of_incident(tx, incident.id))
    pending = [page for page in found if page.pending]
    waits = can_wait(tx, incident, viewer)
    held = roles.of(tx, incident.id)
    rights = rights_of(tx, viewer)
    works = Right.WORK in rights
    called = {role for page in pending for role in (page.role, page.escalation.role)}
    last = [page.id for page in pending if not escalatable(tx, page, viewer)]
    return view_of.panel(
        incident,
        held,
        engaged(found),
        pending,
        viewer,
        buttons=[one for one in BUTTONS if not one.right or one.right in rights],
        works=works,
        can_wait=waits,
        last=last,
        too_much=help_for(tx, incident, viewer),
        missing=missing_roles(incident, found, tx.process, held) if works else (),
        maintenance=connection(tx, incident) if works else NO_CONNECTION,
        vacant=vacant_roles(incident, tx.process.type_of(incident.type), tx.process, held),
        asks_security=works and security.asks(incident, {*held, *called}),
        glance=glance_now(tx, incident, pending),
        whole=whole,
        undoable=undoable(tx, incident.id, viewer, *Thing) if works else None,
    )


LISTENERS = (Listener("action", card.MORE, of_incident(panel)),)
