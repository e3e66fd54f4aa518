"""A team keeps its pager: its pages are raised there too, and what it does not take Muster pages itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.cli.checks.pagers import pager_findings
from bot.config import Config, load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import TEXTED, World
from tests.scenarios.look import CHANNEL, asks, card, inc, presses, shown, told
from tests.scenarios.pagers.services import (
    GENIE_KEY,
    GENIE_TOKEN,
    KEY,
    SECRET,
    TOKEN,
    Services,
    genie_hook,
    hook,
)

FIRST = "muster/INC-1/page-1"
RULES = "notification_rules:\n  default: {loud: [slack, sms after 30s], quiet: [slack]}\n"
HOOKED = {"PAGERDUTY_WEBHOOK_SECRET": f"old {SECRET}", "PAGERDUTY_API_TOKEN": TOKEN}


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    async with Services().running() as running:
        yield running


def configured(
    slack: Slack, folder: Path, services: Services, environ: dict[str, str], pager: str = "pagerduty"
) -> Config:
    """Return a configuration with a team that keeps a pager, and phones that Muster rings itself."""
    config = folder / "muster.yml"
    text = TEXTED.read_text().replace("  dotcom EOC:\n", f"  dotcom EOC:\n    pager: {pager}\n")
    api = f", api_url: {services.url}" if pager == "pagerduty" else ""
    where = f"{pager}: {{url: {services.url}{api}}}\n"
    config.write_text(f"limits: {{pages_before_digest: 0}}\n{text}\n{RULES}{where}")
    keys = {"PAGERDUTY_ROUTING_KEY": KEY, "OPSGENIE_API_KEY": GENIE_KEY}
    found = load(config, {**keys, "MUSTER_SANDBOX": urlsplit(slack.url).netloc, **environ})
    assert found.pagers
    return found


@asynccontextmanager
async def kept(
    slack: Slack,
    clock: FakeClock,
    folder: Path,
    services: Services,
    environ: dict[str, str],
    *,
    pager: str = "pagerduty",
) -> AsyncIterator[World]:
    """Run with it."""
    config = configured(slack, folder, services, environ, pager)
    world = World(slack, clock, folder / "muster.db", config)
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


def texts(world: World, who: str = "ana") -> int:
    return len(world.person(who).phone())


async def test_a_page_is_raised_there_and_answered_there_and_ends_with_its_incident(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with kept(slack, clock, tmp_path, services, HOOKED) as world:
        services.faults = ["lost", 429]
        dev = await world.declare(name="Disk full", severity="S1")
        await world.pass_minutes(0.5)
        alert = services.alert()
        assert (alert.key, alert.status, alert.count) == (FIRST, "triggered", 2)  # once, though sent again
        assert alert.payload["severity"] == "critical"
        assert alert.payload["summary"] == "INC-1 S1: Disk full (dotcom EOC)"
        assert world.person("ana").dm()  # every page goes out by Slack
        await world.pass_minutes(1.5)
        assert texts(world) == 0  # her own rules rest while the pager calls her
        assert "PagerDuty raised" in shown(await asks(world, "dev"))
        assert "PagerDuty" in shown(card(dev))
        assert "PagerDuty, which dotcom EOC keeps: raised" in shown(await asks(world, "ana", "why"))
        assert not [one for one in told(dev) if "PagerDuty" in one]

        port = world.muster.web.port
        event = services.tell("acknowledged", "PBO")
        assert await hook(port, event) == 401
        assert await hook(port, event, "wrong") == 401
        assert await hook(port, {"event": {"event_type": "pagey.ping"}}, SECRET) == 200
        assert await hook(port, event, "wrong", SECRET) == 200
        assert await hook(port, event, SECRET) == 200  # it tells at least once
        await world.settle()
        [said] = [one for one in world.texts("dev", CHANNEL) if "acknowledged* as EOC" in one]
        assert "*bo acknowledged*" in said  # whose account it is there, by their address
        assert "Ana F." in shown(await asks(world, "dev", "timeline all"))
        await world.pass_minutes(20)
        assert texts(world) == 0
        assert services.calls == [f"trigger {FIRST}"] * 2  # what was done there is not told again

        await inc(world, "bo", "resolve fix")
        assert alert.status == "resolved"
        assert services.calls[2:] == [f"resolve {FIRST}"]
        await inc(world, "bo", "reopen it is back")
        await world.pass_minutes(0.1)
        assert [one.status for one in services.alerts] == ["resolved", "triggered"]


async def test_what_it_does_not_take_in_a_minute_muster_pages_itself_and_deadlines_run_on(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with kept(slack, clock, tmp_path, services, {}) as world:
        services.down = True
        dev = await world.declare(name="Disk full", severity="S1")
        await world.pass_minutes(0.9)
        assert texts(world) == 0
        await world.stop()
        await world.start()
        await world.pass_minutes(0.2)
        assert texts(world) == 1
        [said] = [one for one in told(dev) if "PagerDuty did not take the page for dotcom EOC" in one]
        assert "I page by myself" in said
        assert "PagerDuty failed" in shown(card(dev))
        why = shown(await asks(world, "ana", "why"))
        assert "did not take it in time (PagerDuty answered 503" in why
        await world.pass_minutes(14.5)
        assert [one for one in world.texts("dev", CHANNEL) if "Incident Manager" in one]  # as ever

        services.down = False
        await world.pass_minutes(2)  # late is better than never, for whoever comes on call there
        assert services.alert(FIRST).status == "triggered"
        await inc(world, "ana", "ack")
        await inc(world, "ines", "ack")
        assert services.alert(FIRST).status == "acknowledged"


async def test_a_refusal_is_no_reason_to_wait_and_what_is_over_is_not_raised(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    async with kept(slack, clock, tmp_path, services, {}) as world:
        services.faults = [400]
        dev = await world.declare(name="Disk full", severity="S1")
        await world.pass_minutes(0.1)
        assert texts(world) == 1
        assert [one for one in told(dev) if "PagerDuty did not take" in one]
        await inc(world, "ana", "ack")
        assert not services.alerts

        services.down = True
        await inc(world, "dev", "test me", channel="general")  # practice calls only whom it chose
        await world.declare(name="Slow", severity="S3")
        services.down = False
        assert not services.alerts
        ana = world.person("ana")
        message = next(one for one in reversed(ana.dm()) if "Slow" in str(one))
        await presses(world, ana, message, "Acknowledge")
        await world.pass_minutes(3)
        assert not services.alerts  # it was over before it could be raised
    caplog.clear()


async def test_without_a_webhook_it_is_asked_and_who_nobody_knows_answers_for_whom_it_calls(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with kept(slack, clock, tmp_path, services, {"PAGERDUTY_API_TOKEN": TOKEN}) as world:
        await world.declare(name="Disk full", severity="S2")
        [asking] = [one for one in world.muster.repeating if one.name == "ask pagers"]
        await asking.run()
        assert not [one for one in world.texts("dev", CHANNEL) if "acknowledged" in one]
        alert = services.alert()
        alert.status, alert.by = "acknowledged", "PNOBODY"
        await asking.run()
        await asking.run()
        await world.settle()
        [said] = [one for one in world.texts("dev", CHANNEL) if "acknowledged* as EOC" in one]
        assert "*ana acknowledged*" in said
        found = shown(await asks(world, "dev", "timeline all"))
        assert "Ana F. (" in found
        assert "acknowledged the page for dotcom EOC in PagerDuty" in found


async def test_of_a_private_incident_it_learns_the_number_and_a_stranger_does_not_answer_it(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with kept(slack, clock, tmp_path, services, HOOKED) as world:
        await world.declare(name="Leaked key", severity="S2", visibility="private")
        await world.pass_minutes(0.1)
        assert services.alert().payload["summary"] == "INC-1: a page"
        assert not [word for word in ("Leaked", "S2", "GitLab.com") if word in services.said]
        event = services.tell("acknowledged", "PCHEN", "Chen <!channel>")
        assert await hook(world.muster.web.port, event, SECRET) == 200
        await world.settle()
        [channel] = [one for one in world.slack.workspace.channels.values() if "inc-1" in one.name]
        said = world.texts("ana", channel.name)
        [line] = [one for one in said if "acknowledged the page for dotcom EOC in PagerDuty" in one]
        assert "Chen !channel" in line
        assert "it goes on calling" in line
        assert not [one for one in said if "acknowledged* as EOC" in one]


async def test_opsgenie_is_a_pager_too(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    environ = {"OPSGENIE_WEBHOOK_TOKEN": GENIE_TOKEN}
    async with kept(slack, clock, tmp_path, services, environ, pager="opsgenie") as world:
        services.faults = ["lost"]
        await world.declare(name="Disk full", severity="S1")
        await world.pass_minutes(0.5)
        alert = services.alert()
        assert (alert.key, alert.count, alert.payload["priority"]) == (FIRST, 2, "P1")
        await inc(world, "ana", "ack")
        assert services.calls == [f"acknowledge {FIRST}"]
        await inc(world, "ana", "resolve fix")
        assert alert.status == "resolved"

        await world.declare(name="Slow", severity="S1")
        await world.pass_minutes(0.1)
        [other] = [one for one in services.alerts if one.status == "triggered"]
        port = world.muster.web.port
        assert await genie_hook(port, other, "Acknowledge", "bo@example.com", "wrong") == 401
        assert await genie_hook(port, other, "AddNote", "bo@example.com") == 200
        assert await genie_hook(port, other, "Acknowledge", "bo@example.com") == 200
        await world.settle()
        [said] = [one for one in world.texts("dev", "inc-2-slow") if "acknowledged* as EOC" in one]
        assert "*bo acknowledged*" in said


async def test_check_says_whose_pages_are_raised_where_and_that_a_key_does_not_read(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    right = configured(slack, tmp_path, services, HOOKED)
    [found] = await pager_findings(right, clock)
    assert found.line.endswith("Pages of dotcom EOC are raised in PagerDuty too.")
    wrong = configured(slack, tmp_path, services, {"PAGERDUTY_API_TOKEN": "stale"})
    [found] = await pager_findings(wrong, clock)
    assert "PagerDuty's REST API answered 401" in found.line
    assert "stale" not in found.line
    assert not services.alerts
