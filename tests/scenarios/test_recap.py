"""The recap: asked for at any time, and shown once to whoever comes later."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, acknowledged, answer, asks, inc, plain, presses, shown, whole_panel


def recaps(world: World, who: str) -> list[str]:
    """Return the recaps that somebody was shown in the channel because they came in."""
    found = [one for one in world.person(who).messages(CHANNEL) if one.get("is_ephemeral")]
    return [shown(one) for one in found if "Because you came in" in shown(one)]


async def test_whoever_comes_later_is_shown_once_how_it_stands_and_nobody_else_is(world: World):
    await world.declare()
    await acknowledged(world)
    await inc(world, "dev", "summary The disk of db-1 is full")
    await inc(world, "dev", "update We delete old logs")
    await inc(world, "dev", "action Find what fills it @ana")
    await world.pass_minutes(5)
    await world.stop()
    await world.start()

    visitor = world.person("ines")
    await visitor.join(CHANNEL)
    await world.settle()
    await visitor.leave(CHANNEL)
    await visitor.join(CHANNEL)
    await world.settle()

    (text,) = recaps(world, "ines")
    for part in (
        "Lead: <@U0ANA",
        "EOC: <@U0ANA",
        "We delete old logs",
        "Find what fills it",
        "acknowledged after",
    ):
        assert part in text
    assert (recaps(world, "dev"), recaps(world, "ana")) == ([], [])


async def test_anybody_in_the_channel_can_ask_for_it_by_command_and_button(world: World):
    dev = await world.declare()

    asked = await asks(world, "dev", "recap")
    assert "INC-1 Disk full: what you need to know" in shown(asked)
    assert "*Summary*\nNone yet." in shown(asked)
    assert "declared the incident, S" in plain(asked)
    await presses(world, dev, await whole_panel(world, "dev"), "Recap")
    assert shown(answer(dev)) == shown(asked)


async def test_who_was_at_work_before_it_was_reopened_is_still_named(world: World):
    await world.declare()
    ana = await acknowledged(world)
    assert "Before:" not in shown(await asks(world, "dev", "recap"))
    await inc(world, "ana", "resolve By itself")
    assert f"EOC: <@{ana.id}>" in shown(await asks(world, "dev", "recap"))

    await inc(world, "dev", "reopen INC-1 It is back", "general")
    assert f"Before: EOC: <@{ana.id}>" in shown(await asks(world, "dev", "recap"))
    await inc(world, "ana", "resolve By itself")
    await inc(world, "ana", "close")

    for words in ("recap", "roles"):
        assert f"EOC: <@{ana.id}>" in shown(await asks(world, "dev", words))
