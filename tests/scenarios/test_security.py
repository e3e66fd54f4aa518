"""Security, unauthorized access, or a path to be blocked: asked in the panel and by the command."""

from tests.scenarios.conftest import World
from tests.scenarios.look import answer, asks, buttons, inc, presses, shown, told, whole_panel

QUESTION = "Security, unauthorized access, or a whole path to be blocked?"


async def test_the_panel_asks_and_an_answer_pages_security_and_the_im(world: World):
    dev = await world.declare()
    panel = await whole_panel(world, "dev")
    assert QUESTION in shown(panel)

    await presses(world, dev, panel, "Yes, page")
    assert buttons(answer(dev)) == ["Security", "Unauthorized access", "A path must be blocked"]
    await presses(world, dev, answer(dev), "Unauthorized access")

    for who in ("selma", "ines"):
        assert "Unauthorized access to a production system" in shown(world.person(who).dm()[-1])
    assert "*Unauthorized access to a production system*: INC-1." in shown(answer(dev))
    assert "Make it private" in shown(answer(dev))
    assert any("Unauthorized access to a production system" in one for one in told(dev))
    assert QUESTION not in shown(await whole_panel(world, "dev"))


async def test_typed_it_pages_at_once_also_from_elsewhere(world: World):
    await world.declare()

    said = await asks(world, "dev", "security INC-1 path /api must be closed", "general")

    assert "Being paged: " in shown(said)
    assert "/api must be closed" in shown(world.person("ines").dm()[-1])
    assert not world.person("selma").dm()


async def test_other_words_are_kept_for_whoever_is_paged(world: World):
    dev = await world.declare()

    asked = await asks(world, "dev", "security a token leaked")
    assert "a token leaked" in shown(asked)
    await presses(world, dev, asked, "Security")

    assert "It may be a security incident. a token leaked" in shown(world.person("selma").dm()[-1])


async def test_elsewhere_and_after_the_end_it_says_what_to_do(world: World):
    await world.declare()

    assert "For INC-1" in buttons(await asks(world, "dev", "security", "general"))
    await inc(world, "dev", "resolve fix")
    refused = await asks(world, "dev", "security path")
    assert "nobody is paged for it any more" in shown(refused)
    assert "Reopen" in buttons(refused)
