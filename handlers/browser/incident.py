"""The page of an incident, and what is written on its timeline there."""

import re
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.domain.errors import Malformed, NotFound, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.text import tidy
from bot.domain.timeline.entries import Entry
from bot.domain.timeline.notes import taking_notes
from bot.domain.timeline.sought import sought
from bot.domain.work.held import LooksSecret
from bot.operations.once import once
from bot.operations.timeline import notes
from bot.views.browser import incident as view_of
from bot.views.browser.note import LONGEST, NoteForm, again, entered, filled, happened, zone_name
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from bot.views.naming import own_name
from bot.web.sessions import form_key
from handlers.browser.incident_reading import read
from handlers.browser.site import Form, Site
from handlers.request import with_names
from storage import incidents, timeline
from storage.transaction import Tx

PATH = "/incidents/{incident}"
NOTES_PATH = f"{PATH}/notes"
NOTE_PATH = f"{NOTES_PATH}/{{note}}"
_WHICH = re.compile(r"(?:INC-)?([0-9]{1,15})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,15}")
_ONCE = re.compile(r"[\w-]{10,40}")


class IncidentPages:
    """Shows incidents to whoever may know of them; what they write goes through Slack's own operations."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get(PATH, self.show),
            self._site.post(NOTES_PATH, self.add),
            self._site.get(NOTE_PATH, self.edit),
            self._site.post(NOTE_PATH, self.change),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        query = request.query
        wanted = sought(
            query.get("show", ""), query.getall("kind", []), query.get("person", ""), query.get("page", "")
        )
        scene, names = await self._site.uow.read(read, viewer.person, which(request), wanted)
        values = view_of.shown(scene, Reader(viewer.zone, names))
        return self._site.render("incident.html", viewer, note=_empty(viewer), **values)

    async def add(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Write a note, of now or of an earlier time; a form that is sent twice writes it once."""
        incident = await self._incident(request, viewer)
        given = _given(form, viewer)
        try:
            text = _words(form)
            at = entered(form.get("at", ""), viewer.zone)
            await self._once(given, notes.note, incident.id, text, by=viewer.person, at=at, sure=_sure(form))
        except (NotFound, Malformed):
            raise
        except Refused as refused:
            return await self._again(incident, viewer, given, refused)
        return self._back(incident)

    async def edit(self, request: web.Request, viewer: Viewer) -> web.Response:
        incident = taking_notes(await self._incident(request, viewer))
        note, hidden = await self._site.uow.read(_note, incident, named(request, "note"))
        return self._form(incident, viewer, filled(note, viewer.zone, form_key(), hidden=hidden))

    async def change(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Correct, hide or re-time a note."""
        incident = await self._incident(request, viewer)
        note, _ = await self._site.uow.read(_note, incident, named(request, "note"))
        given = _given(form, viewer, note.id)
        try:
            await self._once(
                given,
                notes.change_note,
                incident.id,
                note.id,
                text=_words(form),
                at=happened(form.get("at", ""), viewer.zone, note.at),
                hidden=given.hidden,
                by=viewer.person,
                sure=_sure(form),
            )
        except (NotFound, Malformed):
            raise
        except Refused as refused:
            return await self._again(incident, viewer, given, refused)
        return self._back(incident)

    async def _incident(self, request: web.Request, viewer: Viewer) -> Incident:
        return await self._site.uow.read(incidents.visible, which(request), viewer.person)

    async def _once(
        self, given: NoteForm, operation: Callable[..., object], *args: Any, **kwargs: Any
    ) -> None:
        """Write what a form says, once, though it may be sent again."""
        await self._site.uow.perform(once, f"page:{kwargs['by']}:{given.once}", operation, *args, **kwargs)

    async def _again(
        self, incident: Incident, viewer: Viewer, given: NoteForm, refused: Refused
    ) -> web.Response:
        """Show the form with all that was entered and why it was not taken."""
        said = await with_names(str(refused), self._site.uow)
        sure = refused.sure if isinstance(refused, LooksSecret) else ""
        return self._form(incident, viewer, again(given, said, sure), status=422)

    def _form(self, incident: Incident, viewer: Viewer, note: NoteForm, *, status: int = 200) -> web.Response:
        title = f"{'Change a note' if note.id else 'Add to the timeline'} of INC-{incident.id}"
        return self._site.render(
            "note.html",
            viewer,
            status=status,
            title=title,
            incident=incident,
            name=own_name(incident),
            note=note,
        )

    def _back(self, incident: Incident) -> web.Response:
        return self._site.go(f"/incidents/INC-{incident.id}#timeline")


def which(request: web.Request) -> int:
    """Return the number in an address. Raises NotFound for what names no incident."""
    said = request.match_info["incident"]
    found = _WHICH.fullmatch(said)
    if not found:
        raise NotFound("incident", said[:40])
    return int(found[1])


def named(request: web.Request, kind: str) -> int:
    """Return the number of a note or picture in an address. Raises NotFound for what names none."""
    said = request.match_info[kind]
    if not _NUMBER.fullmatch(said):
        raise NotFound(kind, said[:40])
    return int(said)


def _note(tx: Tx, incident: Incident, number: int) -> tuple[Entry, bool]:
    """Return a note of an incident that may be seen, and whether it is hidden."""
    if found := timeline.note(tx, incident.id, number):
        return found
    raise NotFound("note", number)


def _empty(viewer: Viewer) -> NoteForm:
    return NoteForm(zone_name(viewer.zone), form_key())


def _given(form: Form, viewer: Viewer, note: int = 0) -> NoteForm:
    """Return what was entered, to show it again."""
    mark = form.get("once", "")
    return NoteForm(
        zone_name(viewer.zone),
        mark if _ONCE.fullmatch(mark) else form_key(),
        note,
        form.get("text", "")[: 2 * LONGEST],
        form.get("at", "")[:30],
        form.get("hidden") == "yes",
    )


def _words(form: Form) -> str:
    text = tidy(form.get("text", ""))
    if not text:
        raise Refused("Write what happened.")
    if len(text) > LONGEST:
        raise Refused(f"A note has at most {LONGEST:,} characters; this has {len(text):,}.")
    return text


def _sure(form: Form) -> str:
    return form.get("sure", "")[:100]
