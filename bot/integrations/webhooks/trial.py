"""A webhook that is tried out by whoever configures it."""

from bot.clock import Clock
from bot.config.webhooks import WebhookSettings
from bot.integrations.webhooks.endpoint import Endpoint, UnderWay
from bot.integrations.webhooks.guard import Guard
from bot.integrations.webhooks.payloads import trial


async def tried(settings: WebhookSettings, clock: Clock) -> None:
    """Send a test event, once. Raises DeliveryFailed."""
    guard = Guard()
    endpoint = Endpoint(settings, clock, guard, UnderWay())
    now = clock.now()
    try:
        await endpoint.send(f"msg_test_{int(now.timestamp())}", {**trial(now), "sequence": 0})
    finally:
        guard.close()
