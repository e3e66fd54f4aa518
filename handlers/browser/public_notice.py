"""What customers read of an incident: written, confirmed and published on a page, as in Slack."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from aiohttp import web

from bot.domain.editions import Overtaken
from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.incidents.communication import LONGEST_NOTICE, notice_text, noticeable
from bot.domain.incidents.public_page import Contents
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.text import one_line, tidy
from bot.domain.work.held import LooksSecret
from bot.operations.incidents import public_notices as notices
from bot.operations.incidents.public_page import previewed
from bot.operations.incidents.public_posts import behind, post_of, publishing, send_again
from bot.operations.incidents.public_status import set_public_status
from bot.operations.once import once
from bot.operations.rights import visible
from bot.views.browser import public_notice as view_of
from bot.views.browser.public_notice import NoticeForm, Scene
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.incidents.public_status import changed
from bot.views.statuspage.files import HEADERS, preview
from bot.web.sessions import form_key
from handlers.browser.incident import which
from handlers.browser.site import Form, Site
from handlers.posted import posted
from handlers.request import with_names
from storage import incidents, pages, people, public_posts
from storage.transaction import Tx

PATH = "/incidents/{incident}/public"
MOST_POSTS = 50
_ONCE = re.compile(r"[\w-]{10,40}")


class _Wrong(Exception):
    """Something is wrong with a field of the form."""

    def __init__(self, field: str, said: str, sure: str = "") -> None:
        super().__init__(said)
        self.field, self.sure = field, sure


Done: TypeAlias = str | web.Response | None
"""What was done, where the form stays; a page of another kind; or nothing, where the form begins anew."""


class PublicNoticePages:
    """Everything goes through the operations that Slack's forms call; what was typed stays in the form."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._acts: Mapping[str, Callable[[Scene, Viewer, NoticeForm], Awaitable[Done]]] = {
            "draft": self._draft,
            "preview": self._preview,
            "confirm": self._confirm,
            "publish": self._publish,
            "again": self._again,
            "status": self._status,
            "unpublished": self._leave,
        }

    def routes(self) -> list[web.RouteDef]:
        return [self._site.get(PATH, self.show), self._site.post(PATH, self.act)]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        scene, names = await self._site.uow.read(_read, which(request), viewer.person)
        return self._page(scene, names, view_of.begun(scene, form_key()), viewer)

    async def act(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Do what the pressed button says."""
        number = which(request)
        scene, _ = await self._site.uow.read(_read, number, viewer.person)
        chosen = (await posted(request)).get("component", [])
        given = _given(form, chosen)
        if not (act := self._acts.get(form.get("do", ""))):
            raise Malformed
        status, done = 200, ""
        try:
            said = await act(scene, viewer, given)
            if isinstance(said, web.Response):
                return said
            if said is None:
                return self._site.go(f"/incidents/INC-{number}/public")
            done = await with_names(said, self._site.uow)
        except _Wrong as wrong:
            named = await with_names(str(wrong), self._site.uow)
            given, status = replace(given, wrong={wrong.field: named}, sure=wrong.sure), 422
        scene, names = await self._site.uow.read(_read, number, viewer.person)
        given = replace(given, once=form_key(), seen=scene.edition, done=done)
        return self._page(scene, names, given, viewer, status=status)

    async def _draft(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        await self._write(scene, viewer, given, notices.draft, components=_parts(scene, given))
        if not _to_set(scene, given) and not tidy(given.why):
            return None
        return "The draft is kept. Nobody outside reads it until it is published."

    async def _preview(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        """Show the customers' page with this text on it. Nothing is written."""
        if not scene.publishing.goes_out:
            raise _Wrong("act", "Muster publishes nothing of it, so there is no page to show.")
        text, about = _words(given), _about(scene, given)
        page = await self._site.uow.read(_previewed, scene.incident.id, viewer.person, text, about)
        return shown_as_preview(scene.told.where.page_name, page)

    async def _confirm(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        await self._perform("act", given, notices.confirm, scene.incident.id, by=viewer.person)
        return "You confirmed that customers outside are significantly affected."

    async def _publish(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        """Publish the text. One that must wait stays in the form, and as the draft."""
        _words(given)
        if _to_set(scene, given):
            raise _Wrong(
                "status",
                f"Nothing is published yet: you chose {one_line(given.status)}, and the public status is "
                f"{scene.incident.publicity.public_status}. Set it first, or choose that one again.",
            )
        about = _about(scene, given)
        if scene.waits() or scene.publishing.waits_for(viewer.person):
            await self._write(scene, viewer, replace(given, once=""), notices.draft, components=about)
            given = replace(given, seen="")
        await self._write(scene, viewer, given, notices.publish, components=about)
        return None

    async def _again(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        await self._perform("act", given, send_again, scene.incident.id, by=viewer.person)
        return "It is sent again to the pages that do not say it yet."

    async def _status(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        to = next((one for one in PublicStatus if one == given.status), None)
        if not to:
            raise _Wrong("status", "Choose one of the public statuses.")
        await self._perform("status", given, set_public_status, scene.incident.id, to, by=viewer.person)
        return await self._site.uow.read(_now, scene.incident.id, viewer.person)

    async def _leave(self, scene: Scene, viewer: Viewer, given: NoticeForm) -> Done:
        if not tidy(given.why):
            raise _Wrong("why", "Say why it is not published.")
        by = viewer.person
        await self._perform("why", given, notices.leave_unpublished, scene.incident.id, given.why, by=by)
        return "Nobody is asked for a notice any more."

    async def _write(
        self, scene: Scene, viewer: Viewer, given: NoticeForm, operation: Callable[..., object], **more: Any
    ) -> None:
        """Draft or publish the text."""
        text, seen = _words(given), given.seen or None
        about = {"by": viewer.person, "sure": given.sure, "seen": seen, **more}
        await self._perform("act", given, operation, scene.incident.id, text, **about)

    async def _perform(
        self, field: str, given: NoticeForm, operation: Callable[..., object], *args: Any, **kwargs: Any
    ) -> None:
        """Do what a form says, once, though it may be sent again."""
        try:
            if given.once:
                key = f"page:{kwargs['by']}:{given.once}"
                await self._site.uow.perform(once, key, operation, *args, **kwargs)
            else:
                await self._site.uow.perform(operation, *args, **kwargs)
        except (NotFound, Malformed):
            raise
        except LooksSecret as secret:
            raise _Wrong("text", str(secret), secret.sure) from secret
        except Overtaken as overtaken:
            raise _Wrong("text", str(overtaken)) from overtaken
        except Refused as refused:
            raise _Wrong(field, str(refused)) from refused

    def _page(
        self, scene: Scene, names: Mapping[str, str], form: NoticeForm, viewer: Viewer, *, status: int = 200
    ) -> web.Response:
        fields = {"text": "", "components": "", "act": "", "status": "", "why": "", **form.wrong}
        values = view_of.shown(scene, replace(form, wrong=fields), viewer.person, Reader(viewer.zone, names))
        return self._site.render("public_notice.html", viewer, status=status, here="/status-page", **values)


def shown_as_preview(name: str, page: Contents) -> web.Response:
    """Return the customers' page as it would be, for nobody to keep."""
    headers = {**HEADERS, "Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
    return web.Response(body=preview(name, page), content_type="text/html", charset="utf-8", headers=headers)


def _given(form: Form, chosen: list[str]) -> NoticeForm:
    """Return what was entered, to act on and to show it again."""
    mark = form.get("once", "")
    return NoticeForm(
        mark if _ONCE.fullmatch(mark) else form_key(),
        form.get("seen", "")[:40] or "unknown",
        form.get("text", "")[: 2 * LONGEST_NOTICE],
        frozenset(chosen[:100]),
        form.get("status", "")[:60],
        form.get("why", "")[:1000],
        sure=form.get("sure", "")[:100],
    )


def _to_set(scene: Scene, given: NoticeForm) -> bool:
    """Say whether another public status is chosen than there is, and was not set."""
    return scene.incident.status.open and given.status != scene.incident.publicity.public_status


def words(text: str) -> str:
    """Return the text that customers are to read, or refuse it."""
    if not tidy(text):
        raise Refused("Write what customers are to read.")
    return notice_text(text)


def _words(given: NoticeForm) -> str:
    try:
        return words(given.text)
    except Refused as refused:
        raise _Wrong("text", str(refused)) from refused


def _about(scene: Scene, given: NoticeForm) -> tuple[str, ...]:
    """Return which components are chosen, in the page's order; what is gone there is named."""
    found = _parts(scene, given)
    if scene.publishing.goes_out and scene.publishing.where.components and not found:
        raise _Wrong("components", "Choose what is affected.")
    return found


def _parts(scene: Scene, given: NoticeForm) -> tuple[str, ...]:
    """Return that, also of a draft in which nothing is chosen yet."""
    parts = [one.name for one in scene.publishing.where.components] if scene.publishing.goes_out else []
    if parts and (gone := sorted(given.components - set(parts))):
        raise _Wrong("components", f"The status page has no component {one_line(gone[0])[:80]} any more.")
    return tuple(one for one in parts if one in given.components)


def _read(tx: Tx, number: int, viewer: str) -> tuple[Scene, Mapping[str, str]]:
    """Return the scene and the names of its people. Raises NotFound, for what is hidden as for no number."""
    incident = noticeable(visible(tx, number, viewer))
    going = publishing(tx, incident)
    late = behind(tx, going.last) if going.goes_out and going.last else ()
    posts = public_posts.of_incident(tx, incident.id, MOST_POSTS)
    scene = Scene(incident, notices.told(tx, incident), going, posts, late)
    return scene, people.names(tx, scene.people)


def _previewed(tx: Tx, number: int, viewer: str, text: str, about: tuple[str, ...]) -> Contents:
    incident = incidents.visible(tx, number, viewer)
    return previewed(tx, post_of(tx, incident, text, about, viewer))


def _now(tx: Tx, number: int, viewer: str) -> str:
    """Say how it is for customers now, and who is called for that."""
    incident = incidents.visible(tx, number, viewer)
    return changed(incident, pages.pending_of(tx, number), notices.told(tx, incident)).text
