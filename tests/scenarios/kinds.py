"""What people do in the stories of all that an incident may be, and how one sees that it is done."""

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
from tests.scenarios.dying import STEP, Mortal

KEY = "5ca1ab1e" * 4
ENDED = timedelta(minutes=2)


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


async def types(world: Mortal, person: Person, command: str, where: str = "", **answers: Any) -> None:
    """Have somebody type a command where one incident is, and send the form that it opens."""
    channel = (await found(world, f"incidents WHERE {where}"))[0]["channel_name"] if where else "general"
    await types_in(world, person, command, channel, **answers)


async def types_in(world: Mortal, person: Person, command: str, channel: str, **answers: Any) -> None:
    """Have somebody type a command in a channel, and send the form that it opens."""
    if not person.modal:
        await person.slash("/inc", command, channel=channel)
        await world.calm()
    if person.modal:
        await person.fill(answers)
        await person.submit()


async def clicks(person: Person, words: str, label: str) -> None:
    """Have somebody press a button of the last direct message with these words."""
    await person.click([one for one in person.dm() if words in str(one)][-1], text=label)


async def fires(world: Mortal, service: str = "api", action: str = "trigger") -> None:
    """Have an alert of a service sent, and see to what becomes of it."""
    url = f"http://127.0.0.1:{world.muster.web.port}/v2/enqueue"
    about = {
        "summary": f"Slow {service}",
        "source": f"{service}-1",
        "severity": "error",
        "custom_details": {"service": service},
    }
    alert = {
        "routing_key": KEY,
        "event_action": action,
        "dedup_key": f"{service}-1",
        "payload": about,
    }
    with suppress(aiohttp.ClientError):
        async with aiohttp.ClientSession() as session, session.post(url, json=alert) as answer:
            await answer.read()
    await world.rest()
    await world.pass_time(STEP)


async def number_of(world: Mortal, where: str) -> int:
    return int((await found(world, f"incidents WHERE {where}"))[0]["id"])


async def found(world: Mortal, rows: str) -> list[dict[str, Any]]:
    return [dict(one) for one in await world.muster.uow.read(lambda tx: _rows(tx, rows))]


def _rows(tx: Tx, rows: str) -> list[Any]:
    return tx.all(f"SELECT * FROM {rows}")


def holds(world: Mortal, rows: str) -> Callable[[], Awaitable[bool]]:
    """Return what asks whether there is such a row."""

    async def asked() -> bool:
        return bool(await found(world, rows))

    return asked
