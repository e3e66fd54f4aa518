"""The rehearsal in a browser: the form of `/inc simulate`, and the story under it."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.rights import Right
from bot.operations.rights import allow
from bot.rehearsal.asked import ANSWERS, LONGEST, Rehearsals
from bot.views.browser import rehearsal as view_of
from bot.views.browser.forms import ALL, Filled
from bot.views.browser.rehearsal import FIELDS, FORM
from bot.views.browser.rendering import Viewer
from handlers.browser.forms import empty, given
from handlers.browser.oncall import HERE
from handlers.browser.site import Form, Site
from handlers.paging.rehearsal_page import asked_for

PATH = f"{HERE}/rehearsal"


class RehearsalPages:
    """Rehearses for whoever may page people, one at a time, as `/inc simulate` does."""

    def __init__(self, site: Site, rehearsals: Rehearsals) -> None:
        self._site, self._rehearsals = site, rehearsals

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(PATH, self.show), self._site.post(PATH, self.rehearse)]

    async def show(self, _: web.Request, viewer: Viewer) -> web.Response:
        await self._site.uow.read(allow, viewer.person, Right.WORK)
        return self._page(viewer, empty(FORM, severity="S1", hours="1", answers="2"))

    async def rehearse(self, _: web.Request, viewer: Viewer, form: Form) -> web.Response:
        await self._site.uow.read(allow, viewer.person, Right.WORK)
        filled = given(FORM, form, FIELDS)
        asked = {**filled.values, "at": filled.value("at").replace("T", " "), "user": viewer.person}
        script, wrong = await asked_for(self._site.uow, asked)
        if script:
            try:
                told = await self._rehearsals.tell(script)
                return self._page(viewer, filled, view_of.story(script, told.said, told.left))
            except Refused as refused:
                wrong = {ALL: str(refused)}
        for field, said in wrong.items():
            filled = filled.again(field, said)
        return self._page(viewer, filled, status=422)

    def _page(
        self, viewer: Viewer, filled: Filled, story: Mapping[str, Any] | None = None, *, status: int = 200
    ) -> web.Response:
        values = {**view_of.form(self._site.uow.process, filled, LONGEST, ANSWERS), **(story or {})}
        return self._site.render("rehearsal.html", viewer, status=status, here=HERE, place=PATH, **values)
