"""The review of an incident as a page, and as a file."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.domain.errors import Refused
from bot.domain.reviews.leaving import LeavesPrivate
from bot.domain.reviews.versions import cleaned
from bot.operations.reviews.elsewhere import may_leave
from bot.views.browser import elsewhere
from bot.views.browser import review as view_of
from bot.views.browser import review_comments as comments_of
from bot.views.browser import review_follow_ups as follow_ups_of
from bot.views.browser import review_state as state_of
from bot.views.browser.forms import Filled
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.browser.review import Shown
from bot.views.browser.rich import Reader
from bot.views.reviews.rendering import DEFAULT
from bot.web.sessions import form_key
from handlers.browser.forms import empty
from handlers.browser.incident import PATH, which
from handlers.browser.site import Site
from handlers.reviews import Reading, read

REVIEW_PATH = f"{PATH}/review"
FILE_PATH = f"{PATH}/review.md"
CHANGES_PATH = f"{REVIEW_PATH}/changes"
COMMENTS_PATH = f"{REVIEW_PATH}/comments"
_ASKS: Mapping[str, Any] = {
    "anyway": False,
    "unsure": None,
    "download": "",
    "follow_up_warned": "",
    "follow_up_better": None,
}
"""What the page asks about a form, unless it says otherwise."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class ReviewPages:
    """Shows the review of an incident to whoever may know of it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(REVIEW_PATH, self.show),
            self._site.get(FILE_PATH, self.as_file),
            self._site.get(CHANGES_PATH, self.changes),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        return await page(self._site, await reading(self._site, request, viewer), request, viewer)

    async def as_file(self, request: web.Request, viewer: Viewer) -> web.Response:
        """Send the document: the newest version, or what is asked for."""
        found = await reading(self._site, request, viewer)
        shown = await asyncio.to_thread(found.shown, request.query.get("template", ""))
        try:
            sure = request.query.get("sure", "")[:100]
            await self._site.uow.read(may_leave, found.incident, shown.text, reader=viewer.person, sure=sure)
        except LeavesPrivate as no:
            ask = {"wrong": str(no), "download": _sure_of(request, no)}
            return await page(self._site, found, request, viewer, status=409, **ask)
        headers = {
            **HEADERS,
            "Content-Disposition": f'attachment; filename="INC-{found.incident.id}-review.md"',
        }
        return web.Response(text=shown.text, content_type="text/markdown", headers=headers)

    async def changes(self, request: web.Request, viewer: Viewer) -> web.Response:
        """Show what changed: in the facts since the newest version was written, or since an older version."""
        found = await reading(self._site, request, viewer)
        last, older = found.shelf.latest, found.older
        if not last:
            raise Refused("Nobody has edited it yet: there is nothing to compare.")
        if older:
            said = f"From version {older.number} (−) to version {last.number} (+)."
            before, after = older.text, last.text
        else:
            said = (
                f"What the facts said when version {last.number} was written (−), and say now (+). The text "
                "that you saved stays as it is: edit it where that matters."
            )
            before, after = last.written, cleaned(await asyncio.to_thread(found.written, last.template))
        lines = await asyncio.to_thread(lambda: list(view_of.difference(before, after)))
        values = view_of.changed(found.incident, said, lines)
        return self._site.render("review_changes.html", viewer, **values)


def _sure_of(request: web.Request, no: LeavesPrivate) -> str:
    """Return what is behind the `?` of the address that sends the document all the same."""
    wanted = {name: request.query.get(name, "")[:40] for name in ("version", "template")}
    return urlencode({**{name: said for name, said in wanted.items() if said}, "sure": no.sure})


async def reading(site: Site, request: web.Request, viewer: Viewer) -> Reading:
    number, version = which(request), _number(request, "version")
    url = f"{site.base}/incidents/INC-{number}"
    return await site.uow.read(read, number, viewer.person, url, version)


async def page(
    site: Site, found: Reading, request: web.Request, viewer: Viewer, *, status: int = 200, **values: Any
) -> web.Response:
    """Return the page of a review; `values` say what was wrong with a form of it."""
    shown = await _shown(found, request)
    reader, kept = Reader(viewer.zone, found.names), found.shelf
    made = await asyncio.to_thread(view_of.page, found.incident, shown, found.looks, found.templates, reader)
    given = {"wrong": shown.wrong, "forms": forms(), **_ASKS, **values}
    _begin(given["forms"], found, site)
    talk = comments_of.shown(
        kept.comments,
        reader,
        viewer.person,
        page=_number(request, "comments"),
        form=given.pop(comments_of.COMMENT, None) or empty(comments_of.COMMENT),
        change=given.pop(comments_of.CHANGE, None) or _change(request, viewer, found),
    )
    return site.render(
        "review.html",
        viewer,
        status=status,
        writes=kept.writes and not made["gone"],
        approved=(viewer.person, shown.version) in {(one.by, one.version) for one in kept.approvals},
        unapproved=state_of.unapproved(kept.latest, kept.approvals),
        **state_of.shown(found.incident, found.review, found.rights, reader),
        **follow_ups_of.shown(
            found.facts, found.rights, site.uow.process.follow_ups, reader, _today(site, viewer)
        ),
        **made,
        **view_of.exported(kept.issue, kept.latest, exports=kept.exports),
        **view_of.as_canvas(kept.canvas, kept.latest, offered=kept.to_canvas),
        **view_of.kept(kept.saved, kept.approvals, reader),
        **talk,
        **elsewhere.copies(kept.copies, kept.places, kept.edits, kept.latest),
        **given,
    )


async def _shown(found: Reading, request: web.Request) -> Shown:
    """Return the text that is asked for; where the usual template fails with this incident, one of ours."""
    asked, part = request.query.get("template", ""), _number(request, "part")
    try:
        return replace(await asyncio.to_thread(found.shown, asked), part=part)
    except Refused as no:
        if asked or found.shelf.latest:
            raise
        wrong = f"{no} Below is what GitLab's writes.".replace("`", "")
        return replace(await asyncio.to_thread(found.shown, DEFAULT), part=part, wrong=wrong)


def forms() -> dict[str, Filled]:
    """Return the forms of the tasks, as they are before anybody enters anything."""
    return {name: empty(name) for name in (*state_of.FIELDS, follow_ups_of.FOLLOW_UP)}


def _begin(filled: dict[str, Filled], found: Reading, site: Site) -> None:
    name = follow_ups_of.FOLLOW_UP
    filled[name] = follow_ups_of.begun(filled[name], found.facts, site.uow.process.follow_ups)


def _today(site: Site, viewer: Viewer) -> date:
    return site.uow.clock.now().astimezone(viewer.zone).date()


def _change(request: web.Request, viewer: Viewer, found: Reading) -> Filled | None:
    """Return the form of the comment that an address says is to be changed, if it is one's own."""
    number, who = _number(request, "comment"), viewer.person
    own = next((one for one in found.shelf.comments if one.id == number and one.by == who), None)
    return comments_of.form_of(own, form_key()) if own else None


def _number(request: web.Request, name: str) -> int:
    """Return the number that an address gives, 0 for none."""
    said = request.query.get(name, "")
    return int(said) if _NUMBER.fullmatch(said) else 0
