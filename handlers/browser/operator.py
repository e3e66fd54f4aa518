"""The page of whoever looks after Muster: those under `admins` alone find it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.health.versions import versions
from bot.operations import dead_letters as letters
from bot.views.browser import operator as view_of
from bot.views.browser.operator import LETTERS, Health, Kept, Queued
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.oncall.unsent import Unsent
from handlers.browser.incident import named
from handlers.browser.site import Form, Site
from handlers.oncall.home import about
from storage import (
    alert_sources,
    alert_tallies,
    chores,
    dead_letters,
    outbox_figures,
    schedule_findings,
)
from storage.transaction import Tx

HERE = "/operator"
PATIENCE = 5.0
"""Seconds that the page waits for a probe: one that asks Slack may wait for long."""
BEAT, EVERY = "heartbeat", timedelta(minutes=1)
DAY = timedelta(days=1)
BACK = ((HERE, "Back to the operator's page"),)
ELSE = "The list may be older than what somebody else did: load it again to see what is left."
Ask: TypeAlias = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Running:
    """How the program itself is asked for what it knows of itself."""

    probes: Mapping[str, Ask]
    failing: Callable[[], Mapping[str, str]]
    progress: Callable[[], Mapping[str, str]]
    described: Callable[[], Mapping[str, object]]
    warnings: Sequence[str] = ()
    """What is odd about the configuration, beside what is set aside."""


class OperatorPage:
    """Shows how Muster is, and sends again what could not be sent, by the operations of the Home tab."""

    def __init__(self, site: Site, running: Running) -> None:
        self._site, self._running = site, running

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(HERE, self.show), self._site.post(f"{HERE}/letters/{{letter}}", self.act)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        kept = await self._site.uow.read(_kept, _admin(viewer))
        running = self._running
        said = await asyncio.gather(*(_asked(probe) for probe in running.probes.values()))
        probes = dict(zip(running.probes, said, strict=True))
        described = {**running.described(), **versions()}
        health = Health(probes, running.failing(), running.progress(), described, running.warnings)
        values = view_of.shown(health, kept, request.query.get("done", ""), Reader(viewer.zone))
        return self._site.render("operator.html", viewer, here=HERE, **values)

    async def act(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Send again what could not be sent, or drop it."""
        by, number = _admin(viewer), named(request, "letter")
        doing = {"again": letters.send_again_as, "drop": letters.drop_as}
        if form.get("do") not in doing:
            raise Malformed
        try:
            await self._site.uow.perform(doing[form["do"]], number, by=by)
        except Refused as no:  # two may look at the same list
            return self._site.message(409, "Not done", str(no), ELSE, viewer=viewer, ways=BACK)
        return self._site.go(f"{HERE}?done={form['do']}")


def _admin(viewer: Viewer) -> str:
    """Return who looks after Muster. Raises NotFound for everybody else: the page is none of theirs."""
    if not viewer.admin:
        raise NotFound("page", HERE)
    return viewer.person


async def _asked(probe: Ask) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await probe()
    except TimeoutError:
        return f"no answer for {PATIENCE:.0f} s"


def _kept(tx: Tx, viewer: str) -> Kept:
    found = dead_letters.newest(tx, LETTERS)
    due = chores.next_at(tx, BEAT)
    lately: dict[str, int] = {}
    for (source, _), number in alert_tallies.lately(tx, DAY).items():
        lately[source] = lately.get(source, 0) + number
    told = {name: len(schedule_findings.told(tx, name)) for name in tx.process.schedules}
    return Kept(
        tx.process,
        tx.now,
        due - EVERY if due else None,
        [Queued(one.job, one.waiting, one.failed, one.since) for one in outbox_figures.queues(tx)],
        [Unsent(one.id, one.job, about(tx, one, viewer), one.given_up_at, one.reason) for one in found],
        sum(dead_letters.counts(tx).values()),
        alert_sources.all_of(tx),
        lately,
        {name: count for name, count in told.items() if count},
    )
