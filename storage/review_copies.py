"""Copies of reviews in GitLab, and what people wrote there that nobody has put together with ours yet."""

from collections.abc import Collection

from bot.domain.reviews.copies import ForeignEdit, Kept, ReviewCopy
from storage.rows import columns, value_of
from storage.transaction import Tx, any_of


def of(tx: Tx, incident_id: int, place: Kept) -> ReviewCopy | None:
    row = tx.one(
        "SELECT * FROM review_copies WHERE incident = :id AND place = :place",
        {"id": incident_id, "place": place.value},
    )
    return value_of(ReviewCopy, row) if row else None


def every(tx: Tx, incident_id: int) -> list[ReviewCopy]:
    """Return the copies of a review, that in the wiki last."""
    rows = tx.all("SELECT * FROM review_copies WHERE incident = :id ORDER BY place", {"id": incident_id})
    return [value_of(ReviewCopy, row) for row in rows]


def at(tx: Tx, project: str, place: Kept, paths: Collection[str]) -> list[ReviewCopy]:
    """Return which of these pages or files of a project are copies."""
    these, named = any_of(paths)
    rows = tx.all(
        f"SELECT * FROM review_copies WHERE project = :project AND place = :place AND path IN ({these})",  # noqa: S608 - ours
        {"project": project, "place": place.value, **named},
    )
    return [value_of(ReviewCopy, row) for row in rows]


def put(tx: Tx, copy: ReviewCopy) -> None:
    """Remember a copy, as it is now."""
    tx.write(
        """INSERT INTO review_copies
            (incident, place, version, written, project, path, branch, number, url, taken, failed, fetching)
        VALUES (:incident, :place, :version, :written, :project, :path, :branch, :number, :url, :taken,
            :failed, :fetching)
        ON CONFLICT (incident, place) DO UPDATE SET version = excluded.version, written = excluded.written,
            project = excluded.project, path = excluded.path, branch = excluded.branch,
            number = excluded.number, url = excluded.url, taken = excluded.taken, failed = excluded.failed,
            fetching = excluded.fetching""",
        {**columns(copy), "failed": int(copy.failed), "fetching": int(copy.fetching)},
    )


def edits(tx: Tx, incident_id: int) -> list[ForeignEdit]:
    rows = tx.all("SELECT * FROM review_edits WHERE incident = :id ORDER BY place", {"id": incident_id})
    return [value_of(ForeignEdit, row) for row in rows]


def edit(tx: Tx, incident_id: int, place: Kept) -> ForeignEdit | None:
    return next((one for one in edits(tx, incident_id) if one.place is place), None)


def keep_edit(tx: Tx, found: ForeignEdit) -> None:
    """Keep what somebody wrote there, in the place of what was kept before."""
    tx.write(
        """INSERT INTO review_edits (incident, place, base, text, who)
        VALUES (:incident, :place, :base, :text, :who)
        ON CONFLICT (incident, place) DO UPDATE SET base = excluded.base, text = excluded.text,
            who = excluded.who""",
        columns(found),
    )


def forget_edit(tx: Tx, incident_id: int, place: Kept) -> None:
    tx.write(
        "DELETE FROM review_edits WHERE incident = :id AND place = :place",
        {"id": incident_id, "place": place.value},
    )
