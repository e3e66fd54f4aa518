"""Is S1 verified? The question to the IM, and what each answer does."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, presses, shown, told, whole_panel


async def test_the_im_verifies_an_s1_and_leadership_and_the_liaison_are_paged(world: World):
    dev = await world.declare(severity="S1")
    ines, lena = world.person("ines"), world.person("lena")
    assert "*Is S1 verified?*" in shown(card(dev))
    await presses(world, ines, ines.dm()[-1], "Acknowledge")
    await world.pass_minutes(0.1)
    question = next(one for one in ines.dm() if "*Is S1 verified?*" in shown(one))
    assert buttons(question) == ["Verified: page leadership and liaison", "Not S1"]

    await presses(world, ines, question, "Verified: page leadership and liaison")

    assert "*You are paged* for *INC-1 Disk full*" in shown(lena.dm()[-1])
    assert "verified that it is S1" in shown(lena.dm()[-1])
    assert any("verified that it is *S1*" in one for one in told(dev))
    assert "Is S1 verified" not in shown(card(dev))
    await world.pass_minutes(16)
    assert not any("*Is S1 verified?*" in shown(one) for one in ines.dm())


async def test_not_s1_opens_the_severity(world: World):
    dev = await world.declare(severity="S1")

    await dev.click(card(dev), text="Not S1")

    assert dev.modal
    assert dev.modal["title"]["text"] == "Change the severity"


async def test_the_command_verifies_it_too_and_says_when_there_is_nothing_to_verify(world: World):
    await world.declare(severity="S1")

    first = await asks(world, "dev", "verify", CHANNEL)
    second = await asks(world, "dev", "verify", CHANNEL)

    assert "INC-1 is a verified S1. Being paged: " in first["text"]
    assert "has verified already" in second["text"]


async def test_where_verifying_pages_nobody_it_is_only_noted(world: World):
    dev = await world.declare(severity="S1", type="Gameday", people=["dev"])
    assert "Is S1 verified" not in shown(card(dev))

    await presses(world, dev, await whole_panel(world, "dev"), "Verify S1")

    assert answer(dev)["text"] == "DRILL · INC-1 is a verified S1. Nobody else is paged for that."
    assert any("verified that it is *S1*" in one for one in told(dev))
