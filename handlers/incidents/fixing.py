"""Going to Fixing asks for the step that was agreed; nobody has to answer."""

from bot.operations.timeline.notes import note
from bot.views.incidents import fixing as view_of
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission


@of_incident
async def asked(request: Request) -> None:
    """Open the question."""
    await request.open(view_of.form(request.here))


@answers_in_form(view_of.STEP)
async def submitted(form: Submission) -> None:
    """Note the step on the timeline, if there is one."""
    if step := view_of.entered(form.entered):
        await form.once(note, form.number, f"Agreed step: {step}", by=form.user)
    await form.close()


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.OPEN, asked),
        Listener("view", view_of.FORM, submitted),
    ),
)
