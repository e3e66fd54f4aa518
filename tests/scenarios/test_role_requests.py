"""Asking somebody whether they take a role: they take it or not, once, and it stays as it is until then."""

from tests.scenarios.conftest import World
from tests.scenarios.look import Json, answer, asks, buttons, card, inc, presses, sends, shown, told


def questions(world: World, who: str) -> list[Json]:
    return [one for one in world.person(who).dm() if "do you take" in shown(one)]


async def test_whoever_is_asked_takes_it_or_not_and_the_channel_is_told(world: World) -> None:
    dev, sam = await world.declare(), world.person("sam")
    said = await asks(world, "dev", "role ask IM @sam")
    assert "is asked whether they take IM of INC-1" in shown(said)
    assert "is asked already" in shown(await asks(world, "dev", "role cmoc @sam ?"))
    assert "IM: <@" not in shown(await asks(world, "dev", "roles"))
    [question] = questions(world, "sam")
    assert buttons(question) == ["Take IM", "I cannot"]
    await world.stop()
    await world.start()

    await presses(world, sam, question, "I cannot")
    assert told(dev)[-1] == f"sam cannot take IM; <@{dev.id}> had asked."
    assert not questions(world, "sam"), "the question stays as if it were open"

    await inc(world, "dev", "role IM ask @sam")
    await presses(world, sam, questions(world, "sam")[-1], "Take IM")
    assert "IM: sam" in shown(card(dev))
    assert told(dev)[-1] == "sam took IM."
    assert not questions(world, "sam")
    assert "asked <@" in shown(await asks(world, "dev", "timeline all"))


async def test_the_form_asks_and_the_question_ends_when_another_takes_it(world: World) -> None:
    dev = await world.declare()
    await inc(world, "dev", "role")
    assert await sends(world, dev, role="CMOC", person="ren", ask=["ask"]) == {}
    assert "is asked whether they take CMOC" in shown(answer(dev))
    assert len(questions(world, "ren")) == 1

    await inc(world, "carla", "role CMOC me")

    assert not questions(world, "ren")
    assert "CMOC: carla" in shown(card(dev))


async def test_of_a_private_incident_only_its_people_are_asked_and_of_one_that_ended_nobody(
    world: World,
) -> None:
    dev = await world.declare(visibility="private")
    assert "Invite them there first" in shown(await asks(world, "dev", "role ask IM @ren"))
    assert "You need not ask yourself" in shown(await asks(world, "dev", "role ask IM me"))
    assert "I know no incident" in shown(await asks(world, "ren", "INC-1 role ask IM @sam", "general"))
    assert "guest" in shown(await asks(world, "dev", "role ask IM @gus"))
    await inc(world, "dev", "role ask CMOC @ana")
    [question] = questions(world, "ana")
    assert "private incident INC-1" in shown(question)

    await inc(world, "dev", "cancel A test")

    assert not questions(world, "ana")
    assert "Cancelled" in shown(await asks(world, "dev", "role ask IM @ana"))
    assert dev.modal is None
