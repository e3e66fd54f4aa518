"""Change events: kept as they come, and nobody is called."""

from collections.abc import Sequence

from bot.domain.alerts.changes import ChangeEvent
from storage import alert_sources, change_events
from storage.transaction import Tx


def keep(tx: Tx, deliveries: Sequence[tuple[str, ChangeEvent]]) -> None:
    """Keep what sources tell of changes, and count it."""
    change_events.keep(tx, deliveries)
    told = [source for source, _ in deliveries]
    alert_sources.took(tx, {source: told.count(source) for source in set(told)})
