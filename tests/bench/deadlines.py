"""How late pages are escalated, by the clock on the wall, when very many deadlines fall."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import SystemClock
from tests.bench import filled
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import Bot, Place, place, running
from tests.bench.stalls import during
from tests.bench.stores import Setup

LEAD = timedelta(seconds=4)
LEAD_FOR_ANOTHER = timedelta(seconds=2)
LEAD_FOR_A_CHANNEL = timedelta(milliseconds=0.6)
"""Until the first deadline the replicas have this much time to start and to look at all channels."""
PATIENCE = 45.0
BUDGET = 1.0
STALL_BUDGET = 0.05

# What became of each page: when it was raised, when the next level's was written, when Slack had that one.
_DECIDED = """
    SELECT page.id, seen.raised_at, page.raised_at
    FROM pages AS seen JOIN pages AS page ON page.escalation = seen.escalation AND page.level = seen.level + 1
    WHERE seen.state = 'escalated'"""
_SENT = "SELECT subject, finished_at FROM outbox WHERE event = 'CallDue' AND finished_at IS NOT NULL"


@dataclass(frozen=True)
class Seen:
    """Lateness in seconds: of the decision, and of the message once Slack has it; stalls of each replica."""

    decided: list[float]
    posted: list[float]
    stalls: list[list[float]]


async def figures(setup: Setup, count: int, spread: timedelta, *, budget: bool = False) -> list[Line]:
    """Let `count` deadlines fall, spread evenly over a time or all at its beginning."""
    seen = await _fall(setup, count, spread, "bot")
    return list(_lines(seen, count, spread, budget=budget))


async def herd(setup: Setup, count: int, filled_with: int) -> list[Line]:
    """Let `count` deadlines fall at one moment, and see how long the bot hears nobody meanwhile."""
    seen = await _fall(setup, count, timedelta(0), "tests.bench.stalls", filled_with)
    if not seen.stalls:
        raise RuntimeError("no replica was up while the deadlines fell")
    p99 = max(percentile(stalls, 0.99) for stalls in seen.stalls)
    most = max(max(stalls) for stalls in seen.stalls)
    stalled = Line(
        f"{count:,} deadlines at one moment: event loop stalled (p99, most)",
        f"{ms(p99)}, {ms(most)}",
        budget=f"p99 under {ms(STALL_BUDGET)}",
        kept=p99 < STALL_BUDGET,
    )
    return [*_lines(seen, count, timedelta(0), budget=False), stalled]


async def _fall(
    setup: Setup, count: int, spread: timedelta, program: str, filled_with: int | None = None
) -> Seen:
    async with place(setup, incidents=filled_with or count) as at:
        lead = LEAD + LEAD_FOR_ANOTHER * (setup.replicas - 1) + (filled_with or count) * LEAD_FOR_A_CHANNEL
        later = [SystemClock().now() + timedelta(hours=1)] * ((filled_with or count) - count)
        first = SystemClock().now() + lead
        await filled.put(at, [*(first + spread * number / count for number in range(count)), *later])
        async with running(at, program=program) as muster:
            seconds = (lead + spread).total_seconds() + PATIENCE
            await muster.until(lambda: _count(muster) >= count, seconds, every=0.5)
            # Slack has them; that they were sent is written a moment later.
            await muster.until(lambda: len(lateness(at)[1]) >= count, PATIENCE, every=0.2)
            last = SystemClock().now()
        decided, posted = lateness(at)
        ended = min(last, first + spread + timedelta(seconds=max(posted, default=PATIENCE)))
        paths = [at.stalls(replica) for replica in range(at.replicas)]
        return Seen(decided, posted, during(paths, first.timestamp(), ended.timestamp()))


def _count(muster: Bot) -> int:
    """Return how many pages Slack has. Asking the sandbox leaves the bot's database alone."""
    posts = muster.place.slack.calls("chat.postMessage")
    im = muster.place.slack.person("ines").id
    return sum(call.ended is not None and call.args.get("channel") == im for call in posts)


def lateness(at: Place) -> tuple[list[float], list[float]]:
    """Return how late each deadline was acted on, and how late its message was posted, in seconds."""
    decided = {page: (_due(seen), raised) for page, seen, raised in at.store.rows(_DECIDED)}
    sent = {json.loads(subject)["page"]: finished for subject, finished in at.store.rows(_SENT)}
    return (
        [_seconds(due, raised) for due, raised in decided.values()],
        [_seconds(due, sent[page]) for page, (due, _) in decided.items() if page in sent],
    )


def _due(called: str) -> str:
    return (datetime.fromisoformat(called) + filled.TIMEOUT).isoformat()


def _seconds(due: str, done: str) -> float:
    return (datetime.fromisoformat(done) - datetime.fromisoformat(due)).total_seconds()


def _lines(seen: Seen, count: int, spread: timedelta, *, budget: bool) -> Iterator[Line]:
    over = f"over {spread.total_seconds():.0f} s" if spread else "at one moment"
    for what, late in (("decided", seen.decided), ("posted", seen.posted)):
        if not late:
            yield Line(f"{count:,} deadlines {over}: {what} late by (p50, p99, most)", "none yet", kept=False)
            continue
        p50, p99, most = (percentile(late, share) for share in (0.5, 0.99, 1.0))
        missing = f"; {count - len(late)} not yet" if len(late) < count else ""
        judged = budget and what == "decided"
        yield Line(
            f"{count:,} deadlines {over}: {what} late by (p50, p99, most)",
            f"{ms(p50)}, {ms(p99)}, {ms(most)}{missing}",
            budget=f"never early, p99 under {ms(BUDGET)}" if judged else "",
            kept=(min(late) >= 0 and p99 < BUDGET and not missing) if judged else None,
        )
