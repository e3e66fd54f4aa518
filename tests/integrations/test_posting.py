"""Posting to the services behind contact methods: when a page is tried again."""

from datetime import timedelta

import pytest

from bot.integrations.posting import post
from bot.jobs import DeliveryFailed
from tests.integrations.test_destination import Service, service

__all__ = ["service"]


@pytest.mark.parametrize(
    ("written", "after"), [("30", timedelta(seconds=30)), ("9" * 40, timedelta(days=1)), ("soon", None)]
)
async def test_a_service_says_when_it_may_be_asked_again(
    service: Service,
    written: str,
    after: timedelta | None,
) -> None:
    service.status, service.headers = 503, {"Retry-After": written}

    with pytest.raises(DeliveryFailed) as failed:
        await post(service.url)

    assert (failed.value.after, failed.value.uncertain) == (after, True)
