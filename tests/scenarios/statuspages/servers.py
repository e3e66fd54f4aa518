"""A status.io and an Atlassian Statuspage: what they refuse, how they answer, and whom they write to."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Json = dict[str, Any]
PAGE, KEY, ID = "p4g3", "secret-key", "api-id"
PARTS = {"c1", "c2"}
STATES = ("investigating", "identified", "monitoring", "resolved")
STATUSES = ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")


class Service:
    """What both have. A fault is taken by the next call of its method: a status, `lost` after the work, or
    `unread` before it.
    """

    def __init__(self) -> None:
        self.url = ""
        self.key = KEY
        self.incidents: dict[str, Json] = {}
        self.faults: list[tuple[str, int | str]] = []
        self.mails: list[str] = []
        self.calls: list[str] = []
        self.said = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Service"]:
        app = web.Application(middlewares=[self._met])
        app.router.add_routes(self.routes())
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await runner.cleanup()

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    def admits(self, request: web.Request) -> bool:
        raise NotImplementedError

    @web.middleware
    async def _met(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if not self.admits(request):
            return web.json_response({"error": "Could not authenticate"}, status=401)
        self.said += await request.text()
        self.calls.append(f"{request.method} {request.path}")
        fault = next((one for one in self.faults if one[0] == request.method), None)
        if fault:
            self.faults.remove(fault)
            if isinstance(fault[1], int):
                return web.json_response({"error": "no"}, status=fault[1])
        if fault and fault[1] == "unread" and request.transport:
            request.transport.abort()
            return web.Response()
        answer: web.StreamResponse = await handler(request)
        if fault and request.transport:
            request.transport.abort()
        return answer


class Atlassian(Service):
    """Statuspage: it writes to subscribers unless told not to, and leaves components as they are."""

    def __init__(self) -> None:
        super().__init__()
        self.components = dict.fromkeys(PARTS, "operational")

    def routes(self) -> list[web.RouteDef]:
        path = f"/v1/pages/{PAGE}/incidents"
        return [
            web.post(path, self._create),
            web.get(path, self._list),
            web.get(path + "/{id}", self._get),
            web.patch(path + "/{id}", self._patch),
        ]

    def admits(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"OAuth {self.key}"

    async def _create(self, request: web.Request) -> web.Response:
        said = (await request.json())["incident"]
        metadata = said.get("metadata", {})
        if (
            not said.get("name")
            or len(said["name"]) > 255
            or not all(isinstance(one, dict) for one in metadata.values())
        ):
            return web.json_response({"error": ["Name can't be blank"]}, status=422)
        number = f"inc{len(self.incidents) + 1}"
        self.incidents[number] = {
            "id": number,
            "name": said["name"],
            "metadata": metadata,
            "incident_updates": [],
        }
        return self._changed(number, said, 201)

    async def _patch(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        if number not in self.incidents:
            return web.json_response({"error": "not found"}, status=404)
        return self._changed(number, (await request.json())["incident"], 200)

    def _changed(self, number: str, said: Json, status: int) -> web.Response:
        components = said.get("components", {})
        odd = (
            said["status"] not in STATES
            or not {*components} <= PARTS
            or not {*components.values()} <= {*STATUSES}
        )
        if odd or len(said.get("body", "")) > 25000:
            return web.json_response({"error": ["invalid"]}, status=422)
        incident = self.incidents[number]
        incident["status"] = said["status"]
        incident["incident_updates"].insert(0, {"body": said["body"], "status": said["status"]})
        self.components |= components
        if said.get("deliver_notifications", True):
            self.mails.append(said["body"])
        return web.json_response(incident, status=status)

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response([*self.incidents.values()][::-1][: int(request.query.get("limit", 100))])

    async def _get(self, request: web.Request) -> web.Response:
        found = self.incidents.get(request.match_info["id"])
        return web.json_response(found or {"error": "not found"}, status=200 if found else 404)


class StatusIoServer(Service):
    """status.io: flags are texts, an error comes with 200, and resolving is a call of its own."""

    refuses = ""

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v2/incident/{act:create|update|resolve}", self._post),
            web.get(f"/v2/incident/list/{PAGE}", self._list),
        ]

    def admits(self, request: web.Request) -> bool:
        return (request.headers.get("x-api-id"), request.headers.get("x-api-key")) == (ID, self.key)

    async def _post(self, request: web.Request) -> web.Response:
        act, said = request.match_info["act"], await request.json()
        flags = [
            value for name, value in said.items() if name.startswith("notify_") or name in {"social", "slack"}
        ]
        wrong = self.refuses or self._wrong(act, said, flags)
        if wrong:
            return web.json_response({"status": {"error": "yes", "message": wrong}})
        number = said.get("incident_id") or f"{len(self.incidents) + 1:024x}"
        incident = self.incidents.setdefault(
            number, {"_id": number, "name": said.get("incident_name"), "messages": [], "resolved": False}
        )
        message = {
            "details": said["incident_details"],
            "state": said["current_state"],
            "status": said["current_status"],
        }
        incident["messages"].append(message)
        incident["resolved"] = act == "resolve"
        incident.setdefault("affected", said.get("infrastructure_affected"))
        if said.get("notify_email") == "1":
            self.mails.append(said["incident_details"])
        return web.json_response({"status": {"error": "no", "message": "OK"}, "result": number})

    def _wrong(self, act: str, said: Json, flags: list[Any]) -> str:
        if said.get("statuspage_id") != PAGE:
            return "statuspage not found"
        if not all(flag in {"0", "1"} for flag in flags):
            return "a flag is no text"
        if said.get("current_status") not in {100, 300, 400, 500, 600} or said.get("current_state") not in {
            100,
            200,
            300,
        }:
            return "status or state unknown"
        if act == "create":
            parts = said.get("infrastructure_affected")
            listed = isinstance(parts, list) and all("-" in one for one in parts)
            return (
                ""
                if said.get("incident_name")
                and listed
                and (parts or said["all_infrastructure_affected"] == "1")
                else "required"
            )
        there = self.incidents.get(said.get("incident_id", ""))
        return "" if there and not there["resolved"] else "incident not found"

    async def _list(self, request: web.Request) -> web.Response:
        parts: dict[str, list[Json]] = {"active_incidents": [], "resolved_incidents": []}
        for one in self.incidents.values():
            parts["resolved_incidents" if one["resolved"] else "active_incidents"].append(one)
        return web.json_response({"status": {"error": "no", "message": "OK"}, "result": parts})

    @property
    def text(self) -> str:
        return json.dumps(self.incidents)
