"""The form that adds a follow-up to an incident in a browser, with the handbook's examples beside it."""

import re

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.incidents.incident import Severity
from bot.domain.text import one_line
from bot.domain.work.follow_ups import due_from, warning
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import NewFollowUp, add_follow_up
from bot.views.browser import follow_up_form as view_of
from bot.views.browser.follow_up_form import (
    DETAILS,
    FIELDS,
    FORM,
    INCIDENT,
    LONGEST_DETAILS,
    LONGEST_SERVICE,
    PRIVATE,
    SERVICE,
    YES,
)
from bot.views.browser.follow_ups import DUE, KIND, OWNER, PRIORITY
from bot.views.browser.forms import ALL, Filled
from bot.views.browser.rendering import Viewer
from handlers.browser.follow_ups import HERE, day_chosen, owner_meant, title_of
from handlers.browser.forms import Wrong, empty, given, perform, refused
from handlers.browser.site import Form, Site
from storage import incidents

NEW = f"{HERE}/new"
WARNED = "warned"
_INCIDENT = re.compile(r"(?:INC-?)?(\d{1,9})", re.IGNORECASE)


class Doubtful(Exception):
    """The title begins badly, and nobody has said yet that it stays."""


def doubt(title: str, form: Form) -> None:
    """Raise Doubtful of a title that begins badly, unless the form says that it was warned of."""
    if warning(title) and form.get(WARNED) != title:
        raise Doubtful


class FollowUpForms:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(NEW, self.show), self._site.post(NEW, self.add)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        asked = one_line(request.query.get("incident", ""))[:20]
        filled = empty(FORM, **{INCIDENT: asked, KIND: self._site.uow.process.follow_ups.usual})
        return self._form(viewer, filled)

    async def add(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Write it down, once. A title that begins badly is warned of first, and taken the second time."""
        filled = given(FORM, form, FIELDS)
        made: list[int] = []

        async def act() -> None:
            incident = await self._incident(filled, viewer)
            new = await self._new(filled, viewer)
            doubt(new.title, form)
            found = await perform(self._site, filled, viewer, add_follow_up, incident, new)
            made.extend([found.action.id] if found else [])

        try:
            no = await refused(self._site, filled, ALL, act)
        except Doubtful:
            return self._form(viewer, filled, warned=True)
        if no:
            return self._form(viewer, no, status=422)
        return self._site.go(f"{HERE}/{made[0]}?done=added" if made else HERE)

    async def _incident(self, filled: Filled, viewer: Viewer) -> int:
        said = _INCIDENT.fullmatch(one_line(filled.value(INCIDENT)))
        if not said:
            raise Wrong(INCIDENT, "Write the incident's number: INC-7.")
        try:
            found = await self._site.uow.read(incidents.visible, int(said[1]), viewer.person)
        except NotFound:
            raise Wrong(INCIDENT, f"I know no incident INC-{int(said[1])}.") from None
        return found.id

    async def _new(self, filled: Filled, viewer: Viewer) -> NewFollowUp:
        """Return what was entered. Raises Wrong."""
        title, details, service = title_of(filled), filled.value(DETAILS), one_line(filled.value(SERVICE))
        if len(details) > LONGEST_DETAILS:
            raise Wrong(DETAILS, f"Say it in {LONGEST_DETAILS} characters; this has {len(details)}.")
        if len(service) > LONGEST_SERVICE:
            raise Wrong(SERVICE, f"Name it in {LONGEST_SERVICE} characters.")
        owner = await self._site.uow.read(owner_meant, filled.value(OWNER), None, viewer)
        priority = filled.value(PRIORITY)
        if priority and priority not in set(Severity):
            raise Malformed
        plan = Plan(
            filled.value(KIND) or None,
            Severity(priority) if priority else None,
            service or None,
            filled.value(PRIVATE) == YES,
        )
        due = day_chosen(filled)
        try:
            due = due_from(due, self._site.uow.clock.now()) if due else None
        except Refused as no:
            raise Wrong(DUE, str(no)) from None
        return NewFollowUp(title, details.strip(), owner or None, due, plan)

    def _form(
        self, viewer: Viewer, filled: Filled, *, status: int = 200, warned: bool = False
    ) -> web.Response:
        values = view_of.shown(filled, self._site.uow.process.follow_ups, warned=warned)
        return self._site.render("follow_up_new.html", viewer, status=status, here=HERE, **values)
