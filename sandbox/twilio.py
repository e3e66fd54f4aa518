"""Twilio: calls that ring until somebody acts, and texts that can be replied to. Its requests are signed."""

import asyncio
import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode, urljoin
from xml.etree import ElementTree as ET

import aiohttp
from aiohttp import web

from sandbox.credentials import Credentials, same
from sandbox.phones import LONGEST_TEXT, arrive, dialled
from sandbox.record import Log
from sandbox.state import Json, Phone, Text
from sandbox.workspace import Workspace

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
FORM = "application/x-www-form-urlencoded"
SENDER = "+15005550006"
"""The number that apps call and text from here."""
ENDS = ("busy", "no-answer", "failed", "canceled")
"""How a call may end that nobody takes."""
ANSWER, DECLINE, HANG_UP, KEYS = "Answer", "Decline", "Hang up", "123"
"""What a phone shows during a call; the keys are those that an app waits for most."""
STOPS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"})
STARTS = frozenset({"START", "YES", "UNSTOP"})
"""Replies that unsubscribe a number from texts, and subscribe it again."""
RINGS = timedelta(seconds=30)
"""How long a phone rings; after a skip of the time in which that begins, as nobody can answer before."""


class CannotCall(Exception):
    """A person tried what their phone does not let them do now."""


@dataclass
class Call:
    """One call. It rings until somebody `answers`, or it `ends`; while it listens a key can be pressed."""

    sid: str
    to: str
    sender: str
    asked: Json = field(repr=False)
    twilio: "Twilio" = field(repr=False)
    status: str = "ringing"
    said: list[str] = field(default_factory=list)
    answered_by: str = ""
    listens: str | None = None
    shown: Text | None = field(default=None, repr=False)

    async def answer(self, by: str = "human") -> str:
        """Take the call, and return what is said."""
        if self.status != "ringing":
            raise CannotCall(f"the call is {self.status}")
        self.status, self.answered_by = "in-progress", by
        if self.asked.get("Twiml"):
            return await self._play(self.asked["Twiml"], "")
        return await self._ask(self.asked["Url"], {})

    async def press(self, key: str) -> str:
        """Press a key, and return what is said."""
        if not self.listens:
            raise CannotCall("the call waits for no key")
        return await self._ask(self.listens, {"Digits": key})

    async def do(self, label: str) -> None:
        """Press what the phone shows."""
        if label == ANSWER:
            await self.answer()
        elif label in (DECLINE, HANG_UP):
            await self.hang_up()
        else:
            await self.press(label)

    def show(self) -> None:
        """Have the phone show how the call stands, with what can be pressed."""
        if not self.shown:
            return
        self.shown.title = f"Call from {self.sender}: {self.status}"
        self.shown.text = "\n".join(self.said)
        talking = [*(KEYS if self.listens else ""), HANG_UP] if self.status == "in-progress" else []
        labels = [ANSWER, DECLINE] if self.status == "ringing" else talking
        self.shown.buttons = [{"label": label} for label in labels]

    async def hang_up(self) -> None:
        if self.status in ("ringing", "in-progress"):
            await self.end("no-answer" if self.status == "ringing" else "completed")

    async def end(self, status: str) -> None:
        """End it, and report how."""
        self.status, self.listens = status, None
        if url := self.asked.get("StatusCallback"):
            await self.twilio.tell(url, self.fields)
        self.twilio.changed(self)

    @property
    def fields(self) -> Json:
        who = {"CallSid": self.sid, "AccountSid": self.twilio.sid, "To": self.to, "From": self.sender}
        detected = {"AnsweredBy": self.answered_by} if self.asked.get("MachineDetection") else {}
        return {**who, "CallStatus": self.status, "Direction": "outbound-api", **detected}

    async def _ask(self, url: str, more: Json) -> str:
        status, text = await self.twilio.tell(url, {**self.fields, **more})
        if status != 200:
            self.said.append("We are sorry. An application error has occurred. Goodbye.")
            await self.end("completed")
            return self.said[-1]
        return await self._play(text, url)

    async def _play(self, twiml: str, url: str) -> str:
        """Say what a document says; at its end, without a key to wait for, the call is over."""
        document = ET.fromstring(twiml)  # noqa: S314 - from the app that is tried out
        gather = document.find("Gather")
        words = document.iter("Say") if gather is None else gather.iter("Say")
        said = " ".join(one.text or "" for one in words)
        self.said.append(said)
        self.listens = None if gather is None else urljoin(url, gather.get("action", ""))
        if gather is None:
            await self.end("completed")
        self.twilio.changed(self)
        return said


