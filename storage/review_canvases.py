"""The canvases of reviews in Slack."""

from bot.domain.reviews.canvas import ReviewCanvas
from storage.rows import columns, value_of
from storage.transaction import Tx


def of(tx: Tx, incident_id: int) -> list[ReviewCanvas]:
    """Return the canvases of a review, the newest last."""
    rows = tx.all("SELECT * FROM review_canvases WHERE incident = :id ORDER BY number", {"id": incident_id})
    return [value_of(ReviewCanvas, row) for row in rows]


def latest(tx: Tx, incident_id: int) -> ReviewCanvas | None:
    """Return the one that versions are written to."""
    found = of(tx, incident_id)
    return found[-1] if found else None


def put(tx: Tx, canvas: ReviewCanvas) -> None:
    """Remember a canvas, as it is now."""
    tx.write(
        """INSERT INTO review_canvases
            (incident, number, version, channel, written, canvas, url, seen, kept, unsure)
        VALUES (:incident, :number, :version, :channel, :written, :canvas, :url, :seen, :kept, :unsure)
        ON CONFLICT (incident, number) DO UPDATE SET version = excluded.version,
            channel = excluded.channel, written = excluded.written, canvas = excluded.canvas,
            url = excluded.url, seen = excluded.seen, kept = excluded.kept, unsure = excluded.unsure""",
        columns(canvas),
    )


def forget(tx: Tx, canvas: ReviewCanvas) -> None:
    """Forget a canvas that is there no more."""
    tx.write(
        "DELETE FROM review_canvases WHERE incident = :incident AND number = :number",
        {"incident": canvas.incident, "number": canvas.number},
    )
