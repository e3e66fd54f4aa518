"""The end of an incident's channel: a last message that links everything, then the archive."""

from pathlib import Path

import pytest

from bot.config import Config, load
from storage import incidents
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, asks, inc, sends, shown, told

A_DAY = 24


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(f"{CONFIG.read_text()}\narchive: {{after: 1d}}\n")
    return load(path)


def archived(world: World, name: str = CHANNEL) -> bool:
    return next(one.archived for one in world.slack.workspace.channels.values() if one.name == name)


async def closed(world: World, **answers: str) -> None:
    dev = await world.declare(**answers)
    channel = (await world.muster.uow.read(incidents.get, 1)).channel_name
    assert channel
    await inc(world, "dev", "link Graph https://graphs.example.com/1", channel=channel)
    await inc(world, "dev", "stream database", channel=channel)
    await world.settle_down()
    await inc(world, "dev", "resolve fix", channel=channel)
    if dev.modal:
        await sends(world, dev)
    await inc(world, "dev", "close", channel=channel)
    await world.settle_down()
    assert (await world.muster.uow.read(incidents.get, 1)).status == "Closed"


async def test_the_days_after_closing_it_is_archived_with_a_last_message(world: World):
    await closed(world)
    await world.pass_hours(A_DAY - 1)
    assert not archived(world)
    await world.stop()
    await world.start()

    await world.pass_hours(2)

    assert archived(world)
    last = told(world.person("dev"))[-1]
    assert "*INC-1 Disk full is Closed, and this channel is archived now.*" in last
    for words in (
        "`/inc timeline INC-1` (",
        "https://graphs.example.com/1|Graph",
        "|announcement 1>",
        "|announcement 2>",
        "Channels of its streams: database <#C",
    ):
        assert words in last
    assert "`/inc reopen INC-1`" in last
    assert "It stayed Closed: its channel is archived." in shown(
        await asks(world, "dev", "timeline all INC-1", channel="general")
    ) + shown(await asks(world, "dev", "timeline INC-1 all", channel="general"))
    await world.pass_hours(2)
    assert told(world.person("dev"))[-1] == last


@pytest.mark.parametrize("words", ["INC-1 Errors are back", "INC-1"])
async def test_one_that_is_reopened_says_how_to_bring_the_channel_back(world: World, words: str):
    await closed(world)
    await world.pass_hours(A_DAY + 1)

    dev = world.person("dev")
    answered = await inc(world, "dev", f"reopen {words}", channel="general")
    if answered.modal:
        assert await sends(world, dev, which="The problem is back", reason="Errors are back") == {}
        said = shown(dev.modal)
    else:
        said = shown(next(one for one in reversed(dev.messages("general")) if one.get("is_ephemeral")))

    assert "only a person can bring it back" in said
    await dev.unarchive(CHANNEL)
    await world.settle_down()
    assert any("Errors are back" in one for one in told(dev))


async def test_one_that_is_reopened_before_stays_open(world: World):
    await closed(world)
    await world.pass_hours(12)
    await inc(world, "dev", "reopen Errors are back")

    await world.pass_hours(A_DAY + 1)

    assert not archived(world)


async def test_one_that_somebody_archived_by_hand_is_left_alone(world: World):
    await closed(world)
    await world.person("dev").archive(CHANNEL)
    await world.settle_down()

    await world.pass_hours(A_DAY + 1)

    assert not any("archived now" in one for one in told(world.person("dev")))


async def test_a_cancelled_one_is_archived_and_a_private_one_is_not(world: World):
    await world.declare()
    dev = await inc(world, "dev", "cancel A test")
    if dev.modal:
        await sends(world, dev, reason="A test")
    await world.declare(name="Stolen", visibility="private")
    await inc(world, "dev", "resolve fix", channel="inc-2-stolen")
    await inc(world, "dev", "close", channel="inc-2-stolen")

    await world.pass_hours(A_DAY + 1)

    assert archived(world)
    assert not archived(world, "inc-2-stolen")


class TestOtherwise:
    """As an operator has set it."""

    @pytest.fixture
    def config(self, tmp_path: Path) -> Config:
        path = tmp_path / "muster.yml"
        path.write_text(f"{CONFIG.read_text()}\narchive: {{after: never, private: 1d}}\n")
        return load(path)

    async def test_never_and_the_days_of_private_ones(self, world: World):
        await closed(world)
        await world.declare(name="Stolen", visibility="private")
        await inc(world, "dev", "resolve fix", channel="inc-2-stolen")
        await inc(world, "dev", "close", channel="inc-2-stolen")

        await world.pass_hours(A_DAY + 1)

        assert archived(world, "inc-2-stolen")
        last = told(world.person("dev"), "inc-2-stolen")[-1]
        assert "archived now" in last
        assert "announcement" not in last
        assert not archived(world)
