"""The people: they declare, answer, ignore, fiddle, resolve, and try again when Slack does not take it."""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import aiohttp

from sandbox.errors import SlackError
from sandbox.person import CannotDo, Person
from sandbox.slack import Slack
from tests.simulation import deeds

TRIES = 12
COMMANDS = (
    "severity S1",
    "severity S2",
    "severity S3",
    "severity S4",
    "public partial",
    "public degraded",
    "public operational",
    "public publish We look into it",
    "public confirm",
    "status fixing",
    "status monitoring",
    "resolve fix",
    "resolve fix",
    "reopen it came back",
    "lead me",
    "lead @ana",
    "role IM @ines",
    "update We are looking at it",
    "ack",
    "rename Disk is full again",
    "timeline",
    "list",
    "list all down",
    "accept",
    "decline",
    "field blocks-deployments yes",
    "field externally-facing no",
    "link Dashboard https://example.com/dashboard",
    "time impact-start 11:30",
    "time impact-end 12:20",
    "subscribe me",
    "subscribe #backend",
    "unsubscribe me",
    "blocked-users",
    "undo",
    "undo severity",
)
HANDED_ON = 0.88
"""Of so many pages the rest is offered to somebody else."""
DECLINED = 400
"""Who was offered a page after so many seconds declines it."""
TRIAGE = "incidents-dotcom-triage"


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
        self._tasks: list[asyncio.Task[Any]] = []
        self._browser = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self.declared: list[Declared] = []
        self.diligence = 0.5
        self._forms: dict[str, str] = {}
        """What each reporter's form was opened for: another incident gets another form."""

    def begin(self, work: Any) -> None:
        self._tasks.append(asyncio.get_running_loop().create_task(work))

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def leave(self) -> None:
        await self._browser.close()

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
        kept = self._forms.get(who.handle) == name
        if who.modal and not (kept and who.modal["callback_id"] == "declare_form"):
            await who.close_modal(clear=True)
        self._forms[who.handle] = name
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
        elif roll > HANDED_ON:
            self.begin(self._hand_on(person, channel, ts, wait))

    async def _hand_on(self, who: str, channel: str, ts: str, wait: float) -> None:
        """Have somebody offer their page to one who may not notice, and else accepts or declines."""
        await asyncio.sleep(wait)
        person, other = self._slack.person(who), self._slack.person("ren")
        try:
            found = next(one for one in person.messages(channel) if one["ts"] == ts)
            elements = [one for block in found.get("blocks", []) for one in block.get("elements", [])]
            menu = next(one for one in elements if one.get("action_id") == "page_answers")
            value = next(one["value"] for one in menu["options"] if one["value"].startswith("hand:"))
            seen = await person.click(found, "page_answers", value=value)
            await asyncio.sleep(2)  # until the form is open
            self._trace(f"{person.handle} hands on: {seen.error or 'done'}")
            if person.modal:
                await person.fill({"person": other.id})
                problems = await person.submit()
                self._trace(f"{person.handle} asks {other.handle}: {problems or 'done'}")
                if person.modal:
                    await person.close_modal(clear=True)
        except (CannotDo, StopIteration):
            return
        await asyncio.sleep(wait / 4)
        asked = [one for one in other.dm() if "asks you to take a page over" in one["text"]]
        if asked:
            button = "Decline" if wait > DECLINED else "Accept"
            await self._answer(other.id, asked[-1]["channel"], asked[-1]["ts"], button, 1)

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

    def called(self, link: str) -> None:
        """Have somebody react to a page that came by a method: look at its link, and perhaps answer."""
        roll, wait = self._random.random(), self._random.uniform(5, 700)
        act = "acknowledge" if self._random.random() < 0.85 else "take"
        if roll < self.diligence:
            self.begin(self._follow(link, act, wait))

    async def _follow(self, link: str, act: str, wait: float) -> None:
        await asyncio.sleep(wait)
        for _ in range(4):
            try:
                async with self._browser.get(link) as seen:
                    await seen.read()
                async with self._browser.post(link, data={"act": act}, allow_redirects=False) as done:
                    self._trace(f"somebody presses {act} on a link: {done.status}")
                    return
            except (aiohttp.ClientError, TimeoutError) as error:
                self._trace(f"a link does not open: {type(error).__name__}")
            await asyncio.sleep(self._random.uniform(2, 30))

    async def decide(self, name: str, wait: float, button: str = "Accept") -> float | None:
        """Accept or decline what was reported for triage, by its button. Return when that was done."""
        await asyncio.sleep(wait)
        person = self._slack.person("ines")
        for _ in range(TRIES):
            asked = [one for one in person.messages(TRIAGE) if name in one["text"] and one.get("blocks")]
            try:
                error = (await person.click(asked[0], text=button, confirm=True)).error
            except (CannotDo, IndexError):
                error = "there is no such button"
            self._trace(f"{person.handle} presses {button} for {name}: {error or 'done'}")
            if not error:
                return asyncio.get_running_loop().time()
            await asyncio.sleep(self._random.uniform(10, 60))
        return None

    async def merge(self, wait: float) -> None:
        """Merge one incident into another one, or combine them, once both have a channel."""
        await asyncio.sleep(wait)
        for _ in range(TRIES):
            command = self._random.choice(["merge", "merge", "combine"])
            rooms = [one for one in self._slack.workspace.channels.values() if one.name.startswith("inc-")]
            if len(rooms := [one for one in rooms if len(one.members) > 1]) > 1:
                room, other = self._random.sample(rooms, 2)
                members = [one for one in sorted(room.members) if one != self._slack.workspace.app.user_id]
                person = self._slack.person(self._random.choice(members))
                said = await self._merges(person, room.id, f"{command} {other.name.split('-')[1]}")
                self._trace(f"{person.handle} types /inc {command} in {room.name}: {said}")
            await asyncio.sleep(self._random.uniform(10, 60))

    async def _merges(self, person: Person, room: str, command: str) -> str:
        if person.modal:
            return "another form is open"
        try:
            seen = await person.slash("/inc", command, channel=room)
            await asyncio.sleep(2)  # until the form is open
            if not person.modal:
                return seen.error or "no form"
            problems = await person.submit()
            if person.modal:
                await person.close_modal(clear=True)
        except (CannotDo, SlackError) as refused:
            return str(refused)
        return str(problems or "done")

    async def fiddle(self, gap: float) -> None:
        """Do this and that in the incidents' channels."""
        while True:
            await asyncio.sleep(self._random.expovariate(1 / gap))
            rooms = [one for one in self._slack.workspace.channels.values() if one.name.startswith("inc-")]
            if rooms := [one for one in rooms if one.members]:
                room = self._random.choice(rooms)
                person = self._slack.person(self._random.choice(sorted(room.members)))
                if person.id != self._slack.workspace.app.user_id:
                    await self._do_something(person, room.id)

    async def _do_something(self, person: Person, room: str) -> None:
        try:
            roll = self._random.random()
            if roll < 0.1:
                await self._ask_for(person, room)
            elif roll < 0.3:
                message = await person.say(room, "It is /dev/sda1")
                await person.react(message, "pushpin")
                self._trace(f"{person.handle} pins a message")
            else:
                command = deeds.typed(self._random.choice(COMMANDS + deeds.COMMANDS), self._random)
                seen = await person.slash("/inc", command, channel=room)
                self._trace(f"{person.handle} types /inc {command}: {seen.error or 'done'}")
        except (CannotDo, SlackError) as refused:
            self._trace(f"{person.handle} cannot: {refused}")

    async def _ask_for(self, person: Person, room: str) -> None:
        """Ask for a team by the form."""
        if person.modal:
            return
        team = self._random.choice(["dotcom EOC", "dotcom IMOC", "dotcom CMOC"])
        seen = await person.slash("/inc", f"escalate {team}", channel=room)
        if person.modal:
            await person.fill({"message": "Please help"})
            problems = await person.submit()
            if person.modal:
                await person.close_modal(clear=True)
            self._trace(f"{person.handle} asks for {team}: {problems or 'done'}")
        else:
            self._trace(f"{person.handle} cannot ask for {team}: {seen.error or 'no form'}")
