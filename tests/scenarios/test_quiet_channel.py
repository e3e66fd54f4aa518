"""The lines that Slack itself writes into a channel: one for several changes, none for nothing."""

import json

from sandbox.faults import Fault
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, card, inc, presses, told


def lines(world: World, subtype: str) -> list[str]:
    """Return Slack's own lines of one kind in the incident's channel."""
    found = [one for one in world.slack.workspace.channels.values() if one.name.startswith("inc-1")]
    return [one["text"] for one in found[0].messages if one.get("subtype") == subtype]


async def test_changes_that_follow_each_other_set_the_topic_once(world: World):
    await world.declare()
    before = len(lines(world, "channel_topic"))

    for word in ("severity S2", "status Fixing", "lead @ines"):
        await inc(world, "dev", word)
    assert len(lines(world, "channel_topic")) == before
    await world.settle_down()

    assert len(lines(world, "channel_topic")) == before + 1
    topic = world.slack.workspace.channel(CHANNEL).topic.value
    assert topic.startswith("S2 · Fixing · Lead ines · ")


async def test_a_change_that_is_taken_back_sets_no_topic(world: World):
    await world.declare()
    before = lines(world, "channel_topic")

    await inc(world, "dev", "status Fixing")
    await inc(world, "dev", "status Investigating")
    await world.settle_down()

    assert lines(world, "channel_topic") == before


async def test_two_new_names_rename_the_channel_once(world: World):
    await world.declare()

    await inc(world, "dev", "rename Mail is slow")
    await inc(world, "dev", "rename Mail is down")
    await world.settle_down()

    assert len(lines(world, "channel_name")) == 1
    assert world.slack.workspace.channel("inc-1-mail-is-down")


async def test_a_topic_whose_answer_was_lost_is_not_set_again(world: World):
    await world.declare()
    before = len(lines(world, "channel_topic"))
    world.slack.faults.append(Fault("conversations.setTopic", "drop_after"))

    await inc(world, "dev", "severity S2")
    await world.pass_minutes(2)

    assert len(lines(world, "channel_topic")) == before + 1


async def test_where_incidents_are_announced_only_the_question_to_the_eoc_mentions_anybody(world: World):
    dev = await world.declare(severity="S2")
    await world.pass_minutes(16)
    await presses(world, world.person("ines"), world.person("ines").dm()[-1], "Acknowledge")
    for word in ("lead @sam", "role CMOC @ren", "update The disk is full.", "status Fixing"):
        await inc(world, "ines", word)

    for place in ("incidents", "incidents-dotcom"):
        posted = [json.dumps([one["text"], one.get("blocks")]) for one in dev.messages(place)]
        assert [said for said in posted if "<@" in said and "Are you available" not in said] == []
        assert any("sam" in said for said in posted)


async def test_the_channel_mentions_whom_it_gives_something_and_its_card_nobody(world: World):
    dev = await world.declare()

    await inc(world, "dev", "role CMOC @ren")

    assert f"made <@{world.person('ren').id}> CMOC" in told(dev)[-1]
    assert "<@" not in json.dumps(card(dev))


async def test_a_message_that_is_edited_keeps_the_order_of_its_lines(world: World):
    await world.declare(severity="S1")
    for number in range(4):
        await inc(
            world, "dev", f"note {number}"
        )  # the entries told of next have numbers of one digit and of two
    await world.pass_minutes(16)
    before = next(text for text in told(world.person("dev")) if "did not answer" in text)

    await inc(world, "ines", "ack")
    await world.settle_down()

    after = next(text for text in told(world.person("dev")) if "did not answer" in text)
    assert len(before.splitlines()) > 1
    assert [line[:20] for line in after.splitlines()] == [line[:20] for line in before.splitlines()]


async def test_the_topic_names_who_leads_by_an_answer_while_others_are_called(world: World):
    await world.declare(severity="S1")
    before = len(lines(world, "channel_topic"))

    await inc(world, "ana", "ack")
    await world.settle_down()

    assert " · Lead ana · " in world.slack.workspace.channel(CHANNEL).topic.value
    assert len(lines(world, "channel_topic")) == before + 1


async def test_while_nobody_answers_each_call_is_heard_and_one_message_of_them_stays(world: World):
    dev = await world.declare(severity="S1")
    await world.pass_minutes(61)
    await world.stop()
    await world.start()
    await world.pass_minutes(45)

    def loud(texts: list[str]) -> list[str]:
        return [one for one in texts if one.startswith("<!channel> *Nobody has answered the page")]

    where = world.slack.workspace.channel(CHANNEL).id
    posted = [one.args for one in world.slack.calls("chat.postMessage") if one.args["channel"] == where]
    assert len(loud([one["text"] for one in posted])) > 3
    (last,) = loud(told(dev))
    assert "for Engineer On Call (dotcom EOC) yet.*" in last
    lena = world.person("lena")
    await presses(world, lena, lena.dm()[-1], "Acknowledge")
    await world.settle_down()
    assert "has answered._" in loud(told(dev))[0]
    assert len(loud(told(dev))) == 1
