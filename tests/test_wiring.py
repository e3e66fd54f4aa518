"""What Slack is told we listen for, and what we listen for, are the same."""

import inspect
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_bolt.response import BoltResponse

from bot.cli.manifest import manifest
from bot.domain.incidents.silence import SPOKEN
from handlers.payload_events import USED
from handlers.register import FALLBACK, LISTENERS, register
from handlers.request import Listener
from tests.views.visitor import Visitor

OURS = {"uow", "links", "rehearsals"}
"""What our own middleware puts within a handler's reach."""

EVENT_TYPES = {"message.channels": "message", "message.groups": "message"}


def names(kind: str) -> set[str]:
    return {
        listener.constraint["type"] if isinstance(listener.constraint, dict) else listener.constraint
        for listener in LISTENERS
        if listener.kind == kind
    }


def named(listener: Listener) -> dict[str, Any]:
    """Return as much of a payload as says what it is."""
    name = listener.constraint
    match listener.kind:
        case "event":
            event = name if isinstance(name, dict) else {"type": name}
            told = {key: value for key, value in event.items() if value}
            return {"event": told, "type": "event_callback"}
        case "command":
            return {"command": name}
        case "view":
            return {"type": "view_submission", "view": {"type": "modal", "callback_id": name}}
        case "shortcut":
            return {"type": "message_action", "callback_id": name}
        case _:
            button = name if isinstance(name, str) else "declare_join:7"
            return {"type": "block_actions", "actions": [{"action_id": button}]}


def parameters(listener: Listener) -> list[str]:
    return inspect.getfullargspec(inspect.unwrap(listener.handler)).args


@pytest.mark.parametrize(
    "listener", [*LISTENERS, FALLBACK], ids=lambda each: f"{each.kind} {each.constraint}"
)
def test_bolt_knows_every_parameter_of_a_listener(listener):
    known = set(AsyncArgs.__annotations__) | OURS

    assert set(parameters(listener)) <= known


@pytest.mark.parametrize(
    "listener", [*LISTENERS, FALLBACK], ids=lambda each: f"{each.kind} {each.constraint}"
)
def test_what_slack_waits_for_is_acknowledged(listener):
    assert ("ack" in parameters(listener)) is (listener.kind != "event")


@pytest.mark.parametrize("listener", LISTENERS, ids=lambda each: f"{each.kind} {each.constraint}")
def test_what_breaks_in_a_handler_that_slack_waits_for_is_caught(listener):
    """Bolt undoes an acknowledgement when a handler raises."""
    assert hasattr(listener.handler, "__wrapped__") is (listener.kind != "event")


def test_every_command_is_in_the_manifest_and_the_reverse():
    assert names("command") == {each["command"] for each in manifest()["features"]["slash_commands"]}


def test_every_shortcut_is_in_the_manifest_and_the_reverse():
    assert names("shortcut") == {each["callback_id"] for each in manifest()["features"]["shortcuts"]}


def test_every_event_is_in_the_manifest_and_the_reverse():
    subscribed = manifest()["settings"]["event_subscriptions"]["bot_events"]

    assert names("event") == {EVENT_TYPES.get(event, event) for event in subscribed}


def test_every_event_that_is_listened_for_is_parsed_and_the_reverse():
    assert names("event") == USED


@pytest.mark.parametrize("kind", ["command", "action", "view", "shortcut"])
def test_nothing_has_two_listeners(kind):
    constraints = [listener.constraint for listener in LISTENERS if listener.kind == kind]

    assert len(constraints) == len(set(constraints))


def test_no_listener_waits_for_messages_that_do_not_reach_bolt():
    events = [one.constraint for one in LISTENERS if one.kind == "event"]

    assert "message" not in events
    subtypes = {one["subtype"] for one in events if isinstance(one, dict)}
    # what people say has the address of an issue
    assert subtypes == {"message_changed", "message_deleted", *SPOKEN}


@pytest.fixture(scope="module")
def registered() -> AsyncApp:
    app = AsyncApp(token="xoxb-1", request_verification_enabled=False)
    register(app)
    return app


@pytest.mark.parametrize("listener", LISTENERS, ids=lambda each: f"{each.kind} {each.constraint}")
async def test_bolt_has_one_listener_that_hears_each_name(listener, registered):
    request = AsyncBoltRequest(body=named(listener), mode="socket_mode")

    heard = [
        await each.async_matches(req=request, resp=BoltResponse(status=200))
        for each in registered._async_listeners
    ]

    assert heard[:-1].count(True) == 1  # the last is for buttons that nobody else hears


async def test_a_button_without_a_listener_is_acknowledged_and_answered(office):
    visitor = Visitor(office)

    await FALLBACK.handler(ack=visitor.ack, respond=visitor.respond)

    assert visitor.acks == [{}]
    assert "from another version of me" in visitor.answers[0]["text"]
