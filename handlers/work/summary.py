"""The summary: four parts, written as they become known."""

from bot.domain.incidents.incident import writable
from bot.operations.work.summary import write_summary
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.work import summary as view_of
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read
from storage import incidents


async def summary(request: Request) -> None:
    """Open the form with what is written already, and what was typed below it."""
    incident = writable(request.here)
    typed = as_read(request.text)
    await request.open(view_of.form(incident, typed))


@answers_in_form(view_of.SUMMARY)
async def submitted(form: Submission) -> None:
    """Store what changed."""
    incident = await form.uow.read(incidents.visible, form.number, form.user)
    found = view_of.entered(form.entered, form.metadata, incident.summary)
    if isinstance(found, dict):
        await form.wrong(found)
        return
    await form.uow.perform(write_summary, incident.id, found, by=form.user, sure=form.sure)
    await form.close()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            summary,
            usage="summary [text]",
            brief="write what is known",
            help="Write the summary, the causes, the CMOC notice and the exec summary.",
            example="/inc summary The disk of the primary is full since noon",
            place=(Group.INFORM, 30),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(summary)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 10), opens("Summary", view_of.OPEN), unless_gone),),
)
