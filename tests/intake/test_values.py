"""Values of payloads, as senders write them."""

from datetime import UTC, datetime

import pytest

from bot.intake.values import instant


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-02T12:00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T12:00:00+00:00Z", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("2026-03-02T12:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("soon", None),
        (None, None),
    ],
)
def test_a_time_has_a_zone_however_it_is_written(written: str | None, at: datetime | None) -> None:
    assert instant(written) == at
