"""Pictures of pinned messages. What they show is read only where one is sent."""

import base64
from collections.abc import Sequence

from bot.domain.timeline.pictures import Offered, Picture, PictureState
from storage.rows import value_of
from storage.transaction import Row, Tx, any_of

_READ = "pictures.id, incident, ts, file, name, url, state, kind, why, pictures.at, deleted_by"


def want(tx: Tx, incident_id: int, ts: str, one: Offered, *, why_not: str = "") -> int | None:
    """Note once that a message has a picture, and why it is not kept if so. Return its number if new."""
    rows = tx.returned(
        """INSERT INTO pictures (incident, ts, file, name, url, state, kind, why, content, at)
        VALUES (:incident, :ts, :file, :name, :url, :state, '', :why, '', :now)
        ON CONFLICT (incident, ts, file) DO NOTHING RETURNING id""",
        {
            "incident": incident_id,
            "ts": ts,
            "file": one.file,
            "name": one.name,
            "url": one.url,
            "state": (PictureState.NOT_KEPT if why_not else PictureState.WANTED).value,
            "why": why_not,
            "now": tx.now,
        },
    )
    return int(rows[0]["id"]) if rows else None


def get(tx: Tx, picture_id: int) -> Picture | None:
    row = tx.one(f"SELECT {_READ} FROM pictures WHERE id = :id", {"id": picture_id})  # noqa: S608 - ours
    return _picture(row) if row else None


def count(tx: Tx, incident_id: int) -> int:
    row = tx.one("SELECT COUNT(*) AS n FROM pictures WHERE incident = :id", {"id": incident_id})
    return int(row["n"]) if row else 0


def of_messages(tx: Tx, incidents: Sequence[int], messages: Sequence[str]) -> list[Picture]:
    """Return the pictures of these messages of these incidents, in the order in which they were sent."""
    if not messages:
        return []
    these, named = any_of([*messages])
    numbers = ", ".join(str(int(one)) for one in incidents)
    rows = tx.all(
        f"SELECT {_READ} FROM pictures WHERE incident IN ({numbers}) AND ts IN ({these}) ORDER BY id",  # noqa: S608
        named,
    )
    return [_picture(row) for row in rows]


def shown(tx: Tx, incident_id: int, picture_id: int) -> Picture | None:
    """Return a picture of a message that is on the timeline of an incident, or of one of its duplicates."""
    row = tx.one(
        f"""SELECT {_READ} FROM pictures WHERE id = :id
        AND incident IN (SELECT id FROM incidents WHERE id = :incident OR merged_into = :incident)
        AND EXISTS (SELECT 1 FROM entries WHERE entries.incident = pictures.incident
            AND entries.ts = pictures.ts AND entries.hidden = 0)""",  # noqa: S608 - ours
        {"id": picture_id, "incident": incident_id},
    )
    return _picture(row) if row else None


def content(tx: Tx, picture_id: int) -> bytes:
    row = tx.one("SELECT content FROM pictures WHERE id = :id", {"id": picture_id})
    return base64.b64decode(row["content"]) if row else b""


def keep(tx: Tx, picture_id: int, kind: str, content: bytes) -> None:
    """Keep a picture that is still wanted."""
    tx.write(
        """UPDATE pictures SET state = 'kept', kind = :kind, content = :content
        WHERE id = :id AND state = 'wanted'""",
        {"id": picture_id, "kind": kind, "content": base64.b64encode(content).decode()},
    )


def refuse(tx: Tx, picture_id: int, why: str) -> None:
    """Note why a picture is not kept."""
    tx.write(
        "UPDATE pictures SET state = 'not kept', why = :why WHERE id = :id AND state = 'wanted'",
        {"id": picture_id, "why": why},
    )


def delete(tx: Tx, picture_id: int, by: str) -> bool:
    """Delete what a picture shows; that there was one stays known. Say whether that is news."""
    changed = tx.execute(
        """UPDATE pictures SET state = 'deleted', content = '', url = '', deleted_by = :by
        WHERE id = :id AND state <> 'deleted'""",
        {"id": picture_id, "by": by},
    )
    return changed == 1


def _picture(row: Row) -> Picture:
    return value_of(Picture, row)
