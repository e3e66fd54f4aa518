"""What is done beside declaring: practice, near misses, maintenance, alerts, and any button pressed."""

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from string import ascii_letters, digits
from typing import Any

import aiohttp

from bot.domain.alerts.routing import Heartbeat, Rule, Source, Then
from bot.domain.process import Archive, Process
from sandbox.errors import SlackError
from sandbox.person import CannotDo, Person
from sandbox.slack import Slack
from tests.simulation.machine import URL

COMMANDS = (
    "nearmiss It did no harm",
    "nearmiss real It does harm",
    "pause for 1 day It can wait",
    "nudges snooze summary",
    "nudges stop update",
    "nudges start update",
    "leave @sam",
    "leave quiet",
    "leave page",
    "lead @sam",
    "role EOC me",
    "private yes Customer data",
    "private yes Customer data",
    "update The key {key} does not work",
    "update The key {key} does not work",
    "note The key {key} does not work",
    "note at 11:40 The store restarted",
    "summary The store has lost its index",
    "notice It is slow",
    "customer-call",
    "stream database @ana",
    "stream network",
    "stream update database The key {key} does not work",
    "stream update database The lock is found",
    "stream close database It is released",
    "security access Somebody was in",
    "unsubscribe #backend",
    "action Look into it @ana",
    "maintenance related",
    "maintenance related no",
    "cancel It was a test",
    "close",
    "close",
)
"""Typed in an incident's channel; `{key}` stands for what looks like a secret, another one each time."""
SERVICES = ("api", "web")
KEYS = {"monitoring": "5ca1ab1e" * 4, "heartbeat": "0ddba11a" * 4}
"""Of the source of alerts, and of what is to be heard of regularly."""
BEAT = 120.0
ANSWERED = 10.0
"""Seconds for which monitoring waits for an answer."""
PAGED = "*You are paged*"


def typed(command: str, random: Random) -> str:
    """Return a command as somebody types it."""
    return command.replace("{key}", "glpat-" + "".join(random.choices(ascii_letters + digits, k=20)))


def monitored(process: Process, random: Random) -> Process:
    """Have alerts come in, and channels archived minutes after the end of their incidents, or as usual."""
    keys = {name: hashlib.sha256(key.encode()).hexdigest() for name, key in KEYS.items()}
    beats = ["backup"] * (random.random() < 0.2)
    after = random.choice([None, timedelta(minutes=3), timedelta(minutes=10)])
    return replace(
        process,
        alert_sources={"monitoring": Source("monitoring", "pagerduty", keys["monitoring"])},
        alert_rules=(Rule(Then.ACTIVE, "pages", labels={"page": "yes"}),),
        heartbeats={one: Heartbeat(one, timedelta(seconds=BEAT), keys["heartbeat"]) for one in beats},
        archive=Archive(after, after) if after else process.archive,
    )


