"""Opsgenie's alert API, for what sends there and only changes its address: create, look at, close, note."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from aiohttp import web

from bot.domain.actors import Machine, MachineKind
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.routing import Source
from bot.domain.alerts.signals import LONGEST_TITLE, Signal, State, unreadable
from bot.domain.errors import Refused
from bot.domain.work.held import LooksSecret
from bot.intake import bodies, opsgenie
from bot.intake.values import Unreadable, key_of, line, mapping, text
from bot.operations.alerts.intake import reword
from bot.operations.timeline.notes import note
from bot.unit_of_work import UnitOfWork
from handlers.alerts.keys import UNKNOWN_KEY, given_keys, is_key
from handlers.alerts.receiver import TRACE, Receiver
from handlers.alerts.unread import NO_JSON, NotTaken, named, readable
from storage import alert_lookups
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

PATH = "/v2/alerts"
FORMAT = "opsgenie"
TAKEN = "Request will be processed"
UNPARSED = "Could not parse request body. Please check whether it is JSON."
_STATES = {"close": State.RESOLVED, "acknowledge": State.ACKNOWLEDGED}
_ACTIONS = {"close": "Close", "acknowledge": "Acknowledge", "notes": "AddNote"}
Serves: TypeAlias = Callable[[Source, web.Request], Awaitable[web.Response]]


class Opsgenie:
    """Answers as Opsgenie does, for sources of this format: each by its own key, about its own alerts."""

    def __init__(self, uow: UnitOfWork, receiver: Receiver) -> None:
        self._uow, self._receiver = uow, receiver
        self._sources = [one for one in uow.process.alert_sources.values() if one.format == FORMAT]

    def routes(self) -> list[web.RouteDef]:
        """Return what to serve: nothing while no source is an Opsgenie's."""
        if not self._sources:
            return []
        paths = {
            ("POST", PATH): self._create,
            ("*", PATH): self._not_taken,
            ("GET", f"{PATH}/requests/{{request}}"): self._request,
            ("GET", f"{PATH}/{{alert}}"): self._show,
            ("DELETE", f"{PATH}/{{alert}}"): self._delete,
            ("POST", f"{PATH}/{{alert}}/{{action:close|acknowledge|notes}}"): self._act,
            ("PUT", f"{PATH}/{{alert}}/{{part:message|description}}"): self._reword,
            ("*", f"{PATH}/{{alert}}/{{rest:.+}}"): self._not_taken,
        }
        return [
            web.route(method, f"{path}{end}", self._receiver.traced_by(self._keyed(do)))
            for (method, path), do in paths.items()
            for end in ("", "/")
        ]

    def _keyed(self, do: Serves) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def keyed(request: web.Request) -> web.Response:
            keys = given_keys(request.headers)
            source = next((one for one in self._sources if any(is_key(one, key) for key in keys)), None)
            if not source:
                refusal = _wrong(401, "Key format is not valid or the key does not exist.")
                return await self._receiver.misshapen("", UNKNOWN_KEY, refusal)
            try:
                return await do(source, request)
            except (DatabaseBusy, Outdated):
                return _wrong(503, "the database is away; please send it again")
            except ValueError:
                return await self._receiver.misshapen(source.name, NO_JSON, _wrong(400, UNPARSED))

        return keyed

    async def _create(self, source: Source, request: web.Request) -> web.Response:
        raw = await request.read()
        try:
            body = bodies.parsed(raw)
        except ValueError:
            answer = _wrong(400, UNPARSED)
            told = source if raw.strip() else None
            return await self._receiver.refused(NotTaken(source.name, NO_JSON, answer, told, readable(raw)))
        try:
            signals = named(opsgenie.read(body), body)
        except Unreadable:  # it may be a grave one: whoever sent it meant somebody to look
            signals = [unreadable(source.name)]
        return await self._receiver.kept(source, signals, body, TRACE.get()) or _taken()

    async def _act(self, source: Source, request: web.Request) -> web.Response:
        """Close or acknowledge an alert, or write a note of it. One that is not there is accepted too."""
        raw, action = await request.read(), request.match_info["action"]
        body = mapping(bodies.parsed(raw)) if raw.strip() else {}
        alert = await self._uow.read(_named, source.name, *_asked(request))
        said = text(body.get("note"), 3000)
        if alert and alert.incident and said:
            await self._note(source, alert.incident, said)
        if not alert or action not in _STATES:
            return _taken()
        signal = Signal(alert.key, alert.title, _STATES[action], None)
        return await self._receiver.kept(source, [signal], body, TRACE.get()) or _taken()

    async def _delete(self, source: Source, request: web.Request) -> web.Response:
        """End an alert: what is deleted there fires no more. It stays in the lists here."""
        alert = await self._uow.read(_named, source.name, *_asked(request))
        if not alert:
            return _taken()
        signal = Signal(alert.key, alert.title, State.RESOLVED, None)
        return await self._receiver.kept(source, [signal], {}, TRACE.get()) or _taken()

    async def _reword(self, source: Source, request: web.Request) -> web.Response:
        """Take other words for an alert, as Alertmanager sends them with `update_alerts`."""
        body, part = mapping(bodies.parsed(await request.read())), request.match_info["part"]
        alert = await self._uow.read(_named, source.name, *_asked(request))
        title, about = line(body.get("message"), LONGEST_TITLE), text(body.get("description"))
        if alert and alert.open:
            words = (title or alert.title, alert.text) if part == "message" else (alert.title, about)
            await self._uow.perform(reword, alert.id, *words)
        return _taken()

    async def _not_taken(self, source: Source, _: web.Request) -> web.Response:
        why = "It is not taken here: Muster escalates, assigns and puts aside by itself."
        return await self._receiver.misshapen(source.name, "a call that is not taken", _wrong(404, why))

    async def _note(self, source: Source, incident: int, said: str) -> None:
        """Write a note on the incident's timeline, unless it may not have it."""
        by = Machine(MachineKind.ALERT, source.name)
        try:
            await self._uow.perform(note, incident, said, by=by)
        except (Refused, LooksSecret) as refusal:
            await self._receiver.misshapen(source.name, f"a note: {refusal}", web.Response())

    async def _show(self, source: Source, request: web.Request) -> web.Response:
        alert = await self._uow.read(_named, source.name, *_asked(request))
        return _told(_described(alert)) if alert else _wrong(404, "Alert not found.")

    async def _request(self, source: Source, request: web.Request) -> web.Response:
        """Say what became of a request."""
        asked = request.match_info["request"]
        found = await self._uow.read(alert_lookups.by_trace, source.name, asked.replace("-", "")[:16])
        if not found:
            return _wrong(404, "Request not found.")
        told, alert = found
        states = {State.FIRING: "Create", State.ACKNOWLEDGED: "Acknowledge", State.RESOLVED: "Close"}
        done = states[State(told.told)]
        at = (told.at or alert.last_at).isoformat()
        known = {"success": True, "isSuccess": True, "action": done, "status": f"{done}d alert"}
        about = {"alertId": str(alert.id), "alias": alert.key, "integrationId": source.name}
        return _told(known | {"processedAt": at} | about)


