"""Reads what our own status page shows: what was published, and nothing else."""

from bot.domain.incidents.public_page import KEPT, Contents, Planned, contents
from bot.domain.incidents.public_posts import affected
from storage import public_maintenances, public_posts
from storage.transaction import Tx


def public_page(tx: Tx) -> Contents:
    where = tx.process.communication
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
        for one, said in public_maintenances.open_ones(tx)
    ]
    return contents(where.components, public_posts.since(tx, tx.now - KEPT), planned)
