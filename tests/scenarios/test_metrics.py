"""`/metrics`: what a monitoring system learns, and what it must not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain

from sandbox.faults import Fault
from storage import figures
from tests.scenarios.conftest import ROOT, World
from tests.scenarios.look import acknowledged, asks
from tests.scenarios.test_alerts import KEY, Sender, alert, group, with_sources

PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")


async def fetched(world: World, accept: str = "") -> tuple[str, str]:
    url = f"http://127.0.0.1:{world.muster.web.port}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url, headers={"Accept": accept}) as answer:
        assert answer.status == 200
        return await answer.text(), answer.headers["Content-Type"]


def values(text: str) -> dict[str, float]:
    """Return each sample by its name and labels, as they are written."""
    found = {}
    for family in plain(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


def described() -> Iterator[tuple[str, set[str]]]:
    """Return each metric of the docs' table with its labels."""
    for name, labels in re.findall(r"^\| `(muster_\w+)(?:\{([\w,]+)\})?` \|", PAGE, re.MULTILINE):
        yield name, set(labels.split(",")) - {""}


async def test_a_page_that_escalates_is_counted_on_its_way(world: World) -> None:
    await world.declare()
    await world.pass_minutes(15)
    await acknowledged(world, "ines")
    await asks(world, "dev", "nearmiss S3 Almost dropped a table", "general")

    text, content_type = await fetched(world)

    found = values(text)
    assert content_type.startswith("text/plain")
    assert found["muster_database_up"] == 1
    assert [
        found[f"muster_pages{{state={state}}}"] for state in ("pending", "escalated", "acknowledged")
    ] == [
        0,
        1,
        1,
    ]
    assert found["muster_page_lateness_seconds_count"] == 1
    assert found["muster_page_lateness_seconds_bucket{le=0.05}"] == 1
    assert found["muster_delivery_attempts_bucket{job=slack.send_page,le=1.0}"] == 2
    assert found["muster_delivery_lag_seconds_count{job=slack.send_page}"] == 2
    assert found["muster_slack_calls_total{method=conversations.create,result=ok}"] == 2
    assert found["muster_incidents_open{severity=S3}"] == 1
    assert found["muster_near_misses_open{severity=S3}"] == 1
    assert found["muster_outbox_rows{state=pending,urgent=yes}"] == 0
    assert found["muster_socket_connections"] == 2
    assert found["muster_transaction_seconds_count{kind=decision}"] > 10
    assert any(one.startswith("muster_transaction_longest_seconds{kind=decision,operation=") for one in found)
    assert found["process_resident_memory_bytes"] > 1e7


async def alerted(world: World, folder: Path) -> None:
    """Have the bot take an alert, refuse two, and leave a source out that is broken."""
    await with_sources(world, folder, prometheus=("alertmanager", KEY), ci=("smoke", "a key of its own"))
    async with aiohttp.ClientSession() as session:
        sender = Sender(world, session)
        assert (await sender.sends(group(alert())))[0] == 202
        assert (await sender.posts(group(alert()), key="wrong"))[0] == 401
        assert (await sender.posts(group(alert()), "/v1/alerts/ci"))[0] == 503
        for key, answer in (("a key of its own", 503), ("mistyped", 400)):
            event = {"routing_key": key, "event_action": "resolve", "dedup_key": "none"}
            assert (await sender.posts(event, "/v2/enqueue"))[0] == answer


async def test_alerts_are_counted_by_source_and_what_is_set_aside_is_told(
    world: World, tmp_path: Path
) -> None:
    await alerted(world, tmp_path)

    found = values((await fetched(world))[0])

    assert found["muster_alerts_taken_total{source=prometheus}"] == 1
    assert found["muster_alerts_refused_total{source=prometheus}"] == 1
    assert found["muster_alerts_refused_total{source=ci}"] == 1
    assert found["muster_alerts_total{result=opened,source=prometheus}"] == 1
    assert found["muster_alerts_total{result=unrouted,source=prometheus}"] == 1
    assert found["muster_alert_wrong_keys_total{address=127.0.0.1,source=prometheus}"] == 1
    assert found["muster_alert_age_seconds{source=prometheus}"] < 60
    assert found["muster_config_set_aside{entry=alerts.sources.ci}"] == 1
    url = f"http://127.0.0.1:{world.muster.web.port}/readyz"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        told = await answer.json()
    assert told["ready"]
    assert "expected one of pagerduty" in told["set_aside"]["alerts.sources.ci"]


async def test_every_metric_is_in_the_docs_and_the_reverse(world: World, tmp_path: Path) -> None:
    await alerted(world, tmp_path)
    world.slack.faults.append(Fault("chat.postMessage", "status", 503))
    await world.declare()
    await world.pass_minutes(15)

    text, _ = await fetched(world)

    told: dict[str, set[str]] = {}
    for family in plain(text):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        if not name.startswith("process_"):
            told[name] = {label for one in family.samples for label in one.labels} - {"le"}
    created = {name for name in told if name.endswith("_created")}
    assert {name: told[name] for name in told.keys() - created} == dict(described())


def test_the_alerts_ask_for_metrics_that_there_are() -> None:
    groups = [yaml.safe_load(part) for part in re.findall(r"```yaml\n(groups:.*?)```", PAGE, re.DOTALL)]
    rules = [rule for one in groups for group in one["groups"] for rule in group["rules"]]
    known = dict(described())

    assert len(rules) > 10
    for rule in rules:
        for name in re.findall(r"muster_\w+", rule["expr"]):
            assert name.removesuffix("_bucket") in known


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault("conversations.create", "status", 500), "unknown"),
        (Fault("conversations.create", "error", "restricted_action"), "refused"),
        (Fault("conversations.create", "ratelimit", 1), "ratelimited"),
        (Fault("conversations.create", "drop_before"), "unknown"),
    ],
)
@pytest.mark.faults
async def test_what_slack_answers_is_one_of_few_words(world: World, fault: Fault, result: str) -> None:
    world.slack.faults.append(fault)
    await world.declare()

    text, _ = await fetched(world)

    assert values(text)[f"muster_slack_calls_total{{method=conversations.create,result={result}}}"] == 1


async def test_nothing_of_an_incident_is_told(world: World) -> None:
    await world.declare(name="Stolen laptop", type="SIRT")
    await world.pass_minutes(20)

    text, _ = await fetched(world)

    for secret in (
        "tolen",
        "laptop",
        "inc-1",
        "SIRT",
        *(who.id for who in world.slack.workspace.users.values()),
    ):
        assert secret not in text


@pytest.mark.faults
async def test_without_the_database_the_rest_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise OSError("gone")

    monkeypatch.setattr(figures, "_pages", away)

    found = values((await fetched(world))[0])

    assert found["muster_database_up"] == 0
    assert found["muster_tick_age_seconds"] >= 0
    assert not [
        name for name in found if name.startswith(("muster_pages", "muster_outbox", "muster_incidents"))
    ]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (
            "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5",
            "application/openmetrics",
        ),
        ("application/openmetrics-text;version=none", "text/plain"),
    ],
)
async def test_the_format_is_the_one_that_is_asked_for(world: World, accept: str, kind: str) -> None:
    text, content_type = await fetched(world, accept)

    assert content_type.startswith(kind)
    read = open_metrics if kind.startswith("application") else plain
    assert "muster_database_up" in {family.name for family in read(text)}


async def test_nothing_is_kept_where_all_libraries_keep_theirs(world: World) -> None:
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("muster")]
