"""A drill, driven: whatever leaves says first that it is one, and it blocks nothing."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, acknowledged, card, inc, shown


async def test_everything_that_is_posted_of_a_drill_says_so_first(world: World) -> None:
    dev = await world.declare(type="Gameday", severity="S1", people=["ana", "ines"], announced=["yes"])
    await world.pass_minutes(16)
    await world.person("ines").join(CHANNEL)
    await acknowledged(world, "ines")
    for words in ("update Half of it is back", "action Drain the node"):
        await inc(world, "dev", words)
    await world.settle_down()
    await world.pass_minutes(20)
    await inc(world, "ines", "cancel The exercise is over")
    await world.settle_down()

    sent = [
        one.args["text"] for name in ("chat.postMessage", "chat.update") for one in world.slack.calls(name)
    ]
    assert len(sent) > 20
    assert [text for text in sent if not text.startswith("DRILL · ")] == []
    assert all(
        one.args["topic"].startswith("DRILL · ") for one in world.slack.calls("conversations.setTopic")
    )
    assert "blocks" not in shown(card(dev))
