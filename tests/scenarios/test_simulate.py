"""`/inc simulate`: the story of an incident that is not one, for whoever asks, beside the bot's own work."""

import logging

import pytest

from bot.rehearsal import asked
from storage import incidents
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, shown

TYPED = "simulate S3 2026-12-25 03:10 no-answer EOC"


async def answered(world: World, who: str, text: str) -> str:
    """Return the story that somebody is told in private; it takes a moment of real time."""
    person = await inc(world, who, text, "general")

    async def told() -> bool:
        return any("A rehearsal" in shown(one) for one in person.messages("general"))

    await world.until(told)
    return shown(next(one for one in reversed(person.messages("general")) if one.get("is_ephemeral")))


async def test_what_is_typed_is_rehearsed_and_calls_nobody(world: World, caplog: pytest.LogCaptureFixture):
    story = await answered(world, "dev", TYPED)

    assert "GitLab.com S3, declared Friday, 2026-12-25 03:10 in" in story
    assert "Not answering: EOC." in story
    assert "*03:10*  ana, by Slack\n> You are paged for INC-1" in story
    assert "*03:27*  ines acknowledges" in story
    assert story.endswith("*04:10*  Every page is answered.")
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.WARNING] == []
    assert world.person("ana").dm() == []
    assert await world.muster.uow.read(_incidents) == 0
    for text, said in (
        ("simulate S3 no-answer EOX", "I know no role, team or person “EOX”. Did you mean EOC?"),
        ("simulate S1 whenever", "I do not understand `whenever`. Write in any order"),
        ("simulate for 48h", "Rehearse 1 to 24 hours."),
    ):
        assert said in shown(await asks(world, "dev", text, "general"))


async def test_the_form_turns_into_the_story(world: World):
    dev = await inc(world, "dev", "simulate", "general")
    await dev.fill({"severity": "S1", "silent": ["EOC", "nobody"]})
    assert await dev.submit() == {}

    async def told() -> bool:
        return "A rehearsal" in shown(dev.modal)

    await world.until(told)
    assert "Nobody answers." in shown(dev.modal)
    assert "Not answered:" in shown(dev.modal)


async def test_a_page_leaves_while_somebody_rehearses_and_a_long_one_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(asked, "LIMIT", 0.05)
    await inc(world, "ren", "simulate S1 nobody for 24h", "general")
    await world.declare()
    assert "You are paged" in shown(world.person("ana").dm()[0])

    ren = world.person("ren")

    async def given_up() -> bool:
        return any("takes too long beside my own work" in shown(one) for one in ren.messages("general"))

    await world.until(given_up)


def _incidents(tx: Tx) -> int:
    return len(incidents.likely(tx, "UDEV", 10))
