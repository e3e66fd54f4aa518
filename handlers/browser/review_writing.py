"""What is written on the page of a review: the document, and an approval."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.reviews.copies import Kept
from bot.domain.reviews.leaving import LeavesPrivate, NamesPrivate
from bot.domain.reviews.versions import LONGEST, EditedMeanwhile, document
from bot.domain.work.held import LooksSecret
from bot.operations.reviews.canvases import ask_for_canvas
from bot.operations.reviews.copies import ask_for_copy, fetch_copy
from bot.operations.reviews.documents import (
    NewVersion,
    approve_document,
    kept_version,
    may_edit,
    save_document,
    saved_first,
)
from bot.operations.reviews.issues import ask_for_issue
from bot.operations.work.reviews import tick_task, untick_task
from bot.views.browser import review as view_of
from bot.views.browser.rendering import Viewer
from bot.views.browser.review import EditForm
from handlers.browser.incident import named, which
from handlers.browser.review import REVIEW_PATH, page, reading
from handlers.browser.site import Form, Site
from handlers.request import with_names

EDIT_PATH = f"{REVIEW_PATH}/edit"
SAVE_PATH = "/reviews/{incident}"
LARGER = ("/reviews/",)
"""Paths at which a body may be larger: what is too long for a document still comes back to who typed it."""
APPROVE_PATH = f"{REVIEW_PATH}/approve"
ISSUE_PATH = f"{REVIEW_PATH}/issue"
CANVAS_PATH = f"{REVIEW_PATH}/canvas"
COPY_PATH = f"{REVIEW_PATH}/copies/{{place}}"
FETCH_PATH = f"{COPY_PATH}/fetch"
TASK_PATH = f"{REVIEW_PATH}/tasks/{{task}}"
_NUMBER = re.compile(r"[0-9]{1,9}")


class ReviewForms:
    """Takes the forms of a review. What is refused comes back with all that was typed."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(EDIT_PATH, self.edit),
            self._site.get(SAVE_PATH, self.back),
            self._site.post(SAVE_PATH, self.save),
            self._site.post(APPROVE_PATH, self.approve),
            self._site.post(ISSUE_PATH, self.as_issue),
            self._site.post(CANVAS_PATH, self.as_canvas),
            self._site.post(COPY_PATH, self.as_copy),
            self._site.post(FETCH_PATH, self.fetch),
            self._site.post(TASK_PATH, self.tick),
        ]

    async def edit(self, request: web.Request, viewer: Viewer) -> web.Response:
        incident = await self._site.uow.read(may_edit, which(request), by=viewer.person)
        found = await reading(self._site, request, viewer)
        shown = await asyncio.to_thread(found.shown, request.query.get("template", ""))
        last, edit = found.shelf.latest, found.edit(request.query.get("from", ""))
        known = shown.template if shown.template in found.templates else ""
        form = EditForm(
            text=shown.text,
            base=last.number if last else 0,
            template=shown.template,
            written=await asyncio.to_thread(found.written, known) if known else "",
        )
        form = view_of.beside(form, edit) if edit else form
        return self._site.render("review_edit.html", viewer, **view_of.editing(incident, form))

    async def back(self, request: web.Request, _: Viewer) -> web.Response:
        """Lead to the review whoever opens again the address that its form was sent to."""
        return self._site.go(f"/incidents/INC-{which(request)}/review")

    async def save(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Keep a new version, or show how it will look. Nothing that was typed is lost, whatever is wrong."""
        number, given = which(request), _given(form)
        try:
            if form.get("do") == "preview":
                document(given.text)
                return await self._form(number, viewer, view_of.previewed(given))
            new = NewVersion(
                *(given.text, given.base, given.template, given.written, form.get("sure", "")[:100]),
                taken=given.taken,
                names=form.get("names", "")[:100],
            )
            await self._site.uow.perform(save_document, number, new, by=viewer.person)
        except EditedMeanwhile as other:
            theirs = await self._site.uow.read(kept_version, number, other.number, by=viewer.person)
            return await self._form(
                number, viewer, view_of.again(given, await self._said(other), theirs=theirs)
            )
        except (NotFound, Malformed):
            raise
        except Refused as no:
            asked = view_of.again(_asked(given, form, no), await self._said(no))
            return await self._form(number, viewer, asked)
        return self._site.go(f"/incidents/INC-{number}/review")

    async def approve(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Approve a version. What nobody has edited is saved first, as it was read."""
        return await self._of_version(request, viewer, form, approve_document)

    async def as_issue(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Have a version written as an issue. What nobody has edited is saved first, as it was read."""
        return await self._of_version(request, viewer, form, partial(ask_for_issue, sure=_leaves(form)))

    async def as_canvas(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Have a version written as a canvas. What nobody has edited is saved first, as it was read."""
        return await self._of_version(request, viewer, form, partial(ask_for_canvas, sure=_leaves(form)))

    async def as_copy(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Have a version written to the wiki, or to a file with a merge request."""
        operation = partial(ask_for_copy, kept=_place(request), sure=_leaves(form))
        return await self._of_version(request, viewer, form, operation)

    async def fetch(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Have a copy looked at for what people wrote there."""
        number, place = which(request), _place(request)
        try:
            await self._site.uow.perform(fetch_copy, number, place, by=viewer.person)
        except (NotFound, Malformed):
            raise
        except Refused as no:
            found = await reading(self._site, request, viewer)
            return await page(self._site, found, request, viewer, status=409, wrong=await self._said(no))
        return self._site.go(f"/incidents/INC-{number}/review#elsewhere")

    async def _of_version(
        self, request: web.Request, viewer: Viewer, form: Form, operation: Callable[..., None]
    ) -> web.Response:
        number, version = which(request), _number(form, "version")
        found = await reading(self._site, request, viewer)
        try:
            if not version and not found.shelf.latest:
                shown = await asyncio.to_thread(found.shown, form.get("template", "")[:40])
                secret = form.get("secret", "")[:100]
                new = NewVersion(shown.text, 0, shown.template, shown.text, secret)
                await self._site.uow.perform(saved_first, number, new, operation, by=viewer.person)
            else:
                await self._site.uow.perform(operation, number, version, by=viewer.person)
        except (NotFound, Malformed):
            raise
        except Refused as no:
            values = {"wrong": await self._said(no), "unsure": _unsure(request, form, no, version)}
            return await page(self._site, found, request, viewer, status=409, **values)
        return self._site.go(f"/incidents/INC-{number}/review")

    async def tick(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Note that a task is done, or that it is not. Whoever comes second is told who did it."""
        number, task = which(request), named(request, "task")
        operation = tick_task if form.get("done") == "yes" else untick_task
        try:
            await self._site.uow.perform(operation, task, by=viewer.person)
        except (NotFound, Malformed):
            raise
        except Refused as no:
            found = await reading(self._site, request, viewer)
            wrong = await self._said(no)
            return await page(self._site, found, request, viewer, status=409, wrong=wrong)
        return self._site.go(f"/incidents/INC-{number}/review#tasks")

    async def _form(self, number: int, viewer: Viewer, form: EditForm) -> web.Response:
        """Show the form with what was typed. Raises NotFound where the incident is hidden by now."""
        incident = await self._site.uow.read(may_edit, number, by=viewer.person)
        values = await asyncio.to_thread(view_of.editing, incident, form)
        status = 422 if form.wrong else 200
        return self._site.render("review_edit.html", viewer, status=status, **values)

    async def _said(self, refused: Refused) -> str:
        return (await with_names(str(refused), self._site.uow)).replace("`", "")


def _given(form: Form) -> EditForm:
    text = form.get("text", "").replace("\r\n", "\n")
    written = form.get("written", "").replace("\r\n", "\n")
    base, template, taken = _number(form, "base"), form.get("template", "")[:40], form.get("taken", "")[:80]
    return EditForm(text, base, template, written[: 2 * LONGEST], taken=taken)


def _asked(given: EditForm, form: Form, no: Refused) -> EditForm:
    """Return the form with what is to be confirmed, and what of it was confirmed before."""
    secret, names = form.get("sure", "")[:100], form.get("names", "")[:100]
    return replace(
        given,
        sure=no.sure if isinstance(no, LooksSecret) else secret,
        names=no.sure if isinstance(no, NamesPrivate) else names,
        confirmed=(secret, names),
    )


def _leaves(form: Form) -> str:
    """Return what somebody confirmed of what is private."""
    return form.get("leaves", "")[:100]


def _unsure(request: web.Request, form: Form, no: Refused, version: int) -> dict[str, object] | None:
    """Return the form that asks whether it is meant all the same, with what was confirmed before."""
    if not isinstance(no, LooksSecret | LeavesPrivate):
        return None
    kept = {"secret": form.get("secret", "")[:100], "leaves": _leaves(form)}
    kept["secret" if isinstance(no, LooksSecret) else "leaves"] = no.sure
    label = "It is no secret: go on" if isinstance(no, LooksSecret) else "It may be read there"
    given = {"version": str(version), "template": form.get("template", "")[:40]}
    return {"path": request.path.rpartition("/review/")[2], "label": label, "fields": kept | given}


def _place(request: web.Request) -> Kept:
    """Return the place in an address. Raises NotFound for what names none."""
    said = request.match_info["place"]
    if said not in {*Kept}:
        raise NotFound("place", said[:40])
    return Kept(said)


def _number(form: Form, name: str) -> int:
    said = form.get(name, "")
    return int(said) if _NUMBER.fullmatch(said) else 0
