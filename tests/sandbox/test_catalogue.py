from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from sandbox.catalogue import EVENT_SCOPES, METHODS, Kind

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def world() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "sandbox" / "world.yml").read_text("utf-8"))
    return loaded


def test_every_event_the_manifest_asks_for_may_be_sent(manifest: dict[str, Any]) -> None:
    granted = set(manifest["oauth_config"]["scopes"]["bot"])
    events = manifest["settings"]["event_subscriptions"]["bot_events"]

    refused = [
        event
        for event in events
        if event not in EVENT_SCOPES or (EVENT_SCOPES[event] and not granted & set(EVENT_SCOPES[event]))
    ]

    assert refused == []


@pytest.mark.parametrize(
    ("method", "kind", "scopes"),
    [
        ("chat.postMessage", "public", ("chat:write",)),
        ("chat.postMessage", "private", ("chat:write",)),
        ("conversations.create", "public", ("channels:manage",)),
        ("conversations.create", "private", ("groups:write",)),
        ("conversations.setTopic", "public", ("channels:manage", "channels:write.topic")),
        ("conversations.invite", "private", ("groups:write", "groups:write.invites")),
        ("conversations.history", "public", ("channels:history",)),
        ("conversations.history", "private", ("groups:history",)),
        ("conversations.history", "im", ("im:history",)),
        ("conversations.info", "im", ("im:read",)),
        ("views.open", "public", ()),
        ("auth.test", "public", ()),
    ],
)
def test_a_scope_depends_on_the_kind_of_conversation(
    method: str, kind: Kind, scopes: tuple[str, ...]
) -> None:
    assert METHODS[method].scopes_in(kind) == scopes


def test_methods_stand_under_their_own_names() -> None:
    assert all(name == method.name for name, method in METHODS.items())
    assert {method.tier for method in METHODS.values()} <= {"T1", "T2", "T3", "T4", "S"}


def test_people_channels_and_groups_have_ids_of_their_own(world: dict[str, Any]) -> None:
    ids = [one["id"] for family in ("people", "channels", "groups") for one in world[family]]

    assert len(ids) == len(set(ids))
    assert all(len(one) == 10 and one.isupper() and one.isalnum() for one in ids)


def test_members_are_people_who_are_still_there(world: dict[str, Any]) -> None:
    there = {person["handle"] for person in world["people"] if not person.get("deleted")}

    for place in (*world["channels"], *world["groups"]):
        assert set(place["members"]) <= there, place["name"]
        assert place.get("creator", place["members"][0]) in place["members"]


def test_time_zones_exist(world: dict[str, Any]) -> None:
    for person in world["people"]:
        assert ZoneInfo(person["tz"])
