"""`/inc handover`: a note for whoever comes next on call; and taking over what crosses the shift."""

from bot.domain.errors import Refused
from bot.operations.oncall.handover import leave_note, own_duties, put_off, take_over
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import typed as typed_text
from bot.views.oncall import handover as view
from handlers.oncall import typed
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, answer, as_read, with_names
from storage import duties


async def handover(request: Request) -> None:
    """Add what was typed to the note of whoever is on call, or open the form with it."""
    schedule, text = typed.schedule_first(request, as_read(await with_names(request.text, request.uow)))
    mine = await request.uow.perform(own_duties, by=request.user)
    if schedule not in {None, *mine} or not mine:
        raise Refused(
            f"You are not on call{f' for {schedule}' if schedule else ''}, and were not in the last hour: "
            "you have no note to leave. `/inc oncall` shows who is. To hand over an incident: `/inc lead`."
        )
    duty = mine[schedule or typed.which(request, "handover", list(mine))]
    if not text:
        await request.open(view.form(duty, await request.uow.read(duties.before, duty)))
    elif noted := await request.once(leave_note, duty.id, text, by=request.user, after=True):
        await request.answer(view.noted(noted))


@pressed
async def opened(request: Request) -> None:
    """Open the form for whoever goes."""
    mine = {one.id: one for one in (await request.uow.perform(own_duties, by=request.user)).values()}
    if not (duty := mine.get(request.number)):
        raise Refused("Your shift ended more than an hour ago: tell whoever is on call now, `/inc oncall`.")
    await request.open(view.form(duty, await request.uow.read(duties.before, duty)))


@answers_in_form(view.TEXT)
async def submitted(form: Submission) -> None:
    """Keep the note as it is in the form."""
    await form.once(leave_note, form.number, typed_text(form.entered, view.TEXT), by=form.user)
    await form.close()


@pressed
async def taken_over(request: Request) -> None:
    """Let whoever presses have the role, what waits in it, and the lead."""
    incident = await request.uow.perform(take_over, request.number, by=request.user)
    brief = await request.uow.read(duties.brief, request.number)
    await answer(request.respond, view.taken(incident, brief))


@pressed
async def not_yet(request: Request) -> None:
    """Ask later."""
    await request.uow.perform(put_off, request.number, by=request.user)
    await answer(request.respond, view.put_off())


FEATURE = Feature(
    subcommands=(
        Subcommand(
            handover,
            usage="handover [schedule] [note]",
            brief="note for the next shift",
            help="Leave a note for whoever comes next on call, until an hour after your shift. They read it "
            "when theirs begins, with what is open.",
            example="/inc handover Watch the database, we raised its limit",
            place=(Group.PEOPLE, 56),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view.OPEN, opened),
        Listener("action", view.TAKE_OVER, taken_over),
        Listener("action", view.NOT_YET, not_yet),
        Listener("view", view.FORM, submitted),
    ),
)
