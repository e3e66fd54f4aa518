"""How long the API takes for a list of incidents among very many."""

import secrets
from contextlib import closing
from datetime import timedelta

import aiohttp

from bot.clock import SystemClock
from bot.config import load
from bot.domain.tokens import PREFIX
from bot.operations.tokens import add_token
from bot.unit_of_work import UnitOfWork
from storage.engines import open_database
from tests.bench import filled
from tests.bench.alerts import taking
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import CONFIG, Place, place
from tests.bench.stores import Setup

BUDGET = 0.02
ASKED = 50
PATHS = ("", "&open=true", "&severity=S1,S2", "&q=checkout", "&label=blocks%20deployments")
TIMES = 15


async def figures(setup: Setup, incidents: int) -> list[Line]:
    """Ask for 50 incidents, in several ways, among so many that are open."""
    async with place(setup, incidents=incidents) as at:
        later = SystemClock().now() + timedelta(hours=1)
        await filled.put(at, [later] * incidents)
        token = await _token(at)
        async with (
            taking(at) as (muster, port),
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        ):
            before = muster.processor_seconds() or 0
            took = [await _asked(http, port, path) for path in PATHS * TIMES]
            spent = ((muster.processor_seconds() or 0) - before) / len(took)
    p50, p95 = percentile(took, 0.5), percentile(took, 0.95)
    what = f"API: {ASKED} of {incidents:,} incidents, listed in {len(PATHS)} ways (p50, p95)"
    return [
        Line(what, f"{ms(p50)}, {ms(p95)}", budget=f"p50 under {ms(BUDGET)}", kept=p50 < BUDGET),
        Line("Processor per list", ms(spent)),
    ]


async def _token(at: Place) -> str:
    made = f"{PREFIX}{secrets.token_urlsafe(32)}"
    with closing(open_database(at.store.where)) as database:
        uow = UnitOfWork(database, load(CONFIG).process, SystemClock())
        await uow.perform(add_token, "bench", made, frozenset({"incidents:read"}), None)
    return made


async def _asked(http: aiohttp.ClientSession, port: int, path: str) -> float:
    """Return in how many seconds a list is there."""
    began = SystemClock().monotonic()
    async with http.get(f"http://127.0.0.1:{port}/api/v1/incidents?limit={ASKED}{path}") as answer:
        assert answer.status == 200, await answer.text()
        await answer.read()
    return SystemClock().monotonic() - began
