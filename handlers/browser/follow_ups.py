"""Follow-ups in a browser: listed by what stands in the address, changed and ended as in Slack."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from bot.domain.errors import Malformed
from bot.domain.incidents.incident import Severity
from bot.domain.text import one_line
from bot.domain.work.follow_ups import FollowUp
from bot.operations.work.follow_ups import (
    Changes,
    cancel_follow_up,
    change_follow_up,
    finish_follow_up,
    reopen_follow_up,
    visible_follow_up,
)
from bot.views.browser import follow_ups as view_of
from bot.views.browser.follow_ups import DONE, DUE, FIELDS, FORM, KIND, LONGEST, OWNER, PRIORITY, SHOWN, TITLE
from bot.views.browser.forms import Filled
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.browser.rich import Reader
from bot.web.sessions import form_key
from handlers.browser.forms import Wrong, called, given, perform, person_named, refused
from handlers.browser.incident import named
from handlers.browser.site import Form, Site
from storage import follow_ups, people
from storage.follow_ups import Sought
from storage.transaction import Tx

HERE = "/follow-ups"
ONE = f"{HERE}/{{follow_up}}"
PER_PAGE, AT_ONCE, MOST_PAGES = 50, 200, 200
_FIELDS = ("show", "mine", "owner", "kind", "priority", "service")
_ENDS = {"finish": finish_follow_up, "cancel": cancel_follow_up, "reopen": reopen_follow_up}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which follow-ups an address asks for; `unknown` says which word of it names nobody."""

    sought: Sought
    given: Mapping[str, str]
    unknown: str = ""


