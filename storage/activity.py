"""When somebody last did something for an incident."""

from datetime import timedelta

from bot.domain.incidents.silence import EVERY, Activity
from bot.domain.incidents.timers import TimerKind
from storage.rows import value_of
from storage.transaction import Tx


def note(tx: Tx, incident_id: int, person: str) -> bool:
    """Note that somebody does something, at most once a minute. Say whether that ends a question to them."""
    whose = {"incident": incident_id, "person": person, "now": tx.now}
    ended = tx.execute(
        """UPDATE activity SET at = :now, asked_at = NULL, told_at = NULL
        WHERE incident = :incident AND person = :person AND asked_at IS NOT NULL""",
        whose,
    )
    if not ended:
        tx.write(
            """INSERT INTO activity (incident, person, at) VALUES (:incident, :person, :now)
            ON CONFLICT (incident, person) DO UPDATE SET at = excluded.at WHERE activity.at <= :before""",
            {**whose, "before": tx.now - EVERY},
        )
    return ended == 1


def of(tx: Tx, incident_id: int) -> dict[str, Activity]:
    rows = tx.all("SELECT * FROM activity WHERE incident = :incident", {"incident": incident_id})
    return {row["person"]: value_of(Activity, row) for row in rows}


def begin(tx: Tx, incident_id: int) -> None:
    """Let everybody's silence count from now on, unless it counts already: silence did not matter before."""
    tx.write(
        """UPDATE activity SET at = :now, asked_at = NULL, told_at = NULL WHERE incident = :incident
        AND NOT EXISTS (SELECT 1 FROM timers WHERE kind = :kind AND subject = :incident)""",
        {"incident": incident_id, "now": tx.now, "kind": TimerKind.SILENT.value},
    )


def restart(tx: Tx) -> None:
    """Let everybody's silence count from now on: what they did meanwhile is not known."""
    tx.write("UPDATE activity SET at = :now, asked_at = NULL, told_at = NULL", {"now": tx.now})


def put_off(tx: Tx, incident_id: int, by: timedelta) -> None:
    """Count a time for nobody in which nobody could be heard: for who was asked, of that to answer."""
    for one in of(tx, incident_id).values():
        tx.write(
            """UPDATE activity SET told_at = CASE WHEN told_at IS NOT NULL THEN :until END,
            at = CASE WHEN asked_at IS NULL THEN :until ELSE at END WHERE id = :id""",
            {"id": one.id, "until": min((one.told_at or one.at) + by, tx.now)},
        )


def asked(tx: Tx, incident_id: int, person: str) -> None:
    """Note that somebody is to be asked."""
    tx.write(
        """UPDATE activity SET asked_at = :now, told_at = NULL
        WHERE incident = :incident AND person = :person""",
        {"incident": incident_id, "person": person, "now": tx.now},
    )


def told(tx: Tx, incident_id: int, person: str) -> None:
    """Note that a question has reached Slack, unless it was answered meanwhile: from now on it waits."""
    tx.write(
        """UPDATE activity SET told_at = :now WHERE incident = :incident AND person = :person
        AND asked_at IS NOT NULL AND told_at IS NULL""",
        {"incident": incident_id, "person": person, "now": tx.now},
    )
