"""Notification rules that people made for themselves."""

import json
from collections.abc import Sequence
from datetime import timedelta

from bot.domain.paging.notification_rules import Loudness
from bot.domain.process import Notice
from storage.transaction import Tx


def put(tx: Tx, person: str, loudness: Loudness, rule: Sequence[Notice]) -> None:
    """Write a person's rule, in the place of the one before."""
    tx.write(
        """INSERT INTO notification_rules (person, loudness, rule) VALUES (:person, :loudness, :rule)
        ON CONFLICT (person, loudness) DO UPDATE SET rule = excluded.rule""",
        {
            "person": person,
            "loudness": loudness.value,
            "rule": [[one.contact_method, one.after.total_seconds()] for one in rule],
        },
    )


def remove(tx: Tx, person: str, loudness: Loudness) -> None:
    tx.write(
        "DELETE FROM notification_rules WHERE person = :person AND loudness = :loudness",
        {"person": person, "loudness": loudness.value},
    )


def of(tx: Tx, person: str) -> dict[Loudness, tuple[Notice, ...]]:
    """Return the rules that a person made."""
    rows = tx.all("SELECT * FROM notification_rules WHERE person = :person", {"person": person})
    return {
        Loudness(row["loudness"]): tuple(
            Notice(name, timedelta(seconds=after)) for name, after in json.loads(row["rule"])
        )
        for row in rows
    }
