"""The page of insights, the incidents behind each figure, and the figures as files."""

import asyncio
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.insights.insight import Insight
from bot.domain.insights.periods import Period, WrongDay, choices, meant
from bot.operations.insights.reading import BY_SHIFT
from bot.views.browser import insights as view
from bot.views.browser import insights_chart as timed
from bot.views.browser import insights_export as export
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.browser.rich import Reader
from handlers.browser.follow_ups import page_of
from handlers.browser.insights_behind import listed
from handlers.browser.site import Site
from handlers.insights.figures import figures
from storage import people

PATH = "/insights"
LONGEST_KEY = 2000
"""Characters of what names a figure: rules of alerts have long names."""


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
        """List what stands behind a figure."""
        period, key = self._period(request, viewer), request.query.get("of", "")[:LONGEST_KEY]
        async with self._turn:
            now = await figures(self._site.uow, period, viewer.person)
        found = await listed(self._site.uow, now, key, viewer, page_of(request.query))
        query = timed.period_query(period)
        return self._site.render(
            "insights_behind.html",
            viewer,
            title=found.listing.title,
            here=PATH,
            listing=found.listing,
            page=found.page,
            pages=found.pages,
            span=timed.spoken(period),
            query=query,
            here_query=f"{query}&{urlencode({'of': key})}",
        )

    async def as_csv(self, request: web.Request, viewer: Viewer) -> web.Response:
        now, before = await self._figures(self._period(request, viewer), viewer)
        return _file(export.as_csv(await self._lines(now, before)), "text/csv", "csv")

    async def as_json(self, request: web.Request, viewer: Viewer) -> web.Response:
        now, before = await self._figures(self._period(request, viewer), viewer)
        return _file(export.as_json(now, before, await self._lines(now, before)), "application/json", "json")

    async def _lines(self, now: Insight, before: Insight) -> list[export.Line]:
        names = await self._site.uow.read(people.names, {who for who, _ in now.paged.people})
        return export.lines(now, before, names, change=bool(self._site.uow.process.insights.change))

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
            choices=[(name, timed.period_query(one), one == period) for name, one in usual],
            query=timed.period_query(period) if period else "",
            before_query=timed.period_query(period.before) if period else "",
            spoken=timed.spoken,
            period_query=timed.period_query,
            by_shift=BY_SHIFT,
            **values,
        )


def _file(text: str, kind: str, ending: str) -> web.Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="insights.{ending}"'}
    return web.Response(text=text, content_type=kind, charset="utf-8", headers=headers)
