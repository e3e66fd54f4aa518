"""Making a public incident private: by a form that asks to be sure, or at once by `yes`."""

import re

from bot.operations.incidents.privacy import make_private, may_make_private
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import privacy as view_of
from bot.views.incidents.state import typed
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission

_SURE = re.compile(r"yes\b[\s,.:!]*", re.IGNORECASE)


async def private(request: Request) -> None:
    """Ask to be sure: it cannot be undone. Whoever types that they are need not be asked."""
    incident, uow = request.here, request.uow
    if sure := _SURE.match(request.plain):
        reason = request.plain[sure.end() :]
        made = await request.once(make_private, incident.id, reason, by=request.user)
        await request.answer(view_of.made(made or incident))
        return
    found, people = await uow.read(may_make_private, incident.id, by=request.user)
    await request.open(view_of.form(found, people, request.plain))


@answers_in_form(view_of.REASON)
async def submitted(form: Submission) -> None:
    await form.once(make_private, form.number, typed(form.entered, view_of.REASON), by=form.user)
    await form.close()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            private,
            usage="private [yes] [reason]",
            brief="only its people read it",
            help="Make a public incident private. It goes on in a new private channel with the same people; "
            "what others were told is taken back. It cannot be made public again, so a form asks first; with "
            "`yes` it is done at once.",
            example="/inc private yes Customer data is in the logs",
            place=(Group.PEOPLE, 45),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(private)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton(
            (Row.PEOPLE, 45),
            opens("Make it private", view_of.OPEN),
            lambda incident, viewer: not incident.private and incident.status.open,
        ),
    ),
)
