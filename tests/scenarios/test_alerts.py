"""Alerts that come in over HTTP: a triage, its message, and what becomes of it."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.config import load
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import presses, shown

KEY = "0123456789abcdef0123456789abcdef"
TRIAGE = "incidents-dotcom-triage"
Json = dict[str, Any]


def alert(
    name: str = "DiskFull", *, status: str = "firing", severity: str = "critical", **labels: str
) -> Json:
    """Return an alert as Alertmanager sends it."""
    named = {"alertname": name, "instance": "db-1", "severity": severity, **labels}
    return {
        "status": status,
        "labels": named,
        "annotations": {
            "summary": f"{name} on {named['instance']}",
            "runbook_url": "https://runbooks.test/disk",
        },
        "startsAt": "2026-01-05T09:58:00.1Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prom.test/graph?g0.expr=up",
        "fingerprint": hashlib.sha256(repr(sorted(named.items())).encode()).hexdigest()[:16],
    }


def group(*alerts: Json, key: str = '{}:{alertname="DiskFull"}') -> Json:
    return {"version": "4", "groupKey": key, "status": "firing", "receiver": "muster", "alerts": list(alerts)}


class Sender:
    """Something that monitors, and tells the bot of it."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session

    async def sends(self, body: Any, path: str = "/v1/alerts/prometheus", key: str = KEY) -> tuple[int, Json]:
        url = f"http://127.0.0.1:{self._world.muster.web.port}{path}"
        async with self._session.post(url, json=body, headers={"Authorization": f"Bearer {key}"}) as answer:
            told = await answer.json(content_type=None)
        await self._world.pass_minutes(0.05)
        await self._world.settle_down()
        return answer.status, told

    async def event(self, **event: Any) -> tuple[int, Json]:
        return await self.sends({"routing_key": KEY, **event}, "/v2/enqueue", "")


@pytest.fixture
async def sender(world: World, tmp_path: Any) -> AsyncIterator[Sender]:
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    file = tmp_path / "muster.yml"
    said = f"\nalerts:\n  sources:\n    prometheus: {{format: alertmanager, key: 'sha256:{digest}'}}\n"
    file.write_text(CONFIG.read_text() + said)
    await world.stop()
    world.config = load(file)
    await world.start()
    async with aiohttp.ClientSession() as session:
        yield Sender(world, session)


def asked(world: World) -> list[Json]:
    """Return what stands in the triage channel."""
    return [one for one in world.person("ines").messages(TRIAGE) if one.get("blocks")]


async def test_an_alert_is_triaged_and_shown_and_nobody_is_paged_yet(world: World, sender: Sender):
    status, _ = await sender.sends(group(alert()))

    assert status == 202
    (question,) = asked(world)
    for words in ("Is this an incident?", "DiskFull on db-1", "firing since", "Runbook", "S1"):
        assert words in shown(question)
    assert world.person("ana").dm() == []


async def test_it_is_accepted_and_pages(world: World, sender: Sender):
    await sender.sends(group(alert()))

    await presses(world, world.person("ines"), asked(world)[0], "Accept")

    assert len(world.person("ana").dm()) == 1


async def test_what_fires_again_makes_nothing_new(world: World, sender: Sender):
    for _ in range(3):
        await sender.sends(group(alert()))

    (question,) = asked(world)
    assert "told 3 times" in shown(question)


async def test_alerts_of_a_group_share_an_incident(world: World, sender: Sender):
    await sender.sends(group(alert(), alert(instance="db-2")))
    await sender.sends(group(alert(instance="db-3")))

    (question,) = asked(world)
    for words in ("db-1", "db-2", "db-3"):
        assert words in shown(question)


async def test_a_triage_ends_when_its_source_says_so(world: World, sender: Sender):
    await sender.sends(group(alert()))

    await sender.sends(group(alert(status="resolved")))

    assert "Decided" in shown(asked(world)[0])
    assert "its source says that all its alerts are over" in shown(asked(world)[0])


async def test_a_wrong_key_is_refused_and_counted(world: World, sender: Sender):
    status, told = await sender.sends(group(alert()), key="wrong")

    assert (status, told["status"]) == (401, 401)
    assert asked(world) == []


async def test_an_event_of_pagerduty_is_an_alert(world: World, sender: Sender):
    payload = {"summary": "Disk 97 % on db-1", "source": "db-1", "severity": "critical"}

    status, told = await sender.event(event_action="trigger", dedup_key="db-1/disk", payload=payload)
    again, _ = await sender.event(event_action="resolve", dedup_key="db-1/disk")

    assert (status, again) == (202, 202)
    assert told == {"status": "success", "message": "Event processed", "dedup_key": "db-1/disk"}
    assert "Disk 97 % on db-1" in shown(asked(world)[0])
    assert "Decided" in shown(asked(world)[0])


async def test_an_alert_that_nobody_can_read_is_looked_at_all_the_same(world: World, sender: Sender):
    status, _ = await sender.sends({"what": "is this"})

    assert status == 202
    assert "Unreadable alert from prometheus" in shown(asked(world)[0])
