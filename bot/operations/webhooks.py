"""How webhooks stand: what became of each attempt, and who looks after one that is disabled."""

from bot.domain import webhooks as rules
from bot.domain.errors import Refused
from bot.domain.facts import WebhookDisabled
from storage import dead_letters, webhooks
from storage.transaction import Tx

JOB = "webhook."
"""How the names of their jobs begin."""


def webhook_failed(tx: Tx, name: str, address: str, why: str, *, gone: bool = False) -> None:
    """Note a failure; after too long, or where the endpoint is gone, nothing more is sent to it.

    Only the first one is written: each decision looks at the row.
    """
    before = webhooks.of(tx, name, address)
    after = rules.failed(before, tx.now, why, gone=gone)
    if before.disabled_at or (before.failing_from and not after.disabled_at):
        return
    webhooks.put(tx, after)
    if after.disabled_at:
        tx.record(WebhookDisabled(name=name, why=why, gone=gone))


def webhook_works(tx: Tx, name: str) -> None:
    """Note that it takes events again, and send at once what waits for it."""
    webhooks.works(tx, name)
    dead_letters.hasten(tx, f"{JOB}{name}")


def enable_webhook(tx: Tx, name: str, address: str) -> None:
    """Send events to a disabled webhook again, from now on. Raises Refused where it is not disabled."""
    if not webhooks.of(tx, name, address).disabled_at:
        raise Refused(f"The webhook {name} is not disabled.")
    webhooks.works(tx, name)
