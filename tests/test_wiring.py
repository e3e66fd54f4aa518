"""What Slack is told we listen for, and what we listen for, are the same."""

import inspect

import pytest
from slack_bolt.async_app import AsyncApp
from slack_bolt.kwargs_injection.async_args import AsyncArgs

from bot.cli.manifest import manifest
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
    assert subtypes == {"message_changed", "message_deleted"}


async def test_bolt_takes_every_listener():
    app = AsyncApp(token="xoxb-1", request_verification_enabled=False)

    register(app)

    assert len(app._async_listeners) == len(LISTENERS) + 1


async def test_a_button_without_a_listener_is_acknowledged_and_answered(office):
    visitor = Visitor(office)

    await FALLBACK.handler(ack=visitor.ack, respond=visitor.respond)

    assert visitor.acks == [{}]
    assert "from another version of me" in visitor.answers[0]["text"]
