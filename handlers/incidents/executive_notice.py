"""The notice to the executives: written in its form, continued in one line."""

from bot.domain.incidents.incident import Incident
from bot.operations.incidents.executive_notices import (
    begin_notice,
    continue_notice,
    correct_notice,
    may_correct,
    post_notice,
)
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import executive_notice as view_of
from bot.views.incidents.state import typed
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read

_EDIT = {"edit", "correct"}


async def notice(request: Request) -> None:
    """Open the form of the notice; once it is posted, tell in its thread what was typed, or ask what."""
    incident, text = request.here, as_read(request.text)
    channel = request.uow.process.executive_channel
    if text.lower() in _EDIT:
        await edit(request)
        return
    begun = await request.uow.read(begin_notice, incident.id, by=request.user)
    if not begun.there:
        await request.open(view_of.form(begun, text, channel))
    elif not text:
        await request.open(view_of.more_form(begun))
    else:
        by, sure = request.user, request.confirmed
        await request.once(continue_notice, incident.id, text, by=by, sure=sure)
        await request.answer(view_of.sent(incident, channel))


async def edit(request: Request) -> None:
    """Open the form of the notice that is there, to correct it."""
    begun = await request.uow.read(may_correct, request.here.id, by=request.user)
    assert begun.there
    await request.open(view_of.edit_form(begun, begun.there, request.uow.process.executive_channel))


@answers_in_form(view_of.SUMMARY)
async def corrected(form: Submission) -> None:
    """Correct the notice in its place, once."""
    found = view_of.entered(form.entered)
    if isinstance(found, dict):
        await form.wrong(found)
        return
    await form.once(correct_notice, form.number, found, by=form.user, sure=form.sure)
    await form.close()


@answers_in_form(view_of.SUMMARY)
async def submitted(form: Submission) -> None:
    """Post the notice, once."""
    found = view_of.entered(form.entered)
    if isinstance(found, dict):
        await form.wrong(found)
        return
    await form.once(post_notice, form.number, found, by=form.user, sure=form.sure)
    await form.close()


@answers_in_form(view_of.TEXT)
async def more_submitted(form: Submission) -> None:
    """Tell the executives what changed, once."""
    text = typed(form.entered, view_of.TEXT)
    await form.once(continue_notice, form.number, text, by=form.user, sure=form.sure)
    await form.close()


def _offered(incident: Incident, viewer: str) -> bool:
    return incident.severity.high and incident.status.active and not incident.private


FEATURE = Feature(
    subcommands=(
        Subcommand(
            notice,
            usage="notice [text]",
            brief="tell the executives",
            help="Write the notice to the executives: summary, impact on customers, current response. Once "
            "it is posted, what you type goes into its thread; updates go there by themselves. Whoever wrote "
            "it corrects it: `/inc notice edit`. Who leads, the liaison, Infrastructure Leader, IM and CMOC "
            "may write it.",
            example="/inc notice Half of the pushes work again",
            place=(Group.INFORM, 66),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(notice)),
        Listener("action", view_of.EDIT, of_incident(edit)),
        Listener("view", view_of.EDIT_FORM, corrected),
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.MORE_FORM, more_submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 80), opens("Executive notice", view_of.OPEN), _offered),),
)
