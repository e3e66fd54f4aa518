"""The list of incidents: what is sought stands in the address, and all of it can be had as a file."""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web
from multidict import MultiMapping

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.words import excerpt, unmarked
from bot.domain.text import one_line
from bot.views.browser.exports import csv_head, csv_rows, json_rows
from bot.views.browser.incident import person
from bot.views.browser.rendering import HEADERS, Viewer
from bot.views.browser.rich import Reader
from bot.views.issue import plain
from bot.views.mrkdwn import mentioned
from handlers.browser.site import Site
from storage import api_lists, people, words
from storage.api_lists import LABELS, Wanted
from storage.transaction import Tx

PER_PAGE, AT_ONCE = 50, 200
TEXTS = 100
"""In how many texts of an incident that was found its words are looked for, to show them."""
LONGEST_WORDS = 120
DAYS = {"from": "From", "to": "To"}
_PAST = re.compile(r"[1-9][0-9]{0,14}")
_LIMITS = ("from", "to", "type", "label", "severity", "status", "drills")
Choice = TypeVar("Choice", Severity, Status)


class IncidentLists:
    """Lists what somebody may know of. A file is read in pieces: no page waits for it."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[web.RouteDef]:
        return [
            self._site.get("/incidents", self.show),
            self._site.get("/incidents.csv", self.as_csv),
            self._site.get("/incidents.json", self.as_json),
        ]

    async def show(self, request: web.Request, viewer: Viewer) -> web.Response:
        query = request.query
        sought, past = wanted(query, viewer), query.get("past", "")
        number = int(past) if _PAST.fullmatch(past) else None
        found, names = await self._site.uow.read(_found, sought, PER_PAGE + 1, number)
        types = list(await self._site.uow.read(_types))
        rows, kept = found[:PER_PAGE], _kept(query)
        reader = Reader(viewer.zone, names)
        seen = await self._site.uow.read(_excerpts, rows, sought.words)
        older = f"?{urlencode([*kept, ('past', str(rows[-1].id))])}" if len(found) > PER_PAGE else ""
        return self._site.render(
            "incidents.html",
            viewer,
            title="Incidents",
            here="/incidents",
            rows=[(one, person(one.lead, reader), seen.get(one.id, ())) for one in rows],
            reader=reader,
            older=older,
            query=urlencode(kept),
            wanted=sought,
            limited=any(query.get(name) for name in _LIMITS),
            wrong=_odd_days(query),
            given={
                "after": _day(query.get("from", "")) or "",
                "before": _day(query.get("to", "")) or "",
                "mine": bool(query.get("mine")),
            },
            types=types,
            labels=list(LABELS),
            severities=list(Severity),
            statuses=list(Status),
        )

    async def as_csv(self, request: web.Request, viewer: Viewer) -> web.StreamResponse:
        return await self._file(request, viewer, "text/csv", "csv")

    async def as_json(self, request: web.Request, viewer: Viewer) -> web.StreamResponse:
        return await self._file(request, viewer, "application/json", "json")

    async def _file(self, request: web.Request, viewer: Viewer, kind: str, ending: str) -> web.StreamResponse:
        """Send all that is found, piece by piece, each read in a moment of its own."""
        if odd := _odd_days(request.query):
            raise Refused(" ".join(odd.values()))  # a file of all would pass for what was asked for
        sought, past = wanted(request.query, viewer), None
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="incidents.{ending}"'}
        response = web.StreamResponse(headers=headers)
        response.content_type, response.charset = kind, "utf-8"
        found, names = await self._site.uow.read(_found, sought, AT_ONCE, past)
        await response.prepare(request)
        await response.write((csv_head() if ending == "csv" else '{"data": [').encode())
        first = True
        while found:
            piece = csv_rows(found, names) if ending == "csv" else json_rows(found, names, first=first)
            await response.write(piece.encode())
            first, past = False, found[-1].id
            found, names = await self._site.uow.read(_found, sought, AT_ONCE, past)
        await response.write(b"" if ending == "csv" else b"]}\n")
        await response.write_eof()
        return response


def wanted(query: MultiMapping[str], viewer: Viewer) -> Wanted:
    """Return which incidents an address asks for; what it cannot mean limits nothing."""
    after, before = _day(query.get("from", "")), _day(query.get("to", ""))
    return Wanted(
        viewer=viewer.person,
        private=True,
        statuses=_chosen(Status, query.getall("status", [])),
        severities=_chosen(Severity, query.getall("severity", [])),
        type=one_line(query.get("type", ""))[:100],
        lead=viewer.person if query.get("mine") else "",
        after=_begin(after, viewer.zone) - timedelta(microseconds=1) if after else None,
        before=_begin(before + timedelta(days=1), viewer.zone) if before else None,
        words=one_line(query.get("q", ""))[:LONGEST_WORDS],
        open=True if query.get("open") else None,
        drills=bool(query.get("drills")),
        label=label if (label := query.get("label", "")) in LABELS else "",
    )


def _chosen(kind: type[Choice], given: list[str]) -> list[Choice]:
    return [one for one in kind if one.value in given]


def _day(text: str) -> date | None:
    """Return a day of an address: one that no clock of ours shows is none."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1 < found.year < 9999 else None


def _odd_days(query: MultiMapping[str]) -> Mapping[str, str]:
    """Return what is wrong with the days of an address, by their fields."""
    given = {name: one_line(query.get(name, ""))[:20] for name in DAYS}
    return {
        name: f"{DAYS[name]}: I know no day “{text}”. Write one as 2026-12-31."
        for name, text in given.items()
        if text and not _is_day(text)
    }


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(text))
    return False


def _begin(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _kept(query: MultiMapping[str]) -> list[tuple[str, str]]:
    """Return what an address says, but for where its page begins."""
    return [(name, text[:LONGEST_WORDS]) for name, text in query.items() if name != "past" and text][:40]


def _found(tx: Tx, sought: Wanted, limit: int, past: int | None) -> tuple[list[Incident], Mapping[str, str]]:
    found = api_lists.incidents(tx, sought, limit, past)
    whom = {who for one in found for who in (one.lead, one.reporter) if isinstance(who, str) and who}
    return found, people.names(tx, whom)


def _excerpts(tx: Tx, shown: Sequence[Incident], typed: str) -> Mapping[int, Sequence[tuple[str, bool]]]:
    """Return where else than in its name each incident has what was looked for."""
    if not typed:
        return {}
    texts = {one: said[1:] for one, said in words.texts(tx, [one.id for one in shown], TEXTS).items()}
    names = people.names(tx, {who for said in texts.values() for one in said for who in mentioned(one)})
    told = {one: (unmarked(plain(text, names, escaped=True)) for text in said) for one, said in texts.items()}
    return {one: excerpt(said, typed.split()) for one, said in told.items()}


def _types(tx: Tx) -> list[str]:
    return list(tx.process.types)
