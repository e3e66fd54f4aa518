"""How late pages are escalated, by the clock on the wall, when very many deadlines fall."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.clock import SystemClock
from tests.bench import filled
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import Bot, place, running

LEAD = timedelta(seconds=2)
LEAD_FOR_A_CHANNEL = timedelta(milliseconds=0.6)
"""Until the first deadline the bot has this much time to start and to look at all channels."""
PATIENCE = 45.0
BUDGET = 1.0

# What became of each page: when it fell due, when the next level's was written, when Slack had that one.
_STORY = """
    SELECT seen.due_at, page.raised_at, outbox.finished_at
    FROM pages AS seen
        JOIN pages AS page ON page.chain = seen.chain AND page.level = seen.level + 1
        JOIN outbox ON outbox.event = 'page.raised' AND json_extract(outbox.subject, '$.page') = page.id
    WHERE seen.state = 'escalated'"""


@dataclass(frozen=True)
class Seen:
    """Lateness in seconds: of the decision, and of the message once Slack has it."""

    decided: list[float]
    posted: list[float]


async def figures(template: Path, count: int, spread: timedelta, *, budget: bool) -> list[Line]:
    """Let `count` deadlines fall, spread evenly over a time or all at its beginning."""
    async with place() as at:
        lead = LEAD + count * LEAD_FOR_A_CHANNEL
        first = SystemClock().now() + lead
        await filled.put(template, at, [first + spread * number / count for number in range(count)])
        async with running(at) as muster:
            seconds = (lead + spread).total_seconds() + PATIENCE
            await muster.until(lambda: _count(muster) >= count, seconds, every=0.5)
            # Slack has them; that they were sent is written a moment later.
            await muster.until(lambda: len(_lateness(at.database).posted) >= count, 2, every=0.2)
            seen = _lateness(at.database)
    return list(_lines(seen, count, spread, budget=budget))


def _count(muster: Bot) -> int:
    """Return how many pages Slack has. Asking the sandbox leaves the bot's database alone."""
    posts = muster.place.slack.calls("chat.postMessage")
    im = muster.place.slack.person("ines").id
    return sum(call.ended is not None and call.args.get("channel") == im for call in posts)


def _lateness(database: Path) -> Seen:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(_STORY).fetchall()
    return Seen(
        [_seconds(due, raised) for due, raised, _ in rows],
        [_seconds(due, sent) for due, _, sent in rows if sent],
    )


def _seconds(due: str, done: str) -> float:
    return (datetime.fromisoformat(done) - datetime.fromisoformat(due)).total_seconds()


def _lines(seen: Seen, count: int, spread: timedelta, *, budget: bool) -> Iterator[Line]:
    over = f"over {spread.total_seconds():.0f} s" if spread else "at one moment"
    for what, late in (("decided", seen.decided), ("posted", seen.posted)):
        p50, p99, most = (percentile(late, share) for share in (0.5, 0.99, 1.0))
        missing = f"; {count - len(late)} not yet" if len(late) < count else ""
        judged = budget and what == "decided"
        yield Line(
            f"{count:,} deadlines {over}: {what} late by (p50, p99, most)",
            f"{ms(p50)}, {ms(p99)}, {ms(most)}{missing}",
            budget=f"never early, p99 under {ms(BUDGET)}" if judged else "",
            kept=(min(late) >= 0 and p99 < BUDGET and not missing) if judged else None,
        )
