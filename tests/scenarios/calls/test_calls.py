"""Calls that a service makes for an incident: one each, told, ended, and replaced where the service fails."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.calls.services import ACCOUNT, CLIENT, GOOGLE_KEY, HOSTS, SECRET, USER, Services
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, card, inc, presses, shown, told

SECTION = f"""
calls:
  zoom: {{account: {ACCOUNT}, client: {CLIENT}, hosts: [{", ".join(HOSTS)}]}}
  meet: {{user: {USER}}}
  fallback: https://meet.jit.si/muster-{{id}}-{{random}}
"""
JITSI = re.compile(r"https://meet\.jit\.si/muster-1-[0-9a-f]{32}")


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    async with Services().running() as running:
        yield running


@asynccontextmanager
async def calling(
    slack: Slack, clock: FakeClock, folder: Path, services: Services, call: str
) -> AsyncIterator[World]:
    types = f"types:\n  GitLab.com: {{call: '{call}', customer_call: '{call}'}}\n  Gameday: {{call: zoom}}\n"
    config = folder / "muster.yml"
    config.write_text(f"{CONFIG.read_text()}\n{types}{SECTION}")
    found = load(config, {"ZOOM_CLIENT_SECRET": SECRET, "GOOGLE_SERVICE_ACCOUNT": GOOGLE_KEY})
    assert found.calls.zoom
    assert found.calls.meet
    here = services.url
    zoom = replace(found.calls.zoom, api=here, oauth=here)
    calls = replace(found.calls, zoom=zoom, meet=replace(found.calls.meet, api=here, oauth=here))
    world = World(slack, clock, folder / "muster.db", replace(found, calls=calls))
    await world.start()
    try:
        yield world
    finally:
        await world.stop()


async def test_zoom_makes_one_meeting_and_ends_it_with_the_incident(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with calling(slack, clock, tmp_path, services, "zoom") as world:
        dev = await world.declare(name="Disk full of cats")
        await world.pass_minutes(0.1)
        [meeting] = services.meetings.values()
        assert meeting["topic"] == "INC-1"  # whoever sees the host's calendar need not know more
        assert meeting["join_url"] in str(card(dev, "inc-1-disk-full-of-cats"))
        assert meeting["join_url"] in str(world.person("ana").dm())
        assert "host-rights" not in str(world.slack.workspace.__dict__)

        here = "inc-1-disk-full-of-cats"
        await inc(world, "ana", "customer-call", channel=here)
        ana = world.person("ana")
        [steps] = [one for one in ana.messages(here) if "Open the call" in str(one)]
        await presses(world, ana, steps, "Open the call")
        assert len(services.meetings) == 2
        services.tokens.append("renewed")  # the one that we have is over
        await inc(world, "dev", "resolve fix", channel=here)
        await world.pass_minutes(1)
        assert services.ended == []  # people may still be talking
        services.secret = "renewed"  # and so is what a token is asked with, until the operator mends it
        await inc(world, "dev", "close", channel=here)
        await world.pass_minutes(10)
        assert services.ended == []
        services.secret = SECRET
        await world.pass_minutes(10)
        assert sorted({*services.ended}) == sorted(services.meetings)


@pytest.mark.parametrize("call", ["zoom", "meet"])
async def test_a_token_that_was_revoked_is_renewed_at_once(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services, call: str
) -> None:
    async with calling(slack, clock, tmp_path, services, call) as world:
        await world.declare(severity="S4", name="First")
        await world.pass_minutes(0.1)
        services.tokens.append("of somebody else's")

        dev = await world.declare(severity="S4", name="Second")
        await world.pass_minutes(0.1)

        assert len(services.meetings) + len(services.spaces) == 2
        assert "made no call" not in str(dev.messages("inc-2-second"))


async def test_google_meet_makes_a_space_and_ends_its_call(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with calling(slack, clock, tmp_path, services, "meet") as world:
        dev = await world.declare()
        await world.pass_minutes(0.1)
        assert [one["meetingUri"] in str(card(dev)) for one in services.spaces.values()] == [True]
        await inc(world, "dev", "cancel Nothing")
        await world.pass_minutes(1)
        assert services.ended == ["s0"]


@pytest.mark.parametrize("fault", [500, 429, 401, "lost"])
async def test_where_the_service_fails_the_fallback_stands_in_and_is_told(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services, fault: int | str
) -> None:
    services.faults = [fault]
    async with calling(slack, clock, tmp_path, services, "zoom") as world:
        dev = await world.declare(severity="S2")
        await world.pass_minutes(1)
        found = JITSI.search(str(card(dev)))
        assert found
        assert found[0] in str(world.person("ana").dm())
        [said] = [one for one in told(dev) if "Zoom made no call" in one]
        assert found[0] in said
        await world.pass_minutes(5)
        assert JITSI.findall(str(card(dev)))[0] == found[0]  # people may be in it


async def test_a_huddle_and_an_address_nobody_guesses(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    async with calling(slack, clock, tmp_path, services, "huddle") as world:
        dev = await world.declare()
        team, channel = slack.workspace.team["id"], slack.workspace.channel(CHANNEL).id
        assert f"https://app.slack.com/huddle/{team}/{channel}" in str(card(dev))


async def test_an_address_nobody_guesses_stays_after_a_restart_and_practice_makes_no_call(
    slack: Slack, clock: FakeClock, tmp_path: Path, services: Services
) -> None:
    template = "https://meet.jit.si/muster-{id}-{random}"
    async with calling(slack, clock, tmp_path, services, template) as world:
        dev = await world.declare()
        found = JITSI.search(str(card(dev)))
        assert found
    async with calling(slack, clock, tmp_path, services, "zoom") as world:
        await world.pass_minutes(1)
        assert found[0] in str(card(world.person("dev")))
        await inc(world, "dev", "link call https://meet.example/mine")
        await world.declare(name="Practice", type="Gameday", people=["ana"], announced=["yes"])
        await world.pass_minutes(1)
        assert world.person("dev").messages("inc-2-practice")
        assert not services.meetings
        assert "https://meet.example/mine" in shown(card(world.person("dev")))
