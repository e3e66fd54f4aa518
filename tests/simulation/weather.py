"""What goes wrong, and when: each seed has some kinds of trouble and not others, so that they meet."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from sandbox.faults import Fault
from sandbox.slack import Slack
from tests.simulation.contact_methods import MANNERS, ContactMethods
from tests.simulation.machine import Machine

METHODS = (
    "*",
    "*",
    "chat.*",
    "chat.postMessage",
    "chat.postMessage",
    "chat.update",
    "conversations.create",
    "conversations.*",
    "views.open",
    "pins.add",
    "auth.test",
)
KINDS: tuple[tuple[Any, tuple[int | float | str, ...]], ...] = (
    ("status", (500, 502, 503)),
    ("error", ("internal_error", "fatal_error", "ratelimited")),
    ("ratelimit", (1, 5, 30)),
    ("drop_before", (0,)),
    ("drop_after", (0,)),
    ("hang", (0,)),
    ("slow", (1, 4, 8, 12)),
)
MUTE: tuple[tuple[Any, int | str], ...] = (("status", 503), ("error", "fatal_error"), ("silent", 0))
STEPS = (-1200, -20, -3, -0.5, 0.5, 3, 30, 200, 1200)
STEPS_OF_HTTP = (-20, -3, -0.5, 0.5, 3, 30)
"""Slack's requests carry a time; a clock that is far away refuses them."""


class Weather:
    """The faults of one run. `clear` ends them all."""

    def __init__(
        self,
        slack: Slack,
        machine: Machine,
        contact_methods: ContactMethods,
        random: Random,
        trace: Callable[[str], None],
    ) -> None:
        self._slack, self._machine, self._contact_methods = slack, machine, contact_methods
        self._random, self._trace = random, trace
        self._tasks: list[asyncio.Task[None]] = []
        self._kinds: tuple[Callable[[], Coroutine[Any, Any, None]], ...] = (
            self._calls,
            self._calls,
            self._tail,
            self._away,
            self._cuts,
            self._events,
            self._disk,
            self._deaths,
            self._clock,
            self._services,
            self._mute,
            self._mute,
        )

    def begin(self) -> bool:
        """Choose what will go wrong in this run. Say whether anything will."""
        likely = self._random.choice([0, 0.36, 0.36, 0.36, 0.36, 0.36, 0.36, 0.36])
        chosen = [kind for kind in self._kinds if self._random.random() < likely]
        self._trace("weather: " + ", ".join(kind.__name__.strip("_") for kind in chosen))
        self._tasks = [asyncio.get_running_loop().create_task(kind()) for kind in chosen]
        return bool(chosen)

    async def clear(self) -> None:
        """Let everything work from now on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._slack.switchboard.clear()
        self._machine.loop.network.tail = 0.0
        self._machine.disk.heal()
        self._contact_methods.heal()
        self._machine.restart_after = 1.0
        if not self._machine.up:
            self._machine.start()
        self._trace("the weather clears")

    def failures(self) -> list[BaseException]:
        done = [task for task in self._tasks if task.done() and not task.cancelled()]
        return [error for task in done if (error := task.exception())]

    async def _pause(self, mean: float) -> None:
        await asyncio.sleep(1 + self._random.expovariate(1 / mean))

    async def _calls(self) -> None:
        """Single calls fail, before their effect or after it, or wait, or hang."""
        while True:
            await self._pause(120)
            kind, values = self._random.choice(KINDS)
            fault = Fault(
                self._random.choice(METHODS),
                kind,
                self._random.choice(values),
                self._random.choice([1, 1, 2, 5]),
            )
            self._trace(f"fault: {fault.times} times {fault.kind} {fault.value} for {fault.method}")
            self._slack.faults.append(fault)

    async def _tail(self) -> None:
        """Now and then a piece takes seconds to cross the network."""
        self._machine.loop.network.tail = self._random.choice([0.01, 0.03])
        await asyncio.Event().wait()

    async def _away(self) -> None:
        """Slack is away, for minutes or for long."""
        while True:
            await self._pause(600)
            await self._slack.switchboard.down(True)
            self._trace("Slack is away")
            await asyncio.sleep(self._random.choice([20, 90, 300, 1200, 4000]))
            await self._slack.switchboard.down(False)
            self._trace("Slack is back")

    async def _mute(self) -> None:
        """Slack takes commands and presses, but for minutes no message: what is raised is not delivered."""
        faults = self._slack.faults
        while True:
            await self._pause(200)
            kind, value = self._random.choice(MUTE)
            mute = Fault("chat.postMessage", kind, value, times=100_000)
            self._trace(f"no message is taken: {kind} {value}")
            faults.append(mute)
            await asyncio.sleep(self._random.choice([50, 120, 400, 1500]))
            if mute in faults:
                faults.remove(mute)

    async def _cuts(self) -> None:
        """Lines are cut: the socket, and calls under way."""
        while True:
            await self._pause(300)
            self._trace("all lines are cut")
            self._machine.loop.network.cut_all()

    async def _events(self) -> None:
        """Events come late, twice, or in another order."""
        manners = self._slack.manners
        while True:
            await self._pause(100)
            manners.twice = self._random.random() < 0.4
            manners.backwards = self._random.random() < 0.4
            manners.delay = self._random.choice([0, 0, 0.5, 5])

    async def _disk(self) -> None:
        """The database is busy, a statement fails in the middle, or a commit does."""
        disk = self._machine.disk
        while True:
            await self._pause(150)
            match self._random.randrange(4):
                case 0:
                    disk.busy = self._random.choice([1, 3, 10])
                case 1:
                    disk.refuse = self._random.choice([1, 2])
                case 2:
                    disk.no_pages = self._random.choice([2, 4])
                case _:
                    disk.breaks_in = self._random.randint(1, 12)
            self._trace("the disk is ill")

    async def _deaths(self) -> None:
        """The process dies, somewhere or at a commit, and comes back after seconds or an hour."""
        while True:
            await self._pause(400)
            self._machine.restart_after = self._random.choice([2, 5, 30, 200, 1000, 3600])
            if self._random.random() < 0.5:
                self._machine.kill()
            else:
                self._machine.disk.dies_in = (self._random.randint(1, 6), self._random.random() < 0.5)

    async def _clock(self) -> None:
        """Somebody sets the machine's clock."""
        steps = STEPS if self._slack.workspace.app.socket_mode else STEPS_OF_HTTP
        clock = self._machine.clock
        while True:
            await self._pause(500)
            step = self._random.choice(steps)
            if abs(clock.offset + step) < (3000 if steps is STEPS else 200):
                clock.step(step)
                self._trace(f"the clock is set by {step} s")

    async def _services(self) -> None:
        """The service behind a contact method has its troubles, for seconds or for minutes."""
        while self._contact_methods.names:
            await self._pause(100)
            contact_method, manner = (
                self._random.choice(self._contact_methods.names),
                self._random.choice(MANNERS),
            )
            self._trace(f"{contact_method} {manner}")
            self._contact_methods.manners[contact_method] = manner
            await asyncio.sleep(self._random.choice([10, 60, 300]))
            self._contact_methods.manners.pop(contact_method)
