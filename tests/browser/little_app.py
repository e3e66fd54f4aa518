"""A Bolt app that is just large enough to try every part of the page."""

import asyncio
import re
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

Json = dict[str, Any]


def words(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str) -> Json:
    return {"text": words(text), "value": text.lower()}


def field(label: str, element: Json, **rest: Any) -> Json:
    name = label.lower().split()[0]
    return {
        "type": "input",
        "block_id": name,
        "label": words(label),
        "element": {"action_id": "v", **element},
        **rest,
    }


FORM: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": words("Report a problem"),
    "submit": words("Send"),
    "close": words("Cancel"),
    "blocks": [
        field("Name", {"type": "plain_text_input"}, hint=words("In a few words")),
        field("Severity", {"type": "static_select", "options": [option("S1"), option("S2")]}),
        field("Who", {"type": "multi_users_select"}, optional=True),
        field("Service", {"type": "external_select", "min_query_length": 1}, optional=True),
        field("When", {"type": "datetimepicker"}, optional=True),
        field("Kind", {"type": "radio_buttons", "options": [option("Drill"), option("Real")]}, optional=True),
        {
            "type": "actions",
            "block_id": "more",
            "elements": [{"type": "button", "action_id": "push", "text": words("Explain")}],
        },
    ],
}
ABOVE: Json = {
    "type": "modal",
    "title": words("Explained"),
    "blocks": [{"type": "section", "text": words("A second form")}],
}
SURE: Json = {
    "title": words("Really?"),
    "text": words("Somebody is woken."),
    "confirm": words("Wake them"),
    "deny": words("Not now"),
}
CARD: list[Json] = [
    {"type": "header", "text": words("INC-7 Checkout is slow")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*Lead:* <@U0ANA00001> &lt;!channel&gt; <script>"},
    },
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            {
                "type": "button",
                "action_id": "ack",
                "text": words("Acknowledge"),
                "style": "primary",
                "value": "7",
            },
            {
                "type": "button",
                "action_id": "wake",
                "text": words("Escalate"),
                "style": "danger",
                "confirm": SURE,
            },
            {"type": "button", "action_id": "broken", "text": words("Broken")},
            {
                "type": "static_select",
                "action_id": "pick",
                "placeholder": words("Change severity"),
                "options": [option("S1")],
            },
            {"type": "overflow", "action_id": "more", "options": [option("Rename"), option("Close")]},
        ],
    },
]


async def command(ack: AsyncAck, command: Json, client: AsyncWebClient, respond: AsyncRespond) -> None:
    text = command["text"]
    if text == "hang":
        await asyncio.Event().wait()
    await ack()
    if text == "form":
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)
    elif text == "card":
        await client.chat_postMessage(channel=command["channel_id"], text="INC-7", blocks=CARD)
    else:
        await respond(f"You typed `{text}`")


async def submitted(ack: AsyncAck, view: Json, body: Json, client: AsyncWebClient) -> None:
    values = view["state"]["values"]
    if values["name"]["v"]["value"] == "nothing":
        await ack(response_action="errors", errors={"name": "That is not a problem."})
        return
    await ack()
    severity = values["severity"]["v"]["selected_option"]["value"]
    told = " ".join(f"<@{user}>" for user in values["who"]["v"]["selected_users"])
    service = (values["service"]["v"]["selected_option"] or {}).get("value")
    said = f"{values['name']['v']['value']} / {severity} / {service} / {told}"
    await client.chat_postMessage(channel="C0GENERAL1", text=said)


async def pressed(ack: AsyncAck, action: Json, respond: AsyncRespond) -> None:
    await ack()
    chosen = (action.get("selected_option") or {}).get("value", "")
    await respond(f"Pressed {action['action_id']} {chosen}".strip(), replace_original=False)


async def pushed(ack: AsyncAck, body: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.views_push(trigger_id=body["trigger_id"], view=ABOVE)


async def offered(ack: AsyncAck, payload: Json) -> None:
    await ack(options=[option(f"{payload['value']}-{n}") for n in (1, 2)])


async def opened(ack: AsyncAck, shortcut: Json, client: AsyncWebClient) -> None:
    await ack()
    await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)


async def unheard() -> None:
    """Takes the events that no test has an interest in."""


def listen(app: AsyncApp) -> None:
    app.command("/inc")(command)
    app.view("form")(submitted)
    for action in ("ack", "wake", "pick", "more"):
        app.action(action)(pressed)
    app.action("push")(pushed)
    app.options("v")(offered)
    app.shortcut("declare_anywhere")(opened)
    app.shortcut("declare_from_message")(opened)
    app.event(re.compile(".*"))(unheard)
