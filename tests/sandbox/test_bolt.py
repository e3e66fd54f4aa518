"""The sandbox as a real Bolt app meets it, by Socket Mode."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import Slack
from tests.sandbox.conftest import until

Connect = Callable[[], Awaitable[None]]
FORM: dict[str, Any] = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "typed"},
        }
    ],
}


async def test_a_command_is_answered_to_its_caller_alone(
    slack: Slack, app: AsyncApp, connect: Connect
) -> None:
    @app.command("/inc")
    async def inc(ack: AsyncAck, command: dict[str, Any]) -> None:
        await ack(f"You said {command['text']} in {command['channel_name']}")

    await connect()
    ana, bo = slack.person("ana"), slack.person("bo")

    seen = await ana.slash("/inc", "hello")

    assert seen.text == "You said hello in general"
    assert ana.messages("general")[-1]["text"] == seen.text
    assert bo.messages("general") == []


async def test_a_form_is_opened_filled_and_sent(
    slack: Slack, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    got: list[Any] = []

    @app.command("/inc")
    async def inc(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("form")
    async def sent(ack: AsyncAck, view: dict[str, Any]) -> None:
        got.append(view["state"]["values"]["name"]["typed"]["value"])
        await ack()

    await connect()
    ana = slack.person("ana")

    await ana.slash("/inc")
    await slack.idle()
    assert ana.modal is not None
    assert "name" in await ana.submit()
    await ana.fill({"name": "Database down"})
    assert await ana.submit() == {}

    assert got == ["Database down"]
    assert ana.modal is None


async def test_a_button_changes_its_message(
    slack: Slack, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    @app.action("ack")
    async def pressed(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"Taken by {body['user']['name']}", replace_original=True)

    await connect()
    made = (await client.conversations_create(name="inc-1"))["channel"]
    await client.conversations_invite(channel=made["id"], users=slack.person("bo").id)
    button = {"type": "button", "action_id": "ack", "text": {"type": "plain_text", "text": "Acknowledge"}}
    await client.chat_postMessage(
        channel=made["id"], text="Page", blocks=[{"type": "actions", "elements": [button]}]
    )
    bo = slack.person("bo")

    assert not await bo.click(bo.messages("inc-1")[-1], text="Acknowledge")
    await slack.idle()

    assert bo.messages("inc-1")[-1]["text"] == "Taken by bo"


async def test_the_client_comes_back_after_a_drill(slack: Slack, app: AsyncApp, connect: Connect) -> None:
    @app.command("/inc")
    async def inc(ack: AsyncAck) -> None:
        await ack("still here")

    slack.sockets.notice = 0.1
    await connect()
    old = set(slack.sockets._sockets)

    await slack.sockets.drill("refresh_requested")
    # The client asks for its new address before the old connection ends: what is open may still be that.
    await until(lambda: slack.sockets.count == 1 and not old & set(slack.sockets._sockets))

    assert (await slack.person("ana").slash("/inc")).text == "still here"


async def test_a_form_survives_its_loading_screen(
    slack: Slack, app: AsyncApp, client: AsyncWebClient, connect: Connect
) -> None:
    loading = {**FORM, "callback_id": "loading", "blocks": []}
    loading.pop("submit")

    @app.shortcut("declare_anywhere")
    async def declare(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        made = await client.views_open(trigger_id=body["trigger_id"], view=loading)
        await client.views_update(view_id=made["view"]["id"], hash=made["view"]["hash"], view=FORM)

    await connect()
    ana = slack.person("ana")

    await ana.shortcut("declare_anywhere")
    await slack.idle()

    assert ana.modal is not None
    assert ana.modal["callback_id"] == "form"
    (opened,), (updated,) = slack.calls("views.open"), slack.calls("views.update")
    assert slack.depth_of(updated) == slack.depth_of(opened) + 1
