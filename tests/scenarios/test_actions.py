"""Actions: written down, taken, finished, listed."""

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    Json,
    answer,
    asks,
    buttons,
    card,
    deactivates,
    inc,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)


def posted(world: World, title: str) -> Json:
    """Return the message of an action in the channel."""
    found = world.person("dev").messages(CHANNEL)
    return next(one for one in found if title in shown(one) and not one.get("is_ephemeral"))


async def act(world: World, title: str, **answers: object) -> None:
    """Have the reporter write an action."""
    dev = await inc(world, "dev", f"action {title}")
    assert await sends(world, dev, **answers) == {}


async def test_the_form_asks_what_who_when_and_until(world: World):
    await world.declare()

    dev = await inc(world, "dev", "action Drain the node")

    assert dev.modal
    form = [block for block in dev.modal["blocks"] if block["type"] == "input"]
    assert [block["label"]["text"] for block in form] == ["Action", "Details", "Assignee", "When", "Due"]
    assert form[0]["element"]["initial_value"] == "Drain the node"
    assert "During the incident" in shown(dev.modal)
    assert "Follow-up" in shown(dev.modal)


async def test_an_action_is_taken_and_finished_where_it_stands(world: World):
    await world.declare()
    await act(world, "Drain the node", details="node-7 first", due="2026-03-09")
    ren = world.person("ren")
    await ren.join(CHANNEL)
    first = posted(world, "Drain the node")
    assert buttons(first) == ["Done", "Take it", "Keep as follow-up"]
    assert "For nobody yet · due 09 Mar 2026" in shown(first)
    assert "node-7 first" in shown(first)

    await presses(world, ren, first, "Take it")
    assert "For ren" in shown(posted(world, "Drain the node"))
    await presses(world, ren, first, "Done")

    after = posted(world, "Drain the node")
    assert after["ts"] == first["ts"]
    assert "*Action done* by ren: ~Drain the node~" in shown(after)
    assert buttons(after) == []


async def test_an_assignee_is_named_and_a_follow_up_called_one(world: World):
    await world.declare()

    await act(world, "Write the alert", assignee="sam", kind="Follow-up")

    assert "*Follow-up:* Write the alert\nFor sam" in shown(posted(world, "alert"))


async def test_the_list_shows_open_ones_first_and_works_from_there(world: World):
    await world.declare()
    for title in ("Drain the node", "Grow the disk", "Call the vendor"):
        await act(world, title)
    await presses(world, world.person("dev"), posted(world, "Drain the node"), "Done")

    listed = await asks(world, "dev", "actions")
    assert "2 open, 1 done" in shown(listed)
    order = [shown(listed).index(word) for word in ("Grow", "Call", "Drain")]
    assert order == sorted(order)
    await presses(world, world.person("dev"), listed, "Done")

    assert "1 open, 2 done" in shown(answer(world.person("dev")))
    assert "*Action done*" in shown(posted(world, "Grow the disk"))


async def test_the_card_and_the_panel_offer_them_too(world: World):
    dev = await world.declare()
    await presses(world, dev, card(dev), "More")
    await presses(world, dev, answer(dev), "Add action")
    assert dev.modal
    await sends(world, dev, title="Drain the node")

    await presses(world, dev, await whole_panel(world, "dev"), "Actions")

    assert "1 open, 0 done" in shown(answer(dev))


async def test_what_cannot_be_done_again_is_explained(world: World):
    dev = await world.declare()
    await act(world, "Drain the node")
    action = posted(world, "Drain the node")

    await presses(world, dev, action, "Take it")
    await presses(world, dev, action, "Take it")

    assert answer(dev)["text"] == "It is yours already."
    assert "no actions yet" not in (await asks(world, "dev", "actions"))["text"]


async def test_an_action_without_a_title_or_for_somebody_who_left_is_not_sent(world: World):
    await world.declare()
    dev = await inc(world, "dev", "action")

    assert list(await sends(world, dev, title="  ")) == ["title"]
    await dev.fill({"title": "Drain the node", "assignee": "sam"})
    await deactivates(world, "sam")
    problems = await sends(world, dev)

    assert list(problems) == ["assignee"]
    assert problems["assignee"].startswith("@sam is not an active member")


async def test_an_incident_without_actions_says_how_to_add_one(world: World):
    await world.declare()

    answered = await asks(world, "dev", "actions")

    assert "has no actions yet" in answered["text"]


async def test_an_assignee_is_invited_told_and_answers_in_the_direct_message(world: World):
    dev = await world.declare()
    sam = world.person("sam")

    await inc(world, "dev", "action Drain the node @sam")

    assert "For sam" in shown(posted(world, "Drain the node"))
    assert sam.messages(CHANNEL)
    assert buttons(sam.dm()[-1]) == ["Done", "Not me"]
    await presses(world, sam, sam.dm()[-1], "Not me")
    assert "For nobody yet" in shown(posted(world, "Drain the node"))
    assert "is not yours any more" in shown(sam.dm()[-1])
    assert told(dev)[-1] == "sam cannot take the action:\n> Drain the node"
    await inc(world, "dev", "action Grow the disk @sam")
    await presses(world, sam, sam.dm()[-1], "Done")
    assert "*Action done* by sam" in shown(posted(world, "Grow the disk"))
    assert "This action is done" in shown(sam.dm()[-1])
    assert buttons(sam.dm()[-1]) == []
    assert dev.dm()
