import asyncio
from typing import Any

import pytest
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.timeline import pins as events_pins
from handlers.workspace import people as events_people
from storage import members, people, places, timeline
from tests.conftest import Office
from tests.operations.given import given_incident

TS = "1772452000.000100"
BEGAN = 1772453000
"""When the first event happened; each of the others a second later."""


class Events:
    """Slack's events, delivered to the handler that the tables name."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.count = 0

    def happens(self, kind: str, *, again: bool = False, **event: Any) -> None:
        self.count += not again
        tables = (*events_pins.FEATURE.listeners, *events_people.FEATURE.listeners)
        wanted = {"type": kind, "subtype": event["subtype"]} if "subtype" in event else kind
        handler: Any = next(one.handler for one in tables if one.constraint == wanted)
        given = {
            "event": {"type": kind, "event_ts": f"{BEGAN + self.count}.000100", **event},
            "body": {"event_id": f"Ev{self.count}"},
            "context": AsyncBoltContext(bot_user_id="UBOT"),
            "uow": self.office.uow,
        }
        asyncio.run(handler(**{name: given[name] for name in handler.__annotations__ if name in given}))

    def reaction(self, kind: str, by: str, name: str = "pushpin", **keys: Any) -> None:
        item = {"type": "message", "channel": "CINC", "ts": TS}
        self.happens(kind, user=by, reaction=name, item=item, **keys)

    def pin(self, kind: str, by: str, **keys: Any) -> None:
        item = {"type": "message", "channel": "CINC", "message": {"ts": TS, "text": "x"}}
        self.happens(kind, user=by, channel_id="CINC", item=item, **keys)


@pytest.fixture
def events(office):
    given_incident(office)
    return Events(office)


def pinned(office: Office):
    entry = office.read(timeline.pinned, 1, TS)
    shown = [one.id for one in office.read(timeline.of, 1, True, 0, 100)]
    return entry if entry and entry.id in shown else None


def test_a_pushpin_and_a_pin_hold_a_message_until_both_are_gone(office, events):
    events.reaction("reaction_added", "UREP")
    events.reaction("reaction_added", "UIM")
    events.pin("pin_added", "UIM")
    assert office.events().count("MessagePinned") == 1

    events.reaction("reaction_removed", "UREP")
    events.pin("pin_removed", "UIM")
    assert pinned(office)
    events.reaction("reaction_removed", "UIM")

    assert pinned(office) is None


def test_an_event_delivered_twice_has_one_effect(office, events):
    events.reaction("reaction_added", "UREP")
    events.reaction("reaction_removed", "UREP")
    events.reaction("reaction_removed", "UREP", again=True)
    events.reaction("reaction_added", "UREP")

    assert pinned(office)


@pytest.mark.parametrize("kind", ["reaction", "pin"])
def test_a_removal_that_arrives_first_counts_all_the_same(office, events, kind):
    tell = getattr(events, kind)

    tell(f"{kind}_removed", "UREP", event_ts=f"{BEGAN}.000300")
    tell(f"{kind}_added", "UREP", event_ts=f"{BEGAN}.000200")
    assert pinned(office) is None
    tell(f"{kind}_added", "UREP", event_ts=f"{BEGAN}.000400")

    assert pinned(office)


def test_other_emoji_files_and_other_channels_do_nothing(office, events):
    office.emitted()

    events.reaction("reaction_added", "UREP", "eyes")
    item = {"type": "file", "file": "F1"}
    events.happens("reaction_added", user="UREP", reaction="pushpin", item=item)
    events.happens("pin_added", user="UREP", channel_id="CINC", item=item)
    there = {"type": "message", "channel": "CELSEWHERE", "ts": TS}
    events.happens("reaction_added", user="UREP", reaction="pushpin", item=there)

    assert office.emitted() == []


def changed(events: Events, **message: Any) -> None:
    inner = {"ts": TS, "text": "new", "user": "UREP", **message}
    events.happens("message", subtype="message_changed", channel="CINC", message=inner)


def test_an_edit_is_followed_but_not_an_unfurled_link(office, events):
    events.reaction("reaction_added", "UREP")

    changed(events, text="unfurled")
    assert pinned(office).text == ""
    changed(events, text="edited", edited={"user": "UREP", "ts": "2.2"})

    assert pinned(office).text == "edited"
    assert pinned(office).data["edited"]


def test_a_deleted_message_stays_marked(office, events):
    events.reaction("reaction_added", "UREP")
    changed(events, text="said", edited={"user": "UREP", "ts": "2.2"})

    events.happens("message", subtype="message_deleted", channel="CINC", deleted_ts=TS)

    assert pinned(office).data["deleted"]
    assert pinned(office).text == "said"


def test_a_deleted_message_with_replies_is_known_by_its_tombstone(office, events):
    events.reaction("reaction_added", "UREP")

    changed(events, subtype="tombstone", text="This message was deleted.")

    assert pinned(office).data["deleted"]
    assert pinned(office).text == ""


def test_who_comes_and_goes_is_noted_but_not_the_bot(office, events):
    for who in ("USOMEBODY", "UBOT"):
        events.happens("member_joined_channel", user=who, channel="CINC", channel_type="C")
    assert "USOMEBODY" in office.read(members.of, 1)
    assert "UBOT" not in office.read(members.of, 1)

    events.happens("member_left_channel", user="USOMEBODY", channel="CINC", channel_type="C")

    assert "USOMEBODY" not in office.read(members.of, 1)


def test_channels_are_followed(office, events):
    events.happens("channel_rename", channel={"id": "C0", "name": "all-incidents"})
    events.happens("channel_archive", channel="C0", user="UREP")

    assert office.read(places.named, "all-incidents").archived
    events.happens("channel_unarchive", channel="C0", user="UREP")
    assert not office.read(places.named, "all-incidents").archived


@pytest.mark.parametrize("kind", ["user_change", "team_join"])
def test_people_are_followed(office, events, kind):
    events.happens(kind, user={"id": "UNEW", "name": "new", "deleted": kind == "user_change", "profile": {}})

    assert office.read(people.get, "UNEW").active is (kind == "team_join")
