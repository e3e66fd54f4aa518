"""Every answer to a page beside its acknowledgement."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, buttons, card, presses, sends, shown, told


async def chooses(world: World, who: str, message, label: str) -> None:
    """Have somebody choose from the menu of a page."""
    menu = next(
        one for block in message["blocks"] for one in block.get("elements", []) if one["type"] == "overflow"
    )
    value = next(one["value"] for one in menu["options"] if one["text"]["text"].startswith(label))
    assert not (await world.person(who).click(message, menu["action_id"], value=value)).error
    await world.settle()


async def test_acknowledge_stands_alone_and_escalate_now_says_who_is_next(world: World):
    await world.declare()

    page = world.person("ana").dm()[0]

    rows = [
        [one["type"] for one in block["elements"]] for block in page["blocks"] if block["type"] == "actions"
    ]
    assert rows == [["button"], ["button", "overflow"]]
    assert buttons(page) == ["Acknowledge", "Escalate now"]
    ines = world.person("ines").id
    assert f"After that, or with Escalate now, <@{ines}>, Incident Manager (dotcom IMOC), is paged" in shown(
        page
    )


async def test_on_my_way_postpones_once_is_shown_and_is_no_acknowledgement(world: World):
    await world.declare()
    ana = world.person("ana")
    await world.pass_minutes(11)
    posted = len(told(ana))

    await chooses(world, "ana", ana.dm()[-1], "On my way: 10 min")

    assert "You are on the way, there by" in shown(ana.dm()[-1])
    assert "is on the way, there by" in shown(card(ana))
    assert len(told(ana)) == posted
    await world.pass_minutes(9)
    assert world.person("ines").dm() == []
    await world.pass_minutes(2)
    assert len(world.person("ines").dm()) == 1


async def test_cannot_take_it_pages_the_next_level_at_once_and_says_why(world: World):
    await world.declare()
    ana, ines, lena = (world.person(name) for name in ("ana", "ines", "lena"))

    await chooses(world, "ana", ana.dm()[0], "Cannot take it")
    assert await sends(world, ana, words="On a train") != {}
    assert await sends(world, ana, reason="No computer or network", words="On a train <!here>") == {}

    assert "ines" in shown(ana.modal) or ines.id in shown(ana.modal)
    assert len(ines.dm()) == 1
    said = "\n".join(told(ines))
    assert "cannot take the page for EOC" in said
    assert "No computer or network: On a train &lt;!here&gt;" in said

    await presses(world, ines, ines.dm()[0], "Escalate now")
    await chooses(world, "lena", lena.dm()[0], "Cannot take it")
    assert await sends(world, lena, reason="Ill or not fit") == {}
    assert "Nobody comes after you: the page stays open" in shown(lena.modal)
    assert "Nobody comes after them, so the page stays open" in "\n".join(told(ines))
    assert "Acknowledge" in buttons(lena.dm()[0])
    assert "Paging lena" in shown(card(ines, CHANNEL))


async def test_whoever_is_at_work_already_is_named_before_a_page_rests_with_them(world: World):
    await world.declare(severity="S1")
    ana, ines = world.person("ana"), world.person("ines")
    await presses(world, ines, ines.dm()[0], "Acknowledge")

    holds = f"<@{ines.id}>, who is at work on it already, holds it: nobody else is called."
    assert f"After that, or with Escalate now, {holds}" in shown(ana.dm()[0])
    await chooses(world, "ana", ana.dm()[0], "Cannot take it")
    assert f"<@{ines.id}> is at work on it already and holds it then" in shown(ana.modal)
    assert await sends(world, ana, reason="Ill or not fit") == {}

    assert "nobody else is called" in shown(ana.modal)
    assert not any("You are paged" in shown(one) for one in ines.dm())
