"""Figures of alerts, by source: numbers and names of sources, nothing of one alert."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from storage import alert_sources, alert_tallies
from storage.transaction import Tx

HEARTBEATS = "heartbeat"
"""The source of the alerts of what was not heard of in its time."""


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """What came by source: signals `taken`, requests `refused`, what they came to, and since when none came.

    `late` is how many heartbeats are missed now.
    """

    taken: Mapping[str, int]
    refused: Mapping[str, int]
    results: Mapping[tuple[str, str], int]
    ages: Mapping[str, timedelta]
    late: int


def alert_figures(tx: Tx) -> AlertFigures:
    states = alert_sources.all_of(tx)
    rows = tx.all(
        # the keys have it found by the index of open alerts
        "SELECT COUNT(*) AS n FROM alerts WHERE source = :source AND key >= '' AND resolved_at IS NULL",
        {"source": HEARTBEATS},
    )
    return AlertFigures(
        taken={one.name: one.taken for one in states if one.name},
        refused={one.name: one.refused for one in states},
        results=alert_tallies.ever(tx),
        ages={one.name: max(timedelta(), tx.now - one.taken_at) for one in states if one.taken_at},
        late=rows[0]["n"],
    )
