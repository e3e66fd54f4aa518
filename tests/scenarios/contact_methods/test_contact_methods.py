"""Slack is away, and the page leaves by a contact method all the same."""

import asyncio

import pytest

from bot.integrations.carrier import AppriseCarrier
from bot.integrations.contact_methods import TIMEOUT, ContactMethodSender, senders
from bot.leases import Lease, LeaseInDoubt
from storage.outbox import LEASE, Delivery
from tests.phones import Phones
from tests.scenarios.conftest import World
from tests.scenarios.contact_methods.conftest import ANA, AWAY
from tests.scenarios.look import acknowledged


async def declared_while_nothing_arrives(world: World, phone: Phones, minutes: float) -> None:
    """Declare while neither Slack nor a contact method takes anything; then Slack alone is back."""
    phone.status = 500
    world.slack.faults.append(AWAY)
    await world.declare()
    await world.pass_minutes(minutes)
    world.slack.faults.clear()


@pytest.mark.faults
async def test_a_page_leaves_by_every_contact_method_within_90_seconds_when_slack_is_away(
    world: World, phone: Phones
):
    world.slack.faults.append(AWAY)
    await world.declare()
    assert phone.arrived == []

    await world.pass_minutes(1.5)

    assert phone.texts(ANA) == phone.texts("ana-phone")
    [text] = phone.texts(ANA)
    assert text.startswith("Muster: S3 INC-1. Acknowledge: http")
    await world.pass_minutes(3)
    assert len(phone.arrived) == 2


async def test_a_page_that_slack_delivered_leaves_by_contact_methods_only_when_it_is_repeated(
    world: World, phone: Phones
):
    await world.declare()

    await world.pass_minutes(4)
    assert phone.arrived == []

    await world.pass_minutes(10)
    assert len(phone.texts(ANA)) == len(phone.texts("ana-phone")) == 2
    assert len(phone.arrived) == 4


async def test_the_last_level_is_called_again_by_its_contact_method(world: World, phone: Phones):
    await world.declare()

    await world.pass_minutes(46)

    *reminders, text = phone.texts("+442079460003")
    assert text.startswith("Muster: NOBODY HAS ANSWERED. S3 INC-1. Acknowledge")
    assert [one.startswith("Muster: S3 INC-1. Acknowledge") for one in reminders] == [True, True]


@pytest.mark.faults
async def test_a_private_incident_has_no_name_on_a_phone(world: World, phone: Phones):
    world.slack.faults.append(AWAY)
    await world.declare(visibility="private")

    await world.pass_minutes(1.5)

    [text] = phone.texts(ANA)
    assert "private incident INC-1" in text
    assert "Disk" not in text


@pytest.mark.faults
async def test_a_contact_method_that_fails_is_tried_until_the_page_is_answered(world: World, phone: Phones):
    await declared_while_nothing_arrives(world, phone, minutes=3)
    assert phone.refused > 8
    await world.pass_minutes(1)

    await acknowledged(world)
    before = phone.refused
    await world.pass_minutes(5)

    assert phone.refused == before


@pytest.mark.faults
async def test_nothing_leaves_by_a_contact_method_under_a_lease_that_may_have_run_out(
    world: World, phone: Phones
):
    phone.status = 500
    world.slack.faults.append(AWAY)
    await world.declare()
    await world.pass_minutes(2)
    refused, clock = phone.refused, world.clock
    contact_methods = ContactMethodSender(
        world.muster.uow, world.muster.links, senders(world.config.contact_methods, AppriseCarrier())
    )
    (send,) = (job.run for job in contact_methods.jobs() if job.name == "contact_method.send_page")
    page = Delivery(
        0, "NotificationDue", "contact_method.send_page", {"notification": 2}, 1, False, True, clock.now()
    )

    async def late() -> None:
        Lease(clock, clock.monotonic() - LEASE.total_seconds(), LEASE).bind()
        await send(page)

    with pytest.raises(LeaseInDoubt):
        await asyncio.create_task(late())

    assert phone.refused == refused > 0


@pytest.mark.faults
async def test_a_bot_killed_between_page_and_contact_method_takes_it_up_again(world: World, phone: Phones):
    world.slack.faults.append(AWAY)
    await world.declare()
    await world.stop()
    world.clock.advance(minutes=2)

    await world.start()

    assert len(phone.texts(ANA)) == 1


@pytest.mark.faults
async def test_a_stop_waits_for_no_contact_method_and_what_hung_is_sent_again_and_says_so(
    world: World, phone: Phones
):
    phone.hold.clear()
    world.slack.faults.append(AWAY)
    await world.declare()
    world.clock.advance(60)
    await world.muster.ticks.tick()
    await phone.rung.wait()

    async with asyncio.timeout(TIMEOUT / 2):
        await world.stop()
    phone.hold.set()
    await world.start()

    assert phone.texts(ANA)[-1].startswith("Muster (perhaps again): S3 INC-1. Acknowledge")


@pytest.mark.faults
async def test_when_nothing_reaches_anybody_the_channel_has_names_and_numbers(world: World, phone: Phones):
    await declared_while_nothing_arrives(world, phone, minutes=16)

    await world.pass_minutes(3)

    told = "\n".join(world.texts("dev", "inc-1-disk-full"))
    assert "may not have reached ana*: no contact method took it in time." in told
    assert "*Call by hand:* ana (+44 20 7946 0001), ines (+44 20 7946 0002)" in told
