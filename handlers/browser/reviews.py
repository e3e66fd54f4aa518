"""Reviews in a browser: which are open, whose they are, and what is due next."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.incidents.incident import ReviewState
from bot.domain.work.reviews import Summed
from bot.views.browser.incident import person
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from handlers.browser.site import Site
from storage import people, reviews
from storage.transaction import Tx

HERE = "/reviews"
PER_PAGE, MOST_PAGES = 50, 200
OVER = (ReviewState.DONE, ReviewState.WAIVED)
SHOWN: Mapping[str, Sequence[ReviewState]] = {
    "open": (ReviewState.OPEN,),
    "over": OVER,
    "all": tuple(ReviewState),
}
"""Which reviews each choice has; what an address says otherwise means the open ones."""


class ReviewLists:
    """Lists the reviews of incidents that somebody may know of."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(HERE, self.show)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        query, uow = request.query, self._site.uow
        which = query.get("show") if query.get("show") in SHOWN else "open"
        mine, page = bool(query.get("mine")), _page(query.get("page", ""))
        owner = viewer.person if mine else ""
        skipped = (page - 1) * PER_PAGE
        found, names = await uow.read(_found, viewer.person, SHOWN[which or "open"], owner, skipped)
        reader = Reader(viewer.zone, names)
        kept = [("show", which or "open"), *([("mine", "yes")] if mine else [])]
        return self._site.render(
            "reviews.html",
            viewer,
            title="Reviews",
            here=HERE,
            rows=[(one, person(one.owner, reader)) for one in found[:PER_PAGE]],
            reader=reader,
            today=uow.clock.now().astimezone(viewer.zone).date(),
            which=which,
            mine=mine,
            earlier=f"?{urlencode([*kept, ('page', page - 1)])}" if page > 1 else "",
            later=f"?{urlencode([*kept, ('page', page + 1)])}"
            if len(found) > PER_PAGE and page < MOST_PAGES
            else "",
        )


def _found(
    tx: Tx, viewer: str, states: Sequence[ReviewState], owner: str, skipped: int
) -> tuple[list[Summed], Mapping[str, str]]:
    found = reviews.listed(tx, viewer, states, owner, limit=PER_PAGE + 1, skipped=skipped)
    return found, people.names(tx, {one.owner for one in found if one.owner})


def _page(text: str) -> int:
    """Return the page that an address names; what names none is the first."""
    return (
        min(int(text), MOST_PAGES)
        if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text)
        else 1
    )
