"""Declaring, one at a time: how long until the page, the card and all of it, beside the bare script."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from statistics import fmean, median
from typing import Any, TypeVar

from sandbox.person import Person
from sandbox.record import Record
from tests.bench.figures import Line, ms, of_rounds
from tests.bench.place import ROOT, Bot, Place, place, running, until
from tests.bench.replay import plan_of
from tests.bench.stores import Setup
from tests.bench.tail import Tail

N = TypeVar("N", int, float)

QUIET = 0.15
PARTS = ("page", "card", "everything")
BUDGET = 1.15
AT_ONCE_BUDGET = {"sqlite": 2.2, "postgres": 3.5}
"""How many times as long as the script a declare may take where a call takes no time, on each engine."""
COMMITS, CALLS, PROCESSOR = 10, 13, 0.04
"""The budgets of one declare: commits, calls to Slack, and seconds of the processor."""


@dataclass(frozen=True)
class Took:
    """Seconds from the form's being sent until each was done, and in which round trip that was."""

    seconds: dict[str, float]
    depth: dict[str, int]
    calls: int
    commits: int | None = None
    processor: float | None = None


class Script:
    """The bare script, running beside the bot."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def load(self, plan: list[dict[str, Any]]) -> None:
        """Hand it the calls to make."""
        await self._say(json.dumps(plan))

    async def go(self) -> None:
        """Have it make them."""
        await self._say("go")

    async def _say(self, line: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{line}\n".encode())
        if not await self._process.stdout.readline():
            raise RuntimeError("the bare script ended")


async def figures(
    setup: Setup, latency: float, *, rounds: int, declares: int, tailed: bool = False
) -> list[Line]:
    """Declare with calls that take `latency` seconds, alternating with the bare script.

    With a tail most take about as long, and some far longer: the same ones for the bot and for the script.
    """
    bot: list[list[Took]] = []
    floor: list[list[Took]] = []
    async with place(setup) as at, running(at) as muster, script(at) as bare:
        await muster.ready()
        await _pair(muster, bare)  # what is only slow the first time
        at.slack.latency = latency
        at.slack.api.tail = tail = Tail() if tailed else None
        for _ in range(rounds):
            pairs = [await _pair(muster, bare, tail) for _ in range(declares)]
            bot.append([one for one, _ in pairs])
            floor.append([one for _, one in pairs])
    engine = "postgres" if "://" in at.store.where else "sqlite"
    return _lines(latency, bot, floor, AT_ONCE_BUDGET[engine], tailed=tailed)


@asynccontextmanager
async def script(at: Place) -> AsyncIterator[Script]:
    """Run the bare script until the block ends."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.bench.floor",
        stdin=pipe,
        stdout=pipe,
        cwd=ROOT,
        env=at.environment(),
        limit=2**24,
    )
    try:
        yield Script(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def open_form(person: Person, name: str, severity: str, kind: str = "GitLab.com") -> None:
    """Have somebody open the form and fill it in."""
    await person.slash("/inc", f"declare {name}", channel="general")
    await until(lambda: person.modal is not None, 10)
    await person.fill({"type": kind, "severity": severity})


async def _pair(muster: Bot, bare: Script, tail: Tail | None = None) -> tuple[Took, Took]:
    """Declare once, then have the bare script make the same calls."""
    at = muster.place
    slack, loop = at.slack, asyncio.get_running_loop()
    number = len(slack.workspace.channels)
    dev = slack.person("dev")
    await open_form(dev, f"Checkout fails {number}", "S1")
    await slack.idle(quiet=QUIET)
    written, worked = at.store.written(), muster.processor_seconds()
    if tail:
        tail.begin(number)
    since, start = len(slack.record), loop.time()
    assert await dev.submit() == {}
    await _all_sent(muster)
    # The private answer by a response_url is not repeated: its address works for one command alone.
    calls = [call for call in slack.calls(since=since) if call.method != "response_url"]
    in_bot = replace(
        _took(slack.person("ana").id, calls, start),
        commits=_since(written, at.store.written()),
        processor=_since(worked, muster.processor_seconds()),
    )
    await bare.load(plan_of(calls, f"again-{number}"))
    if tail:
        tail.begin(number)
    since, start = len(slack.record), loop.time()
    await bare.go()
    again = slack.calls(since=since)
    if sorted(call.method for call in again) != sorted(call.method for call in calls):
        raise RuntimeError("the bare script did not make the same calls")
    return in_bot, _took(slack.person("ana").id, again, start)


async def _all_sent(muster: Bot) -> None:
    """Wait until nothing is left to send: on a busy machine a moment without a call says little."""
    at, waiting = muster.place, True
    while waiting:
        await at.slack.idle(30, quiet=QUIET)
        ((waiting,),) = at.store.rows("SELECT COUNT(*) FROM outbox WHERE finished_at IS NULL")


def _since(before: N | None, now: N | None) -> N | None:
    return now - before if now is not None and before is not None and now >= before else None


def _took(eoc: str, calls: list[Record], start: float) -> Took:
    page = next(call for call in calls if call.method == "chat.postMessage" and call.args["channel"] == eoc)
    pin = next(call for call in calls if call.method == "pins.add")
    card = next(call for call in calls if (call.result or {}).get("ts") == pin.args["timestamp"])
    last = max(calls, key=lambda call: call.ended or 0.0)
    parts = dict(zip(PARTS, (page, card, last), strict=True))
    return Took(
        {part: (call.ended or 0.0) - start for part, call in parts.items()},
        {part: _depth(call, calls) for part, call in parts.items()},
        len(calls),
    )


def _depth(call: Record, calls: list[Record]) -> int:
    """Return 1 + the longest chain of calls of which each began after the one before it had ended."""
    earlier = [one for one in calls if one.ended is not None and one.ended <= call.started]
    return 1 + max((_depth(one, earlier) for one in earlier), default=0)


def _lines(
    latency: float, bot: list[list[Took]], floor: list[list[Took]], at_once: float, *, tailed: bool
) -> list[Line]:
    found = []
    call = f"{ms(latency)} a call{' with a heavy tail' if tailed else ''}"
    for part in PARTS:
        ours, bare = _seconds(bot, part), _seconds(floor, part)
        ratio = of_rounds(ours, 0.5) / of_rounds(bare, 0.5)
        judged = not tailed and (latency > 0 or part == "everything")
        most = BUDGET if latency else at_once
        found.append(
            Line(
                f"Declare to {part}, {call} (p50, p95)",
                f"{_both(ours)} ({ratio:.2f} of the script)",
                _both(bare),
                f"p50 at most {most} of the script" if judged else "",
                ratio <= most if judged else None,
            )
        )
    every = [took for one_round in bot for took in one_round]
    if latency and not tailed:
        depths = [max(took.depth[part] for took in every) for part in PARTS]
        kept = all(depth <= most for depth, most in zip(depths, (1, 2, 3), strict=True))
        text = " / ".join(str(depth) for depth in depths)
        found.append(Line("Round trips to page / card / everything", text, budget="1 / 2 / 3", kept=kept))
    return found if latency else [*found, *_costs(every)]


def _costs(every: list[Took]) -> Iterator[Line]:
    calls = median(took.calls for took in every)
    yield Line("Calls to Slack per declare", f"{calls:.0f}", budget=f"at most {CALLS}", kept=calls <= CALLS)
    if written := [took.commits for took in every if took.commits is not None]:
        commits = median(written)
        kept = commits <= COMMITS
        yield Line("Commits per declare", f"{commits:.0f}", budget=f"at most {COMMITS}", kept=kept)
    if worked := [took.processor for took in every if took.processor is not None]:
        seconds = fmean(worked)  # the system counts in hundredths of a second
        kept = seconds <= PROCESSOR
        yield Line("Processor per declare", ms(seconds), budget=f"at most {ms(PROCESSOR)}", kept=kept)


def _seconds(rounds: list[list[Took]], part: str) -> list[list[float]]:
    return [[took.seconds[part] for took in one_round] for one_round in rounds]


def _both(rounds: list[list[float]]) -> str:
    return f"{ms(of_rounds(rounds, 0.5))}, {ms(of_rounds(rounds, 0.95))}"
