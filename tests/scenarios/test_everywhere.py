"""Every command, alone and as its help shows it, in the right place and in wrong ones: it is answered."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from handlers.inc import SUBCOMMANDS
from sandbox.person import CannotDo, Person
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, inc

Json = dict[str, Any]

ENDING = ("merge", "combine", "decline", "cancel", "resolve", "close", "reopen", "private")
"""They come last: what follows them would meet another incident than it is meant for."""


def typed() -> Iterator[str]:
    """Return what is typed after `/inc`, for every command: its word alone, then its example."""
    words = [word for word in SUBCOMMANDS if word not in ENDING]
    for word in (*words, *(one for one in ENDING if one in SUBCOMMANDS)):
        yield word
        yield SUBCOMMANDS[word].example.removeprefix("/inc ").replace("INC-7", "INC-1")


async def tries(world: World, person: Person, channel: str) -> tuple[list[str], list[str]]:
    """Type every command there. Return what was not answered, and what others in the channel saw."""
    channel = world.slack.workspace.channel(channel).id  # its name follows the incident's
    onlooker = world.person("bo")
    silent, seen = [], []
    for text in typed():
        before = [_messages(person, channel), _messages(onlooker, channel)]
        answered = await person.slash("/inc", text, channel=channel)
        assert not answered.error, text
        await world.settle()
        if text.startswith("simulate"):  # a rehearsal takes its time, on a thread of its own
            await world.until(partial(_answered, person, channel, len(before[0])))
        if not person.modal and _messages(person, channel) == before[0]:
            silent.append(text)
        elif person.modal:
            await person.close_modal(clear=True)
        if _messages(onlooker, channel) != before[1]:
            seen.append(text)
    return silent, seen


async def _answered(person: Person, channel: str, before: int) -> bool:
    return bool(person.modal) or len(_messages(person, channel)) > before


def _messages(person: Person, channel: str) -> list[Json]:
    try:
        return person.messages(channel)
    except CannotDo:  # whoever is not in a conversation sees nothing of it
        return []


@pytest.mark.parametrize(
    "who", ["dev", pytest.param("gus", marks=pytest.mark.proof)], ids=["a member", "a guest"]
)
async def test_where_no_incident_is_it_is_answered_in_private(world: World, who: str):
    await world.declare()

    assert await tries(world, world.person(who), "general") == ([], [])


async def test_in_the_direct_messages_of_the_bot_it_is_answered(world: World):
    await world.declare()
    dev = world.person("dev")

    silent, _ = await tries(world, dev, await dev.open_dm_with_bot())

    assert silent == []


async def test_in_the_incidents_channel_it_is_answered(world: World):
    await world.declare()

    silent, _ = await tries(world, world.person("dev"), CHANNEL)

    assert silent == []


@pytest.mark.parametrize("ended", ["resolve fix", pytest.param("cancel A test", marks=pytest.mark.proof)])
async def test_after_the_end_it_is_answered(world: World, ended: str):
    await world.declare()
    await inc(world, "dev", ended)

    silent, _ = await tries(world, world.person("dev"), CHANNEL)

    assert silent == []
