"""`/inc access`: the lead of a private incident is asked to let somebody in, who learns nothing before."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, asks, buttons, inc, presses, shown, told


def questions(world: World, who: str = "dev") -> list[Json]:
    return [one for one in world.person(who).dm() if "asks to be let into" in shown(one)]


async def test_the_answer_says_nothing_and_the_lead_is_asked_once_in_15_minutes(world: World):
    await world.declare(visibility="private")

    real = await asks(world, "ren", "access INC-1 I know <!channel> the disk", "general")
    none = await asks(world, "ren", "access INC-77 I know the disk", "general")
    again = await asks(world, "ren", "access 1", "general")

    assert shown(real).replace("INC-1 ", "INC-77 ") == shown(none)
    assert (buttons(real), real["text"]) == ([], shown(real))
    assert again["text"] == real["text"]
    [question] = questions(world)
    assert buttons(question) == ["Let in", "Refuse"]
    assert "private incident INC-1" in shown(question)
    assert "I know &lt;!channel&gt; the disk" in shown(question)
    await world.pass_minutes(15.1)
    await inc(world, "ren", "access INC-1", "general")
    assert len(questions(world)) == 2


async def test_who_is_let_in_is_in_its_channel_even_who_was_removed(world: World):
    dev = await world.declare(visibility="private")
    await dev.invite(CHANNEL, "ren")
    await dev.kick(CHANNEL, "ren")
    await inc(world, "ren", "access INC-1", "general")
    [question] = questions(world)

    await presses(world, dev, question, "Let in")

    assert world.person("ren").id in world.slack.workspace.channel(CHANNEL).members
    assert any("let" in one and "ren" in one for one in told(dev))
    [question] = questions(world)
    assert buttons(question) == []
    assert "let them in" in shown(question)
    assert "private incident INC-1" in shown(await asks(world, "ren", "list", "general"))
    assert "You need not ask" in (await asks(world, "ren", "access INC-1", "general"))["text"]


async def test_a_refusal_is_told_to_nobody_but_who_refused(world: World):
    dev = await world.declare(visibility="private")
    await inc(world, "ren", "access INC-1", "general")
    before = len(world.person("ren").dm())
    [question] = questions(world)

    await presses(world, dev, question, "Refuse")

    assert "refused; they are not told" in shown(questions(world)[0])
    assert len(world.person("ren").dm()) == before
    assert world.person("ren").id not in world.slack.workspace.channel(CHANNEL).members
    assert not any("did not let" in one for one in told(dev))


async def test_a_public_incident_is_simply_shown(world: World):
    await world.declare()

    answered = await asks(world, "ren", "access INC-1", "general")

    assert answered["text"].startswith("You need not ask to see INC-1 Disk full")
