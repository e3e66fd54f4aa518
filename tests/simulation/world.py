"""One run: a seed in, everything that happened out."""

import asyncio
import gc
import hashlib
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from aiohttp.web_app import _cached_build_middleware

from bot.config import Config, Secrets, load
from bot.domain.process import Process
from bot.web.links import Links
from sandbox.slack import Slack
from sandbox.state import Json
from sandbox.world import read_world
from tests.fakes import NOON
from tests.scenarios.conftest import CONFIG, manifest
from tests.simulation.audit_watch import AuditWatch
from tests.simulation.contact_method_watch import ContactMethodWatch
from tests.simulation.contact_methods import ContactMethods
from tests.simulation.deeds import Deeds, monitored
from tests.simulation.ending import Ending
from tests.simulation.loop import Deadlock
from tests.simulation.machine import URL, Machine, apscheduler_reads
from tests.simulation.network import SimLoop
from tests.simulation.people import People
from tests.simulation.requests import Requests
from tests.simulation.surprises import in_silence, only_surprises
from tests.simulation.watcher import Watcher
from tests.simulation.weather import Weather
from tests.tally import Tally

T = TypeVar("T")

MINUTE = 60.0
MERGES = 0.3
"""In so many worlds there are two incidents, and somebody merges them."""
REAL_LOOP, EVERY = 3, 20
"""This seed, and every so many after it, has a world that goes by APScheduler; it takes ten times as long."""


@dataclass
class Outcome:
    """What became of one seed."""

    seed: int
    trace: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    seen: Counter[str] = field(default_factory=Counter)
    """How often what is rare came up, so that one can see that it does."""
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
    try:
        _run(outcome)
    finally:
        _let_go()
    return outcome


def _let_go() -> None:
    """Have what is left of a world say so when it goes, and not to whoever comes next."""
    with in_silence():
        gc.collect()


def _run(outcome: Outcome) -> None:
    seed = outcome.seed
    loop = SimLoop(Random(f"{seed} network"))
    world = _World(seed, loop, outcome)
    with _ended(loop), only_surprises(outcome.problems.append, world.audit):
        try:
            loop.run_until_complete(world.run())
        except Deadlock:
            outcome.problems.append("everything waits for ever")
    outcome.hours = loop.now / 3600


def in_virtual_time(work: Coroutine[Any, Any, T]) -> T:
    """Run this where waiting takes no time, nor does the network."""
    loop = SimLoop(Random(0))
    loop.network.latency = 0
    try:
        with _ended(loop):
            return loop.run_until_complete(work)
    finally:
        _let_go()


@contextmanager
def _ended(loop: SimLoop) -> Iterator[None]:
    """Let go of a loop and all that is on it. To look for garbage meanwhile takes long, and finds little."""
    gc.disable()
    try:
        yield
    finally:
        with in_silence():
            loop.bury()
            loop.close()
            gc.enable()
        _cached_build_middleware.cache_clear()  # it keeps every server there ever was, and all behind it


