"""The custom fields of incidents."""

from collections.abc import Collection

from bot.domain.actors import parsed
from bot.domain.incidents.fields import Field
from storage.transaction import Tx, any_of, instant


def put(tx: Tx, incident_id: int, field: Field) -> None:
    """Write a field; it takes the place of the one of its name."""
    tx.reworded.add(incident_id)
    values = {"incident": incident_id, "name": field.name, "value": field.value, "by": field.set_by}
    tx.write(
        """INSERT INTO fields (incident, name, value, set_by, set_at)
        VALUES (:incident, :name, :value, :by, :at)
        ON CONFLICT (incident, name) DO UPDATE SET value = excluded.value, set_by = excluded.set_by,
            set_at = excluded.set_at""",
        values | {"at": field.set_at},
    )


def remove(tx: Tx, incident_id: int, name: str) -> None:
    tx.reworded.add(incident_id)
    tx.write("DELETE FROM fields WHERE incident = :id AND name = :name", {"id": incident_id, "name": name})


def of_each(tx: Tx, incident_ids: Collection[int], name: str) -> dict[int, str]:
    """Return one field of several incidents, where they have it."""
    if not incident_ids:
        return {}
    these, values = any_of(incident_ids)
    rows = tx.all(
        f"SELECT incident, value FROM fields WHERE name = :name AND incident IN ({these})",  # noqa: S608 - of ours
        {**values, "name": name},
    )
    return {row["incident"]: row["value"] for row in rows}


def of(tx: Tx, incident_id: int) -> list[Field]:
    """Return an incident's fields, by name."""
    rows = tx.all("SELECT * FROM fields WHERE incident = :id ORDER BY name", {"id": incident_id})
    return [Field(row["name"], row["value"], parsed(row["set_by"]), instant(row["set_at"])) for row in rows]
