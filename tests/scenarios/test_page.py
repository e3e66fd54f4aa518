"""The main story: declared, paged, unanswered, escalated, acknowledged."""

from functools import partial

import pytest

from bot.domain.incidents.incident import Severity
from bot.operations.incidents.severity import change_severity
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.paging import request_page
from sandbox.faults import Fault
from storage import pages
from storage.transaction import Tx
from tests.fakes import FIFTEEN_MINUTES, NOON
from tests.scenarios.conftest import World
from tests.scenarios.look import answer, buttons, card, presses, shown

CHANNEL = "inc-1-disk-full"


async def test_skipped_time_stops_at_every_deadline_so_that_none_is_late(world: World):
    await world.declare()
    world.clock.advance(11.5)

    await world.pass_minutes(15)

    assert "You are paged" in world.person("ines").dm()[0]["text"]
    [page] = await world.muster.uow.read(pages.pending)
    assert page.raised_at == page.escalation.due_at - FIFTEEN_MINUTES == NOON + FIFTEEN_MINUTES
    assert "late" not in "".join(world.texts("dev", CHANNEL))


async def test_a_page_that_nobody_answers_climbs_to_the_leader_who_answers(world: World):
    await world.declare()
    ana, ines, lena = (world.person(name) for name in ("ana", "ines", "lena"))
    assert ana.dm()[0]["text"].startswith("*You are paged* for *INC-1 Disk full* (")
    assert "S3 Moderate · Investigating)." in ana.dm()[0]["text"]
    assert ines.dm() == lena.dm() == []

    await world.pass_minutes(14)
    assert [f"called {number} times" in one["text"] for number, one in enumerate(ana.dm(), 3)] == [True]
    assert ines.dm() == []
    await world.pass_minutes(1)
    assert "moved on to the next level" in ana.dm()[0]["text"]
    assert "Acknowledge" not in str(ana.dm()[0]["blocks"])
    assert "You are paged" in ines.dm()[0]["text"]
    await world.pass_minutes(15)
    assert "You are paged" in lena.dm()[0]["text"]
    await world.pass_minutes(15)
    again = lena.dm()[-1]
    assert "Nobody has answered" in again["text"]

    assert not await lena.click(again, text="Acknowledge")
    await world.settle()
    assert any("*You acknowledged this page*" in one["text"] for one in lena.dm())
    assert "Acknowledge" not in str([one["blocks"] for one in lena.dm()])
    assert any("acknowledged* as Infrastructure Leader" in text for text in world.texts("dev", CHANNEL))
    before = len(lena.dm())
    await world.pass_minutes(60)
    later = [one["text"] for one in lena.dm()[before:]]
    assert not any("paged" in text for text in later)


async def test_a_page_says_what_changed_while_it_was_on_its_way(world: World):
    dev, uow = await world.declare(), world.muster.uow
    world.slack.faults.append(Fault("chat.postMessage", "slow", 0.2))
    await uow.perform(request_page, "dotcom leadership escalation", "Help", by=dev.id, incident_id=1)
    await world.until(partial(uow.read, is_being_sent))

    await uow.perform(change_severity, 1, Severity.S4, by=dev.id, reason="A test")
    await world.settle()

    assert "S4" in shown(world.person("lena").dm()[0])


def is_being_sent(tx: Tx) -> bool:
    return (
        tx.one("SELECT 1 AS yes FROM outbox WHERE job = 'slack.send_page' AND state = 'sending'") is not None
    )


@pytest.mark.faults
async def test_a_page_whose_posting_was_not_answered_is_redrawn_once_it_is_pressed(world: World):
    world.slack.faults.append(Fault("chat.postMessage", "drop_after", times=100))
    world.slack.faults.append(Fault("conversations.create", "error", "internal_error", times=100))
    await world.declare()
    world.slack.faults.clear()
    ana = world.person("ana")
    [unknown] = ana.dm()
    [page] = await world.muster.uow.read(pages.pending)
    assert page.notification
    assert page.notification.place is None

    await presses(world, ana, unknown, "Acknowledge")
    await world.pass_minutes(5)

    [answered] = [one for one in ana.dm() if one["ts"] == unknown["ts"]]
    assert "You acknowledged" in answered["text"]
    assert buttons(answered) == []
    assert "as soon as it is open" not in shown(answered)
    assert world.slack.workspace.channel(CHANNEL).id in shown(answered)
    assert not [one for one in ana.dm() if "You are paged" in one["text"]]


@pytest.mark.faults
@pytest.mark.parametrize("first", [True, False])
async def test_no_copy_of_a_page_keeps_its_buttons(world: World, first: bool):
    world.slack.faults.append(Fault("chat.postMessage", "drop_after", times=100))
    await world.declare()
    world.slack.faults.clear()
    await world.pass_minutes(1)
    ana = world.person("ana")
    copies = [one for one in ana.dm() if "You are paged" in one["text"]]
    assert len(copies) == 2

    await presses(world, ana, copies[0 if first else 1], "Acknowledge")

    now = {one["ts"]: one for one in ana.dm()}
    pressed = [copies[0], copies[1]] if first else [copies[1]]
    left = [one["ts"] for one in pressed if one["ts"] in now]  # the other copy may be gone
    assert (copies[0] if first else copies[1])["ts"] in left
    assert [buttons(now[one]) for one in left] == [[]] * len(left)


@pytest.mark.faults
async def test_what_was_pressed_too_late_is_redrawn_too(world: World):
    world.slack.faults.append(Fault("chat.postMessage", "drop_after", times=100))
    await world.declare()
    world.slack.faults.clear()
    ana, [unknown] = world.person("ana"), world.person("ana").dm()
    [page] = await world.muster.uow.read(pages.pending)
    await world.muster.uow.perform(acknowledge, page.id, by=world.person("ines").id, taking=True)

    await presses(world, ana, unknown, "Escalate now")
    await world.pass_minutes(5)

    [now] = [one for one in ana.dm() if one["ts"] == unknown["ts"]]
    assert buttons(now) == []
    assert "acknowledged" in now["text"]


async def test_the_card_lets_whoever_is_paged_acknowledge_and_offers_others_to_take_the_page(world: World):
    await world.declare(severity="S1")
    ana, ren = world.person("ana"), world.person("ren")
    await ren.join(CHANNEL)

    await presses(world, ren, card(ren), "Acknowledge")
    assert "Take this page" in str(buttons(answer(ren)))
    assert "EOC: nobody" in shown(card(ren))
    await presses(world, ana, card(ana), "Acknowledge")

    assert "EOC: ana" in shown(card(ana))
    assert "CMOC: nobody" in shown(card(ana))
    assert [page.responder for page in await world.muster.uow.read(pages.pending)] == [
        world.person("ines").id,
        world.person("carla").id,
    ]
