"""Phones: what reaches people from outside Slack. `POST /phones/<number>` is what Apprise's json:// sends."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.bodies import parsed
from sandbox.record import Log, Record
from sandbox.state import Json, Phone, Text, User
from sandbox.workspace import Workspace

BIGGEST_POST = 512 * 1024
LONGEST_ADDRESS = 100
LONGEST_TITLE = 250
LONGEST_TEXT = 2_000
MOST_FILES = 10
MOST_TEXTS = 200
MOST_STRANGERS = 100


class Phones:
    """Takes texts, and can be `down`, be late by `delay` seconds, or `lose_replies` to what has arrived."""

    def __init__(self, ws: Workspace, records: Log) -> None:
        self._ws, self._records = ws, records
        self.in_flight = 0
        self.down = self.lose_replies = False
        self.delay = 0.0

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post("/phones/{address:.+}", self.serve), web.get("/ui/phone", self.look)]

    def at(self, address: str) -> list[Text]:
        """The texts on the phone of this number, or of this person, oldest first."""
        phone = self._ws.phones.get(_key(self._ws, address))
        return list(phone.texts) if phone else []

    def clear(self) -> None:
        """Phones work as they should."""
        self.down = self.lose_replies = False
        self.delay = 0.0

    async def serve(self, request: web.Request) -> web.Response:
        loop = asyncio.get_running_loop()
        address = request.match_info["address"].strip()[:LONGEST_ADDRESS]
        record = self._records.add("text", address, {}, self._ws.clock.now(), loop.time())
        self.in_flight += 1
        try:
            response = await self._take(request, record, address)
            record.status = response.status
            if response.status != 200:
                record.ok, record.error = False, response.text or f"http_{response.status}"
            return response
        finally:
            record.ended = loop.time()
            self.in_flight -= 1

    async def _take(self, request: web.Request, record: Record, address: str) -> web.Response:
        if self.down:
            return web.Response(status=503, text="the phones are switched off")
        if not address:
            return web.Response(status=404, text="there is no number")
        try:
            record.args = _readable(await request.clone(client_max_size=BIGGEST_POST).read())
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413, text=f"a text has at most {BIGGEST_POST} bytes with its files")
        except ValueError as wrong:
            return web.Response(status=400, text=str(wrong))
        await asyncio.sleep(self.delay)
        text = arrive(self._ws, address, record.args)
        if self.lose_replies and request.transport is not None:
            record.ok, record.error = False, "connection cut"
            request.transport.abort()
        else:
            record.ok = True
        return web.json_response({"ok": True, "id": text.id})

    async def look(self, request: web.Request) -> web.Response:
        """What the viewer's phone shows; numbers that nobody has are for everybody to see."""
        ws = self._ws
        try:
            user = ws.user(request.query["user"])
        except KeyError as unknown:
            raise web.HTTPNotFound(text=f"no such user: {unknown}") from None
        phone = ws.phones.get(user.id, Phone(user.phone, user.id))
        strangers = [_shown(one) for one in ws.phones.values() if not one.user]
        return web.json_response({**_shown(phone), "strangers": strangers, "off": self.down})


def arrive(ws: Workspace, address: str, posted: Json) -> Text:
    """Keep a text, and let the phone buzz."""
    key, user = _key(ws, address), _owner(ws, address)
    if key not in ws.phones and not user:
        _forget_strangers(ws)
    phone = ws.phones.setdefault(key, Phone(user.phone if user else address, user.id if user else ""))
    text = Text(ws.ids.new("X"), ws.clock.now().isoformat(), **posted)
    phone.texts.append(text)
    del phone.texts[:-MOST_TEXTS]
    phone.unread = min(phone.unread + 1, MOST_TEXTS)
    ws.changed("phone", f"{phone.user}/{text.id}")
    return text


def mark_read(ws: Workspace, user: str) -> None:
    if (phone := ws.phones.get(user)) and phone.unread:
        phone.unread = 0
        ws.changed("sidebar")


def unread(ws: Workspace, user: str) -> int:
    phone = ws.phones.get(user)
    return phone.unread if phone else 0


def _owner(ws: Workspace, address: str) -> User | None:
    """Whose phone it is: by number, however that is written, or by e-mail address, handle or id."""
    people = [user for user in ws.users.values() if not user.bot and not user.deleted]
    if number := dialled(address):
        return next((user for user in people if dialled(user.phone) == number), None)
    name = address.casefold()
    return next((u for u in people if name in (u.email.casefold(), u.handle, u.id.casefold())), None)


def _key(ws: Workspace, address: str) -> str:
    user = _owner(ws, address)
    return user.id if user else dialled(address) or address.casefold()


def dialled(address: str) -> str:
    """The digits of a number, without what one dials before a country; nothing for a name."""
    if any(letter.isalpha() for letter in address):
        return ""
    return "".join(letter for letter in address if letter in "0123456789").lstrip("0")


def _forget_strangers(ws: Workspace) -> None:
    known = [key for key, phone in ws.phones.items() if not phone.user]
    for key in known[: len(known) - MOST_STRANGERS + 1]:
        del ws.phones[key]


def _readable(body: bytes) -> Json:
    """Title, text and the names of files, cut to what a phone holds. Raises ValueError in words."""
    try:
        posted: Any = parsed(body)
    except ValueError:
        raise ValueError("expected JSON") from None
    if not isinstance(posted, dict):
        raise ValueError("expected a JSON object with title and message")
    title, text = posted.get("title") or "", posted.get("message") or ""
    if not (isinstance(title, str) and isinstance(text, str) and (title + text).strip()):
        raise ValueError("expected a title, a message or both, as text")
    return {"title": title[:LONGEST_TITLE], "text": text[:LONGEST_TEXT], "files": _names(posted)}


def _names(posted: Json) -> list[str]:
    files = posted.get("attachments")
    named = [one for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    return [str(one.get("filename", "file"))[:LONGEST_ADDRESS] for one in named[:MOST_FILES]]


def _shown(phone: Phone) -> Json:
    return {"number": phone.address, "unread": phone.unread, "texts": [vars(text) for text in phone.texts]}
