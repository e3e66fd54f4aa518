"""ntfy: push messages with buttons, for a person's topic."""

from typing import Any

from aiohttp import web

from sandbox.bodies import json_object
from sandbox.phones import LONGEST_TEXT, LONGEST_TITLE, Phones, arrive
from sandbox.record import Log
from sandbox.state import Json
from sandbox.workspace import Workspace

MOST_BUTTONS = 3


class Ntfy:
    """Takes what is published as JSON. Whatever is wrong with the phones is wrong with it too."""

    def __init__(self, ws: Workspace, records: Log, phones: Phones) -> None:
        self._ws, self._records, self._phones = ws, records, phones

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post("/ntfy", self.serve)]

    async def serve(self, request: web.Request) -> web.Response:
        given = await json_object(request)
        topic = str(given.get("topic") or "")
        record = self._records.add("text", f"ntfy {topic}", given, self._ws.clock.now(), 0.0)
        record.status = 503 if self._phones.down else 400 if not topic else 200
        record.ok = record.status == 200
        if not record.ok:
            return web.json_response({"code": record.status * 100, "error": "refused"}, status=record.status)
        text = arrive(self._ws, topic, _posted(given))
        return web.json_response({"id": text.id, "event": "message", "topic": topic})


def _posted(given: Json) -> Json:
    actions: Any = given.get("actions") or []
    buttons = [
        {"label": str(one["label"]), "url": str(one["url"]), "body": str(one.get("body", ""))}
        for one in actions[:MOST_BUTTONS]
        if one.get("action") == "http" and one.get("method", "POST") == "POST"
    ]
    return {
        "title": str(given.get("title") or "")[:LONGEST_TITLE],
        "text": str(given.get("message") or "triggered")[:LONGEST_TEXT],
        "buttons": buttons,
        "priority": int(given.get("priority") or 3),
    }
