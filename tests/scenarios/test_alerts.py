"""Alerts that come in over HTTP: a triage, its message, and what becomes of it."""

import asyncio
import gzip
import hashlib
import json
from collections.abc import AsyncIterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.config import load
from bot.domain.alerts.routing import MOST_INCIDENTS
from storage import alerts, incidents
from storage.database import DatabaseBusy
from storage.transaction import Tx
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, presses, shown

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
        """Send a body, and wait for all that follows."""
        answered = await self.posts(body, path, key)
        await self._world.pass_minutes(0.05)
        await self._world.settle_down()
        return answered

    async def posts(self, body: Any, path: str = "/v1/alerts/prometheus", key: str = KEY) -> tuple[int, Json]:
        url = f"http://127.0.0.1:{self._world.muster.web.port}{path}"
        async with self._session.post(url, json=body, headers={"Authorization": f"Bearer {key}"}) as answer:
            return answer.status, await answer.json(content_type=None)

    async def raw(self, body: bytes, **headers: str) -> int:
        url = f"http://127.0.0.1:{self._world.muster.web.port}/v1/alerts/prometheus/{KEY}"
        async with self._session.post(url, data=BytesIO(body), headers=headers) as answer:
            return answer.status

    async def event(self, **event: Any) -> tuple[int, Json]:
        return await self.sends({"routing_key": KEY, **event}, "/v2/enqueue", "")


async def with_sources(world: World, folder: Path, **sources: tuple[str, str]) -> None:
    """Have the bot take alerts from these sources, each with its format and key."""
    said = ["", "alerts:", "  sources:"]
    for name, (form, key) in sources.items():
        digest = hashlib.sha256(key.encode()).hexdigest()
        said.append(f"    {name}: {{format: {form}, key: 'sha256:{digest}'}}")
    file = folder / "muster.yml"
    file.write_text("\n".join([CONFIG.read_text(), *said, ""]))
    await world.stop()
    world.config = load(file)
    await world.start()


@pytest.fixture
async def sender(world: World, tmp_path: Path) -> AsyncIterator[Sender]:
    await with_sources(world, tmp_path, prometheus=("alertmanager", KEY))
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


async def test_what_was_taken_is_triaged_after_a_restart(world: World, sender: Sender):
    status, _ = await sender.posts(group(alert()))
    await world.stop()

    await world.start()
    await world.pass_minutes(0.05)
    await world.settle_down()

    assert status == 202
    assert len(asked(world)) == 1


async def test_a_storm_of_groups_opens_few_incidents(world: World, sender: Sender):
    for number in range(3):
        many = [alert(f"Alert{number}-{one}") for one in range(20)]
        await asyncio.gather(*(sender.posts(group(one, key=one["labels"]["alertname"])) for one in many))
        await sender.sends(group(many[0], key="Alert"))

    found = await world.muster.uow.read(incidents.everyone_open)

    assert len(found) == MOST_INCIDENTS


async def test_senders_of_one_key_make_one_alert(world: World, sender: Sender):
    await asyncio.gather(*(sender.posts(group(alert())) for _ in range(32)))
    await sender.sends(group(alert()))

    (found,) = await world.muster.uow.read(partial(alerts.newest, viewer="UDEV", only_open=True, limit=9))
    assert found.fired == 33
    assert len(asked(world)) == 1


async def test_who_looks_sees_alerts_and_sources(world: World, sender: Sender):
    await sender.sends(group(alert()))
    await sender.sends(group(alert()), key="wrong")

    listed = shown(await asks(world, "dev", "alerts", "general"))
    sources = shown(await asks(world, "dev", "alerts sources", "general"))

    assert "DiskFull on db-1" in listed
    assert "INC-1" in listed
    assert "1 taken" in sources
    assert "1 refused" in sources


async def test_a_request_is_found_by_its_trace_also_an_earlier_and_a_refused_one(
    world: World, sender: Sender
):
    url = f"http://127.0.0.1:{world.muster.web.port}/v1/alerts/prometheus"
    traces = []
    async with aiohttp.ClientSession() as http:
        for key in (KEY, KEY, "wrong"):
            headers = {"Authorization": f"Bearer {key}"}
            async with http.post(url, json=group(alert()), headers=headers) as answer:
                traces.append(answer.headers["X-Muster-Trace"])
    await world.pass_minutes(0.1)

    first, second, third = [shown(await asks(world, "dev", f"alerts {one}", "general")) for one in traces]

    assert traces == sorted(traces)  # each comes after the one before it in the index
    assert all("prometheus told that *DiskFull on db-1* (A-1) is firing" in one for one in (first, second))
    assert "of prometheus from 127.0.0.1: the key is missing, or no source has it" in third
    assert "Request" not in shown(await asks(world, "dev", f"alerts {'0' * 16}", "general"))

    def hide(tx: Tx) -> None:
        tx.execute("UPDATE incidents SET private = 1")

    await world.muster.uow.perform(hide)
    assert "DiskFull" not in shown(await asks(world, "dev", f"alerts {traces[0]}", "general"))


