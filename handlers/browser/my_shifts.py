"""Somebody's own shifts in a browser: cover, swaps, overrides and calendar addresses, as in Slack."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from aiohttp import web

from bot.domain.errors import Malformed
from bot.domain.oncall.spans import Span
from bot.operations.oncall.calendars import number_of, renew
from bot.operations.oncall.overrides import (
    accept_cover,
    ask_for_cover,
    cancel_override,
    override,
    withdraw_cover,
)
from bot.operations.oncall.rota import shifts_of, shifts_of_others
from bot.views.browser import my_shifts as view_of
from bot.views.browser.forms import Filled
from bot.views.browser.my_shifts import (
    COVER,
    FIELDS,
    FROM,
    OVERRIDE,
    PERSON,
    SCHEDULE,
    SHIFT,
    SWAP,
    THEIRS,
    UNTIL,
    Mine,
)
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.oncall.fields import shift_of
from handlers.browser.forms import Wrong, empty, given, perform, person_named, refused, time_in
from handlers.browser.incident import named
from handlers.browser.oncall import HERE
from handlers.browser.site import Form, Site
from handlers.oncall.typed import AHEAD
from storage import cover_requests, overrides, people
from storage.transaction import Tx

PATH = f"{HERE}/mine"
LISTED, MOST_OFFERED = 20, 40
_HOUR = timedelta(hours=1)


class MyShifts:
    """Shows a person their shifts; what they send goes through Slack's own operations."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        post = self._site.post
        return [
            self._site.get(PATH, self.show),
            post(f"{PATH}/{COVER}", self.ask),
            post(f"{PATH}/{SWAP}", self.offer),
            post(f"{PATH}/{OVERRIDE}", self.take_over),
            post(f"{PATH}/calendar", self.renew_addresses),
            post(f"{HERE}/requests/{{request}}", self.answer),
            post(f"{HERE}/overrides/{{override}}", self.cancel),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        return await self._page(viewer, done=request.query.get("done", ""))

    async def ask(self, _: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Ask for cover, for a whole shift or from when until when."""
        filled = given(COVER, form, FIELDS[COVER])

        async def act() -> None:
            schedule, span = self._covered(filled, viewer)
            await perform(self._site, filled, viewer, ask_for_cover, schedule, span)

        return await self._sent(viewer, filled, UNTIL, act)

    async def offer(self, _: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Offer a swap."""
        filled = given(SWAP, form, FIELDS[SWAP])

        async def act() -> None:
            schedule, _, span = shift_of(filled.value(SHIFT))
            other, colleague, back = shift_of(filled.value(THEIRS))
            if schedule != other:
                raise Wrong(THEIRS, f"Your shift is on {schedule}: choose one of {schedule} for it.")
            swapped = {"colleague": colleague, "back": back}
            await perform(self._site, filled, viewer, ask_for_cover, schedule, span, **swapped)

        return await self._sent(viewer, filled, THEIRS, act)

    async def take_over(self, _: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Take a time, or give one."""
        filled = given(OVERRIDE, form, FIELDS[OVERRIDE])

        async def act() -> None:
            span, person = self._span(filled, viewer), await self._person(filled, viewer)
            await perform(self._site, filled, viewer, override, filled.value(SCHEDULE), span, person)

        return await self._sent(viewer, filled, FROM, act)

    async def answer(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Accept a request for cover, or end it."""
        doing = {"accept": (accept_cover, "accepted"), "end": (withdraw_cover, "ended")}
        if form.get("do") not in doing:
            raise Malformed
        operation, done = doing[form["do"]]
        await self._site.uow.perform(operation, named(request, "request"), by=viewer.person)
        return self._site.go(f"{PATH}?done={done}")

    async def cancel(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        await self._site.uow.perform(cancel_override, named(request, "override"), by=viewer.person)
        return self._site.go(f"{PATH}?done=cancelled")

    async def renew_addresses(self, _: web.Request, viewer: Viewer, __: Form) -> web.Response:
        await self._site.uow.perform(renew, by=viewer.person)
        return self._site.go(f"{PATH}?done=renewed")

    async def _sent(
        self, viewer: Viewer, filled: Filled, field: str, act: Callable[[], Awaitable[object]]
    ) -> web.Response:
        again = await refused(self._site, filled, field, act)
        return await self._page(viewer, again) if again else self._site.go(f"{PATH}?done={filled.name}")

    def _covered(self, filled: Filled, viewer: Viewer) -> tuple[str, Span]:
        whole, part = filled.value(SHIFT), filled.value(FROM) or filled.value(UNTIL)
        if whole and part:
            raise Wrong(SHIFT, "Choose a part of one here; or leave From and Until empty.")
        if whole:
            schedule, _, span = shift_of(whole)
            return schedule, span
        return filled.value(SCHEDULE), self._span(filled, viewer)

    def _span(self, filled: Filled, viewer: Viewer) -> Span:
        now = self._site.uow.clock.now()
        start, end = (time_in(filled, one, viewer.zone, now) for one in (FROM, UNTIL))
        if not start or not end:
            raise Wrong(FROM if not start else UNTIL, "Say from when until when.")
        return Span(start, end)

    async def _person(self, filled: Filled, viewer: Viewer) -> str:
        said = filled.value(PERSON).strip()
        if said.lower() in ("", "me", viewer.name.lower()):
            return viewer.person
        return await self._site.uow.read(person_named, said, viewer, PERSON)

    async def _page(self, viewer: Viewer, again: Filled | None = None, done: str = "") -> web.Response:
        found, names, number = await self._site.uow.read(_mine, viewer)
        start = found.now.replace(minute=0, second=0, microsecond=0) + _HOUR
        begun = view_of.began_with(found, start, start + 8 * _HOUR)
        forms = {name: empty(name, **begun[name]) for name in FIELDS}
        if again:
            forms[again.name] = again
        feeds = self._feeds(number, viewer, found.schedules)
        values = view_of.shown(found, feeds, forms, done, Reader(viewer.zone, names))
        return self._site.render(
            "my_shifts.html", viewer, status=422 if again else 200, here=HERE, place=PATH, **values
        )

    def _feeds(self, number: int, viewer: Viewer, schedules: Sequence[str]) -> Mapping[str, str]:
        links, who = self._site.links, viewer.person
        own = {"Your shifts": links.to_calendar(number, who)}
        return {
            name: link
            for name, link in (own | {one: links.to_calendar(number, who, one) for one in schedules}).items()
            if link
        }


def _mine(tx: Tx, viewer: Viewer) -> tuple[Mine, dict[str, str], int]:
    number = number_of(tx, viewer.person)  # which refuses whoever may not page people
    mine = shifts_of(tx, viewer.person, AHEAD)
    theirs, _ = shifts_of_others(tx, viewer.person, [name for name, _ in mine], AHEAD, MOST_OFFERED)
    requests, made = cover_requests.waiting(tx, LISTED), overrides.coming(tx, LISTED)
    found = Mine(viewer, tx.now, list(tx.process.schedules), mine, theirs, requests, made)
    return found, people.names(tx, found.people), number
