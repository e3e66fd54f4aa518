"""How webhooks stand, and the deliveries that were given up."""

from datetime import timedelta

import pytest

from bot.domain.webhooks import Standing, failed, fingerprint
from storage import dead_letters, outbox, webhooks
from storage.transaction import Route
from tests.conftest import Office
from tests.happenings import Told

HERE, THERE = fingerprint("https://a.test"), fingerprint("https://b.test")


@pytest.fixture
def given_up(office: Office) -> int:
    """A delivery that was tried twice and given up."""
    office.uow.deliver_to({Told: (Route("webhook.ops", "told:{incident}"),)}, lambda: None)
    office.perform(lambda tx: tx.record(Told()))
    (first,) = office.perform(outbox.lease, urgent=False, limit=1)
    office.perform(outbox.postpone, first, "retry", "busy", timedelta())
    (second,) = office.perform(outbox.lease, urgent=False, limit=1)
    office.perform(outbox.dead, second, "answered 400")
    return second.id


def test_a_webhook_stands_as_it_was_left_at_its_address(office: Office) -> None:
    now = office.clock.now()
    assert office.read(webhooks.of, "ops", HERE) == Standing("ops", HERE)
    gone = failed(Standing("ops", HERE), now, "410", gone=True)
    office.perform(webhooks.put, gone)

    assert office.read(webhooks.of, "ops", HERE) == gone
    assert office.read(webhooks.disabled) == 1
    assert office.read(webhooks.of, "ops", THERE) == Standing("ops", THERE)
    office.perform(webhooks.works, "ops")
    assert office.read(webhooks.of, "ops", HERE) == Standing("ops", HERE)


def test_what_was_given_up_is_seen_and_made_once_more_as_new(office: Office, given_up: int) -> None:
    (letter,) = office.read(dead_letters.newest, 10)
    assert (letter.id, letter.job, letter.attempts, letter.reason) == (
        given_up,
        "webhook.ops",
        2,
        "answered 400",
    )
    assert office.read(dead_letters.newest, 10, "webhook") == [letter]
    assert office.read(dead_letters.newest, 10, "slack") == []
    assert office.read(dead_letters.counts) == {"webhook": 1}

    office.clock.advance(minutes=1800)
    assert office.perform(dead_letters.send_again, given_up)
    assert not office.perform(dead_letters.send_again, given_up)

    (again,) = office.perform(outbox.lease, urgent=False, limit=1)
    assert (again.id, again.uncertain, again.tries, again.attempt) == (given_up, True, 1, 3)
    assert again.created_at == office.clock.now()
    assert office.read(dead_letters.newest, 10) == []
    assert not office.perform(dead_letters.drop, given_up)


def test_what_was_given_up_is_dropped(office: Office, given_up: int) -> None:
    assert office.perform(dead_letters.drop, given_up)

    assert office.read(dead_letters.get, given_up) is None


def test_what_waits_is_hastened(office: Office) -> None:
    office.uow.deliver_to({Told: (Route("webhook.ops", "told:{incident}"),)}, lambda: None)
    office.perform(lambda tx: tx.record(Told()))
    (first,) = office.perform(outbox.lease, urgent=False, limit=1)
    office.perform(outbox.postpone, first, "retry", "busy", timedelta(hours=10))
    assert office.perform(outbox.lease, urgent=False, limit=1) == []

    office.perform(dead_letters.hasten, "webhook.other")
    assert office.perform(outbox.lease, urgent=False, limit=1) == []
    office.perform(dead_letters.hasten, "webhook.ops")

    assert [one.id for one in office.perform(outbox.lease, urgent=False, limit=1)] == [first.id]
