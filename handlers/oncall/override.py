"""`/inc override`: take or give a time of a schedule, and cancel an override."""

from datetime import timedelta

from bot.domain.errors import Malformed, Refused
from bot.domain.oncall.spans import Span
from bot.operations.oncall.overrides import cancel_override, instead_of, override
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import chosen, chosen_person
from bot.views.oncall import fields
from bot.views.oncall import override as view
from handlers.oncall import typed
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, answer
from storage import overrides

LISTED = 20
_HOUR = timedelta(hours=1)


async def override_by_command(request: Request) -> None:
    """Make the override that was typed, list those that can be cancelled, or open the form."""
    uow = request.uow
    if request.plain.lower() in ("cancel", "list"):
        await request.answer(view.listing(await uow.read(overrides.coming, LISTED)))
        return
    said = await typed.meant(request)
    if not said.text and not said.person:
        zone, now = await uow.read(zone_of, request.user), uow.clock.now()
        start = now.replace(minute=0, second=0, microsecond=0) + _HOUR
        meant = Span(start, start + 8 * _HOUR)
        await request.open(view.form([*uow.process.schedules], request.user, zone, meant, said.schedule))
        return
    if not said.person:
        raise Refused(
            "Who is on call then? Write `me`, or mention a person: `/inc override EOC me until 18:00`. "
            "To cancel one: `/inc override cancel`."
        )
    meant = await said.span(request, "override")
    schedule = said.schedule or typed.which(request, "override", list(uow.process.schedules))
    made = await request.once(override, schedule, meant, said.person, by=request.user)
    if made:
        await _answer(request, made.id)


async def _answer(request: Request, number: int) -> None:
    made = await request.uow.read(overrides.get, number)
    before = await request.uow.read(instead_of, made)
    zone = await request.uow.read(zone_of, request.user)
    await request.answer(view.made(made, before, zone))


@answers_in_form(fields.FROM, person=view.PERSON)
async def submitted(form: Submission) -> None:
    """Make the override that the form says; what it comes to is announced."""
    schedule, person = chosen(form.entered, fields.SCHEDULE), chosen_person(form.entered, view.PERSON)
    meant = fields.entered_span(form.entered)
    if not person or not meant or not schedule:
        raise Malformed
    await form.once(override, schedule, meant, person, by=form.user)
    await form.close()


@pressed
async def cancelled(request: Request) -> None:
    """End an override, from its message or from the list."""
    made = await request.uow.perform(cancel_override, request.number, by=request.user)
    if request.in_private:
        await request.answer(view.listing(await request.uow.read(overrides.coming, LISTED)))
    else:
        await answer(request.respond, view.cancelled(made))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            override_by_command,
            usage="override [schedule] [me or @person] [when]",
            brief="take or give a shift",
            help="Take a time of a schedule, or give somebody one of yours. `/inc override cancel` lists "
            "those that are made. Times are those of your Slack.",
            example="/inc override EOC me until 18:00",
            place=(Group.PEOPLE, 52),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view.CANCEL, cancelled),
        Listener("view", view.FORM, submitted),
    ),
)
