"""Too much for one person: the three cases of the handbook, from the offer to the answer."""

from tests.scenarios.conftest import World
from tests.scenarios.look import answer, asks, buttons, inc, presses, shown, told

SECOND = "inc-2-queue-stuck"
Json = dict[str, object]


async def second(world: World, **answers: str) -> None:
    await world.declare(name="Queue stuck", **answers)


def offers(world: World, who: str, label: str) -> list[Json]:
    return [one for one in world.person(who).dm() if label in buttons(one)]


async def acknowledges_all(world: World, who: str) -> None:
    for page in [one for one in world.person(who).dm() if "Acknowledge" in buttons(one)]:
        await presses(world, world.person(who), page, "Acknowledge")
    await world.settle()


async def test_an_eoc_of_two_incidents_pages_the_im_and_then_the_leader(world: World):
    await world.declare()
    await acknowledges_all(world, "ana")
    assert not offers(world, "ana", "Page the IM")
    await second(world)
    await acknowledges_all(world, "ana")
    (offer,) = offers(world, "ana", "Page the IM")
    assert "*You are EOC of 2 open incidents* (INC-1 and INC-2)" in shown(offer)

    await presses(world, world.person("ana"), offer, "Page the IM")
    await world.settle()

    assert not offers(world, "ana", "Page the IM")
    (page,) = world.person("ines").dm()
    assert "INC-2 Queue stuck" in shown(page)
    await acknowledges_all(world, "ines")
    await inc(world, "ana", channel=SECOND)
    panel = answer(world.person("ana"), SECOND)
    await presses(world, world.person("ana"), panel, "Page the Infrastructure Leader")
    await world.settle()
    assert "INC-2 Queue stuck" in shown(world.person("lena").dm()[0])


async def test_a_drill_is_no_overload(world: World):
    await world.declare(type="Gameday", people=["ana"])
    await acknowledges_all(world, "ana")
    await second(world)
    await acknowledges_all(world, "ana")

    assert not offers(world, "ana", "Page the IM")


async def test_an_im_of_two_asks_for_another_who_takes_it_over(world: World):
    await world.declare(severity="S1")
    await acknowledges_all(world, "ines")
    await second(world, severity="S2")
    await acknowledges_all(world, "ines")
    (offer,) = offers(world, "ines", "Ask for another IM")

    await presses(world, world.person("ines"), offer, "Ask for another IM")
    await world.settle()

    assert not offers(world, "ines", "Ask for another IM")
    ivan = world.person("ivan")
    (question,) = [one for one in ivan.messages("incidents-dotcom") if "I can help" in buttons(one)]
    assert "*INC-2 Queue stuck (S2) needs another IM*" in shown(question)
    await presses(world, ivan, question, "I can help", confirm=True)
    await world.settle_down()
    (now,) = [one for one in ivan.messages("incidents-dotcom") if one["ts"] == question["ts"]]
    assert "ivan is IM of INC-2 Queue stuck now" in shown(now)
    assert buttons(now) == []
    assert any("asked for another IM" in one for one in told(ivan, SECOND))
    await world.pass_minutes(20)
    assert not offers(world, "ines", "Page the Infrastructure Leader")


async def test_after_fifteen_minutes_without_another_im_leadership_is_offered_also_after_a_restart(
    world: World,
):
    await world.declare(severity="S1")
    await acknowledges_all(world, "ines")
    await second(world, severity="S2")
    await acknowledges_all(world, "ines")
    refused = await asks(world, "dev", "INC-2 another-im", "general")
    assert "whoever is IM of two or more S1 and S2 asks" in shown(refused)
    assert "Page somebody" in buttons(refused)
    assert "I asked for another IM for INC-2" in shown(
        await asks(world, "ines", "INC-2 another-im", "general")
    )
    assert "one is asked for already" in shown(await asks(world, "ines", "INC-2 another-im", "general"))
    await world.stop()
    await world.start()
    await world.pass_minutes(14)
    assert not offers(world, "ines", "Page the Infrastructure Leader")

    await world.pass_minutes(2)

    (offer,) = offers(world, "ines", "Page the Infrastructure Leader")
    assert "Nobody has taken INC-2 Queue stuck over" in shown(offer)
    await presses(world, world.person("ines"), offer, "Page the Infrastructure Leader")
    await world.settle()
    assert "INC-2" in shown(world.person("lena").dm()[0])
    await world.pass_minutes(30)
    assert not offers(world, "ines", "Page the Infrastructure Leader")
