"""Documents of reviews: their versions, comments and approvals."""

from bot.domain.actors import Actor
from bot.domain.errors import NotFound
from bot.domain.reviews.versions import Approval, Comment, Saved, Version
from storage.incidents import VISIBLE
from storage.rows import value_of
from storage.transaction import Tx


def saved(tx: Tx, incident_id: int) -> list[Saved]:
    """Return which versions there are, without their texts, the newest first."""
    rows = tx.all(
        "SELECT number, by_whom, at FROM review_versions WHERE incident = :id ORDER BY number DESC",
        {"id": incident_id},
    )
    return [value_of(Saved, row, by=row["by_whom"]) for row in rows]


def version(tx: Tx, incident_id: int, number: int) -> Version | None:
    row = tx.one(
        "SELECT * FROM review_versions WHERE incident = :id AND number = :number",
        {"id": incident_id, "number": number},
    )
    return value_of(Version, row, by=row["by_whom"]) if row else None


def latest(tx: Tx, incident_id: int) -> Version | None:
    row = tx.one(
        "SELECT * FROM review_versions WHERE incident = :id ORDER BY number DESC LIMIT 1", {"id": incident_id}
    )
    return value_of(Version, row, by=row["by_whom"]) if row else None


def add(tx: Tx, new: Version) -> bool:
    """Keep a version, and say whether there was none of its number yet."""
    news = tx.execute(
        """INSERT INTO review_versions (incident, number, text, template, written, by_whom, at)
        VALUES (:incident, :number, :text, :template, :written, :by, :at)
        ON CONFLICT (incident, number) DO NOTHING""",
        {
            "incident": new.incident,
            "number": new.number,
            "text": new.text,
            "template": new.template,
            "written": new.written,
            "by": new.by,
            "at": new.at,
        },
    )
    tx.reworded.add(new.incident)
    return news == 1


def comments(tx: Tx, incident_id: int) -> list[Comment]:
    """Return what was said, the first first."""
    rows = tx.all("SELECT * FROM review_comments WHERE incident = :id ORDER BY id", {"id": incident_id})
    return [value_of(Comment, row, by=row["by_whom"]) for row in rows]


def comment(tx: Tx, incident_id: int, version: int, text: str, by: str, *, heading: str = "") -> int:
    tx.reworded.add(incident_id)
    return tx.insert(
        """INSERT INTO review_comments (incident, version, text, by_whom, at, heading)
        VALUES (:incident, :version, :text, :by, :now, :heading) RETURNING id""",
        {
            "incident": incident_id,
            "version": version,
            "text": text,
            "by": by,
            "now": tx.now,
            "heading": heading,
        },
    )


def visible_comment(tx: Tx, comment_id: int, by: Actor) -> Comment:
    """Return a comment on the review of an incident that `by` may know of. Else raises NotFound."""
    row = tx.one(
        f"""SELECT review_comments.* FROM review_comments
        JOIN incidents ON incidents.id = review_comments.incident
        WHERE review_comments.id = :id AND {VISIBLE}""",  # noqa: S608 - a constant of ours
        {"id": comment_id, "viewer": by},
    )
    if not row:
        raise NotFound("comment", comment_id)  # one that was deleted leaves its number out
    return value_of(Comment, row, by=row["by_whom"])


def change_comment(tx: Tx, before: Comment, text: str) -> None:
    tx.write(
        "UPDATE review_comments SET text = :text, edited_at = :now WHERE id = :id",
        {"id": before.id, "text": text, "now": tx.now},
    )
    tx.reworded.add(before.incident)


def remove_comment(tx: Tx, comment: Comment) -> None:
    tx.write("DELETE FROM review_comments WHERE id = :id", {"id": comment.id})
    tx.reworded.add(comment.incident)


def approvals(tx: Tx, incident_id: int) -> list[Approval]:
    """Return who approved which version, the first first."""
    rows = tx.all(
        "SELECT * FROM review_approvals WHERE incident = :id ORDER BY at, version, by_whom",
        {"id": incident_id},
    )
    return [value_of(Approval, row, by=row["by_whom"]) for row in rows]


def approve(tx: Tx, incident_id: int, version: int, by: str) -> bool:
    """Note that somebody approved a version, and say whether they had not yet."""
    news = tx.execute(
        """INSERT INTO review_approvals (incident, version, by_whom, at)
        VALUES (:incident, :version, :by, :now) ON CONFLICT (incident, version, by_whom) DO NOTHING""",
        {"incident": incident_id, "version": version, "by": by, "now": tx.now},
    )
    return news == 1
