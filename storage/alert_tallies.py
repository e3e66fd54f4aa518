"""How many alerts came to what, by source: since ever, and by the hour for a while."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from storage.transaction import Tx

EVER = ""
"""The hour of the rows that count for all time: they only grow, as a counter must."""
_ROWS = {**dict.fromkeys(("source", "result", "hour"), "TEXT"), "number": "INTEGER"}


def add(tx: Tx, numbers: Mapping[tuple[str, str], int]) -> None:
    """Count results by source and name."""
    rows = [
        {"source": source, "result": result, "hour": hour, "number": number}
        for (source, result), number in sorted(numbers.items())
        if number
        for hour in (EVER, _hour(tx.now))
    ]
    tx.each(
        """INSERT INTO alert_tallies (source, result, hour, number)
        SELECT new.source, new.result, new.hour, new.number FROM {new} WHERE true
        ON CONFLICT (source, result, hour) DO UPDATE SET number = alert_tallies.number + excluded.number""",
        _ROWS,
        rows,
    )


def ever(tx: Tx) -> dict[tuple[str, str], int]:
    """Return the results of all time, by source and name."""
    rows = tx.all("SELECT source, result, number FROM alert_tallies WHERE hour = :ever", {"ever": EVER})
    return {(row["source"], row["result"]): row["number"] for row in rows}


def lately(tx: Tx, span: timedelta) -> dict[tuple[str, str], int]:
    """Return the results of the last hours, by source and name. The hour in which the span begins counts."""
    rows = tx.all(
        """SELECT source, result, SUM(number) AS number FROM alert_tallies WHERE hour >= :since
        GROUP BY source, result""",
        {"since": _hour(tx.now - span)},
    )
    return {(row["source"], row["result"]): int(row["number"]) for row in rows}


def prune(tx: Tx, kept: timedelta) -> None:
    tx.write(
        "DELETE FROM alert_tallies WHERE hour <> :ever AND hour < :before",
        {"ever": EVER, "before": _hour(tx.now - kept)},
    )


def _hour(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H")