def _asked(request: web.Request) -> tuple[str, str]:
    """Return what names an alert, and whether by `id`, `alias` or `tiny`."""
    return request.match_info["alert"], request.query.get("identifierType", "id").lower()


def _named(tx: Tx, source: str, name: str, kind: str) -> Alert | None:
    if kind == "alias":
        return alert_lookups.by_key(tx, source, key_of(line(name, 2000)))
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 15 else 0
    return alert_lookups.by_number(tx, source, number)


def _described(alert: Alert) -> dict[str, Any]:
    return {
        "id": str(alert.id),
        "tinyId": str(alert.id),
        "alias": alert.key,
        "message": alert.title,
        "description": alert.text,
        "status": "open" if alert.open else "closed",
        "acknowledged": alert.state is State.ACKNOWLEDGED,
        "count": alert.fired,
        "priority": f"P{alert.severity[1]}" if alert.severity else "P5",
        "details": dict(alert.labels),
        "source": alert.source,
        "createdAt": alert.first_at.isoformat(),
        "updatedAt": alert.last_at.isoformat(),
        "lastOccurredAt": alert.last_at.isoformat(),
    }


def _number() -> str:
    """Return the request's number in the shape of Opsgenie's: its trace is the first half."""
    trace = TRACE.get()
    return f"{trace[:8]}-{trace[8:12]}-{trace[12:]}-0000-000000000000"


def _taken() -> web.Response:
    return web.json_response({"result": TAKEN, "took": 0.0, "requestId": _number()}, status=202)


def _told(data: dict[str, Any]) -> web.Response:
    return web.json_response({"data": data, "took": 0.0, "requestId": _number()})


def _wrong(status: int, why: str) -> web.Response:
    return web.json_response({"message": why, "took": 0.0, "requestId": _number()}, status=status)
