"""A duplicate goes on in another incident: from the form to its archived channel."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, card, inc, presses, sends, shown, told

OTHER = "inc-2-disk-full-too"


def archived(world: World, name: str) -> bool:
    found = world.slack.workspace.channels.values()
    return next(one.archived for one in found if one.name == name)


async def test_a_duplicate_is_merged_and_its_channel_archived_a_day_later(world: World):
    dev = await world.declare()
    await inc(world, "ana", "ack", channel="general")
    await inc(world, "ana", "status monitoring")
    await world.declare(who="sam", name="Disk full too")

    await inc(world, "sam", "merge INC-1", channel=OTHER)
    sam = world.person("sam")
    assert "it can be reopened" in shown(sam.modal)
    assert await sends(world, sam) == {}
    await world.settle_down()

    assert "merged it into *INC-1*. Go on there in <#C" in told(sam, OTHER)[-1]
    assert "Merged into INC-1" in shown(card(sam, OTHER))
    assert buttons(card(sam, OTHER)) == ["More"]
    assert "merged *INC-2 Disk full too* into this incident" in told(dev)[-1]
    assert "(INC-2) " in shown(await asks(world, "sam", "timeline"))  # sam was let in
    assert "This page was cancelled" in shown(world.person("ana").dm()[-1])
    for words in (
        "status fixing",
        "severity S2",
        "escalate dotcom IMOC",
        "role IM me",
        "action Look",
        "note Odd",
    ):
        refused = await asks(world, "sam", words, OTHER)
        assert "It went on in INC-1." in shown(refused), words
        assert buttons(refused)[0] == "For INC-1"
        assert "declare a new incident" not in shown(refused)
    late = await asks(world, "sam", "update The cable is out", OTHER)
    await presses(world, sam, late, "For INC-1")
    assert any("The cable is out" in one for one in told(dev))
    await world.stop()
    await world.start()
    await world.pass_hours(23.5)
    assert not archived(world, OTHER)
    await world.pass_hours(1)
    assert archived(world, OTHER)
    assert not archived(world, CHANNEL)


async def test_a_duplicate_that_is_none_is_undone_by_reopening_it(world: World):
    dev = await world.declare()
    sam = await world.declare(who="sam", name="Disk full too")
    await inc(world, "sam", "merge INC-1", channel=OTHER)
    assert await sends(world, sam) == {}
    await world.settle_down()
    confirmation = answer(sam, OTHER)
    assert "INC-2 is merged into INC-1: go on there." in shown(confirmation)

    await presses(world, sam, confirmation, "Undo")
    assert "what moved there stays there" in shown(sam.modal)
    assert await sends(world, sam, reason="Another disk") == {}
    await world.settle_down()

    assert "Investigating" in shown(card(sam, OTHER))
    assert "Merged" not in shown(card(sam, OTHER))
    assert "reopened *INC-2*, which had been merged into this incident" in told(dev)[-1]
    await world.pass_hours(25)
    assert not archived(world, OTHER)


async def test_a_duplicate_whose_channel_is_archived_is_not_reopened(world: World):
    await world.declare()
    sam = await world.declare(who="sam", name="Disk full too")
    await inc(world, "sam", "merge INC-1", channel=OTHER)
    assert await sends(world, sam) == {}
    await inc(world, "dev", "resolve fix")
    await world.pass_hours(25)

    refused = await asks(world, "sam", "reopen INC-2 Another disk", channel="general")

    assert "over a day ago, and its channel is archived" in shown(refused)


async def test_one_that_ended_is_reopened_only_to_merge(world: World):
    dev = await world.declare()
    await inc(world, "dev", "resolve fix")
    await world.declare(name="Disk full too")

    await inc(world, "dev", "merge 1", channel=OTHER)
    assert "It is reopened only to merge" in shown(dev.modal)
    assert await sends(world, dev) == {}

    assert "only to merge or correct" in shown(card(dev))


async def test_words_find_where_it_belongs_and_several_are_offered(world: World):
    dev = await world.declare()
    await world.declare(name="Disk full too")
    await world.declare(name="Disk of the mail server", visibility="private")
    await world.declare(name="Mail is slow")
    await inc(world, "dev", "resolve fix")

    several = await asks(world, "dev", "merge disk", "inc-4-mail-is-slow")
    nothing = await asks(world, "dev", "merge printer", "inc-4-mail-is-slow")
    await inc(world, "dev", "merge INC-4 into disk too", "general")

    assert buttons(several) == [
        "INC-2 Disk full too (S3, Investigating)",
        "INC-1 Disk full (S3, Resolved)",
    ]
    assert "I find no incident with `printer`" in shown(nothing)
    assert await sends(world, dev) == {}
    assert "Merged into INC-2" in shown(card(dev, "inc-4-mail-is-slow"))


async def test_small_ones_are_combined_into_one_s2(world: World):
    dev = await world.declare()
    await world.declare(name="Disk full too")

    for typed, said in (
        ("INC-2 INC-9", "I know no incident `INC-9`."),
        ("INC-2 disk", "`disk` is no incident's number."),
    ):
        assert said in shown(await asks(world, "dev", f"combine {typed}"))
    await inc(world, "dev", "combine inc-1 #2")  # this one may be named too: it takes the other in
    assert await sends(world, dev) == {}
    await world.settle_down()

    assert "S2 High" in shown(card(dev))
    assert "*You are paged* for *INC-1 Disk full*" in shown(world.person("ines").dm()[-1])


async def test_who_declares_sees_what_may_be_the_same_and_joins_it_instead(world: World):
    await world.declare()
    await world.pass_minutes(4)

    sam = world.person("sam")
    await inc(world, "sam", "declare Disk is full", channel="general")
    assert "INC-1 Disk full (S3), 4 min ago" in shown(sam.modal)
    await sam.press(text="Join INC-1 instead")
    await world.settle()

    assert "You are let into INC-1's channel" in shown(sam.modal)
    assert await asks(world, "sam", "roles")


async def test_a_duplicate_points_to_where_its_target_went(world: World):
    await world.declare()
    sam = await world.declare(who="sam", name="Disk full too")
    await inc(world, "sam", "merge INC-1", channel=OTHER)
    assert await sends(world, sam) == {}
    await world.declare(who="bo", name="Storage is slow")
    dev = await inc(world, "dev", "merge INC-3")
    assert await sends(world, dev) == {}
    await world.settle_down()

    assert "Merged into INC-3" in shown(card(sam, OTHER))