class Twilio:
    """Takes calls and texts for numbers. `sms_url` hears replies.

    How a number's calls end by themselves stands in `calls_end` (`busy`, `no-answer`, `machine`, ...), and
    what becomes of its texts in `texts_end` (`undelivered`, `failed`). `status` is answered instead of taking
    anything, and with `lost` what was taken is not answered.
    """

    def __init__(self, ws: Workspace, records: Log, known: Credentials) -> None:
        self._ws, self._records, self._known = ws, records, known
        ws.press, ws.reply = self.pressed, self.replied
        self._session: aiohttp.ClientSession | None = None
        self.calls: list[Call] = []
        self._ringing: dict[str, asyncio.Task[None]] = {}
        self.calls_end: dict[str, str] = {}
        self.texts_end: dict[str, str] = {}
        self.unsubscribed: set[str] = set()
        self.sms_url = ""
        self.status = 0
        self.lost = False
        self.sent: list[tuple[str, Json, dict[str, str]]] = []
        self.in_flight = 0

    @property
    def sid(self) -> str:
        return self._known.twilio_sid

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post("/2010-04-01/Accounts/{sid}/{what:Calls|Messages}.json", self.serve)]

    async def serve(self, request: web.Request) -> web.Response:
        what = request.match_info["what"]
        asked = {name: str(value) for name, value in (await request.post()).items()}
        record = self._records.add("text", f"twilio {what.lower()}", asked, self._ws.clock.now(), 0.0)
        response = await self._take(request, what, asked)
        record.status, record.ok = response.status, response.status < 300
        if self.lost and request.transport is not None:
            request.transport.abort()
        return response

    async def _take(self, request: web.Request, what: str, asked: Json) -> web.Response:
        if not self._admits(request):
            return _refused(401, 20003, "Authenticate")
        if self.status:
            return _refused(self.status, 20429 if self.status == 429 else 20500, "switched off")
        for name in ("To", "From"):
            if not NUMBER.fullmatch(asked.get(name, "")):
                return _refused(400, 21211, f"Invalid '{name}' Phone Number")
        sid = self._ws.ids.new("CA" if what == "Calls" else "SM")
        refused = await (self._text(sid, asked) if what == "Messages" else self._call(sid, asked))
        return refused or web.json_response({"sid": sid, "status": "queued"}, status=201)

    async def _call(self, sid: str, asked: Json) -> web.Response | None:
        """Call a number, or return why not."""
        if not (asked.get("Url") or asked.get("Twiml")):
            return _refused(400, 21205, "Url parameter is required")
        await self._ring(Call(sid, asked["To"], asked["From"], asked, self))
        return None

    async def _ring(self, call: Call) -> None:
        self.calls.append(call)
        call.shown = arrive(self._ws, call.to, {"title": "Call", "text": "", "call": call.sid})
        self.changed(call)
        manner = self.calls_end.get(call.to, "")
        if manner in ENDS:
            await call.end(manner)
        elif manner == "machine":
            await call.answer("machine_start")
        else:
            self._ringing[call.sid] = asyncio.create_task(self._stop_ringing(call))

    async def _stop_ringing(self, call: Call) -> None:
        clock = self._ws.clock
        ends = max(clock.now(), self._ws.skips_to) + RINGS
        await clock.sleep((ends - clock.now()).total_seconds())
        if call.status == "ringing":
            await call.end("no-answer")
        self._ringing.pop(call.sid, None)

    async def _text(self, sid: str, asked: Json) -> web.Response | None:
        """Take a text, or return why not."""
        if not asked.get("Body"):
            return _refused(400, 21602, "Message body is required")
        if asked["To"] in self.unsubscribed:
            return _refused(400, 21610, "Attempt to send to unsubscribed recipient")
        manner = self.texts_end.get(asked["To"], "delivered")
        if manner == "delivered":
            arrive(self._ws, asked["To"], {"title": "", "text": asked["Body"], "replies": bool(self.sms_url)})
        if url := asked.get("StatusCallback"):
            await self.tell(url, {"MessageSid": sid, "MessageStatus": manner, "To": asked["To"]})
        return None

    async def reply(self, sender: str, text: str) -> str:
        """Text back from a number, and return what is answered."""
        sid = self._ws.ids.new("SM")
        said = {"MessageSid": sid, "AccountSid": self.sid, "From": sender, "To": SENDER, "Body": text}
        if text.strip().upper() in STOPS:
            self.unsubscribed.add(sender)
            said["OptOutType"] = "STOP"
        elif text.strip().upper() in STARTS:
            self.unsubscribed.discard(sender)
            said["OptOutType"] = "START"
        status, answer = await self.tell(self.sms_url, said)
        if status != 200:
            return ""
        words = " ".join(one.text or "" for one in ET.fromstring(answer).iter("Message"))  # noqa: S314
        if words and sender not in self.unsubscribed:
            arrive(self._ws, sender, {"title": "", "text": words})
        return words

    async def replied(self, phone: Phone, words: str) -> None:
        """Reply from a phone, which shows that. Raises CannotCall where it has nothing that takes a reply."""
        if not self.sms_url or not any(one.replies for one in phone.texts):
            raise CannotCall("there is no text to reply to")
        words = words.strip()[:LONGEST_TEXT]
        phone.texts.append(
            Text(self._ws.ids.new("X"), self._ws.clock.now().isoformat(), "You replied", words)
        )
        self._ws.changed("phone")
        await self.reply(f"+{dialled(phone.address)}", words)

    async def tell(self, url: str, fields: Json) -> tuple[int, str]:
        """Post what Twilio says, signed. It is kept, so that it can come again."""
        headers = {"X-Twilio-Signature": signature(self._known.twilio_token, url, fields)}
        self.sent.append((url, fields, headers))
        return await self.post(url, fields, headers)

    async def post(self, url: str, fields: Json, headers: dict[str, str]) -> tuple[int, str]:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        self.in_flight += 1
        try:
            form = {"Content-Type": FORM, **headers}
            async with self._session.post(url, data=urlencode(fields).encode(), headers=form) as answer:
                return answer.status, await answer.text()
        except aiohttp.ClientError:
            return 0, ""
        finally:
            self.in_flight -= 1

    def changed(self, call: Call) -> None:
        call.show()
        self._ws.changed("phone")

    async def pressed(self, text: Text, label: str) -> None:
        """Press a button that a phone shows. Raises CannotCall where there is none of that label."""
        button = next((one for one in text.buttons if one["label"] == label), None)
        call = next((one for one in self.calls if one.sid == text.call), None)
        if not button:
            raise CannotCall(f"there is no {label} to press")
        if call:
            await call.do(label)
        elif "url" not in button:
            raise CannotCall("the call is over")
        else:
            status, answer = await self.post(button["url"], {}, {})
            text.text, text.buttons = f"{text.text}\n{label}: {answer or status}", []
            self._ws.changed("phone")

    def clear(self) -> None:
        """Everything is taken and answered."""
        self.calls_end.clear()
        self.texts_end.clear()
        self.unsubscribed.clear()
        self.status, self.lost = 0, False

    async def close(self) -> None:
        for task in (ringing := list(self._ringing.values())):
            task.cancel()
        await asyncio.gather(*ringing, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _admits(self, request: web.Request) -> bool:
        wanted = aiohttp.encode_basic_auth(self.sid, self._known.twilio_token)
        right = same(request.headers.get("Authorization", ""), wanted)
        return right and request.match_info["sid"] == self.sid


def signature(token: str, url: str, fields: Json) -> str:
    said = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), said.encode(), hashlib.sha1).digest()).decode()


def _refused(status: int, code: int, message: str) -> web.Response:
    return web.json_response({"code": code, "message": message, "status": status}, status=status)