@pytest.mark.faults
async def test_what_cannot_be_kept_is_to_be_sent_again(world: World, sender: Sender):
    def away(*_: Any, **__: Any) -> Any:
        raise DatabaseBusy("it is away")

    run, world.muster.uow._database.run = world.muster.uow._database.run, away  # type: ignore[method-assign]
    status, _ = await sender.posts(group(alert()))
    world.muster.uow._database.run = run  # type: ignore[method-assign]

    assert status == 503
    assert (await sender.sends(group(alert())))[0] == 202


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[" * 100_000, 400), (b'"' + b"x" * 3_000_000 + b'"', 413)]
)
async def test_what_can_never_be_taken_is_refused(world: World, sender: Sender, body: bytes, status: int):
    assert (await sender.raw(body)) == status


async def test_a_packed_body_may_be_as_long_as_another(world: World, sender: Sender):
    body = json.dumps(group({**alert(), "annotations": {"description": "x" * 1_000_000}})).encode()

    assert (await sender.raw(gzip.compress(body), **{"Content-Encoding": "gzip"})) == 202
    await world.settle_down()


async def test_names_of_alerts_ping_nobody(world: World, sender: Sender):
    await sender.sends(group(alert("<!channel> <@UEOC> *bold*")))

    assert "<!channel>" not in shown(asked(world)[0])


async def beats(world: World, key: str = KEY) -> int:
    url = f"http://127.0.0.1:{world.muster.web.port}/v1/heartbeat/{key}"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


async def with_heartbeat(world: World, folder: Path) -> None:
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    said = f"\nalerts:\n  heartbeats:\n    backup: {{every: 10m, key: 'sha256:{digest}'}}\n"
    file = folder / "muster.yml"
    file.write_text(CONFIG.read_text() + said)
    await world.stop()
    world.config = load(file)
    await world.start()


async def test_what_is_not_heard_of_is_an_alert_until_it_is(world: World, tmp_path: Path):
    await with_heartbeat(world, tmp_path)
    assert await beats(world) == 200
    await world.pass_minutes(9)
    assert asked(world) == []

    await world.pass_minutes(1.2)
    (question,) = asked(world)
    assert "backup was not heard of for 10 min" in shown(question)

    await beats(world)
    await world.pass_minutes(0.1)
    assert "Decided" in shown(asked(world)[0])


async def test_what_was_never_heard_of_is_an_alert_too(world: World, tmp_path: Path):
    await with_heartbeat(world, tmp_path)

    await world.pass_minutes(10.2)

    assert "backup was never heard of" in shown(asked(world)[0])


async def test_nothing_is_missed_while_nobody_was_there_to_hear_it(world: World, tmp_path: Path):
    await with_heartbeat(world, tmp_path)
    await beats(world)
    await world.stop()
    world.clock.advance(minutes=30)
    await world.start()

    await world.pass_minutes(9)
    assert asked(world) == []

    await world.pass_minutes(1.2)
    assert len(asked(world)) == 1


async def test_a_heartbeat_with_a_wrong_key_is_refused(world: World, tmp_path: Path):
    await with_heartbeat(world, tmp_path)

    assert await beats(world, "wrong") == 404


async def test_each_instance_of_a_heartbeat_is_expected_by_itself_until_it_is_forgotten(
    world: World, tmp_path: Path
):
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    file = tmp_path / "muster.yml"
    said = f"alerts: {{heartbeats: {{cron: {{every: 10m, instances: true, key: 'sha256:{digest}'}}}}}}"
    file.write_text(f"{CONFIG.read_text()}\n{said}\n")
    await world.stop()
    world.config = load(file)
    await world.start()
    assert [await beats(world, f"{KEY}/{one}") for one in ("a", "b")] == [200, 200]
    assert await beats(world) == 404
    await world.pass_minutes(9)
    await beats(world, f"{KEY}/a")

    await world.pass_minutes(1.2)
    (question,) = asked(world)
    assert "cron/b was not heard of" in shown(question)
    listed = await asks(world, "dev", "alerts heartbeats", "general")
    assert "2 expected, 1 missed" in shown(listed)
    assert shown(listed).index("cron/b") < shown(listed).index("cron/a")
    await presses(world, world.person("dev"), listed, "Forget", confirm=True)
    await world.pass_minutes(0.1)
    assert "Decided" in shown(asked(world)[0])
    assert "1 expected, 0 missed" in shown(await asks(world, "dev", "alerts heartbeats", "general"))
    assert "cron/a is expected no more" in shown(await asks(world, "dev", "alerts forget cron/a", "general"))