class Deeds:
    """What is done in one world: some of it, decided by a chance of its own."""

    def __init__(self, slack: Slack, random: Random, trace: Callable[[str], None]) -> None:
        self._slack, self._random, self._trace = slack, random, trace
        self.names: set[str] = set()
        """Of what is declared by a command."""
        self.sent: dict[str, str] = {}
        """What monitoring said last of each alert and was promised that it is kept."""

    def chosen(self) -> Iterator[Any]:
        """Choose what is done in this world."""
        once = (self._practises, self._learns, self._notes_near_miss, self._notes_what_is_over)
        for number, deed in enumerate(once):
            if self._random.random() < 0.2:
                yield deed(number)
        for some in (self._maintains, self._monitors, self._wants_in):
            if self._random.random() < 0.35:
                yield some()
        if self._random.random() < 0.7:
            yield self._presses()

    async def types(self, who: str, text: str, channel: str = "general") -> bool:
        """Have somebody type a command, and send the form that it opens. Say whether it was taken."""
        person = self._slack.person(who)
        try:
            seen = await person.slash("/inc", text, channel=channel)
            self._trace(f"{who} types /inc {text}: {seen.error or 'done'}")
            await self._sends(person)
        except (CannotDo, SlackError) as refused:
            self._trace(f"{who} cannot: {refused}")
            return False
        return not seen.error

    async def _sends(self, person: Person) -> None:
        await asyncio.sleep(2)  # until the form is open
        if person.modal and person.modal["callback_id"] != "declare_form":
            problems = await person.submit()
            self._trace(f"{person.handle} sends a form: {problems or 'done'}")
            if person.modal:
                await person.close_modal(clear=True)

    def _grade(self) -> str:
        return self._random.choice(["S1", "S2", "S3", "S4"])

    async def _practises(self, number: int) -> None:
        await asyncio.sleep(self._random.uniform(0, 300))
        self.names.add(f"Practice {number}")
        await self.types("dev", f"test @ren @sam {self._grade()} Practice {number}")

    async def _learns(self, _: int) -> None:
        await asyncio.sleep(self._random.uniform(0, 300))
        self.names.add("My first incident")
        await self.types("sam", "tutorial")

    async def _notes_near_miss(self, number: int) -> None:
        await asyncio.sleep(self._random.uniform(0, 300))
        self.names.add(f"Slip {number}")
        await self.types("ren", f"nearmiss {self._grade()} Slip {number} {self._random.choice(['', '@bo'])}")

    async def _notes_what_is_over(self, number: int) -> None:
        await asyncio.sleep(self._random.uniform(0, 300))
        self.names.add(f"Blip {number}")
        await self.types("ren", f"retro {self._grade()} 11:10-11:40 Blip {number}")

    async def _maintains(self) -> None:
        """Work on a service, whose alerts are held or not; in the end somebody may say that it is over."""
        random = self._random
        await asyncio.sleep(random.uniform(0, 200))
        holds = random.choice(["", " hold their alerts", " hold their alerts"])
        minutes = random.choice([2, 5, 15])
        await self.types(
            "dev",
            f'maintenance "Upgrade" C{random.randint(1, 4)} for {minutes}m owner @ren services api{holds}',
        )
        for step in ("extend 5m", "end"):
            await asyncio.sleep(random.uniform(60, 900))
            if random.random() < 0.5:
                await self.types("ren", f"maintenance {step}")

    async def _monitors(self) -> None:
        """Send alerts: each fires and is over later, and is sent until somebody promises to keep it."""
        random = self._random
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWERED)) as session:
            while True:
                await asyncio.sleep(random.expovariate(1 / 200))
                key, service = f"alert-{random.randrange(5)}", random.choice(SERVICES)
                over = self.sent.get(key) == "resolve" or key not in self.sent
                body = _event(key, service, "trigger" if over else "resolve", pages=random.random() < 0.3)
                self.sent.pop(key, None)  # what becomes of it is not known while it is on its way
                await self._posts(session, body)

    async def _posts(self, session: aiohttp.ClientSession, body: dict[str, Any]) -> None:
        while True:
            said: object
            try:
                async with session.post(f"{URL}/v2/enqueue", json=body) as answer:
                    said = answer.status
            except (aiohttp.ClientError, TimeoutError) as error:
                said = type(error).__name__
            self._trace(f"monitoring sends {body['event_action']} of {body['dedup_key']}: {said}")
            if said == 202:
                self.sent[body["dedup_key"]] = body["event_action"]
                return
            await asyncio.sleep(self._random.uniform(5, 30))

    async def beats(self) -> None:
        """Be heard of regularly, but for a while now and then."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWERED)) as session:
            while True:
                try:
                    async with session.get(f"{URL}/v1/heartbeat/{KEYS['heartbeat']}") as answer:
                        await answer.read()
                except (aiohttp.ClientError, TimeoutError) as error:
                    self._trace(f"a heartbeat is not heard: {type(error).__name__}")
                await asyncio.sleep(BEAT * self._random.choice([0.4, 0.4, 0.4, 0.4, 3]))

    async def _wants_in(self) -> None:
        """Ask to be let into an incident: one that is private, open, or not there at all."""
        while True:
            await asyncio.sleep(self._random.uniform(100, 600))
            await self.types(
                self._random.choice(["bo", "luis"]), f"access INC-{self._random.randint(1, 4)} I can help"
            )

    async def _presses(self) -> None:
        """Press any button that somebody sees, but for those of a page."""
        while True:
            await asyncio.sleep(self._random.expovariate(1 / 90))
            person = self._slack.person(self._random.choice(["dev", "ren", "sam", "ines", "ana", "carla"]))
            seen = [one for one in self._messages(person) if _buttons(one)]
            if not seen or person.modal:
                continue
            message = self._random.choice(seen[-6:])
            button = self._random.choice(_buttons(message))
            try:
                error = (
                    await person.click(
                        message, button["action_id"], text=button["text"]["text"], confirm=True
                    )
                ).error
                self._trace(f"{person.handle} presses {button['text']['text']}: {error or 'done'}")
                await self._sends(person)
            except (CannotDo, SlackError) as refused:
                self._trace(f"{person.handle} cannot press {button['text']['text']}: {refused}")

    def _messages(self, person: Person) -> list[dict[str, Any]]:
        """Return what somebody looks at: one of their incidents' channels, or their direct messages."""
        rooms = [
            one.id
            for one in self._slack.workspace.channels.values()
            if one.name.startswith("inc") and person.id in one.members
        ]
        place = self._random.choice([*rooms, ""])
        found = person.messages(place) if place else person.dm()
        return [one for one in found if one.get("bot_id") and PAGED not in one["text"]]


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = message.get("blocks") or []
    elements = [one for block in blocks for one in (*block.get("elements", ()), block.get("accessory") or {})]
    return [
        one for one in elements if one.get("type") == "button" and "action_id" in one and "url" not in one
    ]


def _event(key: str, service: str, action: str, *, pages: bool) -> dict[str, Any]:
    """Return an event as PagerDuty's clients send it."""
    details = {"service": service, "page": "yes" if pages else "no"}
    payload = {
        "summary": f"{key} of {service}",
        "source": "db-1",
        "severity": "error",
        "custom_details": details,
    }
    return {"routing_key": KEYS["monitoring"], "event_action": action, "dedup_key": key, "payload": payload}
