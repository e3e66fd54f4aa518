"""The steps of a review, taken on its page: who has it and its tasks, and how it ends, as in Slack."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.incidents.incident import Severity, Status
from bot.domain.text import one_line
from bot.domain.work.follow_ups import due_from
from bot.domain.work.reviews import LATEST, LONGEST_REASON, StillOpen
from bot.operations.incidents.lifecycle import change_status
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import NewFollowUp, add_follow_up
from bot.operations.work.reviews import (
    TaskChanges,
    change_task,
    finish_review,
    give_review,
    request_review,
    waive_review,
)
from bot.views.browser.follow_ups import KIND, LONGEST, PRIORITY, TITLE
from bot.views.browser.forms import Filled
from bot.views.browser.rendering import Viewer
from bot.views.browser.review_follow_ups import FIELDS as FOLLOW_UP_FIELDS
from bot.views.browser.review_follow_ups import FOLLOW_UP, warned
from bot.views.browser.review_state import CHANGE, DUE, FIELDS, GIVE, LABELS, OWNER, REASON, TASK, WAIVE
from handlers.browser.follow_up_form import Doubtful, doubt
from handlers.browser.forms import Wrong, as_field, day_in, given, perform, person_named, refused
from handlers.browser.incident import which
from handlers.browser.review import REVIEW_PATH, forms, page, reading
from handlers.browser.site import Form, Site
from handlers.request import with_names

_LONGEST_NUMBER = 15


class ReviewSteps:
    """Takes the steps of a review. What is refused comes back with all that was typed."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        steps = {
            "end": self.end,
            "request": self.ask,
            "close": self.close,
            WAIVE: self.waive,
            GIVE: self.give,
            CHANGE: self.change,
            FOLLOW_UP: self.add_follow_up,
        }
        return [self._site.post(f"{REVIEW_PATH}/{name}", act) for name, act in steps.items()]

    async def end(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Say that it is done; with tasks that are open that is asked about first."""
        anyway = form.get("anyway") == "yes"

        async def act() -> None:
            await self._site.uow.perform(finish_review, which(request), by=viewer.person, anyway=anyway)

        return await self._step(request, viewer, act)

    async def ask(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        """Ask for a review, or for one that is over to go on."""

        async def act() -> None:
            await self._site.uow.perform(request_review, which(request), by=viewer.person)

        return await self._step(request, viewer, act)

    async def close(self, request: web.Request, viewer: Viewer, _: Form) -> web.Response:
        async def act() -> None:
            await self._site.uow.perform(change_status, which(request), Status.CLOSED, by=viewer.person)

        return await self._step(request, viewer, act)

    async def waive(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        filled, number = given(WAIVE, form, FIELDS[WAIVE]), which(request)

        async def act() -> None:
            reason = one_line(filled.value(REASON))
            if not reason or len(reason) > LONGEST_REASON:
                raise Wrong(REASON, f"Say in 1 to {LONGEST_REASON:,} characters why there is no review.")
            await perform(self._site, filled, viewer, waive_review, number, reason)

        return await self._sent(request, viewer, filled, REASON, act)

    async def give(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        filled, number = given(GIVE, form, FIELDS[GIVE]), which(request)

        async def act() -> None:
            person = await self._person(filled, viewer)
            if not person:
                raise Wrong(OWNER, "Say who owns it from now on.")
            await perform(self._site, filled, viewer, give_review, number, person)

        return await self._sent(request, viewer, filled, OWNER, act)

    async def change(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Give a task to somebody, or another day."""
        filled = given(CHANGE, form, FIELDS[CHANGE])

        async def act() -> None:
            owner, due = await self._person(filled, viewer), self._due(filled)
            if not owner and not due:
                raise Wrong(OWNER, "Name a person, or choose another day below.")
            await perform(self._site, filled, viewer, change_task, _task(filled), TaskChanges(owner, due))

        return await self._sent(request, viewer, filled, OWNER, act)

    async def add_follow_up(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Add a corrective action, or another follow-up; of a title that begins badly it is warned first."""
        filled, number = given(FOLLOW_UP, form, FOLLOW_UP_FIELDS), which(request)

        async def act() -> None:
            title, priority = one_line(filled.value(TITLE)), filled.value(PRIORITY)
            if not title or len(title) > LONGEST:
                raise Wrong(TITLE, f"Say in 1 to {LONGEST} characters what is to be done.")
            if (
                priority not in set(Severity)
                or filled.value(KIND) not in self._site.uow.process.follow_ups.kinds
            ):
                raise Malformed
            due = day_in(filled, DUE)
            if due:
                as_field(DUE, due_from, due, self._site.uow.clock.now())
            owner = await self._person(filled, viewer)
            new = NewFollowUp(title, "", owner, due, Plan(filled.value(KIND), Severity(priority)))
            doubt(title, form)
            await perform(self._site, filled, viewer, add_follow_up, number, new)

        try:
            return await self._sent(request, viewer, filled, OWNER, act)
        except Doubtful:
            found = await reading(self._site, request, viewer)
            shown, said = {**forms(), filled.name: filled}, warned(filled)
            return await page(self._site, found, request, viewer, forms=shown, **said)

    async def _person(self, filled: Filled, viewer: Viewer) -> str | None:
        said = one_line(filled.value(OWNER))
        return await self._site.uow.read(person_named, said, viewer, OWNER) if said else None

    def _due(self, filled: Filled) -> date | None:
        due, today = day_in(filled, DUE), self._site.uow.clock.now().date()
        if due and not today <= due <= today + LATEST:
            raise Wrong(DUE, f"A task is due today or later, within {LATEST.days} days.")
        return due

    async def _step(
        self, request: web.Request, viewer: Viewer, act: Callable[[], Awaitable[None]]
    ) -> web.Response:
        try:
            await act()
        except (NotFound, Malformed):
            raise
        except Refused as no:
            found = await reading(self._site, request, viewer)
            said = (await with_names(str(no), self._site.uow)).replace("`", "")
            asks = isinstance(no, StillOpen)
            return await page(self._site, found, request, viewer, status=409, wrong=said, anyway=asks)
        return self._done(request)

    async def _sent(
        self,
        request: web.Request,
        viewer: Viewer,
        filled: Filled,
        field: str,
        act: Callable[[], Awaitable[object]],
    ) -> web.Response:
        again = await refused(self._site, filled, field, act)
        if not again:
            return self._done(request, "follow-ups" if filled.name == FOLLOW_UP else "tasks")
        found, each = await reading(self._site, request, viewer), {again.name: again}
        where, why = next(iter(again.wrong.items()))
        label = LABELS[again.name].get(where, "")
        wrong = f"Not done{f'. {label}' if label else ''}: {why}".replace("`", "")
        shown: Mapping[str, Filled] = {**forms(), **each}
        return await page(self._site, found, request, viewer, status=422, wrong=wrong, forms=shown)

    def _done(self, request: web.Request, part: str = "tasks") -> web.Response:
        return self._site.go(f"/incidents/INC-{which(request)}/review#{part}")


def _task(filled: Filled) -> int:
    said = filled.value(TASK)
    if not said.isascii() or not said.isdigit() or len(said) > _LONGEST_NUMBER:
        raise Malformed
    return int(said)
