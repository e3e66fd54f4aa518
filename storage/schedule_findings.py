"""What those who manage a schedule were told the last time: the keys of what was found."""

import json
from collections.abc import Collection

from storage.transaction import Tx


def told(tx: Tx, schedule: str) -> tuple[str, ...]:
    row = tx.one("SELECT told FROM schedule_findings WHERE schedule = :schedule", {"schedule": schedule})
    return tuple(json.loads(row["told"])) if row else ()


def tell(tx: Tx, schedule: str, keys: Collection[str]) -> None:
    tx.write(
        """INSERT INTO schedule_findings (schedule, told, told_at) VALUES (:schedule, :told, :now)
        ON CONFLICT (schedule) DO UPDATE SET told = excluded.told, told_at = excluded.told_at""",
        {"schedule": schedule, "told": list(keys), "now": tx.now},
    )
