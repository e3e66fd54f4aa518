"""A small PagerDuty and a small Opsgenie that check what the real ones check, and can fail.

Paths, fields and answers are those of PagerDuty's Events API v2, REST API v2 and webhooks v3, and of
Opsgenie's alert API v2.
"""

import hashlib
import hmac
import json
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web

KEY, OTHER_KEY = "a" * 32, "b" * 32
TOKEN, SECRET = "pd-token", "pd-secret"
GENIE_KEY, GENIE_TOKEN = "genie-key-1", "genie-word"
EMAILS = {"PANA": "ana@example.com", "PBO": "bo@example.com", "PCHEN": "chen@example.com"}
SEVERITIES = ("critical", "error", "warning", "info")
Json = dict[str, Any]


class Alert:
    """What is open there, or was. A key that is resolved begins a new one."""

    def __init__(self, key: str, team: str, payload: Json) -> None:
        self.key, self.team, self.payload = key, team, payload
        self.status, self.by, self.count = "triggered", "", 1


class Services:
    """`faults` are taken one a call that changes something: a status, or `lost`, which does it."""

    def __init__(self) -> None:
        self.url = ""
        self.alerts: list[Alert] = []
        self.faults: list[int | str] = []
        self.down = False
        self.calls: list[str] = []
        self.events = 0

    @property
    def said(self) -> str:
        """Return all that was ever sent."""
        return json.dumps([one.payload for one in self.alerts])

    def alert(self, key: str = "") -> Alert:
        """Return the only alert, or the only one of a key."""
        [found] = [one for one in self.alerts if not key or one.key == key]
        return found

    @asynccontextmanager
    async def running(self) -> Any:
        app = web.Application(client_max_size=512_000)
        app.add_routes(
            [
                web.post("/v2/enqueue", self._event),
                web.get("/incidents", self._incidents),
                web.get("/users/{user}", self._user),
                web.get("/abilities", self._abilities),
                web.post("/v2/alerts", self._create),
                web.post("/v2/alerts/{alias}/{action}", self._change),
                web.get("/v2/alerts/{alias}", self._get),
            ]
        )
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()

    def _open(self, key: str, team: str) -> Alert | None:
        return next(
            (one for one in self.alerts if (one.key, one.team) == (key, team) and one.status != "resolved"),
            None,
        )

    def _fault(self) -> int | str:
        return 503 if self.down else self.faults.pop(0) if self.faults else ""

    def _taken(self, request: web.Request, fault: int | str, answer: Json) -> web.Response:
        if fault == "lost":
            assert request.transport
            request.transport.close()
        return web.json_response(answer, status=202)

    # PagerDuty

    async def _event(self, request: web.Request) -> web.Response:
        fault = self._fault()
        if isinstance(fault, int):
            headers = {"Retry-After": "5"} if fault == 429 else {}
            return web.json_response({"status": "throttle exceeded"}, status=fault, headers=headers)
        body = await request.json()
        if wrong := _wrong(body):
            said = {"status": "invalid event", "message": "Event object is invalid", "errors": wrong}
            return web.json_response(said, status=400)
        key, team, action = body["dedup_key"], body["routing_key"], body["event_action"]
        self.calls.append(f"{action} {key}")
        there = self._open(key, team)
        if action == "trigger" and there:
            there.count += 1
        elif action == "trigger":
            self.alerts.append(Alert(key, team, body["payload"]))
        elif there and (action == "resolve" or there.status == "triggered"):
            there.status = {"acknowledge": "acknowledged", "resolve": "resolved"}[action]
        answer = {"status": "success", "message": "Event processed", "dedup_key": key}
        return self._taken(request, fault, answer)

    async def _incidents(self, request: web.Request) -> web.Response:
        if refused := _unauthorized(request):
            return refused
        key, statuses = request.query["incident_key"], request.query.getall("statuses[]")
        found = [one for one in self.alerts if one.key == key and one.status in statuses]
        return web.json_response({"incidents": [incident(one) for one in found], "more": False})

    async def _abilities(self, request: web.Request) -> web.Response:
        return _unauthorized(request) or web.json_response({"abilities": ["sso"]})

    async def _user(self, request: web.Request) -> web.Response:
        if refused := _unauthorized(request):
            return refused
        email = EMAILS.get(request.match_info["user"])
        if not email:
            return web.json_response({"error": {"code": 2100, "message": "Not Found"}}, status=404)
        return web.json_response({"user": {"id": request.match_info["user"], "email": email, "name": "X"}})

    def tell(self, kind: str, user: str = "", name: str = "Ana F.", key: str = "") -> Json:
        """Have somebody do something there; return the event that a webhook of version 3 brings."""
        alert = self.alert(key)
        alert.status, alert.by = kind, user
        self.events += 1
        agent = {"id": user, "type": "user_reference", "summary": name} if user else None
        return {
            "event": {
                "id": f"01EVENT{self.events}",
                "event_type": f"incident.{kind}",
                "resource_type": "incident",
                "occurred_at": "2026-01-05T10:00:00.000Z",
                "agent": agent,
                "client": None,
                "data": incident(alert),
            }
        }

    # Opsgenie

    async def _create(self, request: web.Request) -> web.Response:
        fault = self._fault()
        if isinstance(fault, int):
            return web.json_response({"message": "no", "took": 0.1, "requestId": "r"}, status=fault)
        team = request.headers["Authorization"].removeprefix("GenieKey ")
        if team != GENIE_KEY:
            return web.json_response({"message": "Key is not valid", "requestId": "r"}, status=403)
        body = await request.json()
        assert 0 < len(body["message"]) <= 130
        assert body["priority"] in {"P1", "P2", "P3", "P4", "P5"}
        assert all(isinstance(one, str) for one in body["details"].values())
        there = self._open(body["alias"], team)
        if there:
            there.count += 1
        else:
            self.alerts.append(Alert(body["alias"], team, body))
        return self._taken(request, fault, _queued())

    async def _change(self, request: web.Request) -> web.Response:
        assert request.query["identifierType"] == "alias"
        there = self._open(request.match_info["alias"], GENIE_KEY)
        action = request.match_info["action"]
        self.calls.append(f"{action} {request.match_info['alias']}")
        if there:
            there.status = {"acknowledge": "acknowledged", "close": "resolved"}[action]
        return web.json_response(_queued(), status=202)

    async def _get(self, request: web.Request) -> web.Response:
        there = self._open(request.match_info["alias"], GENIE_KEY)
        if not there:
            return web.json_response({"message": "Alert does not exist", "requestId": "r"}, status=404)
        data = {
            "alias": there.key,
            "status": "open",
            "acknowledged": there.status == "acknowledged",
            "report": {"acknowledgedBy": there.by},
        }
        return web.json_response({"data": data, "took": 0.1, "requestId": "r"})


