"""Undo: by the button on a private confirmation, or in one line."""

from bot.domain.errors import Refused, Step
from bot.domain.incidents.undoing import UNDO_WITHIN, Thing
from bot.operations.incidents import undo as operations
from bot.views.commands import Group, Subcommand
from bot.views.incidents import reopen as reopen_view
from bot.views.incidents import undo as view_of
from handlers import words
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request

_MINUTES = int(UNDO_WITHIN.total_seconds() // 60)
_WORDS = {one.value: one for one in Thing} | {
    "sev": Thing.SEVERITY,
    "public": Thing.PUBLIC,
    "public-status": Thing.PUBLIC,
    "rename": Thing.NAME,
    "fields": Thing.FIELD,
    "roles": Thing.ROLE,
}


async def undo(request: Request) -> None:
    """Undo the last that this person changed, or the last of a kind. What ended the incident is reopened."""
    incident, uow = request.here, request.uow
    typed = words.bare(request.plain.lower().rstrip(".!"))
    thing = _WORDS.get(typed.partition(" ")[0]) if typed else None
    if typed and not thing:
        said = typed[:60].replace("`", "")
        raise Refused(
            f"I cannot undo `{said}`. What can be undone: {', '.join(Thing)}. "
            "`/inc undo` alone undoes what you changed last.",
            Step("Undo the last", "undo", incident.id),
        )
    if thing in {None, Thing.STATUS} and await uow.read(operations.ended_by, incident.id, request.user):
        await request.open(reopen_view.form(incident, reopen_view.proposed(incident)))
        return
    undone = await request.once(operations.undo, incident.id, thing, by=request.user)
    if undone:
        await _answer(request, undone)


@of_incident
async def pressed(request: Request) -> None:
    """Undo what the pressed confirmation confirms."""
    by, change = request.user, int(request.rest) if request.rest.isdecimal() else 0
    undone = await request.uow.perform(operations.undo, request.here.id, by=by, change_id=change)
    await _answer(request, undone)


async def _answer(request: Request, undone: operations.Undone) -> None:
    await request.answer(
        view_of.undone(
            undone.incident, undone.change, let_go=undone.let_go, stay=undone.stay, hushed=undone.hushed
        )
    )


FEATURE = Feature(
    subcommands=(
        Subcommand(
            undo,
            usage="undo [what]",
            brief="take your last change back",
            help=f"Undo what you changed in the last {_MINUTES} minutes, unless somebody changed it since: "
            "severity, status, public status, lead, role, field or name. Whom it paged, and who has not "
            "answered, is not paged any more. What you resolved, closed, cancelled or merged is reopened "
            "instead.",
            example="/inc undo severity",
            place=(Group.MOVE, 65),
        ),
    ),
    listeners=(Listener("action", view_of.UNDO, pressed),),
)
"""A confirmation has the button, and so has the panel of who has just changed something."""
