"""Requests that are kept out: of another workspace, of another app, or from people nobody knows."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.response import BoltResponse

from bot.operations.workspace.people import changed
from bot.views.blocks import message
from bot.views.incidents.declare import Origin
from handlers.payloads import NotSlacks, doing, read
from handlers.request import answer, answerable
from handlers.request_filter import Home, RequestFilter, not_ours
from sandbox.http_mode import FORM
from storage import incidents, people
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, buttons, inc, whole_panel

HOME = Home("T1", None, "A1")
COMMAND = {
    "command": "/inc",
    "text": "",
    "user_id": "U1",
    "channel_id": "C1",
    "team_id": "T1",
    "api_app_id": "A1",
    "trigger_id": "1.2.x",
    "response_url": "https://hooks.slack.com/commands/1",
}
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1", "domain": "acme"},
    "enterprise": None,
    "api_app_id": "A1",
    "trigger_id": "1.2.x",
    "actions": [{"type": "button", "action_id": "a", "block_id": "b", "value": "7"}],
}
CAME = {"type": "member_joined_channel", "user": "U1", "channel": "C1", "event_ts": "1.2"}
HAPPENED = {
    "type": "event_callback",
    "team_id": "T1",
    "api_app_id": "A1",
    "event_id": "Ev1",
    "event": CAME,
}


SAID = {"type": "message", "channel": "C1", "user": "U1", "ts": "1.2", "event_ts": "1.2", "text": "Hello"}
PINNED = {"type": "pin_added", "user": "U1", "channel_id": "C1", "event_ts": "1.2", "item": {"type": "file"}}
MARKED = {
    "type": "reaction_added",
    "user": "U1",
    "reaction": "pushpin",
    "event_ts": "1.2",
    "item": {"type": "message", "channel": "C1", "ts": "1.1"},
}
THEIRS = ("C1", "U1")


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        (COMMAND, THEIRS),
        (COMMAND | {"channel_id": "D1"}, None),
        (PRESSED, None),
        (PRESSED | {"channel": {"id": "C1"}}, THEIRS),
        (PRESSED | {"channel": {"id": "D1"}}, None),
        *(
            (HAPPENED | {"event": event}, found)
            for event, found in [
                (SAID, THEIRS),
                (SAID | {"thread_ts": "1.1"}, THEIRS),
                (SAID | {"subtype": "file_share"}, THEIRS),
                (SAID | {"subtype": "thread_broadcast"}, THEIRS),
                (SAID | {"bot_id": "B1"}, None),
                (SAID | {"subtype": "bot_message"}, None),
                (SAID | {"subtype": "channel_join"}, None),
                (SAID | {"subtype": "channel_topic"}, None),
                (SAID | {"subtype": "message_deleted", "deleted_ts": "1.1"}, None),
                (PINNED, THEIRS),
                (MARKED, THEIRS),
                (MARKED | {"reaction": "eyes"}, THEIRS),
                (CAME, THEIRS),
                (CAME | {"inviter": "U2"}, None),
                (CAME | {"type": "member_left_channel"}, None),
            ]
        ),
    ],
)
def test_what_somebody_does_in_a_channel_is_activity_of_theirs(
    payload: dict[str, Any], found: tuple[str, str] | None
):
    parsed = read(payload)

    assert parsed
    assert doing(parsed) == found


@pytest.mark.parametrize("ours", [COMMAND, PRESSED, HAPPENED])
def test_what_is_ours_is_taken(ours: dict[str, Any]):
    assert not_ours(read(ours), HOME) is None
    assert not_ours(read(ours), Home()) is None


@pytest.mark.parametrize(
    "foreign",
    [
        COMMAND | {"team_id": "T2"},
        COMMAND | {"api_app_id": "A2"},
        COMMAND | {"enterprise_id": "E2"},
        PRESSED | {"user": {"id": "U1", "team_id": "T2"}},
        PRESSED | {"team": {"id": "T2"}},
        PRESSED | {"api_app_id": "A2"},
        PRESSED | {"enterprise": {"id": "E2"}},
        HAPPENED | {"team_id": "T2"},
        HAPPENED | {"api_app_id": "A2"},
        HAPPENED | {"event": CAME | {"user_team": "T2"}},
    ],
)
async def test_what_is_for_others_is_refused(foreign: dict[str, Any]):
    handed: list[Any] = []

    async def dispatch(request: Any) -> BoltResponse:
        handed.append(request)
        return BoltResponse(status=200)

    assert (await RequestFilter(dispatch, lambda: HOME).receive(foreign, {})).status == 403
    assert handed == []


@pytest.mark.parametrize("subtype", [None, "channel_join", "thread_broadcast"])
async def test_what_people_write_is_left_alone_before_bolt_looks_at_it(subtype: str | None):
    handed: list[Any] = []

    async def dispatch(request: Any) -> BoltResponse:
        handed.append(request.body["event"]["subtype"])
        return BoltResponse(status=200)

    requests = RequestFilter(dispatch, lambda: HOME)
    said = {"type": "message", "event_ts": "1.2", "ts": "1.2", "channel": "C1", "user": "U1", "text": "Hello"}
    deleted = {"subtype": "message_deleted", "deleted_ts": "1.2"}
    assert (await requests.receive(HAPPENED | {"event": said | {"subtype": subtype}}, {})).status == 200
    assert (await requests.receive(HAPPENED | {"event": said | deleted}, {})).status == 200

    assert handed == ["message_deleted"]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"type": "block_actions"},
        {"type": "dialog_submission"},
        COMMAND | {"user_id": ""},
        COMMAND | {"user_id": "ana"},
        COMMAND | {"channel_id": "C1 OR 1=1"},
        COMMAND | {"response_url": "file:///etc/passwd"},
        PRESSED | {"actions": []},
        PRESSED | {"actions": [{"action_id": "a"}]},
        PRESSED | {"user": "U1"},
        PRESSED | {"trigger_id": "\ud800"},
        HAPPENED
        | {"event": {"type": "member_joined_channel", "user": "U1", "channel": "C1", "event_ts": "nan"}},
        HAPPENED
        | {"event": {"type": "reaction_added", "user": "U1", "event_ts": "1.2", "reaction": "pushpin"}},
    ],
)
def test_what_slack_never_sends_is_no_payload(wrong: dict[str, Any]):
    with pytest.raises(NotSlacks) as refused:
        read(wrong)

    assert len(str(refused.value)) < 150


@pytest.mark.parametrize(
    "quiet",
    [
        {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1, "api_app_id": "A1"},
        HAPPENED | {"event": {"type": "emoji_changed"}},
    ],
)
def test_what_we_do_not_listen_for_needs_no_reaction(quiet: dict[str, Any]):
    assert read(quiet) is None


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://hooks.slack.com/commands/1", True),
        ("https://hooks.slack-gov.com/commands/1", True),
        ("http://127.0.0.1:8055/hooks/1", True),
        ("http://hooks.slack.com/commands/1", False),
        ("https://hooks.slack.com.evil.example/1", False),
        ("https://hooks.slack.com@evil.example/1", False),
        ("http://127.0.0.1:8056/hooks/1", False),
        ("http://[", False),
    ],
)
def test_only_slacks_own_hosts_are_answered_at(url: str, ours: bool):
    assert answerable(url, "http://127.0.0.1:8055/api/") is ours


@pytest.mark.faults
async def test_no_other_host_is_called_and_what_was_asked_for_is_done(
    http_world: World, caplog: pytest.LogCaptureFixture
):
    await http_world.declare()
    typed = http_world.slack.deliveries("slash_commands")[-1].args
    channel = http_world.slack.workspace.channel(CHANNEL).id
    called: list[Any] = []
    server = await asyncio.start_server(lambda *_: called.append(1), "127.0.0.1", 0)
    elsewhere = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
    asked = {**typed, "channel_id": channel, "text": "rename Seen", "response_url": elsewhere}
    sent = http_world.slack.deliveries("view_submission")[-1].args
    form = {**sent["view"], "id": "V0OTHER", "root_view_id": "V0OTHER"}
    form["private_metadata"] = Origin(elsewhere).metadata()
    submitted = {"payload": json.dumps({**sent, "view": form})}

    for fields in (asked, submitted):
        await http_world.slack.http.post(urlencode(fields).encode(), {"Content-Type": FORM}, 10)
        await http_world.settle()
    server.close()

    assert (await http_world.muster.uow.read(incidents.get, 1)).name == "Seen"
    assert (await http_world.muster.uow.read(incidents.get, 2)).name == "Disk full"
    assert called == []
    assert [one.message for one in caplog.records if one.levelname != "INFO"] == [
        "a response_url is not Slack's; nobody is answered"
    ]


async def test_an_answer_that_does_not_arrive_is_one_line(caplog: pytest.LogCaptureFixture):
    respond = AsyncRespond(response_url="http://127.0.0.1:9/x", proxy=None, ssl=None)

    assert not await answer(respond, message("Done"))

    [line] = [one for one in caplog.records if one.name == "handlers.request"]
    assert (line.message, line.exc_info) == ("somebody could not be answered", None)


@pytest.mark.faults
async def test_the_real_app_and_workspace_are_compared(http_world: World):
    home = http_world.muster._home()
    ws = http_world.slack.workspace
    assert (home.team, home.app) == (ws.team["id"], ws.app.id)

    body = urlencode(COMMAND | {"team_id": ws.team["id"], "api_app_id": "AOTHER"}).encode()
    status, text, _ = await http_world.slack.http.post(body, {"Content-Type": FORM}, 10)

    assert (status, json.loads(text)["error"]) == (403, "for another app")


@dataclass(frozen=True)
class Stranger:
    changes: dict[str, Any]
    told: str


STRANGERS = {
    "of another workspace": Stranger({"is_stranger": True, "team_id": "T0OTHER"}, "Only members"),
    "of another workspace, by the id": Stranger({"team_id": "T0OTHER"}, "Only members"),
    "deactivated": Stranger({"deleted": True}, "Only members"),
    "a bot": Stranger({"is_bot": True}, "Only members"),
}


@pytest.mark.faults
@pytest.mark.parametrize("who", STRANGERS)
async def test_strangers_are_answered_where_they_act_and_nothing_happens(world: World, who: str):
    await world.declare()
    ren = world.slack.workspace.user("ren")
    stranger = STRANGERS[who]
    known = await world.muster.uow.read(people.get, ren.id)
    assert known
    told = {"id": ren.id, "name": "ren", **stranger.changes}
    await world.muster.uow.perform(changed, told)

    answered = await asks(world, "ren", "severity S1", "general")

    assert answered["text"].startswith(stranger.told)
    assert (await world.muster.uow.read(incidents.get, 1)).severity == "S3"


async def test_somebody_who_is_new_is_looked_up_before_they_are_let_in(world: World):
    await world.declare()
    ren = world.slack.workspace.user("ren").id
    await world.muster.uow.perform(_forgotten, ren)

    answered = await asks(world, "ren", "list", "general")

    assert "INC-1" in json.dumps(answered)
    assert await world.muster.uow.read(people.get, ren)


async def test_a_guest_sees_and_does_what_guests_may(world: World):
    await world.declare()
    ren = {"id": world.slack.workspace.user("ren").id, "name": "ren", "is_restricted": True}
    await world.muster.uow.perform(changed, ren)

    assert "No incident is open" in json.dumps(await asks(world, "ren", "list", "general"))
    await world.person("ren").join(CHANNEL)
    await world.settle()
    assert "INC-1" in json.dumps(await asks(world, "ren", "list", "general"))
    offered = buttons(await whole_panel(world, "ren"))
    work = ["Update", "Add action", "Actions", "Follow-ups", "Add follow-up"]
    assert offered == [*work, "Recap", "Get updates", "Timeline", "Add note"]
    await inc(world, "ren", "followup Repair the disk @ren")
    assert any("Repair the disk" in one for one in world.texts("dev", CHANNEL))
    refused = await asks(world, "ren", "severity S1")

    assert refused["text"].startswith("Guests cannot do that here")
    for word in ("cancel A test", "resolve fix", "lead me"):  # and nothing that would be refused is offered
        assert (await asks(world, "ren", word))["text"].startswith("Guests cannot do that here"), word
    await inc(world, "ren", "severity")
    assert world.person("ren").modal is None
    await inc(world, "ren", "update")
    assert world.person("ren").modal


def _forgotten(tx: Any, person: str) -> None:
    tx.execute("DELETE FROM people WHERE id = :id", {"id": person})
