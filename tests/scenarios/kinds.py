"""A story of what an incident may be besides: published, merged, private, a near miss, held, archived."""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp

from bot.config import Config
from bot.domain.alerts.routing import Source
from bot.domain.process import Archive
from sandbox.person import Person
from storage.transaction import Tx
from tests.scenarios.dying import Mortal

KEY = "5ca1ab1e" * 4
ALERT = {
    "routing_key": KEY,
    "event_action": "trigger",
    "dedup_key": "api-1",
    "payload": {
        "summary": "Slow api",
        "source": "api-1",
        "severity": "error",
        "custom_details": {"service": "api"},
    },
}
ENDED, FULL = timedelta(minutes=2), "name = 'Disk full'"


def of_kinds(config: Config) -> Config:
    """Return a configuration in which alerts come in, executives read, and channels are soon archived."""
    source = Source("monitoring", "pagerduty", hashlib.sha256(KEY.encode()).hexdigest())
    process = replace(
        config.process,
        executive_channel="backend",
        alert_sources={source.name: source},
        archive=Archive(ENDED, None),
    )
    return replace(config, process=process)


async def kinds_story(world: Mortal) -> None:
    """Hold an alert, note a near miss in private, tell customers and executives, merge, undo, archive."""
    await _in_the_window(world)
    await _what_customers_hear(world)
    await _merges(world)
    await _after_the_window(world)
    lead = world.person("ines")
    await world.insist(
        lambda: types(world, lead, "resolve fix", FULL),
        holds(world, f"incidents WHERE {FULL} AND status = 'Resolved'"),
    )
    await world.pass_time(60)


async def _in_the_window(world: Mortal) -> None:
    dev = world.person("dev")
    plan = 'maintenance "Upgrade" C3 for 2h services api hold their alerts'
    await world.insist(lambda: types(world, dev, plan), holds(world, "maintenances"))
    await world.insist(lambda: fires(world), holds(world, "alerts WHERE outcome LIKE 'held by%'"))
    await world.insist(
        lambda: types(world, dev, "nearmiss S1 Slip"), holds(world, "incidents WHERE name = 'Slip'")
    )
    await world.until(holds(world, "incidents WHERE name = 'Slip' AND channel IS NOT NULL"))
    await world.insist(
        lambda: types(world, dev, "private yes Customer data", "name = 'Slip'"),
        holds(world, "incidents WHERE name = 'Slip' AND private = 1"),
    )


async def _what_customers_hear(world: Mortal) -> None:
    dev, ana = world.person("dev"), world.person("ana")
    await world.insist(
        lambda: types(world, dev, "", name="Disk full", severity="S3"),
        holds(world, f"incidents WHERE {FULL}"),
    )
    await world.insist(
        lambda: clicks(ana, "*You are paged*", "Acknowledge"),
        holds(world, "entries WHERE kind = 'acknowledged'"),
    )
    await world.pass_time(75)  # who answers within a minute of another is told of in the same message
    await world.insist(
        lambda: types(world, dev, "public degraded", FULL),
        holds(world, "incidents WHERE public_status LIKE 'Degraded%'"),
    )
    await world.insist(
        lambda: types(world, dev, "public draft", FULL, notice="Pushes are slow"),
        holds(world, "public_notices"),
    )
    await world.insist(
        lambda: clicks(ana, "affected?", "Confirm the impact"), holds(world, "public_confirmations")
    )
    await world.insist(
        lambda: types(world, dev, "public publish Pushes are slow", FULL),
        holds(world, "incidents WHERE noticed_at IS NOT NULL"),
    )
    await world.insist(
        lambda: types(
            world, ana, "notice It is full", FULL, impact="Pushes are slow", response="- We drain it"
        ),
        holds(world, "executive_notices"),
    )
    await world.insist(
        lambda: types(world, dev, "field blocks-deployments yes", FULL),
        holds(world, "changes WHERE thing = 'field'"),
    )
    await world.insist(
        lambda: types(world, dev, "undo field", FULL), holds(world, "changes WHERE undone = 1")
    )


async def _merges(world: Mortal) -> None:
    """Merge an S2 that nobody has answered into the S3, which its manager leads since."""
    dev, ines = world.person("dev"), world.person("ines")
    worse = "name = 'Disk is full'"
    await world.insist(
        lambda: types(world, dev, "", name="Disk is full", severity="S2"),
        holds(world, f"incidents WHERE {worse}"),
    )
    await world.until(holds(world, f"incidents WHERE {worse} AND channel IS NOT NULL"))
    number = (await found(world, f"incidents WHERE {FULL}"))[0]["id"]
    await world.insist(
        lambda: types(world, dev, f"merge INC-{number}", worse),
        holds(world, "incidents WHERE merged_into IS NOT NULL"),
    )
    await world.insist(
        lambda: clicks(ines, "*You are paged*", "Acknowledge"), holds(world, "roles WHERE role = 'IM'")
    )


async def _after_the_window(world: Mortal) -> None:
    """The window ends, and the alert that it held fires still: that is triaged, declined, and archived."""
    dev, ines = world.person("dev"), world.person("ines")
    slow = "name = 'Slow api'"
    await world.insist(
        lambda: types(world, dev, "maintenance end"), holds(world, "maintenances WHERE state = 'over'")
    )
    await world.pass_time(15)
    number = (await found(world, f"incidents WHERE {slow}"))[0]["id"]
    await world.insist(
        lambda: types(world, ines, f"decline INC-{number} It was the upgrade"),
        holds(world, f"incidents WHERE {slow} AND status = 'Declined'"),
    )
    await world.pass_time(ENDED.total_seconds() + 60)


async def types(world: Mortal, person: Person, command: str, where: str = "", **answers: Any) -> None:
    """Have somebody type a command where one incident is, and send the form that it opens."""
    channel = (await found(world, f"incidents WHERE {where}"))[0]["channel_name"] if where else "general"
    if not person.modal:
        await person.slash("/inc", command, channel=channel)
        await world.slack.idle()
    if person.modal:
        await person.fill(answers)
        await person.submit()


async def clicks(person: Person, words: str, label: str) -> None:
    """Have somebody press a button of the last direct message with these words."""
    await person.click([one for one in person.dm() if words in str(one)][-1], text=label)


async def fires(world: Mortal) -> None:
    """Have an alert sent, and see to what becomes of it."""
    url = f"http://127.0.0.1:{world.muster.web.port}/v2/enqueue"
    with suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as session, session.post(url, json=ALERT) as answer:
            await answer.read()
    await world.rest()
    await world.pass_time(15)


async def found(world: Mortal, rows: str) -> list[dict[str, Any]]:
    return [dict(one) for one in await world.muster.uow.read(lambda tx: _rows(tx, rows))]


def _rows(tx: Tx, rows: str) -> list[Any]:
    return tx.all(f"SELECT * FROM {rows}")


def holds(world: Mortal, rows: str) -> Callable[[], Awaitable[bool]]:
    """Return what asks whether there is such a row."""

    async def asked() -> bool:
        return bool(await found(world, rows))

    return asked
