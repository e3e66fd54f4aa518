"""The manifest asks for the scopes that the bot needs, and for no others."""

import re
from pathlib import Path

import pytest

from bot.cli.manifest import manifest
from sandbox.catalogue import EVENT_SCOPES, METHODS

ROOT = Path(__file__).parents[1]
FOLDERS = ("bot", "handlers")

BESIDE_METHODS = {
    "files:read": "pictures of pinned messages, which no method reads",
    "commands": "slash commands and shortcuts",
    "chat:write.public": "announcements in channels that the bot has not joined",
    "users:read.email": "people on call are named by e-mail address",
    "im:write": "direct messages to people who never wrote to the bot",
}


def called() -> set[str]:
    """Return every Web API method whose name, or whose SDK function, stands in the code."""
    sources = "\n".join(path.read_text() for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    quoted = set(re.findall(r'"([a-z]+(?:\.[a-zA-Z]+)+)"', sources))
    functions = {name.replace("_", ".", 1) for name in re.findall(r"client\.([a-z]+_[a-z]+)\(", sources)}
    return (quoted | functions) & set(METHODS)


def granted() -> set[str]:
    return set(manifest()["oauth_config"]["scopes"]["bot"])


def test_the_search_finds_what_the_bot_certainly_calls():
    assert {"chat.postMessage", "conversations.create", "views.open", "pins.add"} <= called()


@pytest.mark.parametrize("method", sorted(called() - {"apps.connections.open"}))
def test_every_method_is_granted_in_public_and_in_private_channels(method: str):
    asked = [METHODS[method].scopes_in(kind) for kind in ("public", "private")]

    for scopes in asked:
        assert not scopes or granted().intersection(scopes), scopes


def test_every_scope_is_needed():
    events = manifest()["settings"]["event_subscriptions"]["bot_events"]
    needed = {scope for name in called() for scope in METHODS[name].any_scopes}
    needed |= {scope for event in events for scope in EVENT_SCOPES[event]}

    assert granted() - needed - set(BESIDE_METHODS) == set()
