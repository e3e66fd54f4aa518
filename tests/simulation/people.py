"""The people: they declare, answer, ignore, fiddle, resolve, and try again when Slack does not take it."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.errors import SlackError
from sandbox.person import CannotDo, Person
from sandbox.slack import Slack

TRIES = 12
COMMANDS = (
    "severity S1",
    "severity S2",
    "severity S3",
    "severity S4",
    "status fixing",
    "status monitoring",
    "resolve",
    "resolve",
    "reopen it came back",
    "lead me",
    "lead @ana",
    "role IM @ines",
    "update We are looking at it",
    "ack",
    "rename Disk is full again",
    "timeline",
    "list",
)


class Declared:
    """One form that somebody sent: accepted, or never known to be."""

    def __init__(self, name: str, severity: str, *, triage: bool) -> None:
        self.name = name
        self.severity = severity
        self.triage = triage
        self.accepted = False
        self.at = 0.0


class People:
    """Everybody, with what they are about to do. `seed` decides all of it."""

    def __init__(self, slack: Slack, random: Random, trace: Callable[[str], None]) -> None:
        self._slack = slack
        self._random = random
        self._trace = trace
        self._tasks: list[asyncio.Task[None]] = []
        self.declared: list[Declared] = []
        self.diligence = 0.5

    def begin(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    def failures(self) -> list[BaseException]:
        """Return what broke in the people themselves: a bug of the simulation."""
        done = [task for task in self._tasks if task.done() and not task.cancelled()]
        return [error for task in done if (error := task.exception())]

    async def declare(self, name: str, severity: str, *, private: bool = False, triage: bool = False) -> None:
        """Declare an incident, and go on trying until the form was taken."""
        who = self._slack.person(self._random.choice(["dev", "ren"]))
        form = Declared(name, severity, triage=triage)
        answers = {"name": name, "severity": severity, "status": "triage" if triage else "active"}
        if private:
            answers["visibility"] = "private"
        for _ in range(TRIES):
            if await self._opened(who, name):
                await who.fill(answers)
                if form not in self.declared:
                    self.declared.append(form)
                problems = await who.submit()
                self._trace(f"{who.handle} declares {name} ({severity}): {problems or 'accepted'}")
                if not problems:
                    form.accepted, form.at = True, asyncio.get_running_loop().time()
                    return
            await asyncio.sleep(self._random.uniform(3, 40))
        self._trace(f"{who.handle} gives up declaring {name}")

    async def _opened(self, who: Person, name: str) -> bool:
        """Open the form, unless it is open from the last try."""
        if who.modal and who.modal["callback_id"] != "declare_form":
            await who.close_modal(clear=True)
        if not who.modal:
            seen = await who.slash("/inc", f"declare {name}", channel="general")
            await asyncio.sleep(self._random.uniform(1, 4))
            if seen.error:
                self._trace(f"{who.handle} types /inc: {seen.error}")
        return bool(who.modal and who.modal["callback_id"] == "declare_form")

    def paged(self, person: str, channel: str, ts: str) -> None:
        """Have somebody react, in their own time, to a page that has just arrived."""
        roll, wait = self._random.random(), self._random.uniform(5, 1100)
        if roll < self.diligence:
            self.begin(self._answer(person, channel, ts, "Acknowledge", wait))
        elif roll < self.diligence + 0.08:
            self.begin(self._answer(person, channel, ts, "Escalate now", wait))

    async def _answer(self, who: str, channel: str, ts: str, button: str, wait: float) -> None:
        await asyncio.sleep(wait)
        person = self._slack.person(who)
        for _ in range(4):
            found = [one for one in person.messages(channel) if one["ts"] == ts]
            try:
                seen = await person.click(found[0], text=button)
            except (CannotDo, IndexError):
                return
            self._trace(f"{person.handle} presses {button}: {seen.error or 'done'}")
            if not seen.error:
                return
            await asyncio.sleep(self._random.uniform(2, 30))

    async def fiddle(self, gap: float) -> None:
        """Do this and that in the incidents' channels."""
        while True:
            await asyncio.sleep(self._random.expovariate(1 / gap))
            rooms = [one for one in self._slack.workspace.channels.values() if one.name.startswith("inc-")]
            if rooms:
                room = self._random.choice(rooms)
                person = self._slack.person(self._random.choice(sorted(room.members)))
                if person.id != self._slack.workspace.app.user_id:
                    await self._do_something(person, room.id)

    async def _do_something(self, person: Person, room: str) -> None:
        try:
            if self._random.random() < 0.25:
                message = await person.say(room, "It is /dev/sda1")
                await person.react(message, "pushpin")
                self._trace(f"{person.handle} pins a message")
            else:
                command = self._random.choice(COMMANDS)
                seen = await person.slash("/inc", command, channel=room)
                self._trace(f"{person.handle} types /inc {command}: {seen.error or 'done'}")
        except (CannotDo, SlackError) as refused:
            self._trace(f"{person.handle} cannot: {refused}")
