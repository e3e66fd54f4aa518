"""The load of a schedule in a browser, for those who manage it."""

from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.oncall.load import Load, month_of
from bot.domain.oncall.spans import Span
from bot.domain.rights import Right
from bot.domain.text import one_line
from bot.operations.oncall.load import load, managed_by
from bot.operations.oncall.rota import zone_of
from bot.operations.rights import allow
from bot.views.browser import load as view_of
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from handlers.browser.oncall import HERE
from handlers.browser.site import Site
from storage import people
from storage.transaction import Tx

PATH = f"{HERE}/load"


class LoadPages:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(PATH, self.show)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        """Show the month of an address, to whoever manages the schedule; what names no month is said."""
        uow, now = self._site.uow, self._site.uow.clock.now()
        managed = await uow.read(_managed, viewer.person)
        asked = request.query.get("schedule", "")
        schedule = asked if asked in uow.process.schedules else next(iter(managed), "")
        said = one_line(request.query.get("month", ""))[:20]
        values = {"schedules": managed, "schedule": schedule, "wrong": "", "value": said}
        if schedule:
            try:
                month = month_of(said, await uow.read(zone_of, viewer.person), now)
            except Refused as refused:
                values["wrong"] = str(refused)
            else:
                found, names = await uow.read(_load, schedule, month, viewer.person)
                values |= view_of.shown(found, Reader(viewer.zone, names), now)
        return self._site.render(
            "load.html",
            viewer,
            status=422 if values["wrong"] else 200,
            title="Load",
            here=HERE,
            place=PATH,
            **values,
        )


def _managed(tx: Tx, viewer: str) -> list[str]:
    allow(tx, viewer, Right.WORK)
    return managed_by(tx, viewer)


def _load(tx: Tx, schedule: str, month: Span, viewer: str) -> tuple[Load, dict[str, str]]:
    found = load(tx, schedule, month, by=viewer)
    return found, people.names(tx, view_of.people_of(found))
