"""The review of an incident as a page, and as a file."""

import asyncio

from aiohttp import web

from bot.domain.reviews.document import ReviewFacts
from bot.operations.reviews.facts import facts_of
from bot.views.browser.markdown import page_of
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.naming import own_name
from bot.views.reviews.model import people_of
from bot.views.reviews.rendering import TITLES
from bot.views.reviews.writing import chosen, document, names_of
from handlers.browser.incident import PATH, which
from handlers.browser.site import Site
from storage import people
from storage.transaction import Tx

REVIEW_PATH = f"{PATH}/review"
FILE_PATH = f"{PATH}/review.md"


class ReviewPages:
    """Shows the review of an incident to whoever may know of it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(REVIEW_PATH, self.show), self._site.get(FILE_PATH, self.as_file)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        wanted = chosen(request.query.get("template", ""), "")
        facts, names = await self._site.uow.read(_facts, which(request), viewer.person)
        text = await self._written(facts, names, wanted)
        return self._site.render(
            "review.html",
            viewer,
            title=f"Review of INC-{facts.incident.id}",
            incident=facts.incident,
            name=own_name(facts.incident),
            said="Nobody has edited it yet: it is written from what happened.",
            chosen=wanted,
            templates=[(one, TITLES[one]) for one in names_of("")],
            query=f"?template={wanted}",
            document=await asyncio.to_thread(page_of, text),
        )

    async def as_file(self, request: web.Request, viewer: Viewer) -> web.Response:
        wanted = chosen(request.query.get("template", ""), "")
        facts, names = await self._site.uow.read(_facts, which(request), viewer.person)
        return _file(facts.incident.id, await self._written(facts, names, wanted))

    async def _written(self, facts: ReviewFacts, names: dict[str, str], template: str) -> str:
        """Write the document beside the loop: no page that calls somebody waits for it."""
        url = f"{self._site.base}/incidents/INC-{facts.incident.id}"
        return await asyncio.to_thread(document, facts, names, template=template, url=url)


def _file(number: int, text: str) -> web.Response:
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="INC-{number}-review.md"'}
    return web.Response(text=text, content_type="text/markdown", headers=headers)


def _facts(tx: Tx, number: int, viewer: str) -> tuple[ReviewFacts, dict[str, str]]:
    facts = facts_of(tx, number, viewer)
    return facts, people.names(tx, people_of(facts))
