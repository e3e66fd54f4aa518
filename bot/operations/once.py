"""Slack delivers events at least once; their effects happen once."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from storage import seen_events
from storage.transaction import Tx

P = ParamSpec("P")
R = TypeVar("R")


def once(
    tx: Tx, event_id: str, operation: Callable[Concatenate[Tx, P], R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Perform an operation unless this event was seen before: event and effect are written together."""
    return operation(tx, *args, **kwargs) if seen_events.first_time(tx, event_id) else None
