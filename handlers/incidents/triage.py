"""Deciding about a problem that waits for triage: by the buttons beneath it, or by `/inc accept`."""

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Status
from bot.operations.incidents import triage as operations
from bot.operations.paging.engaged import told_of
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import life
from bot.views.incidents import triage as view_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import pages


async def accept(request: Request) -> None:
    """Make a triaged problem an incident."""
    incident = await _meant(request)
    incident = await request.uow.perform(operations.accept, incident.id, by=request.user)
    pending = await request.uow.read(pages.pending_of, incident.id)
    engaged = await request.uow.read(told_of, incident, by=request.user)
    await request.answer(life.accepted(incident, pending, engaged))


async def decline(request: Request) -> None:
    """Say that a triaged problem is no incident, and why if that is typed."""
    reason = "" if words.is_number(request.plain) else request.plain
    incident = request.here if reason else await _meant(request)
    incident = await request.uow.perform(operations.decline, incident.id, by=request.user, reason=reason)
    await request.answer(life.declined(incident))


def _waiting(incident: Incident, viewer: str) -> bool:
    return incident.status is Status.TRIAGE


async def _meant(request: Request) -> Incident:
    """Return the triaged problem that is meant: by its number, or the one of this channel."""
    if not request.plain and not request.incident:
        raise Refused(
            "Which problem? Give its number, as in `/inc accept INC-7` or `/inc decline INC-7`, "
            "or press Accept or Decline below it in the triage channel."
        )
    return await words.incident(request)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            accept,
            usage="accept [INC-number]",
            brief="a triaged problem is one",
            help="Make a triaged problem an incident. Whom its type names is paged.",
            example="/inc accept INC-7",
            place=(Group.MOVE, 80),
        ),
        Subcommand(
            decline,
            usage="decline [INC-number] [reason]",
            brief="a triaged one is none",
            help="Say that a triaged problem is no incident, and why.",
            example="/inc decline INC-7 A load test of ours",
            place=(Group.MOVE, 90),
        ),
    ),
    listeners=(
        Listener("action", view_of.ACCEPT, of_incident(accept)),
        Listener("action", view_of.DECLINE, of_incident(decline)),
    ),
    buttons=(
        PanelButton((Row.WORK, 10), view_of.accept, _waiting),
        PanelButton((Row.WORK, 20), view_of.decline, _waiting),
    ),
)
