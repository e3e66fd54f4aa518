"""The links of incidents."""

from bot.domain.actors import parsed
from bot.domain.incidents.fields import Link
from storage.transaction import Tx, instant


def put(tx: Tx, incident_id: int, link: Link) -> None:
    """Write a link; the same address again gets its new name."""
    tx.reworded.add(incident_id)
    tx.write(
        """INSERT INTO links (incident, name, url, added_by, at) VALUES (:incident, :name, :url, :by, :at)
        ON CONFLICT (incident, url) DO UPDATE SET name = excluded.name, at = excluded.at""",
        {"incident": incident_id, "name": link.name, "url": link.url, "by": link.added_by, "at": link.at},
    )


def remove(tx: Tx, incident_id: int, url: str) -> None:
    tx.reworded.add(incident_id)
    tx.write("DELETE FROM links WHERE incident = :id AND url = :url", {"id": incident_id, "url": url})


def of(tx: Tx, incident_id: int) -> list[Link]:
    """Return an incident's links, in the order in which they were added."""
    rows = tx.all("SELECT * FROM links WHERE incident = :id ORDER BY at, url", {"id": incident_id})
    return [Link(row["name"], row["url"], parsed(row["added_by"]), instant(row["at"])) for row in rows]