def _queued() -> Json:
    return {"result": "Request will be processed", "took": 0.1, "requestId": "r"}


def _wrong(body: Json) -> list[str]:
    """Return what PagerDuty would find wrong with an event."""
    wrong = []
    if body.get("routing_key") not in {KEY, OTHER_KEY}:
        wrong.append("'routing_key' is invalid")
    if body.get("event_action") not in {"trigger", "acknowledge", "resolve"}:
        wrong.append("'event_action' is invalid")
    if len(body.get("dedup_key", "")) > 255 or not body.get("dedup_key"):
        wrong.append("'dedup_key' is invalid")
    if body.get("event_action") == "trigger":
        payload = body.get("payload", {})
        if not 0 < len(payload.get("summary", "")) <= 1024:
            wrong.append("'payload.summary' is missing or blank")
        if not payload.get("source") or payload.get("severity") not in SEVERITIES:
            wrong.append("'payload.severity' is invalid")
    return wrong


def incident(alert: Alert) -> Json:
    """Return PagerDuty's incident of an alert, as its REST API and its webhooks have it."""
    who = {"id": alert.by, "type": "user_reference", "summary": "Ana F."}
    given = [{"at": "2026-01-05T10:00:00Z", "acknowledger": who}] if alert.status == "acknowledged" else []
    return {
        "id": "Q1",
        "type": "incident",
        "status": alert.status,
        "incident_key": alert.key,
        "title": "…",
        "acknowledgements": given,
        "last_status_change_by": who,
    }


def _unauthorized(request: web.Request) -> web.Response | None:
    right = request.headers.get("Authorization") == f"Token token={TOKEN}"
    if right and request.headers.get("Accept") == "application/vnd.pagerduty+json;version=2":
        return None
    return web.json_response({"error": {"code": 2006, "message": "Not Authenticated"}}, status=401)


async def hook(port: int, event: Any, *secrets: str) -> int:
    """Send an event as PagerDuty does, signed with each of these secrets."""
    raw = json.dumps(event).encode()
    signs = [f"v1={hmac.new(one.encode(), raw, hashlib.sha256).hexdigest()}" for one in secrets]
    headers = {"X-PagerDuty-Signature": ",".join(signs), "Content-Type": "application/json"}
    return await _posted(f"http://127.0.0.1:{port}/v1/pagerduty", raw, headers)


async def genie_hook(port: int, alert: Alert, action: str, user: str, token: str = GENIE_TOKEN) -> int:
    """Tell what somebody did as Opsgenie's webhook does."""
    body = {
        "action": action,
        "alert": {"alertId": "a-1", "alias": alert.key, "username": user, "message": "…"},
        "source": {"name": "web", "type": "web"},
        "integrationName": "Muster",
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return await _posted(f"http://127.0.0.1:{port}/v1/opsgenie", json.dumps(body).encode(), headers)


async def _posted(url: str, raw: bytes, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=raw, headers=headers) as answer:
        return answer.status