class FollowUpPages:
    """Shows follow-ups to whoever may know of them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        get = self._site.get
        return [
            get(HERE, self.show),
            get(f"{HERE}.csv", self.as_csv),
            get(f"{HERE}.json", self.as_json),
            get(ONE, self.show_one),
            self._site.post(ONE, self.act),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        uow, page = self._site.uow, page_of(request.query)
        asked = await uow.read(_asked, request.query, viewer)
        found, names = await uow.read(_found, asked, viewer, PER_PAGE + 1, (page - 1) * PER_PAGE)
        today = uow.clock.now().astimezone(viewer.zone).date()
        return self._site.render(
            "follow_ups.html",
            viewer,
            title="Follow-ups",
            here=HERE,
            rows=view_of.rows(found[:PER_PAGE], Reader(viewer.zone, names), today),
            earlier=_address(asked, page - 1) if page > 1 else "",
            later=_address(asked, page + 1) if len(found) > PER_PAGE and page < MOST_PAGES else "",
            query=urlencode(asked.given),
            given=dict.fromkeys(_FIELDS, "") | {"show": "open"} | dict(asked.given),
            unknown=asked.unknown,
            shown=SHOWN,
            kinds=list(uow.process.follow_ups.kinds),
            priorities=[one.value for one in Severity],
        )

    async def as_csv(self, request: web.Request, viewer: Viewer) -> web.StreamResponse:
        return await self._file(request, viewer, "text/csv", "csv")

    async def as_json(self, request: web.Request, viewer: Viewer) -> web.StreamResponse:
        return await self._file(request, viewer, "application/json", "json")

    async def _file(self, request: web.Request, viewer: Viewer, kind: str, ending: str) -> web.StreamResponse:
        """Send all that is found, piece by piece, each read in a moment of its own, the newest first."""
        uow = self._site.uow
        today = uow.clock.now().astimezone(viewer.zone).date()
        asked = await uow.read(_asked, request.query, viewer)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="follow-ups.{ending}"'}
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = kind, "utf-8"
        await response.prepare(request)
        await response.write((view_of.csv_head() if ending == "csv" else '{"data": [').encode())
        first, past = True, None
        while True:
            found, names = await uow.read(_newest, asked, viewer, past)
            if not found:
                break
            if ending == "csv":
                piece = view_of.csv_rows(found, names, today)
            else:
                piece = view_of.json_rows(found, names, today, first=first)
            await response.write(piece.encode())
            first, past = False, found[-1].action.id
        await response.write(b"" if ending == "csv" else b"]}\n")
        await response.write_eof()
        return response

    async def show_one(self, request: web.Request, viewer: Viewer) -> web.Response:
        return await self._one(viewer, named(request, "follow_up"), done=request.query.get("done", ""))

    async def act(self, request: web.Request, viewer: Viewer, form: Form) -> web.Response:
        """Change a follow-up, end it, or open it again."""
        number, what = named(request, "follow_up"), form.get("do", "")
        if what == "change":
            return await self._change(viewer, number, form)
        if what not in _ENDS:
            raise Malformed
        await self._site.uow.perform(_ENDS[what], number, by=viewer.person)
        return self._site.go(f"{HERE}/{number}?done={what}")

    async def _change(self, viewer: Viewer, number: int, form: Form) -> web.Response:
        filled, uow = given(FORM, form, FIELDS), self._site.uow
        before = await uow.read(visible_follow_up, number, viewer.person)

        async def act() -> None:
            title, due = title_of(filled, len(before.action.title)), _due(filled, before)
            owner = await uow.read(owner_meant, filled.value(OWNER), before.action.assignee, viewer)
            priority = filled.value(PRIORITY)
            if priority not in set(Severity):
                raise Malformed
            changes = Changes(owner, due, filled.value(KIND), Severity(priority), title)
            await perform(self._site, filled, viewer, change_follow_up, number, changes)

        no = await refused(self._site, filled, DUE, act)
        return await self._one(viewer, number, no) if no else self._site.go(f"{HERE}/{number}?done=changed")

    async def _one(
        self, viewer: Viewer, number: int, again: Filled | None = None, done: str = ""
    ) -> web.Response:
        uow = self._site.uow
        one, names = await uow.read(_one, number, viewer.person)
        reader = Reader(viewer.zone, names)
        form = again or view_of.filled(one, form_key(), reader)
        today = uow.clock.now().astimezone(viewer.zone).date()
        values = view_of.shown(one, form, reader, today, uow.process.follow_ups)
        return self._site.render(
            "follow_up.html",
            viewer,
            status=422 if again else 200,
            here=HERE,
            said=DONE.get(done, ""),
            **values,
        )


def title_of(filled: Filled, present: int = 0) -> str:
    """Return what is to be done: no longer than a title is, or than it is at `present`. Raises Wrong."""
    title = one_line(filled.value(TITLE))
    if not title or len(title) > max(LONGEST, present):
        raise Wrong(TITLE, f"Say in 1 to {LONGEST} characters what is to be done.")
    return title


def day_chosen(filled: Filled) -> date | None:
    """Return the day that was chosen, None for none. Raises Wrong."""
    text = filled.value(DUE).strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Wrong(DUE, "That is no day. Choose one as your browser offers it: 2026-12-01.") from None


def _due(filled: Filled, before: FollowUp) -> date | None:
    """Return the day that was chosen, None where it stays. Raises Wrong."""
    due = day_chosen(filled)
    if not due and before.action.due:
        raise Wrong(DUE, "A follow-up has a day by which it is due: choose one.")
    return due if due != before.action.due else None


def owner_meant(tx: Tx, text: str, present: str | None, viewer: Viewer) -> str:
    """Return who is named, "" for nobody; whose name was left as it stood, as `present`, stays. Raises
    Wrong.
    """
    said = one_line(text)
    if not said:
        return ""
    if present and said == people.names(tx, [present]).get(present, present):
        return present
    return person_named(tx, said, viewer, OWNER)


def _asked(tx: Tx, query: MultiMapping[str], viewer: Viewer) -> Asked:
    """Return what an address asks for; what it cannot mean limits nothing, but for an unknown owner."""
    said = {name: text for name in _FIELDS if (text := one_line(query.get(name, ""))[:120])}
    show, owner, unknown = said.get("show", "open"), "", ""
    if said.get("mine"):
        owner = viewer.person
    elif name := said.get("owner"):
        found = called(tx, name)
        owner = found[0] if len(found) == 1 else "-"
        unknown = "" if len(found) == 1 else f"I know not exactly one person called “{name}”."
    priority = said.get("priority", "")
    sought = Sought(
        owner=owner,
        only_open=show not in {"over", "all"},
        only_over=show == "over",
        overdue_on=tx.now.astimezone(viewer.zone).date() if show == "overdue" else None,
        label=kind if (kind := said.get("kind", "")) in tx.process.follow_ups.kinds else "",
        priority=priority if priority in set(Severity) else "",
        service=said.get("service", ""),
    )
    return Asked(sought, said, unknown)


def _found(
    tx: Tx, asked: Asked, viewer: Viewer, limit: int, skipped: int
) -> tuple[list[FollowUp], dict[str, str]]:
    found = follow_ups.visible(tx, viewer.person, asked.sought, limit=limit, skipped=skipped)
    return found, people.names(tx, view_of.people_of(found))


def _newest(tx: Tx, asked: Asked, viewer: Viewer, past: int | None) -> tuple[list[FollowUp], dict[str, str]]:
    found = follow_ups.newest(tx, viewer.person, asked.sought, AT_ONCE, past, private=True)
    return found, people.names(tx, view_of.people_of(found))


def _one(tx: Tx, number: int, viewer: str) -> tuple[FollowUp, dict[str, str]]:
    found = visible_follow_up(tx, number, viewer)
    return found, people.names(tx, view_of.people_of([found]))


def page_of(query: MultiMapping[str]) -> int:
    said = query.get("page", "")
    return min(max(int(said), 1), MOST_PAGES) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def _address(asked: Asked, page: int) -> str:
    return f"?{urlencode({**asked.given, 'page': page})}"
