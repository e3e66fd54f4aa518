"""What a tired person types: names without "@", roles as if they were commands, a severity in a sentence."""

from sandbox.directory import add_user
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, presses, shown


async def test_people_and_roles_are_understood_without_the_at_sign(world: World):
    dev = await world.declare()

    await inc(world, "dev", "role CMOC chen")
    assert "CMOC: chen" in shown(card(dev))
    await inc(world, "dev", "im @ines")
    assert "IM: ines" in shown(card(dev))
    assert "is IM of INC-1" in shown(await asks(world, "dev", "im"))
    await inc(world, "ivan", "take im")
    assert "IM: ivan" in shown(card(dev))
    await inc(world, "bo", "EOC me")
    assert "EOC: bo" in shown(card(dev))
    await inc(world, "dev", "lead to ana")
    assert "Lead: ana" in shown(card(dev))

    asked = await asks(world, "dev", "role CMOC nobodyinparticular")
    assert "I do not know who `nobodyinparticular` is." in asked["text"]
    assert buttons(asked) == ["Choose a person"]


async def test_of_several_people_of_a_name_it_is_asked_who_is_meant(world: World):
    dev = await world.declare()
    for handle in ("kim.lee", "kim.ray"):
        add_user(world.slack.workspace, handle, real_name=f"Kim {handle[4:].title()}")
    await world.settle()

    asked = await asks(world, "dev", "role CMOC kim")
    assert "of the 2 people called so" in asked["text"]
    assert buttons(asked) == ["kim.lee", "kim.ray", "Choose a person"]
    await presses(world, dev, asked, "kim.ray")

    assert "CMOC: kim.ray" in shown(card(dev))


async def test_a_page_an_action_and_a_subscription_take_a_bare_name(world: World):
    dev = await world.declare()

    asked = await asks(world, "dev", "escalate chen the mails are late")
    assert buttons(asked) == ["Page chen", "Choose in the form"]
    assert not world.person("chen").dm()
    await presses(world, dev, asked, "Page chen")
    assert world.person("chen").dm()

    await inc(world, "dev", "action Drain the node chen")
    assert dev.modal
    assert dev.modal["blocks"][1]["element"]["initial_value"] == "Drain the node"
    whose = dev.modal["blocks"][3]["element"]
    assert whose["initial_user"] == world.person("chen").id

    assert world.person("chen").id in shown(await asks(world, "dev", "subscribe chen"))
    asked = await asks(world, "dev", "subscribe general")
    assert buttons(asked) == ["The channel #general"]
    await presses(world, dev, asked, "The channel #general")
    assert "Those who do: <#" in shown(answer(dev))


async def test_a_severity_in_a_sentence_is_chosen_in_the_form_and_asked_about_elsewhere(world: World):
    dev = await inc(world, "dev", "checkout is down, S2", "general")
    assert dev.modal
    assert dev.modal["blocks"][0]["element"]["initial_value"] == "checkout is down"
    severity = next(one for one in dev.modal["blocks"] if one.get("block_id") == "severity")
    assert severity["element"]["initial_option"]["value"] == "S2"

    dev = await world.declare()
    await inc(world, "dev", "severity make it sev 2")
    assert "S2" in shown(card(dev))
    asked = await asks(world, "dev", "severity S1 because nobody can log in")
    assert buttons(asked) == ["Severity S1"]
    assert "S1" not in card(dev)["text"]
    asked = await asks(world, "dev", "S1: the database is gone", CHANNEL)
    assert buttons(asked)[0] == "Severity S1 here"
    assert "Declare a new incident “S1: the database…”" in buttons(asked)


async def test_whoever_practises_may_be_named_as_text(world: World):
    kim = add_user(world.slack.workspace, "kim.lee")
    await world.settle()

    dev = await inc(world, "dev", "test @kim @ines S2 Mail is late", "general")
    assert "Mail is late" in shown(answer(dev, "general"))
    assert kim.id in shown(answer(dev, "general"))

    assert "I do not know who `@nobody` is" in shown(await asks(world, "dev", "test @nobody", "general"))
