"""One person has one message with buttons for one incident, however often they are called."""

from typing import Any

from bot.views.paging import page as page_view
from sandbox.faults import Fault
from tests.scenarios.conftest import World
from tests.scenarios.look import buttons, inc, presses


def calling(world: World, name: str) -> list[dict[str, Any]]:
    return [one for one in world.person(name).dm() if "Acknowledge" in buttons(one)]


async def test_a_leader_who_is_silent_for_45_minutes_never_has_two_messages_with_buttons(world: World):
    await world.declare()
    await world.pass_minutes(30)
    heard = set()

    for _ in range(45):
        await world.pass_minutes(1)
        [shown] = world.person("lena").dm()
        assert buttons(shown) == ["Acknowledge"]
        heard.add(shown["ts"])

    assert len(heard) == 10, "each repetition is a message that makes the phone buzz"
    assert "called 10 times since" in shown["text"]
    await presses(world, world.person("lena"), shown, "Acknowledge")
    assert calling(world, "lena") == []


async def test_a_manager_called_by_two_paths_has_one_message(world: World):
    await world.declare(severity="S1")
    for _ in range(29):
        await world.pass_minutes(1)
        assert len(calling(world, "ines")) <= 1

    await presses(world, world.person("ines"), calling(world, "ines")[0], "Acknowledge")
    assert calling(world, "ines") == []


async def test_a_call_that_is_answered_before_slack_took_it_leaves_no_message_with_buttons(world: World):
    await world.declare()
    await world.pass_minutes(44)
    assert len(calling(world, "lena")) == 1
    world.slack.faults.append(Fault("chat.*", "ratelimit", 5, times=10**6))
    await world.pass_minutes(2)

    await inc(world, "ines", "ack")
    world.slack.faults.clear()
    await world.pass_minutes(2)

    assert calling(world, "lena") == []


async def test_where_nothing_may_be_deleted_an_old_message_shrinks_to_a_line(world: World):
    world.slack.faults.append(Fault("chat.delete", "error", "compliance_exports_prevent_deletion"))
    await world.declare()

    await world.pass_minutes(5)

    old, new = world.person("ana").dm()
    assert (old["text"], buttons(old)) == (page_view.called_again().text, [])
    assert "called 2 times" in new["text"]


async def test_who_holds_two_roles_that_are_nobodys_is_told_in_one_message(world: World):
    await world.declare(severity="S1")
    await presses(world, world.person("ines"), calling(world, "ines")[0], "Acknowledge")
    await world.pass_minutes(16)
    held = [one for one in world.person("ines").dm() if "You hold the page" in one["text"]]

    assert len(held) == 1
    assert [one for one in buttons(held[0]) if "again" in one] == [
        "Page EOC again",
        "Page CMOC again",
    ]

    await inc(world, "ines", "role CMOC @carla")
    [left] = [one for one in world.person("ines").dm() if one["ts"] == held[0]["ts"]]
    assert [one for one in buttons(left) if "again" in one] == ["Page EOC again"]
