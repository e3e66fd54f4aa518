"""Reads what our own status page shows: what was published, and nothing else."""

from collections.abc import Sequence

from bot.domain.incidents.public_page import KEPT, Contents, Planned, contents
from bot.domain.incidents.public_posts import PublicPost, affected
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.maintenance.told import PublicMaintenance
from storage import public_maintenances, public_posts
from storage.transaction import Tx


def public_page(tx: Tx) -> Contents:
    return _page(tx, (), ())


def previewed(tx: Tx, post: PublicPost) -> Contents:
    """Return what the page would show if this were published; nothing is written."""
    return _page(tx, [post], ())


def previewed_maintenance(tx: Tx, one: Maintenance, said: PublicMaintenance) -> Contents:
    """Return what the page would show if this were said of a maintenance; nothing is written."""
    return _page(tx, (), [(one, said)])


def _page(
    tx: Tx, posts: Sequence[PublicPost], told: Sequence[tuple[Maintenance, PublicMaintenance]]
) -> Contents:
    where, anew = tx.process.communication, {one.id for one, _ in told}
    kept = [each for each in public_maintenances.open_ones(tx) if each[0].id not in anew]
    planned = [
        Planned(
            one.id,
            said.text,
            one.starts_at,
            one.ends_at,
            one.running,
            affected(",".join(one.services), where),
            said.written_at,
        )
        for one, said in sorted([*kept, *told], key=lambda each: (each[0].starts_at, each[0].id))
    ]
    return contents(where.components, [*public_posts.since(tx, tx.now - KEPT), *posts], planned)
