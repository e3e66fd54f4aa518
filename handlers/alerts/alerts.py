"""Alerts as people look at them, in private."""

from collections.abc import Sequence

from bot.domain.alerts.alert import Alert, SourceState
from bot.domain.errors import Refused
from bot.domain.rights import Right
from bot.operations.rights import allow
from bot.views.alerts import alerts as view_of
from bot.views.blocks import Message
from bot.views.commands import Group, Subcommand
from bot.views.mrkdwn import escape
from bot.views.naming import way_in
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import alert_sources, alerts, incidents
from storage.transaction import Tx

TAKES = "`/inc alerts` takes nothing, `all` or `sources`."
_ALL, _SOURCES = "all", "sources"


async def show(request: Request) -> None:
    """Show the alerts that fire now: in an incident's channel its own, all of them with a word."""
    word = request.plain.lower()
    if word == _SOURCES:
        await _show_sources(request)
    elif word == _ALL or (not word and not request.incident):
        await request.answer(await request.uow.read(_listed, request.user, word == _ALL, None))
    elif not word and request.incident:
        await request.answer(await request.uow.read(_of_incident, request.incident.id, request.user))
    else:
        raise Refused(TAKES)


@pressed
async def firing(request: Request) -> None:
    """Show those that fire, from older ones than the button carries."""
    await request.answer(await request.uow.read(_listed, request.user, False, request.number or None))


@pressed
async def everything(request: Request) -> None:
    await request.answer(await request.uow.read(_listed, request.user, True, request.number or None))


@pressed
async def sources(request: Request) -> None:
    await _show_sources(request)


async def _show_sources(request: Request) -> None:
    configured = {name: one.format for name, one in request.uow.process.alert_sources.items()}
    await request.answer(view_of.sources(configured, await request.uow.read(_sources, request.user)))


def _sources(tx: Tx, by: str) -> list[SourceState]:
    allow(tx, by, Right.WORK)
    return alert_sources.all_of(tx)


def _listed(tx: Tx, by: str, whole: bool, before: int | None) -> Message:
    allow(tx, by, Right.WORK)
    found = alerts.newest(tx, by, only_open=not whole, limit=view_of.PER_PAGE + 1, before=before)
    shown = found[: view_of.PER_PAGE]
    return view_of.listing(shown, _named(tx, by, shown), everything=whole, more=len(found) > len(shown))


def _of_incident(tx: Tx, number: int, by: str) -> Message:
    allow(tx, by, Right.WORK)
    incident = incidents.visible(tx, number, by)
    found = alerts.of_incident(tx, incident.id, view_of.PER_PAGE)
    heading = f"*Alerts of INC-{incident.id}*"
    return view_of.listing(found, _named(tx, by, found), everything=False, more=False, heading=heading)


def _named(tx: Tx, by: str, found: Sequence[Alert]) -> dict[int, str]:
    """Return how the incidents of alerts are called, of those that this person may know of."""
    numbers = sorted({one.incident for one in found if one.incident})
    known = incidents.visible_of(tx, numbers, by)
    return {one.id: f"INC-{one.id} {escape(one.status)}, {way_in(one)}" for one in known}


FEATURE = Feature(
    subcommands=(
        Subcommand(
            show,
            usage="alerts [all or sources]",
            brief="what monitoring says",
            help="See the alerts that fire now, with what became of them; in an incident's channel its own. "
            "`sources` shows who sends alerts, and what was refused.",
            example="/inc alerts",
            place=(Group.CALL, 55),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, firing),
        Listener("action", view_of.ALL, everything),
        Listener("action", view_of.SOURCES, sources),
    ),
)
