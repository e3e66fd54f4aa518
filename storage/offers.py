"""Pages that are offered to another person."""

from collections.abc import Collection

from bot.domain.paging.offers import OfferState, PageOffer
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of


def add(tx: Tx, page: int, asker: str, person: str, words: str) -> int:
    tx.known.unoffered.discard(page)
    return tx.insert(
        """INSERT INTO page_offers (page, asker, person, words, made_at, state)
        VALUES (:page, :asker, :person, :words, :made_at, :state) RETURNING id""",
        columns(PageOffer(0, page, asker, person, words, tx.now)),
    )


def close(tx: Tx, offer: PageOffer, state: OfferState) -> bool:
    """Write what became of an open offer, unless somebody else decided first."""
    return (
        tx.execute(
            """UPDATE page_offers SET state = :state, closed_at = :now WHERE id = :id AND state = 'open'""",
            {"id": offer.id, "state": state.value, "now": tx.now},
        )
        == 1
    )


def get(tx: Tx, offer_id: int) -> PageOffer:
    """Return an offer. Raises NotFound."""
    row = tx.one("SELECT * FROM page_offers WHERE id = :id", {"id": offer_id})
    if not row:
        raise tx.unknown("page_offers", offer_id, "offer", offer_id)
    return _offer(row)


def to(tx: Tx, offer_id: int, person: str) -> PageOffer:
    """Return an offer to this person. Raises NotFound, as if there were none, for everybody else."""
    row = tx.one(
        "SELECT * FROM page_offers WHERE id = :id AND person = :person", {"id": offer_id, "person": person}
    )
    if not row:
        raise tx.unknown("page_offers", offer_id, "offer", offer_id)
    return _offer(row)


def latest(tx: Tx, pages: Collection[int]) -> PageOffer | None:
    """Return the newest offer of any of these pages."""
    these, named = any_of(pages)
    row = tx.one(
        f"SELECT * FROM page_offers WHERE page IN ({these}) ORDER BY id DESC LIMIT 1",  # noqa: S608 - names of ours
        named,
    )
    return _offer(row) if row else None


def of_page(tx: Tx, page: int) -> list[PageOffer]:
    """Return all offers of a page, oldest first."""
    if page in tx.known.unoffered:
        return []
    return [
        _offer(row)
        for row in tx.all("SELECT * FROM page_offers WHERE page = :page ORDER BY id", {"page": page})
    ]


def unanswered(tx: Tx) -> list[PageOffer]:
    """Return the open offers of pages that wait."""
    rows = tx.all(
        """SELECT page_offers.* FROM page_offers JOIN pages ON pages.id = page_offers.page
        WHERE page_offers.state = 'open' AND pages.state = 'pending' ORDER BY page_offers.id"""
    )
    return [_offer(row) for row in rows]


def record_message(tx: Tx, offer_id: int, channel: str, ts: str) -> None:
    tx.write(
        "UPDATE page_offers SET channel = :channel, ts = :ts WHERE id = :id",
        {"id": offer_id, "channel": channel, "ts": ts},
    )


def _offer(row: Row) -> PageOffer:
    return value_of(PageOffer, row)
