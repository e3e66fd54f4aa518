"""What was published, text by text, and what other services' status pages show of it."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.actors import parsed
from bot.domain.errors import NotFound
from bot.domain.incidents.public_posts import PageNotice, PublicPost
from storage.rows import columns, value_of
from storage.transaction import Row, Tx


def add(tx: Tx, post: PublicPost) -> int:
    return tx.insert(
        """INSERT INTO public_posts
            (incident, title, text, public_status, state, components, first, by_whom, at)
        VALUES (:incident, :title, :text, :public_status, :state, :components, :first, :by, :at)
        RETURNING id""",
        {**columns(post), "first": int(post.first)},
    )


def get(tx: Tx, number: int) -> PublicPost:
    """Return what was published. Raises NotFound."""
    row = tx.one("SELECT * FROM public_posts WHERE id = :id", {"id": number})
    if not row:
        raise NotFound("public post", number)
    return _post(row)


def last(tx: Tx, incident_id: int) -> PublicPost | None:
    """Return what was published last of an incident."""
    row = tx.one(
        "SELECT * FROM public_posts WHERE incident = :id ORDER BY id DESC LIMIT 1", {"id": incident_id}
    )
    return _post(row) if row else None


def of_incident(tx: Tx, incident_id: int, limit: int) -> list[PublicPost]:
    """Return what was published of an incident, the newest at the top."""
    rows = tx.all(
        "SELECT * FROM public_posts WHERE incident = :id ORDER BY id DESC LIMIT :limit",
        {"id": incident_id, "limit": limit},
    )
    return [_post(row) for row in rows]


def of_notice(tx: Tx, post: PublicPost) -> list[PublicPost]:
    """Return all that was published in the same notice up to a post, the first one at the top."""
    rows = tx.all(
        """SELECT * FROM public_posts WHERE incident = :incident AND id <= :id AND id >= (
            SELECT COALESCE(MAX(id), 0) FROM public_posts
            WHERE incident = :incident AND id <= :id AND first = 1) ORDER BY id""",
        {"incident": post.incident, "id": post.id},
    )
    return [_post(row) for row in rows]


def open_ones(tx: Tx, but: int = 0) -> list[PublicPost]:
    """Return what was published last of each incident whose notice is open, but for one incident."""
    rows = tx.all(
        """SELECT * FROM public_posts AS posts WHERE state <> 'Resolved' AND incident <> :but AND id = (
            SELECT MAX(id) FROM public_posts AS others WHERE others.incident = posts.incident)
        ORDER BY id""",
        {"but": but},
    )
    return [_post(row) for row in rows]


def since(tx: Tx, at: datetime) -> list[PublicPost]:
    """Return all of the incidents of which something was published since then, the oldest at the top."""
    rows = tx.all(
        """SELECT * FROM public_posts WHERE incident IN (SELECT incident FROM public_posts WHERE at >= :at)
        ORDER BY id""",
        {"at": at},
    )
    return [_post(row) for row in rows]


def move(tx: Tx, source: int, target: int) -> None:
    """Have what was published of one incident be another's."""
    ids = {"source": source, "target": target}
    tx.write("UPDATE public_posts SET incident = :target WHERE incident = :source", ids)
    tx.write("UPDATE page_notices SET incident = :target WHERE incident = :source", ids)


def show(tx: Tx, notice: PageNotice) -> None:
    """Remember what a page shows."""
    tx.write(
        """INSERT INTO page_notices (page, remote, incident, post, resolved)
        VALUES (:page, :remote, :incident, :post, :resolved)
        ON CONFLICT (page, remote) DO UPDATE SET incident = excluded.incident, post = excluded.post,
            resolved = excluded.resolved""",
        {**columns(notice), "resolved": int(notice.resolved)},
    )


def shown(tx: Tx, incident_id: int, page: str) -> list[PageNotice]:
    """Return what a page shows of an incident, also what is resolved there."""
    rows = tx.all(
        "SELECT * FROM page_notices WHERE incident = :id AND page = :page ORDER BY post, remote",
        {"id": incident_id, "page": page},
    )
    return [value_of(PageNotice, row, resolved=bool(row["resolved"])) for row in rows]


def remotes(tx: Tx, page: str) -> Sequence[str]:
    """Return the numbers of all that we published on a page."""
    return [
        row["remote"] for row in tx.all("SELECT remote FROM page_notices WHERE page = :page", {"page": page})
    ]


def _post(row: Row) -> PublicPost:
    return value_of(
        PublicPost,
        row,
        by=parsed(row["by_whom"]),
        components=tuple(json.loads(row["components"])),
        first=bool(row["first"]),
    )
