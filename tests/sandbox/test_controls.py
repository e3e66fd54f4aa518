"""Time, faults and the record, as the page's controls turn and show them."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from aiohttp.client_exceptions import ClientError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import pace
from sandbox.slack import Slack
from tests.patience import PATIENCE
from tests.sandbox.conftest import Ear, FakeClock, key, refused, until

ANA = "U0ANA00001"
GENERAL = "C0GENERAL1"


class Remote:
    """The page's requests."""

    def __init__(self, slack: Slack, session: aiohttp.ClientSession) -> None:
        self._base, self._session, self._key = f"{slack.url}/ui/", session, key(slack)

    async def get(self, path: str) -> dict[str, Any]:
        async with self._session.get(self._base + path, headers=self._key) as response:
            assert response.status == 200, await response.text()
            answer: dict[str, Any] = await response.json()
            return answer

    async def post(self, path: str, **body: Any) -> Any:
        async with self._session.post(self._base + path, json=body, headers=self._key) as response:
            text = await response.text()
            return json.loads(text) if response.status == 200 else (response.status, text)


@pytest.fixture
def remote(slack: Slack, session: aiohttp.ClientSession) -> Remote:
    return Remote(slack, session)


@pytest.fixture
def movable(slack: Slack, clock: FakeClock) -> list[float]:
    """Lets the page move the clock. Returns the steps in which it was moved, and the holds as -1 and -2."""
    steps: list[float] = []

    async def skip(seconds: float) -> None:
        steps.append(seconds)
        clock.advance(seconds=seconds)

    slack.on_advance = skip
    slack.pace.hold = lambda stands: steps.append(-1 if stands else -2)
    return steps


# The clock


async def test_real_time_can_only_be_read(remote: Remote) -> None:
    shown = await remote.get("clock")

    assert (shown["speed"], shown["speeds"], shown["can_advance"], shown["can_pause"]) == (
        1,
        [1],
        False,
        False,
    )
    assert (await remote.post("clock", speed=10))[0] == 409
    assert (await remote.post("advance", seconds=60))[0] == 409


async def test_an_app_that_runs_elsewhere_cannot_be_rehearsed(remote: Remote) -> None:
    assert (await remote.get("world"))["can_simulate"] is False
    assert (await remote.post("simulate", type="x"))[0] == 409


async def test_what_an_app_rehearses_is_handed_on_as_text(slack: Slack, remote: Remote) -> None:
    async def rehearse(asked: dict[str, Any]) -> dict[str, Any]:
        return {"asked": asked}

    slack.simulation.offer({"types": ["a"]}, rehearse)

    assert (await remote.get("world"))["can_simulate"] is True
    assert await remote.get("simulate") == {"types": ["a"]}
    assert await remote.post("simulate", type="a") == {"asked": {"type": "a"}}
    for odd in ({"a": 1}, ["x"], None, "x" * 2000):
        assert (await remote.post("simulate", type=odd))[0] == 400


async def test_time_is_skipped(remote: Remote, movable: list[float]) -> None:
    before = await remote.get("clock")

    after = await remote.post("advance", seconds=900)

    assert (before["now"], after["clock"]) == ("2026-03-02T09:00:00+00:00", "2026-03-02T09:15:00+00:00")
    assert movable == [900]


async def test_time_runs_faster_in_steps_until_it_is_told_otherwise(
    remote: Remote, movable: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "BEAT", 0.01)

    fast = await remote.post("clock", speed=60)
    await until(lambda: len(movable) > 3)
    slow = await remote.post("clock", speed=1)
    count = len(movable)
    await asyncio.sleep(0.05)

    assert (fast["speed"], slow["speed"]) == (60, 1)
    assert {round(step, 2) for step in movable} == {0.59}
    assert len(movable) - count <= 1


async def test_time_stands_still_and_can_still_be_skipped(
    slack: Slack, remote: Remote, movable: list[float]
) -> None:
    paused = await remote.post("clock", paused=True, speed=10)
    await remote.post("clock", paused=True)
    await remote.post("advance", seconds=60)
    suspended = slack.limits.suspended
    going = await remote.post("clock", paused=False, speed=1)

    assert (paused["paused"], paused["speed"], going["paused"]) == (True, 10, False)
    assert movable == [-1, 60, -2]
    assert suspended
    assert not slack.limits.suspended


@pytest.mark.parametrize(
    ("body", "said"),
    [({"speed": 7}, "speed: found 7"), ({"paused": "yes"}, "paused: found 'yes'"), ({"speed": "x"}, "speed")],
)
async def test_a_speed_that_is_none_is_refused(
    remote: Remote, movable: list[float], body: dict[str, Any], said: str
) -> None:
    status, text = await remote.post("clock", **body)

    assert status == 400
    assert said in text
    assert movable == []


async def test_open_pages_hear_how_time_goes(
    slack: Slack, session: aiohttp.ClientSession, remote: Remote, movable: list[float]
) -> None:
    async with session.get(f"{slack.url}/ui/stream?user={ANA}", headers=key(slack)) as stream:
        await stream.content.readuntil(b"hello\n\n")
        await remote.post("clock", paused=True)
        told = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), PATIENCE)

    assert json.loads(told.split(b"data: ")[1]) == {
        "type": "clock",
        "now": "2026-03-02T09:00:00+00:00",
        "speed": 1,
        "paused": True,
    }


