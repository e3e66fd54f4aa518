"""What becomes of a webhook that fails."""

from datetime import timedelta

import pytest

from bot.domain.errors import Refused
from bot.domain.facts import WebhookDisabled
from bot.domain.webhooks import DISABLED_AFTER
from bot.operations.webhooks import enable_webhook, webhook_failed, webhook_works
from storage import webhooks
from storage.transaction import Tx
from tests.conftest import Office


def told(office: Office, why: str, *, gone: bool = False) -> list[WebhookDisabled]:
    """Have it fail; return who is told that it is disabled."""
    found: list[WebhookDisabled] = []

    def fail(tx: Tx) -> None:
        webhook_failed(tx, "ops", "address", why, gone=gone)
        found.extend(one for one in tx.facts if isinstance(one, WebhookDisabled))

    office.perform(fail)
    return found


def test_it_is_disabled_after_days_and_told_once(office: Office) -> None:
    assert told(office, "it answered 500") == []
    begun = office.read(webhooks.of, "ops", "address").failing_from
    office.clock.advance(DISABLED_AFTER.total_seconds() - 1)
    assert told(office, "it did not answer") == []
    assert office.read(webhooks.of, "ops", "address").failing_from == begun
    office.clock.advance(1)

    assert told(office, "it answered 502") == [WebhookDisabled(name="ops", why="it answered 502", gone=False)]
    assert told(office, "the webhook ops is disabled") == []

    stands = office.read(webhooks.of, "ops", "address")
    assert (stands.failing_from, stands.error) == (begun, "it answered 502")
    office.perform(enable_webhook, "ops", "address")
    with pytest.raises(Refused, match="not disabled"):
        office.perform(enable_webhook, "ops", "address")


def test_one_that_works_between_failures_is_not_disabled(office: Office) -> None:
    for _ in range(4):
        assert told(office, "it answered 500") == []
        office.clock.advance(timedelta(days=2).total_seconds())
        office.perform(webhook_works, "ops")
    assert told(office, "it answered 410", gone=True)
