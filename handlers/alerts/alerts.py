"""Alerts as people look at them, in private."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from bot.domain.alerts.alert import Alert, Noise, SourceState
from bot.domain.alerts.listing import Sought, sought
from bot.domain.errors import NotFound
from bot.domain.rights import Right
from bot.operations.rights import allow
from bot.views.alerts import alerts as view_of
from bot.views.alerts import noise as noise_view
from bot.views.alerts import traced
from bot.views.blocks import Message
from bot.views.commands import Group, Subcommand
from bot.views.mrkdwn import escape
from bot.views.naming import way_in
from handlers.alerts import heartbeats, one_alert
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import alert_sources, alert_traces, alerts, incidents, judged_alerts
from storage.transaction import Tx

_SOURCES, _NOISE = "sources", "noise"
_ENTRY = "alerts.sources."
_TRACE = re.compile("[0-9a-f]{16}")
NOISE_OF = timedelta(days=30)
_DO = {
    "attach": one_alert.attach,
    "detach": one_alert.detach,
    "shelve": one_alert.shelve,
    "unshelve": one_alert.unshelve,
    heartbeats.FORGET: heartbeats.forget,
}


async def show(request: Request) -> None:
    """Show the alerts that are sought: in an incident's channel its own, others with words; or do something
    with one of them.
    """
    word, _, rest = request.plain.partition(" ")
    if word.lower() in heartbeats.LIST:
        await heartbeats.show(request, rest.strip())
    elif do := _DO.get(word.lower()):
        await do(request, rest.strip())
    elif request.plain.lower() == _SOURCES:
        await _show_sources(request)
    elif request.plain.lower() == _NOISE:
        await _show_noise(request)
    elif (number := one_alert.meant(request.plain)) is not None:
        await one_alert.show(request, number)
    elif by_trace := await request.uow.read(_traced, request.user, request.plain.lower()):
        await request.answer(by_trace)
    elif request.plain or not request.incident:
        await request.answer(await request.uow.read(_listed, request.user, sought(request.plain), None))
    else:
        await request.answer(await request.uow.read(_of_incident, request.incident.id, request.user))


def _traced(tx: Tx, by: str, trace: str) -> Message | None:
    """Return what a request told, if this is the trace of one."""
    allow(tx, by, Right.WORK)
    if not _TRACE.fullmatch(trace):
        return None
    told, refused = alert_traces.of_request(tx, trace), alert_traces.refused(tx, trace)
    seen = [(one, _seen(tx, one.alert, by) if one.alert else None) for one in told]
    known = [(one, alert) for one, alert in seen if alert or not one.alert]
    return traced.request(trace, known, refused) if known or refused else None


def _seen(tx: Tx, alert_id: int, by: str) -> Alert | None:
    """Return an alert, unless it is of an incident that this person may not know of."""
    with suppress(NotFound):
        return alerts.visible(tx, alert_id, by)
    return None


@pressed
async def firing(request: Request) -> None:
    """Show those that fire, from older ones than the button carries, limited as it says."""
    await _turn(request, everything=False)


@pressed
async def everything(request: Request) -> None:
    await _turn(request, everything=True)


async def _turn(request: Request, *, everything: bool) -> None:
    limits = replace(sought(request.rest), everything=everything)
    await request.answer(await request.uow.read(_listed, request.user, limits, request.number or None))


@pressed
async def noise(request: Request) -> None:
    await _show_noise(request)


async def _show_noise(request: Request) -> None:
    found = await request.uow.read(_noise, request.user)
    await request.answer(noise_view.report(found, NOISE_OF))


def _noise(tx: Tx, by: str) -> list[Noise]:
    allow(tx, by, Right.WORK)
    return judged_alerts.noise(tx, tx.now - NOISE_OF, by)


@pressed
async def sources(request: Request) -> None:
    await _show_sources(request)


async def _show_sources(request: Request) -> None:
    process = request.uow.process
    configured = {name: one.format for name, one in process.alert_sources.items()}
    broken = [one.removeprefix(_ENTRY) for one in process.set_aside if one.startswith(_ENTRY)]
    configured |= dict.fromkeys(broken, "set aside: its entry in muster.yml is broken")
    await request.answer(view_of.sources(configured, await request.uow.read(_sources, request.user)))


def _sources(tx: Tx, by: str) -> list[SourceState]:
    allow(tx, by, Right.WORK)
    return alert_sources.all_of(tx)


def _listed(tx: Tx, by: str, limits: Sought, before: int | None) -> Message:
    allow(tx, by, Right.WORK)
    only_open = not (limits.everything or limits.unrouted)
    found = alerts.newest(
        tx, by, only_open=only_open, limit=view_of.PER_PAGE + 1, before=before, sought=limits
    )
    shown = found[: view_of.PER_PAGE]
    return view_of.listing(shown, _named(tx, by, shown), limits, more=len(found) > len(shown))


def _of_incident(tx: Tx, number: int, by: str) -> Message:
    allow(tx, by, Right.WORK)
    incident = incidents.visible(tx, number, by)
    found = alerts.of_incident(tx, incident.id, view_of.PER_PAGE)
    heading = f"*Alerts of INC-{incident.id}*"
    return view_of.listing(found, _named(tx, by, found), Sought(), more=False, heading=heading)


def _named(tx: Tx, by: str, found: Sequence[Alert]) -> dict[int, str]:
    """Return how the incidents of alerts are called, of those that this person may know of."""
    numbers = sorted({one.incident for one in found if one.incident})
    known = incidents.visible_of(tx, numbers, by)
    return {one.id: f"INC-{one.id} {escape(one.status)}, {way_in(one)}" for one in known}


FEATURE = Feature(
    subcommands=(
        Subcommand(
            show,
            usage="alerts [what or which]",
            brief="what monitoring says",
            help="See the alerts that fire now, with what became of them; in an incident's channel its own. "
            "`all`, `unrouted`, `shelved`, `S1`, `source=prometheus`, `team=db` and words limit the list. "
            "`A-12` shows one, the trace of a request what that told; "
            "`attach A-12 INC-7`, `detach A-12`, `shelve A-12 2h`, `unshelve A-12` do it. "
            "`noise` shows how many were real, `sources` who sends alerts, and what was refused. "
            "`heartbeats` shows what is to be heard of regularly; `forget backup/web-1` ends that for an "
            "instance.",
            example="/inc alerts",
            place=(Group.CALL, 55),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, firing),
        Listener("action", view_of.ALL, everything),
        Listener("action", view_of.SOURCES, sources),
        Listener("action", view_of.NOISE, noise),
    ),
)