async def test_a_click_does_not_expire_by_a_skip(
    slack: Slack, clock: FakeClock, ear: Ear, client: AsyncWebClient, movable: list[float]
) -> None:
    await slack.person("ana").slash("/inc")
    trigger = ear.payloads[-1]["trigger_id"]

    clock.advance(minutes=15)

    view = {"type": "modal", "title": {"type": "plain_text", "text": "Late"}, "blocks": []}
    assert (await client.views_open(trigger_id=trigger, view=view))["ok"]


# Faults


async def test_the_switches_are_the_objects_that_tests_use(slack: Slack, remote: Remote) -> None:
    shown = await remote.post(
        "faults",
        latency=120,
        add={"method": "chat.*", "kind": "ratelimit", "value": 2, "times": 3},
        events={"twice": True, "delay": 50},
        limits={"tiers": True},
    )

    assert slack.latency == 0.12
    assert [vars(fault) for fault in slack.faults] == shown["faults"]
    assert (slack.manners.twice, slack.manners.backwards, slack.manners.delay) == (True, False, 0.05)
    assert (slack.limits.tiers, slack.limits.posting) == (True, False)
    assert shown["events"] == {"twice": True, "backwards": False, "delay": 50}
    assert await remote.get("faults") == shown


async def test_clear_puts_everything_right_but_the_limits(slack: Slack, remote: Remote) -> None:
    await remote.post("faults", latency=9, down=True, events={"backwards": True}, limits={"posting": True})

    shown = await remote.post("faults", clear=True)

    assert (shown["down"], shown["latency"], shown["faults"]) == (False, 0, [])
    assert shown["events"] == {"twice": False, "backwards": False, "delay": 0}
    assert shown["limits"]["posting"] is True


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"latency": -1}, "latency: found -1, expected a number from 0"),
        ({"add": {"kind": "explode"}}, "add.kind: found 'explode', expected one of status, error"),
        ({"add": {"kind": "status", "value": 200}}, "add.value: found 200, expected an HTTP status"),
        ({"add": {"kind": "error"}}, "add.value: found 0, expected one of Slack's error codes"),
        ({"add": {"kind": "hang", "times": 0}}, "add.times: found 0, expected 1 to"),
        ({"add": 5}, "add: found 5"),
        ({"events": {"twice": 1}}, "events.twice: found 1, expected true or false"),
        ({"limits": {"tier": True}}, "limits: found"),
        ({"drill": "fire"}, "drill: found 'fire', expected one of warning"),
        ({"dwon": True}, "dwon: found 'dwon', expected one of down"),
    ],
)
async def test_a_switch_that_is_none_is_refused_and_nothing_is_turned(
    slack: Slack, remote: Remote, body: dict[str, Any], said: str
) -> None:
    before = await remote.get("faults")

    status, text = await remote.post("faults", **{"down": True, **body})

    assert (status, said in text) == (400, True), text
    assert await remote.get("faults") == before


async def test_slack_is_down_and_comes_back_and_nothing_is_lost(
    slack: Slack, remote: Remote, client: AsyncWebClient, app: AsyncApp, connect: Any
) -> None:
    heard: list[str] = []

    @app.event("reaction_added")
    async def on_reaction(event: dict[str, Any]) -> None:
        heard.append(event["reaction"])

    await connect()
    ana = slack.person("ana")
    await ana.invite("general", "muster")
    message = await ana.say("general", "hello")
    await slack.idle()

    shown = await remote.post("faults", down=True)
    with pytest.raises((SlackApiError, ClientError)) as gone:
        await client.chat_postMessage(channel=GENERAL, text="anybody?")
    seen = await ana.slash("/inc", channel="general")
    await ana.react(message, "pushpin")
    silent = list(heard)
    await remote.post("faults", down=False)
    slack.sockets.notice = 0.01
    reconnected = Ear(slack, client.session) if client.session else None
    assert reconnected
    await reconnected.connect()
    await until(lambda: heard or "reaction_added" in reconnected.names)
    await reconnected.close()

    assert (shown["sockets"]["open"], silent) == (0, [])
    assert "503" in str(gone.value)
    assert seen.error is not None
    assert (await client.auth_test())["ok"]


async def test_a_drill_closes_the_sockets(slack: Slack, remote: Remote, ear: Ear) -> None:
    slack.sockets.notice = 0.01

    await remote.post("faults", drill="warning")
    await until(lambda: slack.sockets.count == 0)

    assert ear.frames[-1]["type"] == "disconnect"


async def test_link_disabled_is_mended_by_clear(slack: Slack, remote: Remote, client: AsyncWebClient) -> None:
    await remote.post("faults", drill="link_disabled")
    code = await refused(client.apps_connections_open(app_token=slack.app_token))

    await remote.post("faults", clear=True)

    assert code == "forbidden_team"
    assert (await client.apps_connections_open(app_token=slack.app_token))["url"]


async def test_time_that_stands_still_limits_nobody(slack: Slack, client: AsyncWebClient) -> None:
    slack.limits.posting, slack.limits.burst, slack.limits.suspended = True, 1, True

    for number in range(3):
        await client.chat_postMessage(channel=GENERAL, text=f"{number}")

    slack.limits.suspended = False
    await client.chat_postMessage(channel=GENERAL, text="3")
    assert await refused(client.chat_postMessage(channel=GENERAL, text="4")) == "ratelimited"


# Starting over


async def test_a_reset_needs_leave(remote: Remote) -> None:
    assert (await remote.post("reset"))[0] == 409
    assert (await remote.get("world"))["can_reset"] is False
