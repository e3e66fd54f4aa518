"""Reopening: in one line the problem is back; the form also knows "only to merge or correct"."""

from typing import Any

from bot.domain.errors import Refused
from bot.domain.incidents.incident import REOPENABLE, Status, reopenable
from bot.operations.incidents.lifecycle import reopen as reopen_incident
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents import reopen as view_of
from bot.views.incidents.state import chosen, typed
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, pages, places
from storage.transaction import Tx


async def reopen(request: Request) -> None:
    """Say that the problem is back, for the reason that was typed, or open the form.

    A button may choose in the form.
    """
    incident = reopenable(request.here)
    if not request.plain:
        await request.open(view_of.form(incident, request.rest))
        return
    opened = await request.uow.perform(reopen_incident, incident.id, request.plain, by=request.user)
    called = await request.uow.read(pages.pending_of, opened.id)
    archived = await request.uow.read(places.archived, opened.channel)
    await request.answer(view_of.reopened(opened, called, archived=archived))


@pressed
async def only_pressed(request: Request) -> None:
    """Call off whom the reopening paged."""
    incident = await request.uow.perform(reopen_incident, request.number, "", by=request.user, back=False)
    await request.answer(view_of.corrected(incident))


@answers_in_form(view_of.REASON)
async def submitted(form: Submission) -> None:
    """Reopen as it was chosen."""
    reason, back = typed(form.entered, view_of.REASON), chosen(form.entered, view_of.WHICH) != view_of.CORRECT
    if not reason:
        raise Refused("Say why it is opened again.")
    opened = await form.uow.perform(reopen_incident, form.number, reason, by=form.user, back=back)
    if await form.uow.read(places.archived, opened.channel):
        await form.turn_into(view_of.unarchive_sheet(opened))
    else:
        await form.close()


def form_for(tx: Tx, incident_id: int, by: str) -> dict[str, Any]:
    """Return the form, for another form in which Investigating was chosen."""
    return view_of.form(reopenable(incidents.visible(tx, incident_id, by)))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            reopen,
            usage="reopen [reason]",
            brief="work on it again",
            help="Work on it again. A reason pages as a declaration does; alone, it asks whether to page.",
            example="/inc reopen Errors are back since the restart",
            place=(Group.MOVE, 50),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(reopen)),
        Listener("action", view_of.ONLY, only_pressed),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton(
            (Row.WORK, 80),
            view_of.again,
            lambda incident, viewer: incident.status in REOPENABLE | {Status.MERGED} or incident.correcting,
        ),
    ),
)
