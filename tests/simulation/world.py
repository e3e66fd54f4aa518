"""One run: a seed in, everything that happened out."""

import asyncio
import hashlib
import logging
import sqlite3
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any, TypeVar

import aiohttp
from aiohttp.web_app import _cached_build_middleware
from slack_sdk.errors import SlackApiError

from bot.config import Config, Secrets, load
from sandbox.slack import Slack
from sandbox.state import Json
from sandbox.world import read_world
from storage.database import DatabaseBusy
from tests.fakes import NOON
from tests.scenarios.conftest import CONFIG, manifest
from tests.simulation.ending import Ending
from tests.simulation.loop import Deadlock
from tests.simulation.machine import PORT, Machine
from tests.simulation.network import SimLoop
from tests.simulation.people import People
from tests.simulation.watcher import Watcher
from tests.simulation.weather import Weather
from tests.tally import Tally

T = TypeVar("T")

MINUTE = 60.0


@dataclass
class Outcome:
    """What became of one seed."""

    seed: int
    trace: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    hours: float = 0.0

    @property
    def digest(self) -> str:
        """Return one word for everything that happened: the same for the same seed."""
        return hashlib.sha256("\n".join(self.trace).encode()).hexdigest()[:16]

    def __str__(self) -> str:
        again = f"See it again: .venv/bin/python -m tests.simulation {self.seed}"
        return "\n".join([f"seed {self.seed}:", *self.problems[:10], again])


def simulate(seed: int) -> Outcome:
    """Run the world of this seed to its end."""
    outcome = Outcome(seed)
    loop = SimLoop(Random(f"{seed} network"))
    with _ended(loop), _only_surprises(outcome):
        try:
            loop.run_until_complete(_World(seed, loop, outcome).run())
        except Deadlock:
            outcome.problems.append("everything waits for ever")
    outcome.hours = loop.now / 3600
    return outcome


def in_virtual_time(work: Coroutine[Any, Any, T]) -> T:
    """Run this where waiting takes no time, nor does the network."""
    loop = SimLoop(Random(0))
    loop.network.latency = 0
    with _ended(loop):
        return loop.run_until_complete(work)


@contextmanager
def _ended(loop: SimLoop) -> Iterator[None]:
    """Let go of a loop and all that is on it."""
    try:
        yield
    finally:
        with _in_silence():
            loop.bury()
            loop.close()
        _cached_build_middleware.cache_clear()  # it keeps every server there ever was, and all behind it


class _World:
    def __init__(self, seed: int, loop: SimLoop, outcome: Outcome) -> None:
        self._loop, self._outcome = loop, outcome
        self._random = Random(f"{seed} world")
        over_sockets = self._random.random() < 0.6
        clock = _TrueTime(loop)
        self._slack = Slack(_manifest(socket_mode=over_sockets), clock, _people())
        self._over_sockets = over_sockets
        self._seed = seed

    async def run(self) -> None:
        slack, random = self._slack, self._random
        await slack.start(port=0)
        self._machine = machine = Machine(self._loop, _config(), self._secrets(), self._trace)
        slack.http.request_url = "" if self._over_sockets else f"http://127.0.0.1:{PORT}/slack/events"
        watcher = Watcher(machine, _config().process)
        people = People(slack, Random(f"{self._seed} people"), self._trace)
        weather = Weather(slack, machine, Random(f"{self._seed} weather"), self._trace)
        ending = Ending(slack, machine, watcher, people)
        machine.on_commit = watcher.committed
        self._observe(watcher, people)
        self._outcome.problems = watcher.problems
        supervisor = asyncio.create_task(machine.supervise())
        machine.start()
        await asyncio.sleep(5)
        weather.begin()
        people.diligence = random.choice([0.0, 0.3, 0.6, 0.9])
        for number in range(random.choice([1, 1, 2])):
            people.begin(self._declared(people, number))
        people.begin(people.fiddle(random.choice([120, 300, 900])))
        await asyncio.sleep(random.choice([8, 15, 20, 30, 75]) * MINUTE)
        await weather.clear()
        people.stop()
        await ending.watch(random.choice([1, 3, 17]) * MINUTE)
        self._outcome.tally = ending.tally()
        watcher.problems += [repr(error) for error in people.failures() + weather.failures()]
        supervisor.cancel()
        await machine.stop()
        await slack.stop()
        machine.bury()

    def _secrets(self) -> Secrets:
        return Secrets(
            bot_token=self._slack.bot_token,
            app_token=self._slack.app_token if self._over_sockets else None,
            signing_secret=self._slack.signing_secret,
            api_url=self._slack.api_url,
        )

    async def _declared(self, people: People, number: int) -> None:
        random = self._random
        severity = random.choice(["S1", "S2", "S3", "S4"])
        private, triage = random.random() < 0.15, random.random() < 0.15
        await asyncio.sleep(random.uniform(0, 900) if number else random.uniform(0, 60))
        await people.declare(f"Trouble {number}", severity, private=private, triage=triage)

    def _trace(self, what: str) -> None:
        self._outcome.trace.append(f"{self._loop.now:12.4f}  {what}")

    def _observe(self, watcher: Watcher, people: People) -> None:
        """Look on as Slack takes each call."""
        run, records = self._slack.api._run, self._slack.record

        def observed(method: str, token: str | None, args: Json) -> Json:
            answer = run(method, token, args)
            begun = next(one.started for one in reversed(records) if one.args is args)
            self._trace(
                f"{method} {args.get('channel', '')} {answer.get('error') or answer.get('ts') or 'ok'}"
            )
            if method == "chat.postMessage" and answer["ok"]:
                row = watcher.posted(args, answer, begun)
                if row and row["job"] == "slack.send_page":
                    people.paged(args["channel"], answer["channel"], answer["ts"])
            return answer

        self._slack.api._run = observed  # type: ignore[method-assign]


class _TrueTime:
    """Slack's clock, which nobody sets."""

    def __init__(self, loop: SimLoop) -> None:
        self._machine_clock = loop

    def now(self) -> Any:
        return _epoch(self._machine_clock.now)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class _Surprises(logging.Handler):
    """Takes every error that was logged and that no fault of the simulation explains."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(logging.ERROR)
        self._outcome = outcome

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        ours = record.name.startswith("muster") and record.name != "muster.bolt"
        if ours and error is not None and not isinstance(error, _EXPECTED):
            self._outcome.problems.append(f"logged: {record.getMessage()} ({error!r})")


_EXPECTED = (
    DatabaseBusy,
    sqlite3.OperationalError,
    OSError,
    asyncio.TimeoutError,
    SlackApiError,
    aiohttp.ClientError,
)


@contextmanager
def _only_surprises(outcome: Outcome) -> Iterator[None]:
    """Let nothing be logged but errors, and look at those."""
    root = logging.getLogger()
    before, handlers = root.level, root.handlers
    root.handlers = [_Surprises(outcome)]
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(before)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Let the dead say what they want; nobody listens."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _epoch(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@cache
def _config() -> Config:
    return load(CONFIG)


@cache
def _people() -> Json:
    return read_world()


@cache
def _manifest(*, socket_mode: bool) -> Json:
    return manifest(socket_mode=socket_mode)
