"""The workspace's channels as Slack last told us: names from the configuration become ids here."""

from collections.abc import Iterable
from dataclasses import dataclass

from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    name: str
    archived: bool


def record(tx: Tx, places: Iterable[Place]) -> None:
    """Write what Slack says of channels."""
    latest = {place.id: place for place in places}
    tx.each(
        """INSERT INTO places (id, name, archived) SELECT new.id, new.name, new.archived FROM {new} WHERE true
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, archived = excluded.archived
        WHERE places.name <> excluded.name OR places.archived <> excluded.archived""",
        {"id": "TEXT", "name": "TEXT", "archived": "INTEGER"},
        [{"id": one.id, "name": one.name, "archived": int(one.archived)} for one in latest.values()],
    )


def rename(tx: Tx, channel: str, name: str) -> None:
    tx.write("UPDATE places SET name = :name WHERE id = :id", {"id": channel, "name": name})


def archived(tx: Tx, channel: str | None) -> bool:
    """Say whether somebody has archived a channel, as far as Slack has told."""
    found = tx.one("SELECT archived FROM places WHERE id = :id", {"id": channel}) if channel else None
    return bool(found and found["archived"])


def set_archived(tx: Tx, channel: str, archived: bool) -> None:
    tx.write("UPDATE places SET archived = :archived WHERE id = :id", {"id": channel, "archived": archived})


def forget(tx: Tx, channel: str) -> None:
    """Forget a channel that was deleted: its name may mean another one from now on."""
    tx.write("DELETE FROM places WHERE id = :id", {"id": channel})


def named(tx: Tx, name: str) -> Place | None:
    """Return the channel that the configuration means: by id or by name, a living one first."""
    row = tx.one(
        "SELECT * FROM places WHERE id = :name OR name = :name ORDER BY archived LIMIT 1",
        {"name": name.removeprefix("#")},
    )
    return Place(row["id"], row["name"], bool(row["archived"])) if row else None
