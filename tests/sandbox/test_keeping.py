"""What is kept in a file comes back as it was; a file that is none is refused in words."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import keeping
from sandbox.errors import Unusable
from sandbox.keeping import Keeper, as_text, read_kept, restore
from sandbox.serving import Place, served
from sandbox.slack import Slack
from tests.sandbox.conftest import FakeClock, until

ANA = "U0ANA00001"
MODAL = {"type": "home", "blocks": [{"type": "divider"}]}
BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.json"


@pytest.fixture(autouse=True)
def with_a_home_tab(manifest: dict[str, Any]) -> None:
    manifest["features"]["app_home"]["home_tab_enabled"] = True


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def names_beside(path: Path) -> list[str]:
    return [file.name for file in path.parent.iterdir()]


async def lived(slack: Slack, client: AsyncWebClient) -> None:
    """Leave traces of every kind."""
    ana = slack.person("ana")
    await client.conversations_create(name="inc-1", is_private=True)
    await client.conversations_invite(channel=slack.workspace.channel("inc-1").id, users=ANA)
    said = await ana.say("inc-1", "it <@U0BO000002> broke")
    await ana.say("inc-1", "in a thread", thread_ts=said["ts"])
    await ana.pin(said)
    await ana.react(said, "pushpin")
    await client.chat_postMessage(
        channel=ANA,
        text="a page",
        blocks=[{"type": "actions", "elements": [BUTTON]}],
        metadata={"event_type": "page", "event_payload": {"id": 7}},
    )
    await client.chat_postEphemeral(channel=slack.workspace.channel("inc-1").id, user=ANA, text="psst")
    await client.views_publish(user_id=ANA, view=MODAL)
    await ana.set_topic("inc-1", "Broken")
    await client.chat_scheduleMessage(channel=ANA, post_at=slack.workspace.seconds() + 3600, text="later")


async def test_everything_comes_back(
    slack: Slack, client: AsyncWebClient, manifest: dict[str, Any], clock: FakeClock, path: Path
) -> None:
    await lived(slack, client)
    keeping.write(path, as_text(slack.workspace))
    later = FakeClock()
    later.advance(hours=1)
    again = Slack(manifest, later)

    kept = read_kept(path)
    assert kept
    restore(again.workspace, kept)

    then, now = slack.person("ana"), again.person("ana")
    assert now.messages("inc-1") == [m for m in then.messages("inc-1") if not m.get("is_ephemeral")]
    assert now.dm() == then.dm()
    assert again.notified == slack.notified
    assert again.workspace.scheduled == slack.workspace.scheduled
    before, after = (json.loads(as_text(one.workspace)) for one in (slack, again))
    assert {**before, "now": ""} == {**after, "now": ""}


async def test_ids_and_time_stamps_go_on(
    slack: Slack, client: AsyncWebClient, manifest: dict[str, Any], path: Path
) -> None:
    await lived(slack, client)
    given = {slack.workspace.ids.new("X") for _ in range(5)}
    last = slack.workspace.ids.ts()
    keeping.write(path, as_text(slack.workspace))

    again = Slack(manifest, FakeClock())
    restore(again.workspace, read_kept(path) or {})

    assert again.workspace.ids.ts() > last
    assert again.workspace.ids.new("X") not in given


async def test_the_file_is_written_when_something_changed(
    slack: Slack, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY", 0.01)
    keeper = Keeper(slack.workspace, path)
    keeper.start()
    empty = text_of(path)
    await asyncio.sleep(0.05)
    untouched = text_of(path)

    await slack.person("ana").say("general", "remember me")
    await until(lambda: "remember me" in text_of(path))
    await keeper.stop()

    assert untouched == empty
    assert names_beside(path) == ["kept.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read as a kept sandbox"),
        ("[]", "is no kept sandbox"),
        ('{"a": 1}', "is no kept sandbox"),
        ('{"muster_sandbox": 99}', "was kept by a newer sandbox (format 99; this one reads 1)"),
        ('{"muster_sandbox": 1, "now": "x"}', "is damaged"),
        ('{"muster_sandbox": 1, "now": "2026-01-01T00:00:00"}', "is damaged (ValueError('now'))"),
        ('{"muster_sandbox": 1, "now": "9999-12-31T00:00:00+00:00"}', "is damaged (ValueError('now'))"),
        ("[" * 200_000, "cannot be read as a kept sandbox (maximum recursion depth exceeded"),
        ('{"muster_sandbox": 1, "now": "2026-01-01T00:00:00+00:00", "ids": [1, 2, 3]}', "is damaged"),
    ],
)
def test_a_file_that_is_none_is_refused(path: Path, text: str, said: str) -> None:
    path.write_text(text)

    with pytest.raises(Unusable) as refusal:
        read_kept(path)

    assert str(refusal.value).startswith(f"{path}: ")
    assert said in str(refusal.value)


def test_nothing_is_kept_at_first(path: Path) -> None:
    assert read_kept(path) is None


async def test_a_place_that_cannot_be_written_is_named(slack: Slack, tmp_path: Path) -> None:
    path = tmp_path / "no" / "kept.json"

    with pytest.raises(Unusable, match="cannot be written"):
        Keeper(slack.workspace, path).start()


async def test_a_served_sandbox_goes_on_where_it_ended(manifest: dict[str, Any], path: Path) -> None:
    first, second = FakeClock(), FakeClock()
    async with served(manifest, first, Place(port=0, keep=path)) as slack:
        await slack.person("ana").say("general", "day one")
        first.advance(hours=5)

    def catch_up(seconds: float) -> None:
        second.advance(seconds=seconds)

    async with served(manifest, second, Place(port=0, keep=path), catch_up) as slack:
        said = [message["text"] for message in slack.person("bo").messages("general")]

    assert said == ["day one"]
    assert second.now() == datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


async def test_a_served_sandbox_limits_as_slack_does(manifest: dict[str, Any]) -> None:
    async with served(manifest, FakeClock(), Place(port=0)) as slack:
        assert (slack.limits.tiers, slack.limits.posting, slack.limits.burst) == (True, True, 10)
        assert slack.log.most == 5000


async def test_a_reset_forgets_everything_but_the_world(slack: Slack, client: AsyncWebClient) -> None:
    await lived(slack, client)
    slack.latency = 5
    before = slack.workspace.ids.ts()

    slack.reset()

    ana = slack.person("ana")
    assert (ana.messages("general"), ana.dm(), slack.notified, slack.record) == ([], [], [], [])
    assert slack.workspace.named("inc-1") is None
    assert slack.latency == 0
    assert (await ana.say("general", "anew"))["ts"] > before
    assert (await client.conversations_create(name="inc-1"))["ok"]
