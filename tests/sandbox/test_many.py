"""A big workspace: what the page asks for costs what it shows, not what there is."""

from collections.abc import Iterator
from typing import Any, SupportsIndex

import pytest

from sandbox import sight
from sandbox.modals import new_trigger, use_trigger
from sandbox.slack import Slack
from sandbox.state import Channel, Json

ANA, BO = "U0ANA00001", "U0BO000002"
CHANNELS, MESSAGES = 500, 5_000


class Counted(list[Json]):
    """Counts how many of its items somebody looked at."""

    looks = 0

    def __getitem__(self, at: Any) -> Any:
        self.looks += len(range(*at.indices(len(self)))) if isinstance(at, slice) else 1
        return super().__getitem__(at)

    def __iter__(self) -> Iterator[Json]:
        return (self[at] for at in range(len(self)))

    def __reversed__(self) -> Iterator[Json]:
        return (self[at] for at in range(len(self) - 1, -1, -1))

    def pop(self, at: SupportsIndex = -1) -> Json:
        raise AssertionError("nobody takes messages out by looking")


@pytest.fixture
def big(slack: Slack) -> Channel:
    """Five thousand messages in #general, all but the last ten read, and five hundred channels."""
    ws = slack.workspace
    for number in range(CHANNELS):
        ws.seed(name=f"room-{number}", members=["ana", "bo"] if number % 2 else ["bo"])
    general = ws.channel("general")
    parent = ws.ids.ts()
    stored = [{"type": "message", "user": BO, "text": "first", "ts": parent}]
    for number in range(MESSAGES - 1):
        thread = {"thread_ts": parent} if number % 1000 == 0 else {}
        stored.append({"type": "message", "user": BO, "text": f"{number}", "ts": ws.ids.ts(), **thread})
    general.messages = Counted(stored)
    general.read[ANA] = stored[-11]["ts"]
    return general


def looked(channel: Channel) -> int:
    assert isinstance(channel.messages, Counted)
    count, channel.messages.looks = channel.messages.looks, 0
    return count


def test_the_sidebar_looks_at_what_is_unread(slack: Slack, big: Channel) -> None:
    shown = sight.sidebar(slack.workspace, ANA)

    (general,) = [room for room in shown["channels"] if room["id"] == big.id]
    assert general["unread"] == 10
    assert (len(shown["channels"]) > CHANNELS / 2, len(shown["browse"]) >= CHANNELS / 2) == (True, True)
    assert looked(big) <= 11


def test_who_never_reads_is_counted_up_to_a_thousand(slack: Slack, big: Channel) -> None:
    big.read.clear()

    shown = sight.sidebar(slack.workspace, ANA)

    assert {room["unread"] for room in shown["channels"] if room["id"] == big.id} == {1000}
    assert looked(big) <= 1010


def test_a_conversation_looks_at_the_page_it_shows(slack: Slack, big: Channel) -> None:
    last = sight.conversation(slack.workspace, big, ANA)
    for_last = looked(big)
    before = sight.conversation(slack.workspace, big, ANA, before=last["messages"][0]["ts"])
    for_before = looked(big)

    assert (len(last["messages"]), last["has_more"]) == (200, True)
    assert last["messages"][-1]["text"] == f"{MESSAGES - 2}"
    assert float(before["messages"][-1]["ts"]) < float(last["messages"][0]["ts"])
    assert for_last <= 210
    assert for_before <= 230


def test_all_pages_together_are_the_whole(slack: Slack, big: Channel) -> None:
    pages, before = [], None
    while True:
        page = sight.conversation(slack.workspace, big, ANA, before=before)
        pages.append(page["messages"])
        if not page["has_more"]:
            break
        before = page["messages"][0]["ts"]

    texts = [message["ts"] for page in reversed(pages) for message in page]
    assert texts == [m["ts"] for m in big.messages if m.get("thread_ts") in (None, m["ts"])]


def test_a_thread_has_its_parent_and_its_replies(slack: Slack, big: Channel) -> None:
    parent = big.messages[0]["ts"]

    shown = sight.conversation(slack.workspace, big, ANA, thread=parent)

    assert [message["text"] for message in shown["messages"]] == [
        "first",
        "0",
        "1000",
        "2000",
        "3000",
        "4000",
    ]


def test_a_message_is_found_without_looking_at_all(big: Channel) -> None:
    wanted = list.__getitem__(big.messages, 3210)

    found = big.find(wanted["ts"])
    none = big.find("1.000000")

    assert (found is wanted, none) == (True, None)
    assert looked(big) <= 40


async def test_saying_something_does_not_look_back(slack: Slack, big: Channel) -> None:
    await slack.person("bo").say("general", "@ana hello")

    assert looked(big) <= 40
    (general,) = [room for room in sight.sidebar(slack.workspace, ANA)["channels"] if room["id"] == big.id]
    assert (general["unread"], general["mentions"]) == (11, 1)


async def test_tickets_do_not_pile_up(slack: Slack) -> None:
    ws = slack.workspace
    triggers = [new_trigger(ws, ANA) for _ in range(3_000)]

    assert len(ws.triggers) == 2_000
    assert use_trigger(ws, triggers[-1]).user == ANA
