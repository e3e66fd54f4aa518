"""`/inc why`: the chain that led to a page, for whoever it called and whoever may see it."""

from bot.domain.errors import Refused
from bot.operations.paging.why import why, why_newest
from bot.views.commands import Group, Subcommand
from bot.views.paging import why as view
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request, answer

MOST = 9
"""Digits of a page's number."""


async def why_by_command(request: Request) -> None:
    """Explain the page whose number is typed, else the newest one here that called whoever asks."""
    number = request.plain.lower().removeprefix("page").strip(" #")
    if number and not (number.isascii() and number.isdecimal() and len(number) <= MOST):
        raise Refused(
            "Write the page's number, as in `/inc why 12`, or `/inc why` alone for the page that called you."
        )
    incident = request.incident.id if request.incident else None
    if number:
        found = await request.uow.read(why, int(number), by=request.user)
    else:
        found = await request.uow.read(why_newest, incident, by=request.user)
    await request.answer(view.chain(found, request.user))


@pressed
async def asked(request: Request) -> None:
    """Explain the page whose message has the button, in private."""
    found = await request.uow.read(why, request.number, by=request.user)
    await answer(request.respond, view.chain(found, request.user))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            why_by_command,
            usage="why [page]",
            brief="why were you called?",
            help="Show why a page called you, or somebody else: rule, path as it was, schedule, and what "
            "became of each message.",
            example="/inc why",
            place=(Group.CALL, 60),
        ),
    ),
    listeners=(Listener("action", view.OPEN, asked),),
)
