"""`/inc cover` and `/inc swap`: ask colleagues to be on call instead, and answer those who ask."""

from bot.domain.errors import Refused
from bot.domain.oncall.cover import CoverRequest
from bot.operations.oncall.overrides import accept_cover, ask_for_cover, withdraw_cover
from bot.operations.oncall.rota import shifts_of_others, zone_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import chosen
from bot.views.oncall import cover as view
from bot.views.oncall import fields
from handlers.oncall import typed
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, answer

MOST_OFFERED = 100
"""Slack's limit for a menu."""


async def cover_by_command(request: Request) -> None:
    """Ask for cover for the time that was typed, or open the form."""
    said = await typed.meant(request)
    if said.person not in (None, request.user):
        raise Refused(
            "You can ask for cover for yourself. To put somebody else on call: `/inc override`.",
        )
    if not said.text:
        await cover_form(request, said.schedule)
        return
    meant = await said.span(request, "cover")
    among = [said.schedule] if said.schedule else await request.uow.read(typed.at_work, request.user, meant)
    if not among:
        raise Refused("You are on call for no schedule in that time: there is nothing to cover.")
    schedule = typed.which(request, "cover", among)
    if asked := await request.once(ask_for_cover, schedule, meant, by=request.user):
        await _say_asked(request, asked)


async def _say_asked(request: Request, asked: CoverRequest) -> None:
    zone = await request.uow.read(zone_of, request.user)
    channel = request.uow.process.schedules[asked.schedule].channel
    await request.answer(view.asked(asked, channel, zone))


async def cover_form(request: Request, schedule: str | None = None) -> None:
    mine, zone = await typed.shifts(request), await request.uow.read(zone_of, request.user)
    await request.open(view.form(list(request.uow.process.schedules), mine, zone, schedule))


@answers_in_form(fields.UNTIL)
async def submitted(form: Submission) -> None:
    """Ask for cover for the shift or the time that the form says."""
    wish = view.entered(form.entered)
    if isinstance(wish, dict):
        await form.wrong(wish)
        return
    await form.once(ask_for_cover, wish.schedule, wish.span, by=form.user)
    await form.close()


async def swap(request: Request) -> None:
    """Open the form that offers a shift for one of a colleague's."""
    await typed.meant(request)
    mine = await typed.shifts(request)
    theirs, names = await request.uow.read(
        shifts_of_others, request.user, [schedule for schedule, _ in mine], typed.AHEAD, MOST_OFFERED
    )
    if not mine or not theirs:
        raise Refused(
            "You have no shift in the next four weeks that could be swapped."
            if not mine
            else "Nobody else has a shift in the next four weeks that you could take for yours."
        )
    zone = await request.uow.read(zone_of, request.user)
    await request.open(view.swap_form(mine, theirs, names, zone))


@answers_in_form(view.THEIRS)
async def swap_submitted(form: Submission) -> None:
    """Offer the swap."""
    schedule, _, span = fields.shift_of(chosen(form.entered, view.SHIFT))
    other, colleague, back = fields.shift_of(chosen(form.entered, view.THEIRS))
    if schedule != other:
        raise Refused(f"Your shift is on {schedule}: choose one of {schedule} for it.")
    await form.once(ask_for_cover, schedule, span, by=form.user, colleague=colleague, back=back)
    await form.close()


@pressed
async def accepted(request: Request) -> None:
    """Put whoever presses on call: the first one."""
    taken = await request.uow.perform(accept_cover, request.number, by=request.user)
    zone = await request.uow.read(zone_of, request.user)
    await answer(request.respond, view.accepted(taken, zone))


@pressed
async def withdrawn(request: Request) -> None:
    """End a request that nobody has accepted."""
    found = await request.uow.perform(withdraw_cover, request.number, by=request.user)
    await request.answer(view.ended(found))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            cover_by_command,
            usage="cover [me] [schedule] [when]",
            brief="ask for cover on call",
            help="Ask in the schedule's channel who covers for you: the first who accepts is on call then. "
            "Times are those of your Slack.",
            example="/inc cover me tomorrow 09:00-17:00",
            place=(Group.PEOPLE, 51),
            of_incident=False,
        ),
        Subcommand(
            swap,
            usage="swap",
            brief="swap shifts on call",
            help="Offer one of your shifts for one of a colleague's, who accepts or declines.",
            example="/inc swap",
            place=(Group.PEOPLE, 53),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view.OPEN, pressed(cover_form)),
        Listener("action", view.ACCEPT, accepted),
        Listener("action", view.WITHDRAW, withdrawn),
        Listener("view", view.FORM, submitted),
        Listener("view", view.SWAP_FORM, swap_submitted),
    ),
)
