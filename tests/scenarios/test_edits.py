"""How often the messages that are edited in place are edited."""

from storage import posts
from tests.scenarios.conftest import World
from tests.scenarios.look import card, inc, shown


async def edits(world: World) -> dict[str, int]:
    """Return how often card and announcement were edited so far, and the topic set."""
    made = [call for call in world.slack.calls("chat.update") if call.ok]
    found = {}
    for kind, place in (("card", ""), ("announcement", "incidents")):
        post = await world.muster.uow.read(posts.find, 1, kind, place)
        assert post
        found[kind] = sum(call.args["ts"] == post.ts for call in made)
    return found | {"topic": len(world.slack.calls("conversations.setTopic"))}


async def test_ten_changes_within_a_second_edit_each_message_once_and_pages_do_not_wait(world: World):
    await world.stop()
    world.paced = True
    await world.start()
    await world.declare()
    await world.settle_down()
    before = await edits(world)

    for number in range(9):
        await inc(world, "dev", f"rename Disk {number}")
        world.clock.advance(seconds=0.05)
    await inc(world, "dev", "severity S2")
    paged = len(world.person("ines").dm())

    after = await edits(world)
    assert {kind: after[kind] - before[kind] for kind in before} == {
        "card": 1,
        "announcement": 1,
        "topic": 0,
    }
    assert paged == 1
    assert "Disk 0" in shown(card(world.person("dev")))

    await world.pass_minutes(1 / 60)
    assert "Disk 8" in shown(card(world.person("dev")))
    now = await edits(world)
    assert {kind: now[kind] - before[kind] for kind in before} == {"card": 2, "announcement": 2, "topic": 0}

    await world.settle_down()
    assert (await edits(world))["topic"] - before["topic"] == 1