class _World:
    def __init__(self, seed: int, loop: SimLoop, outcome: Outcome) -> None:
        self._loop, self._outcome = loop, outcome
        self._random = Random(f"{seed} world")
        over_sockets = self._random.random() < 0.6
        self.audit = AuditWatch()
        config = _config(contact_methods=self._random.random() < 0.75)
        process = monitored(_together(config.process, Random(f"{seed} together")), Random(f"{seed} archive"))
        self._config = replace(config, process=process)
        clock = _TrueTime(loop)
        self._slack = Slack(_manifest(socket_mode=over_sockets), clock, _people())
        self._over_sockets = over_sockets
        self._seed = seed

    async def run(self) -> None:
        """Live through all of it. Some worlds have APScheduler in it, on the machine's own clock."""
        with ExitStack() as patched:
            await self._live(patched)

    async def _live(self, patched: ExitStack) -> None:
        slack, random = self._slack, self._random
        await slack.start(port=0)
        config, secrets = self._config, self._secrets()
        contact_methods = ContactMethods(
            config.contact_methods, self._loop, Random(f"{self._seed} contact methods"), self._trace
        )
        self._machine = machine = Machine(
            self._loop,
            config,
            secrets,
            self._trace,
            contact_methods,
            real_loop=self._seed % EVERY == REAL_LOOP,
        )
        patched.enter_context(apscheduler_reads(machine.clock))
        slack.http.request_url = "" if self._over_sockets else f"{URL}/slack/events"
        self.audit.machine = machine
        watcher = Watcher(machine, config.process, slack)
        people = People(slack, Random(f"{self._seed} people"), self._trace)
        weather = Weather(slack, machine, contact_methods, Random(f"{self._seed} weather"), self._trace)
        deeds = Deeds(slack, Random(f"{self._seed} deeds"), self._trace)
        requests = Requests(slack, Random(f"{self._seed} requests"), self._trace, deeds.types)
        ending = Ending(slack, machine, watcher, people, self.audit, deeds=deeds)
        at_contact_methods = ContactMethodWatch(
            machine, config.process, watcher, contact_methods, Links(secrets.bot_token, machine.disk.id, URL)
        )
        contact_methods.on_arrived = lambda handed: people.called(at_contact_methods.link_in(handed.text))
        machine.on_commit = watcher.committed
        self._observe(watcher, people)
        watcher.problems = self._outcome.problems
        self._loop.set_exception_handler(self._failed)
        supervisor = asyncio.create_task(machine.supervise())
        machine.start()
        await asyncio.sleep(5)
        self.audit.well = not weather.begin()
        people.diligence = random.choice([0.0, 0.3, 0.6, 0.9])
        chance = Random(f"{self._seed} merge")
        merges = chance.random() < MERGES
        for number in range(2 if merges else random.choice([1, 1, 2])):
            people.begin(self._declared(people, number))
        if merges:
            people.begin(people.merge(chance.uniform(60, 1200)))
        people.begin(people.fiddle(random.choice([60, 120, 300])))
        for deed in (
            *deeds.chosen(),
            *requests.chosen(),
            *[deeds.beats() for _ in config.process.heartbeats],
        ):
            people.begin(deed)
        await asyncio.sleep(random.choice([8, 14, 18, 30, 70]) * MINUTE)
        await weather.clear()
        people.stop()
        await ending.watch(random.choice([1, 3, 17]) * MINUTE, triage=random.random() < 0.4)
        watcher.promises.judge(deeds.sent)
        self._outcome.tally = ending.tally()
        rare = {"reports of the audit": self.audit.reports, "triages accepted": watcher.rules.accepted}
        rare |= {"merged": watcher.rules.merged}
        self._outcome.seen = at_contact_methods.seen + Counter(rare) + Counter(watcher.promises.seen)
        watcher.problems += [repr(error) for error in people.failures() + weather.failures()]
        supervisor.cancel()
        await people.leave()
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
        private, triage = random.random() < 0.15, random.random() < 0.25
        await asyncio.sleep(random.uniform(0, 900) if number else random.uniform(0, 60))
        if triage and random.random() < 0.8:
            button = random.choice(["Accept", "Accept", "Accept", "Decline"])
            people.begin(people.decide(f"Trouble {number}", random.uniform(20, 500), button))
        await people.declare(f"Trouble {number}", severity, private=private, triage=triage)

    def _trace(self, what: str) -> None:
        self._outcome.trace.append(f"{self._loop.now:12.4f}  {what}")

    def _failed(self, _: Any, context: dict[str, Any]) -> None:
        """Take a timer that broke for what it is: a look that was not taken."""
        if "handle" in context:
            self._outcome.problems.append(repr(context["exception"]))

    def _observe(self, watcher: Watcher, people: People) -> None:
        """Look on as Slack takes each call."""
        run, records = self._slack.api._run, self._slack.record

        def observed(method: str, token: str | None, args: Json) -> Json:
            answer = run(method, token, args)
            begun = next(one.started for one in reversed(records) if one.args is args)
            self._trace(
                f"{method} {args.get('channel', '')} {answer.get('error') or answer.get('ts') or 'ok'}"
            )
            if answer["ok"]:
                watcher.promises.called(method, args, answer)
            if method == "chat.postMessage" and answer["ok"]:
                row = watcher.posted(args, answer, begun)
                if row and row["event"] == "CallDue":
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


def _epoch(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@cache
def _config(*, contact_methods: bool) -> Config:
    return load(Path(__file__).parent / "contact_methods.yml" if contact_methods else CONFIG)


def _together(process: Process, random: Random) -> Process:
    """Have two teams call both of their people at once, in some worlds, and in some of these want both."""
    some, needs_all = random.random() < 0.4, random.random() < 0.5
    called = {
        name: replace(
            process.teams[name],
            everybody=True,
            path=tuple(replace(level, needs_all=needs_all) for level in process.teams[name].path),
        )
        for name in ("dotcom EOC", "dotcom IMOC")
    }
    return replace(process, teams={**process.teams, **called}) if some else process


@cache
def _people() -> Json:
    return read_world()


@cache
def _manifest(*, socket_mode: bool) -> Json:
    return manifest(socket_mode=socket_mode)
