"""Slash commands, shortcuts, and the addresses to answer them at."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.faults import Fault
from sandbox.person import CannotDo
from sandbox.slack import Slack
from tests.sandbox.conftest import Ear, FakeClock


async def test_only_declared_commands_exist(slack: Slack, ear: Ear) -> None:
    seen = await slack.person("ana").slash("/unknown", "x")

    assert seen.error is not None
    assert "is not a valid command" in seen.error
    assert ear.payloads == []


async def test_a_command_says_where_and_by_whom(slack: Slack, ear: Ear) -> None:
    ana = slack.person("ana")
    await ana.slash("/inc", "ack", channel="backend")
    await slack.person("lena").slash("/inc", "ack", channel="leadership")
    await ana.slash("/inc", "ack", channel=await ana.open_dm_with_bot())

    public, private, direct = ear.payloads
    assert (public["channel_name"], public["user_name"], public["text"]) == ("backend", "ana", "ack")
    assert (private["channel_name"], direct["channel_name"]) == ("privategroup", "directmessage")
    assert all(isinstance(value, str) for value in public.values())


async def test_typed_names_become_tokens_where_the_manifest_says_so(slack: Slack, ear: Ear) -> None:
    typed = "page @bo #random @comms <now> & check the payload"
    await slack.person("ana").slash("/inc", typed)
    slack.workspace.app.commands["/inc"]["should_escape"] = False
    await slack.person("ana").slash("/inc", typed)

    escaped, raw = (payload["text"] for payload in ear.payloads)
    assert escaped == (
        "page <@U0BO000002|bo> <#C0RANDOM02|random> <!subteam^S0COMMS002|@comms> "
        "&lt;now&gt; &amp; check the payload"
    )
    assert raw == typed


@pytest.mark.parametrize(
    ("answer", "for_ana", "for_bo"),
    [
        ({}, [], []),
        ({"text": "hi"}, ["hi"], []),
        ({"response_type": "in_channel"}, ["/inc x"], ["/inc x"]),
        ({"response_type": "in_channel", "text": "hi"}, ["/inc x", "hi"], ["/inc x", "hi"]),
    ],
)
async def test_who_sees_the_answer(
    slack: Slack, ear: Ear, answer: dict[str, str], for_ana: list[str], for_bo: list[str]
) -> None:
    ear.answers = [answer]
    await slack.person("ana").slash("/inc", "x")

    for name, texts in (("ana", for_ana), ("bo", for_bo)):
        assert [message["text"] for message in slack.person(name).messages("general")] == texts


async def test_an_answer_with_bad_blocks_is_an_error(slack: Slack, ear: Ear) -> None:
    ear.answers = [{"text": "x", "blocks": [{"type": "section"}]}]

    seen = await slack.person("ana").slash("/inc", "x")

    assert seen.error == '/inc failed with the error "invalid_blocks"'


async def hook_of(slack: Slack, ear: Ear, session: aiohttp.ClientSession) -> AsyncWebhookClient:
    await slack.person("ana").slash("/inc", "x")
    return AsyncWebhookClient(ear.payloads[-1]["response_url"], session=session)


async def test_five_answers_and_no_more(slack: Slack, ear: Ear, session: aiohttp.ClientSession) -> None:
    hook = await hook_of(slack, ear, session)
    statuses = [(await hook.send(text=str(number))).status_code for number in range(6)]

    assert statuses == [200] * 5 + [404]
    assert (await hook.send(text="x")).body == "used_url"


async def test_answers_are_late_after_half_an_hour(
    slack: Slack, ear: Ear, session: aiohttp.ClientSession, clock: FakeClock
) -> None:
    hook = await hook_of(slack, ear, session)
    clock.advance(minutes=31)

    assert (await hook.send(text="x")).body == "expired_url"


async def test_an_answer_may_replace_and_delete_its_own(
    slack: Slack, ear: Ear, session: aiohttp.ClientSession
) -> None:
    hook, ana = await hook_of(slack, ear, session), slack.person("ana")
    await hook.send(text="working", replace_original=True)
    await hook.send(text="done", replace_original=True, response_type="in_channel")

    assert [message["text"] for message in ana.messages("general")] == ["done"]
    assert slack.person("bo").messages("general") == []
    await hook.send(delete_original=True)
    assert ana.messages("general") == []


async def test_an_answer_for_everybody(slack: Slack, ear: Ear, session: aiohttp.ClientSession) -> None:
    hook = await hook_of(slack, ear, session)
    await hook.send(text="all see it", response_type="in_channel")

    assert slack.person("bo").messages("general")[-1]["text"] == "all see it"


async def test_a_global_shortcut_has_no_channel(slack: Slack, ear: Ear) -> None:
    await slack.person("ana").shortcut("declare_anywhere")

    (payload,) = ear.payloads
    assert payload["type"] == "shortcut"
    assert not {"channel", "response_url"} & set(payload)
    with pytest.raises(CannotDo):
        await slack.person("ana").shortcut("declare_from_message")


async def test_a_message_shortcut_brings_the_message(
    slack: Slack, ear: Ear, session: aiohttp.ClientSession
) -> None:
    said = await slack.person("bo").say("backend", "is the database slow?")
    await slack.person("ana").message_shortcut("declare_from_message", said)

    (payload,) = ear.payloads
    assert payload["message"]["text"] == "is the database slow?"
    assert payload["channel"] == {"id": "C0BACKEND7", "name": "backend"}
    hook = AsyncWebhookClient(payload["response_url"], session=session)
    assert (await hook.send(text="noted")).status_code == 200


async def test_clicks_carry_all_that_slack_sends(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    options = [
        {"text": {"type": "plain_text", "text": name}, "value": name.lower()} for name in ("One", "Two")
    ]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    button: dict[str, Any] = {
        "type": "button",
        "action_id": "go",
        "value": "42",
        "style": "primary",
        "text": {"type": "plain_text", "text": "Go"},
    }
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu, button]}]
    posted = await client.chat_postMessage(channel="general", text="x", blocks=blocks)
    message, ana = slack.person("ana").messages("general")[-1], slack.person("ana")

    await ana.click(message, "pick", value="Two")
    await ana.click(message, text="Go")

    picked, pressed = ear.payloads
    assert picked["actions"][0]["selected_option"]["value"] == "two"
    (action,) = pressed["actions"]
    assert (action["value"], action["style"], action["block_id"]) == ("42", "primary", "b")
    assert pressed["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "two"
    assert pressed["message"]["ts"] == posted["ts"] == pressed["container"]["message_ts"]
    assert pressed["channel"]["name"] == "general"
    assert pressed["response_url"]
    assert pressed["trigger_id"].count(".") == 2


async def test_a_click_in_an_ephemeral_hides_the_message(
    slack: Slack, ear: Ear, session: aiohttp.ClientSession
) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    ear.answers = [{"text": "sure?", "blocks": [{"type": "actions", "elements": [button]}]}]
    ana = slack.person("ana")
    seen = await ana.slash("/inc", "x")
    assert seen.message is not None

    await ana.click(seen.message, "go")

    payload = ear.payloads[-1]
    assert "message" not in payload
    assert payload["container"]["is_ephemeral"] is True
    await AsyncWebhookClient(payload["response_url"], session=session).send(
        text="done", replace_original=True
    )
    assert [message["text"] for message in ana.messages("general")] == ["done"]


async def test_a_confirmation_comes_first(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    plain = {"type": "plain_text", "text": "Really?"}
    confirm = {"title": plain, "text": plain, "confirm": plain, "deny": plain}
    button = {"type": "button", "action_id": "go", "text": plain, "confirm": confirm}
    await client.chat_postMessage(
        channel="general", text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    ana = slack.person("ana")
    message = ana.messages("general")[-1]

    asked = await ana.click(message, "go")
    assert (asked.text, ear.payloads) == ("Really?", [])
    assert not await ana.click(message, "go", confirm=True)
    assert len(ear.payloads) == 1


async def test_a_silent_button_warns(slack: Slack, ear: Ear, client: AsyncWebClient) -> None:
    button = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
    await client.chat_postMessage(
        channel="general", text="x", blocks=[{"type": "actions", "elements": [button]}]
    )
    slack.patience, ear.deaf = 0.05, True

    seen = await slack.person("ana").click(slack.person("ana").messages("general")[-1], "go")

    assert seen.error is not None
    assert "operation_timeout" in seen.error


async def test_answers_go_wrong_like_calls(slack: Slack, ear: Ear, session: aiohttp.ClientSession) -> None:
    hook = await hook_of(slack, ear, session)
    slack.faults.append(Fault("response_url", "status", 500))

    statuses = [(await hook.send(text="x")).status_code for _ in range(2)]

    assert statuses == [500, 200]
    assert [call.status for call in slack.calls("response_url")] == statuses
