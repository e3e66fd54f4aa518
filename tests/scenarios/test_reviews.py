"""Reviews: their tasks in the channel, ticked off by anybody; given away, waived, done, and the close."""

import asyncio
from typing import Any

from storage import incidents
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, answer, asks, buttons, inc, presses, sends, shown

Json = dict[str, Any]


def tasks(world: World, who: str = "dev") -> list[Json]:
    """Return the messages with a review's tasks that stand in the channel."""
    found = world.person(who).messages(CHANNEL)
    return [one for one in found if "*Review of" in shown(one) and not one.get("is_ephemeral")]


def accessories(message: Json) -> list[Json]:
    return [block["accessory"] for block in message["blocks"] if "accessory" in block]


async def resolved(world: World, severity: str = "S2") -> None:
    await world.declare(severity=severity)
    await inc(world, "dev", "lead me")
    await inc(world, "dev", "status Monitoring")
    await asks(world, "dev", "resolve fix")


async def ticks(world: World, who: str, number: int) -> None:
    """Have somebody press the button of a task in the channel."""
    person, button = world.person(who), accessories(tasks(world, who)[0])[number]
    await person.click(tasks(world, who)[0], action_id=button["action_id"], value=button["value"])
    await world.settle()


async def test_resolving_posts_the_tasks_once_and_two_who_tick_at_once_do_it_once(world: World) -> None:
    await resolved(world)

    (posted,) = tasks(world)
    assert "0 of 7 tasks done" in shown(posted)
    assert "Feature Change Lock" in shown(posted)
    assert "Owner:" in shown(posted)

    button = accessories(posted)[0]
    people = [world.person(who) for who in ("dev", "ren")]
    await asyncio.gather(
        *(one.click(posted, action_id=button["action_id"], value=button["value"]) for one in people)
    )
    await world.settle()

    assert "1 of 7 tasks done" in shown(tasks(world)[0])
    refused = [one for one in people if "done already" in shown(one.messages(CHANNEL)[-1])]
    assert len(refused) == 1
    await ticks(world, "ren", 0)
    assert "0 of 7 tasks done" in shown(tasks(world)[0])
    story = shown(await asks(world, "dev", "timeline all"))
    assert story.count("did a task of the review") == story.count("reopened a task of the review") == 1


async def test_what_is_reviewed_closes_when_the_review_is_done(world: World) -> None:
    await resolved(world)
    said = await asks(world, "dev", "close")
    assert "needs a review before it is closed" in shown(said)
    await presses(world, world.person("dev"), said, "Post-incident")

    refused = await asks(world, "dev", "close")
    assert "closes when its review is done" in shown(refused)
    assert "7 tasks are open (Fill the summary; " in shown(refused)

    said = await asks(world, "ren", "review done")
    assert "7 tasks are open" in shown(said)
    await presses(world, world.person("ren"), said, "It is done all the same")
    assert "is done" in shown(answer(world.person("ren")))
    assert "done, by" in shown(tasks(world)[0])
    assert not accessories(tasks(world)[0])
    (offer,) = [one for one in world.person("dev").dm() if "Is nothing left to do?" in shown(one)]
    await presses(world, world.person("dev"), offer, "Close the incident")

    assert any("INC-1 is now Closed" in shown(one) for one in world.person("dev").dm())
    assert not buttons(tasks(world)[0])
    (offer,) = [one for one in world.person("dev").dm() if "The review of INC-1 Disk full is" in shown(one)]
    assert "the incident is Closed" in shown(offer)


async def test_a_review_is_waived_with_a_reason_alone(world: World) -> None:
    await resolved(world)

    assert "needs a reason" in shown(await asks(world, "dev", "review waive"))
    dev = world.person("dev")
    await presses(world, dev, tasks(world)[0], "Waive")
    assert await sends(world, dev, reason="The same as INC-3 <@U1>") == {}

    assert "waived, by" in shown(tasks(world)[0])
    assert "The same as INC-3" in shown(tasks(world)[0])
    assert "is now Closed" in shown(await asks(world, "dev", "close"))


async def test_a_mild_one_is_reviewed_if_somebody_asks_and_its_label_says_so(world: World) -> None:
    dev = await world.declare(severity="S4")
    said = await asks(world, "dev", "review")
    assert "needs no review" in shown(said)

    await presses(world, dev, said, "Ask for a review")

    assert "begins when the incident is resolved" in shown(answer(dev))
    assert "asked for already" in shown(await asks(world, "ren", "review request"))
    assert not tasks(world)
    await inc(world, "dev", "lead me")
    await inc(world, "dev", "status Monitoring")
    await asks(world, "dev", "resolve fix")
    (posted,) = tasks(world)
    assert "Feature Change Lock" not in shown(posted)


