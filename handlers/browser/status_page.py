"""What customers read and are to read, all of it; and what they are told of planned maintenance."""

import re
from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.incidents.communication import LONGEST_NOTICE
from bot.domain.incidents.public_page import Contents
from bot.domain.incidents.public_posts import kept_back
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.told import PublicMaintenance
from bot.domain.rights import Right
from bot.domain.work.held import LooksSecret
from bot.operations.incidents.public_page import previewed_maintenance, public_page
from bot.operations.maintenance.planning import (
    known_maintenances,
    publish_maintenance,
    publishable_maintenance,
)
from bot.operations.once import once
from bot.operations.rights import allow
from bot.views.browser import status_page as view_of
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.browser.status_page import MaintenanceForm, MaintenanceScene, Overview
from bot.web.sessions import form_key
from handlers.browser.incident import named
from handlers.browser.public_notice import shown_as_preview, words
from handlers.browser.site import Form, Site
from handlers.request import with_names
from storage import incidents, people, public_maintenances, public_notices, public_subscribers
from storage.transaction import Tx

PATH = "/status-page"
MAINTENANCE_PATH = f"{PATH}/maintenance/{{maintenance}}"
DRAFTS_FOR = timedelta(days=14)
"""How long a draft waits here that nobody publishes."""
MOST_DRAFTS, MOST_UNWRITTEN, MOST_NAMED = 30, 50, 100
_ONCE = re.compile(r"[\w-]{10,40}")


class StatusPages:
    """Members of the workspace read what waits; who may publish is what the operations say."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(PATH, self.show),
            self._site.get(MAINTENANCE_PATH, self.edit),
            self._site.post(MAINTENANCE_PATH, self.tell),
        ]

    async def show(self, _: web.Request, viewer: Viewer) -> web.Response:
        found, names = await self._site.uow.read(_overview, viewer.person)
        values = view_of.shown(found, Reader(viewer.zone, names))
        return self._site.render("status_page.html", viewer, here=PATH, **values)

    async def edit(self, request: web.Request, viewer: Viewer) -> web.Response:
        scene = await self._site.uow.read(_told, named(request, "maintenance"), viewer.person)
        return self._form(scene, view_of.begun(scene, form_key()), viewer)

    async def tell(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Have the status page say what was written, or show how it would."""
        number = named(request, "maintenance")
        scene = await self._site.uow.read(_told, number, viewer.person)
        given = _given(form)
        try:
            text = words(given.text)
            if form.get("do") == "preview":
                page = await self._site.uow.read(_previewed, scene.one, text, viewer.person)
                return shown_as_preview(scene.where.page_name, page)
            await self._publish(given, number, text, viewer)
        except (NotFound, Malformed):
            raise
        except Refused as refused:
            wrong = await with_names(str(refused), self._site.uow)
            sure = refused.sure if isinstance(refused, LooksSecret) else ""
            scene = await self._site.uow.read(_told, number, viewer.person)
            again = view_of.again(given, scene, form_key(), wrong, sure)
            return self._form(scene, again, viewer, status=422)
        return self._site.go(PATH)

    async def _publish(self, given: MaintenanceForm, number: int, text: str, viewer: Viewer) -> None:
        by, sure, seen = viewer.person, given.sure, given.seen
        key = f"page:{by}:{given.once}"
        await self._site.uow.perform(
            once, key, publish_maintenance, number, text, by=by, sure=sure, seen=seen
        )

    def _form(
        self, scene: MaintenanceScene, form: MaintenanceForm, viewer: Viewer, *, status: int = 200
    ) -> web.Response:
        values = view_of.maintenance_shown(scene, form, Reader(viewer.zone, scene.names))
        return self._site.render("public_maintenance.html", viewer, status=status, here=PATH, **values)


def _given(form: Form) -> MaintenanceForm:
    mark = form.get("once", "")
    return MaintenanceForm(
        mark if _ONCE.fullmatch(mark) else form_key(),
        form.get("seen", "")[:40],
        form.get("text", "")[: 2 * LONGEST_NOTICE],
        sure=form.get("sure", "")[:100],
    )


def _overview(tx: Tx, viewer: str) -> tuple[Overview, Mapping[str, str]]:
    allow(tx, viewer, Right.WORK)
    page, where = public_page(tx), tx.process.communication
    shown = [*page.open, *(one for one in page.notices if not one.open)][:MOST_NAMED]
    ids = list(dict.fromkeys(one.last.incident for one in shown))
    drafts = public_notices.drafts(tx, viewer, tx.now - DRAFTS_FOR, MOST_DRAFTS)
    told = {one.id for one, _ in drafts} | {one.last.incident for one in page.open}
    unwritten = [
        one
        for one in incidents.open_ones(tx, viewer)
        if one.id not in told
        and not one.publicity.noticed_at
        and not one.publicity.unpublished
        and not kept_back(one, tx.process)
    ]
    found = Overview(
        where,
        page,
        {one.id: one for one in incidents.visible_of(tx, ids, viewer)},
        drafts,
        unwritten[:MOST_UNWRITTEN],
        [(one, public_maintenances.of(tx, one.id)) for one in known_maintenances(tx, by=viewer)],
        public_subscribers.counted(tx)[0],
    )
    return found, people.names(tx, found.people)


def _told(tx: Tx, number: int, viewer: str) -> MaintenanceScene:
    """Return a maintenance to whoever may tell customers of it, and what they are told so far."""
    one, said = publishable_maintenance(tx, number, by=viewer), public_maintenances.of(tx, number)
    whom = {one.owner, *([said.written_by] if said and isinstance(said.written_by, str) else [])}
    return MaintenanceScene(one, said, tx.process.communication, people.names(tx, whom))


def _previewed(tx: Tx, one: Maintenance, text: str, by: str) -> Contents:
    return previewed_maintenance(tx, one, PublicMaintenance(one.id, text, by, tx.now))
