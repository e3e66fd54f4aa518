"""What people say of a review on its page: they say it, change their own words, and take them back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.work.held import LooksSecret
from bot.operations.reviews.comments import change_comment, comment_on, delete_comment, own_comment
from bot.views.browser.forms import Filled
from bot.views.browser.rendering import Viewer
from bot.views.browser.review_comments import CHANGE, COMMENT, FIELDS, HEADING, SURE, TEXT, VERSION
from handlers.browser.forms import given, perform
from handlers.browser.incident import named, which
from handlers.browser.review import COMMENTS_PATH, page, reading
from handlers.browser.site import Form, Site
from handlers.request import with_names

COMMENT_PATH = f"{COMMENTS_PATH}/{{comment}}"
_LONGEST_NUMBER = 9
LONGEST_SHOWN = 20_000


class ReviewComments:
    """Takes comments. One that is refused comes back with all that was typed."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.post(COMMENTS_PATH, self.add), self._site.post(COMMENT_PATH, self.change)]

    async def add(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Say something of a version; a form that is sent twice says it once."""
        filled, number = _given(COMMENT, form), which(request)
        text, version = form.get(TEXT, ""), filled_number(form.get(VERSION, ""))

        async def act() -> None:
            sure, heading = filled.value(SURE), filled.value(HEADING)
            args = (number, version, text)
            await perform(self._site, filled, viewer, comment_on, *args, sure=sure, heading=heading)

        return await self._written(request, viewer, filled, act)

    async def change(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Write one's own comment in other words, or take it back."""
        number, filled = named(request, "comment"), _given(CHANGE, form)
        comment = await self._site.uow.read(own_comment, number, by=viewer.person)
        if comment.incident != which(request):
            raise NotFound("comment", number)
        if form.get("do") == "delete":
            await self._site.uow.perform(delete_comment, number, by=viewer.person)
            return self._back(request)
        filled = replace(filled, values={**filled.values, "id": str(number)})

        async def act() -> None:
            text, sure = form.get(TEXT, ""), filled.value(SURE)
            await perform(self._site, filled, viewer, change_comment, number, text, sure=sure)

        return await self._written(request, viewer, filled, act)

    async def _written(
        self, request: web.Request, viewer: Viewer, filled: Filled, act: Callable[[], Awaitable[None]]
    ) -> web.Response:
        try:
            await act()
        except (NotFound, Malformed):
            raise
        except Refused as no:
            sure = no.sure if isinstance(no, LooksSecret) else ""
            again = replace(filled, values={**filled.values, SURE: sure})
            again = again.again("", (await with_names(str(no), self._site.uow)).replace("`", ""))
            found = await reading(self._site, request, viewer)
            return await page(self._site, found, request, viewer, status=422, **{filled.name: again})
        return self._back(request)

    def _back(self, request: web.Request) -> web.Response:
        return self._site.go(f"/incidents/INC-{which(request)}/review#comments")


def filled_number(said: str) -> int:
    """Return the number that a form gives, 0 for none."""
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER else 0


def _given(name: str, form: Form) -> Filled:
    """Return what was entered, to show it again: also what is too long."""
    filled = given(name, form, FIELDS)
    return replace(filled, values={**filled.values, TEXT: form.get(TEXT, "")[:LONGEST_SHOWN]})