async def test_a_review_and_a_task_are_given_away_and_those_people_are_told(world: World) -> None:
    await resolved(world)

    assert "owns the review" in shown(await asks(world, "dev", "review @ren"))
    dev, ren = world.person("dev"), world.person("ren")
    (note,) = [one for one in ren.dm() if "gave you the review" in shown(one)]
    await presses(world, ren, note, "Show the review")
    assert any("0 of 7 tasks done" in shown(one) for one in ren.dm() if one.get("is_ephemeral"))

    await presses(world, dev, tasks(world)[0], "Change a task")
    assert "Choose a person" in str(await sends(world, dev, task="1"))
    assert "That day is over" in str(await sends(world, dev, task="1", due="2020-01-01"))
    assert await sends(world, dev, task="1", owner=world.person("bo").id, due="2026-03-20") == {}
    assert "for bo · due Fri 20 Mar 2026" in shown(tasks(world)[0])
    assert any("gave you a task of the review" in shown(one) for one in world.person("bo").dm())


async def test_words_that_mean_nothing_are_refused_and_say_what_can_follow(world: World) -> None:
    await resolved(world)

    for words in ("whatever", "done please", "request now", "@ana and @ren", "@ren today"):
        said = shown(await asks(world, "dev", f"review {words}"))
        assert "I do not understand" in said or "One person has to answer" in said, said
    assert "I do not know who" in shown(await asks(world, "dev", "review @nobodyatall"))


async def test_reopening_rests_the_review_and_nothing_is_doubled(world: World) -> None:
    await resolved(world)
    await ticks(world, "dev", 0)

    await inc(world, "dev", "reopen It is back")
    assert "rests while it is Investigating" in shown(tasks(world)[0])
    assert not buttons(tasks(world)[0])
    assert "rests while" in shown(await asks(world, "dev", "review done"))
    await inc(world, "dev", "status Monitoring")
    await asks(world, "dev", "resolve fix")

    (posted,) = tasks(world)
    assert "1 of 7 tasks done" in shown(posted)


async def test_the_owner_is_reminded_in_one_message_which_is_put_off_and_ends(world: World) -> None:
    await resolved(world)
    dev = world.person("dev")

    def reminders() -> list[Json]:
        found = [one for one in dev.dm() if not one.get("is_ephemeral")]
        return [
            one for one in found if "*Review of" in shown(one) or "A reminder of the review" in shown(one)
        ]

    await world.pass_minutes(60 * 22)
    (first,) = reminders()
    assert "4 tasks due soon" in shown(first)
    await presses(world, dev, first, "Remind me tomorrow")
    assert "It comes again" in shown(reminders()[0])
    await world.pass_minutes(60 * 48)
    (second,) = reminders()
    assert "overdue" in shown(second)
    await asks(world, "dev", "review done anyway")
    (over,) = reminders()
    assert "`/inc review INC-1` shows it" in shown(over)


async def test_a_drill_has_no_review_unless_somebody_asks(world: World) -> None:
    dev = await inc(world, "dev", "test @dev S1 Disk full", "general")
    await world.settle_down()
    room = next(one["text"] for one in dev.messages("general") if "INC-1" in shown(one))
    assert room
    await inc(world, "dev", "INC-1 lead me", "general")
    await inc(world, "dev", "INC-1 status Monitoring", "general")
    await inc(world, "dev", "INC-1 resolve fix", "general")

    assert "needs no review" in shown(await asks(world, "dev", "review INC-1", "general"))
    assert "DRILL" in shown(await asks(world, "dev", "review INC-1", "general"))
    await asks(world, "dev", "INC-1 review request", "general")
    assert "tasks done" in shown(await asks(world, "dev", "review INC-1", "general"))


async def test_a_review_of_a_private_incident_shows_nothing_outside_and_moves_with_its_channel(
    world: World,
) -> None:
    await resolved(world)
    dev = await inc(world, "dev", "private yes Customer data")
    await world.settle_down()
    private = (await world.muster.uow.read(incidents.get, 1)).channel or ""

    inside = [one for one in dev.messages(private) if "*Review of" in shown(one)]
    assert len(inside) == 1
    assert "0 of 7 tasks done" in shown(inside[0])
    assert "I know no incident `INC-1`" in shown(await asks(world, "bo", "review INC-1", "general"))
    await asks(world, "dev", "review @ren", private)
    (note,) = [one for one in world.person("ren").dm() if "gave you the review" in shown(one)]
    assert "Disk full" not in shown(note)
    await world.pass_minutes(60 * 22)
    (due,) = [one for one in world.person("ren").dm() if "due soon" in shown(one)]
    assert "private incident INC-1" in shown(due)
    assert "Fill the summary" not in shown(due)
