"""The page of insights, the incidents behind each figure, and the figures as files."""

import asyncio
from collections.abc import Sequence

from aiohttp import web

from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Incident
from bot.domain.insights import behind as figure
from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period, WrongDay, choices, meant
from bot.operations.insights.reading import BY_SHIFT
from bot.views.browser import insights as view
from bot.views.browser import insights_export as export
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting
from handlers.browser.site import Site
from handlers.insights.figures import figures
from storage import incidents, people
from storage.transaction import Tx

PATH = "/insights"
SHOWN = 60
"""How many incidents behind a figure a page lists."""


class InsightPages:
    """Reads the figures of one reader after the other: each is many questions to the database."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._turn = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(PATH, self.show),
            self._site.get(f"{PATH}/incidents", self.behind),
            self._site.get(f"{PATH}.csv", self.as_csv),
            self._site.get(f"{PATH}.json", self.as_json),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        """Show a time beside the one before it; a day that cannot be meant is named above the form."""
        try:
            period = self._period(request, viewer)
        except WrongDay as wrong:
            given = request.query.get("from", "")[:40], request.query.get("to", "")[:40]
            return self._page(viewer, None, given, status=422, wrong=(str(wrong), wrong.field), now=None)
        now, before = await self._figures(period, viewer)
        names = await self._site.uow.read(people.names, {who for who, _ in now.paged.people})
        rules = self._site.uow.process.insights
        values = view.shown(
            now, before, Reader(viewer.zone, names), cause=bool(rules.cause), change=bool(rules.change)
        )
        given = period.first.isoformat(), period.last.isoformat()
        return self._page(viewer, period, given, wrong=None, **values)

    async def behind(self, request: web.Request, viewer: Viewer) -> web.Response:
        """List the incidents of a figure."""
        period, key = self._period(request, viewer), request.query.get("of", "")[:200]
        async with self._turn:
            now = await figures(self._site.uow, period, viewer.person)
        found = figure.behind(now.incidents, key)
        if found is None:
            raise NotFound("figure", key[:40])
        took = {one.id: span for one, span in found}
        shown = await self._site.uow.read(_known, [one.id for one, _ in found[:SHOWN]], viewer.person)
        return self._site.render(
            "insights_behind.html",
            viewer,
            title=figure.spoken(key),
            here=PATH,
            total=len(found),
            rows=[(one, lasting(span) if (span := took[one.id]) is not None else "") for one in shown],
            timed=any(span is not None for span in took.values()),
            span=view.spoken(period),
            query=view.period_query(period),
            reader=Reader(viewer.zone),
        )

    async def as_csv(self, request: web.Request, viewer: Viewer) -> web.Response:
        now, before = await self._figures(self._period(request, viewer), viewer)
        return _file(export.as_csv(self._lines(now, before)), "text/csv", "csv")

    async def as_json(self, request: web.Request, viewer: Viewer) -> web.Response:
        now, before = await self._figures(self._period(request, viewer), viewer)
        return _file(export.as_json(now, before, self._lines(now, before)), "application/json", "json")

    def _lines(self, now: Insight, before: Insight) -> list[dict[str, object]]:
        return export.lines(now, before, change=bool(self._site.uow.process.insights.change))

    def _period(self, request: web.Request, viewer: Viewer) -> Period:
        query = request.query
        return meant(query.get("from", ""), query.get("to", ""), viewer.zone, self._site.uow.clock.now())

    async def _figures(self, period: Period, viewer: Viewer) -> tuple[Insight, Insight]:
        async with self._turn:
            now = await figures(self._site.uow, period, viewer.person)
            return now, await figures(self._site.uow, period.before, viewer.person)

    def _page(
        self,
        viewer: Viewer,
        period: Period | None,
        given: tuple[str, str],
        *,
        status: int = 200,
        **values: object,
    ) -> web.Response:
        usual = choices(viewer.zone, self._site.uow.clock.now())
        return self._site.render(
            "insights.html",
            viewer,
            status=status,
            title="Insights",
            here=PATH,
            given=given,
            choices=[(name, view.period_query(one), one == period) for name, one in usual],
            query=view.period_query(period) if period else "",
            spoken=view.spoken,
            by_shift=BY_SHIFT,
            **values,
        )


def _known(tx: Tx, ids: Sequence[int], viewer: str) -> list[Incident]:
    """Return those of these incidents that somebody may know of now, in their order."""
    return incidents.visible_of(tx, ids, viewer)


def _file(text: str, kind: str, ending: str) -> web.Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="insights.{ending}"'}
    return web.Response(text=text, content_type=kind, charset="utf-8", headers=headers)
