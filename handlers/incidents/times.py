"""Times of an incident: one in a line, or all in the form."""

from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.times import Moment, Times, problems, timeable, typed, watch_now
from bot.operations.incidents.times import set_times, times_of
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import life
from bot.views.incidents import times as view_of
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents
from storage.transaction import Tx


async def time(request: Request) -> None:
    """Set the time that was typed, or open the form with all of them."""
    incident = timeable(request.here)
    if not request.plain:
        await request.open(view_of.form(incident, await request.uow.read(times_of, incident)))
        return
    zone = await request.uow.read(zone_of, request.user)
    name, at = typed(request.plain, zone, request.uow.clock.now())
    changed = {name: at}
    await request.once(set_times, incident.id, changed, by=request.user)
    known = await request.uow.read(times_of, incident)
    await request.answer(view_of.changed(incident, changed, known))


@answers_in_form(Moment.IMPACT_START.name)
async def submitted(form: Submission) -> None:
    """Set the times that were changed, once, and propose Monitoring when the impact is over."""
    incident, known = await form.uow.read(_found, form.number, form.user)
    changed = view_of.entered(form.entered, known)
    if wrong := problems(known, changed, form.uow.clock.now()):
        await form.wrong({name.name: said for name, said in wrong.items()})
        return
    await form.once(set_times, incident.id, changed, by=form.user)
    if watch_now(incident, changed):
        await form.turn_into(life.status_form(incident, form.user, proposed=Status.MONITORING))
    else:
        await form.close()


def _found(tx: Tx, incident_id: int, by: str) -> tuple[Incident, Times]:
    incident = incidents.visible(tx, incident_id, by)
    return incident, times_of(tx, incident)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            time,
            usage="time [name] [time]",
            brief="impact start, end and more",
            help="Set when the impact began or ended, or it was detected, engaged, mitigated or resolved: "
            "`14:05`, `yesterday 14:05` or `now`; `-` has it set by itself again. Alone it opens the form.",
            example="/inc time impact-start 14:05",
            place=(Group.INFORM, 58),
            aliases=("times",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(time)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.FACTS, 80), opens("Times", view_of.OPEN), unless_gone),),
)
