"""A call with customers, and users who were blocked: one message, each item done by one press."""

from dataclasses import replace
from typing import Any

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, inc, presses, sends, shown, whole_panel

Json = dict[str, Any]
ROLE = "Engineering Communications Lead"


@pytest.fixture
async def ims(world: World) -> World:
    """A world in which IMs are in #backend, and calls with customers have an address."""
    await world.stop()
    process = world.config.process
    im = replace(process.teams["dotcom IMOC"], channel="backend")
    kind = replace(process.types["GitLab.com"], customer_call="https://meet.example/c-{id}")
    process = replace(process, teams={**process.teams, im.name: im}, types={**process.types, kind.name: kind})
    world.config = replace(world.config, process=process)
    await world.start()
    return world


def checklist(world: World, title: str = "Call with customers") -> Json:
    found = [one for one in world.person("dev").messages(CHANNEL) if f"*{title}*" in shown(one)]
    [one] = [one for one in found if not one.get("is_ephemeral")]
    return one


async def press(world: World, who: str, item: str, title: str = "Call with customers") -> None:
    """Press the button of an item of the checklist in the channel."""
    block = next(one for one in checklist(world, title)["blocks"] if item in str(one.get("text")))
    seen = await world.person(who).click(
        checklist(world, title), "checklist_press", value=block["accessory"]["value"]
    )
    assert not seen
    await world.settle()


async def test_each_item_of_a_call_with_customers_is_done_by_one_press(ims: World):
    world, dev = ims, await ims.declare(severity="S1")
    await presses(world, dev, await whole_panel(world, "dev"), "Customer call")
    assert "8 to do" in shown(checklist(world))

    await press(world, "dev", "second IM, for the call")
    [asked] = [one for one in dev.messages("backend") if "INC-1" in shown(one)]
    assert "<!here> A second incident manager is required for a customer interaction call for" in shown(asked)
    await presses(world, world.person("ivan"), asked, "I take the call", confirm=True)
    await press(world, "dev", "Page Infrastructure leadership")
    await press(world, "dev", "CSM: a Customer")
    assert dev.modal
    assert await sends(world, dev, person=world.person("ren").id) == {}
    await press(world, "dev", "A second call")
    for item in ("Both joined here", "Agreed with the IM", "Customers are invited"):
        await press(world, "dev", item)

    assert "all done" in shown(checklist(world))
    assert "call with customers" in shown(world.person("lena").dm()[-1])
    assert "takes the call with customers" in shown(
        next(one for one in dev.messages("backend") if "INC-1" in shown(one))
    )
    roles = shown(await asks(world, "dev", "roles"))
    assert f"{ROLE}: <@{world.person('ivan').id}>" in roles
    assert f"CSM: <@{world.person('ren').id}>" in roles
    assert "https://meet.example/c-1" in str(dev.messages(CHANNEL))
    assert "Stay for all of it" in str([shown(one) for one in world.person("ivan").dm()])


async def test_a_role_or_link_that_came_otherwise_is_ticked_off(ims: World):
    await ims.declare(severity="S1")
    await inc(ims, "dev", "customer-call")

    await inc(ims, "dev", f"role {ROLE} @ivan")
    await inc(ims, "dev", "link customer call")

    assert "6 to do" in shown(checklist(ims))


async def test_it_is_posted_once_and_shown_to_whoever_asks_again(ims: World):
    await ims.declare(severity="S1")
    assert "is in <#" in shown(await asks(ims, "dev", "customer-call"))

    again = await asks(ims, "ren", "INC-1 customer-call", "general")
    await presses(ims, ims.person("ren"), again, "Done") if "Done" in buttons(again) else None

    assert "8 to do" in shown(again)
    assert checklist(ims)


async def test_when_the_incident_is_over_nothing_is_left_to_press(ims: World):
    await ims.declare(severity="S1")
    await inc(ims, "dev", "customer-call")
    await press(ims, "dev", "second IM, for the call")

    await inc(ims, "dev", "resolve fix")

    assert "accessory" not in str(checklist(ims))
    assert "needs no second incident manager" in str(ims.person("dev").messages("backend"))
    assert "INC-1 is Resolved" in shown(await asks(ims, "dev", "customer-call"))


async def test_of_a_private_incident_neither_name_nor_number_is_told(ims: World):
    await ims.declare(severity="S1", visibility="private")
    await inc(ims, "dev", "customer-call")

    await press(ims, "dev", "second IM, for the call")

    asked = shown(ims.person("dev").messages("backend")[-1])
    assert "Write to dev in a direct message" in asked
    await inc(ims, "dev", "resolve fix")
    over = shown(ims.person("dev").messages("backend")[-1])
    assert "not looked for any more" in over
    for told in (asked, over):
        assert not any(word in told for word in ("INC-1", "S1", "private", "Disk full"))


async def test_what_follows_a_block_is_written_down_also_after_the_end(world: World):
    await world.declare(severity="S2")
    await inc(world, "dev", "role CMOC @carla")
    await inc(world, "dev", "resolve fix")
    await inc(world, "dev", "blocked-users")

    title = "Users were blocked"
    for item in ("Was it abuse?", "Was it none?", "Not sure", "Each blocked account"):
        await press(world, "dev", item, title)

    assert "all done" in shown(checklist(world, title))
    listed = shown(await asks(world, "dev", "actions"))
    for words in ("Report the blocked users to Trust and Safety", "confidential issue", "Have SIRT"):
        assert words in listed
    assert f"<@{world.person('carla').id}>" in listed
    assert "ticked off in *Users were blocked*" in shown(await asks(world, "dev", "timeline all"))


async def test_without_an_address_the_form_of_links_opens(world: World):
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "customer-call")

    await press(world, "dev", "A second call")

    assert "Customer call" in str(dev.modal)
    assert answer(dev)


async def test_where_no_im_would_read_it_nothing_is_ticked_off(world: World):
    await world.declare(severity="S1")
    await inc(world, "dev", "customer-call")

    await press(world, "dev", "second IM, for the call")

    assert "I see no channel #im-general" in shown(answer(world.person("dev")))
    assert "8 to do" in shown(checklist(world))
