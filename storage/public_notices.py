"""The notices to customers, and who confirmed that they are significantly affected."""

import json
from collections.abc import Mapping
from datetime import datetime

from bot.domain.actors import parsed
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.publicity import PublicNotice
from storage import incidents
from storage.rows import columns, value_of
from storage.transaction import Row, Tx


def put(tx: Tx, notice: PublicNotice) -> None:
    """Keep the text of a notice; it takes the place of an earlier one."""
    tx.write(
        """INSERT INTO public_notices (incident, text, written_by, written_at, components)
        VALUES (:incident, :text, :written_by, :written_at, :components)
        ON CONFLICT (incident) DO UPDATE SET text = excluded.text, written_by = excluded.written_by,
            written_at = excluded.written_at, components = excluded.components""",
        columns(notice),
    )


def of(tx: Tx, incident_id: int) -> PublicNotice | None:
    row = tx.one("SELECT * FROM public_notices WHERE incident = :id", {"id": incident_id})
    return _notice(row) if row else None


def drafts(tx: Tx, viewer: str, since: datetime, limit: int) -> list[tuple[Incident, PublicNotice]]:
    """Return what was written since then and waits to be published, of what `viewer` may know of, the last
    written at the top. What was written before it was over waits no more once the incident is closed and
    customers were told nothing.
    """
    rows = tx.all(
        f"""SELECT public_notices.* FROM public_notices
        JOIN incidents ON incidents.id = public_notices.incident
        WHERE written_at > :since AND (noticed_at IS NULL OR noticed_at <> written_at) AND unpublished = ''
            AND status NOT IN ('Declined', 'Merged', 'Cancelled')
            AND NOT (status = 'Closed' AND noticed_at IS NULL AND written_at <= resolved_at)
            AND {incidents.VISIBLE}
        ORDER BY written_at DESC, incidents.id DESC LIMIT :limit""",  # noqa: S608 - a predicate of ours
        {"since": since, "viewer": viewer, "limit": limit},
    )
    return [(incidents.visible(tx, row["incident"], viewer), _notice(row)) for row in rows]


def confirm(tx: Tx, incident_id: int, role: str, person: str) -> None:
    """Note that whoever holds a role confirmed it; the first who does so stays."""
    tx.write(
        """INSERT INTO public_confirmations (incident, role, person, at)
        VALUES (:incident, :role, :person, :now) ON CONFLICT (incident, role) DO NOTHING""",
        {"incident": incident_id, "role": role, "person": person, "now": tx.now},
    )


def confirmed(tx: Tx, incident_id: int) -> Mapping[str, str]:
    """Return who has confirmed it, by role."""
    rows = tx.all("SELECT role, person FROM public_confirmations WHERE incident = :id", {"id": incident_id})
    return {row["role"]: row["person"] for row in rows}


def _notice(row: Row) -> PublicNotice:
    parts = tuple(json.loads(row["components"]))
    return value_of(PublicNotice, row, written_by=parsed(row["written_by"]), components=parts)
