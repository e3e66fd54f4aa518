"""What looks like a secret: its author, who pinned it, or the lead says whether it is one."""

from bot.domain.work.held import WAITING, Decision, Place
from bot.operations.work.held import held_text, keep_hidden, show, waiting
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.timeline import note
from bot.views.work import secret as view_of
from bot.views.work import update
from handlers.pressed import of_incident, pressed
from handlers.request import Feature, Listener, Request
from storage import updates


async def held_texts_of(request: Request) -> None:
    """List the texts that wait for this person: those of this incident, elsewhere all."""
    here = request.incident.id if request.incident else None
    found, of = await request.uow.read(waiting, here, by=request.user)
    await request.answer(view_of.listed(found, of, here=here))


@pressed
async def shown(request: Request) -> None:
    """Post it, or show it as it was written."""
    held, incident = await request.uow.read(held_text, request.number, by=request.user)
    latest = await request.uow.read(updates.latest, incident.id)
    next_in = update.usual_next_in(latest, incident)
    await request.uow.perform(show, held.id, by=request.user, next_in=next_in)
    if held.place in WAITING or request.in_private:  # a direct message is redrawn by itself
        await request.answer(view_of.decided(held, Decision.SHOWN))


@pressed
async def changed(request: Request) -> None:
    """Open the form with what was typed."""
    held, incident = await request.uow.read(held_text, request.number, by=request.user)
    if held.place is Place.NOTE:
        await request.open(note.form(incident, held.text))
        return
    latest = await request.uow.read(updates.latest, incident.id)
    await request.open(update.form(incident, latest, viewer=request.user, written=held.text))


@pressed
async def kept(request: Request) -> None:
    """Forget it, or leave it masked."""
    held, _ = await request.uow.perform(keep_hidden, request.number, by=request.user)
    if held.place in WAITING or request.in_private:  # a direct message is redrawn by itself
        await request.answer(view_of.decided(held, Decision.KEPT))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            held_texts_of,
            usage="held",
            brief="texts that look secret",
            help="List the texts that I did not post, or show masked, since something in them looks like a "
            "secret: post or show each as it is, change it, or drop it. Its author and, for what is masked, "
            "the lead may. I keep what was typed for seven days.",
            example="/inc held",
            place=(Group.INFORM, 95),
        ),
    ),
    listeners=(
        Listener("action", view_of.LIST, of_incident(held_texts_of)),
        Listener("action", view_of.SHOW, shown),
        Listener("action", view_of.CHANGE, changed),
        Listener("action", view_of.KEEP, kept),
    ),
    buttons=(PanelButton((Row.FACTS, 83), opens("Texts held back", view_of.LIST), unless_gone),),
)
