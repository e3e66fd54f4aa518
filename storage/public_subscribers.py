"""Who reads the status page by e-mail. Their addresses are shown nowhere."""

from datetime import datetime

from bot.domain.incidents.public_subscribers import LANES, Subscriber
from storage.rows import value_of
from storage.transaction import Row, Tx


def add(tx: Tx, address: str, token: str) -> int:
    return tx.insert(
        """INSERT INTO public_subscribers (address, token, asked_at) VALUES (:address, :token, :now)
        RETURNING id""",
        {"address": address, "token": token, "now": tx.now},
    )


def of_address(tx: Tx, address: str) -> Subscriber | None:
    return _found(tx.one("SELECT * FROM public_subscribers WHERE address = :address", {"address": address}))


def of_token(tx: Tx, token: str) -> Subscriber | None:
    return _found(tx.one("SELECT * FROM public_subscribers WHERE token = :token", {"token": token}))


def get(tx: Tx, number: int) -> Subscriber | None:
    """Return who it is; None once they left."""
    return _found(tx.one("SELECT * FROM public_subscribers WHERE id = :id", {"id": number}))


def following(tx: Tx, lane: int, after: int, until: datetime) -> Subscriber | None:
    """Return who is mailed next in a lane, of those who had confirmed by then."""
    row = tx.one(
        """SELECT * FROM public_subscribers
        WHERE id > :after AND id % :lanes = :lane AND confirmed_at <= :until ORDER BY id LIMIT 1""",
        {"after": after, "lanes": LANES, "lane": lane, "until": until},
    )
    return _found(row)


def ask_again(tx: Tx, number: int) -> None:
    tx.write("UPDATE public_subscribers SET asked_at = :now WHERE id = :id", {"id": number, "now": tx.now})


def confirm(tx: Tx, number: int) -> None:
    tx.write(
        "UPDATE public_subscribers SET confirmed_at = :now WHERE id = :id AND confirmed_at IS NULL",
        {"id": number, "now": tx.now},
    )


def count_refusal(tx: Tx, number: int, refused: int) -> None:
    tx.write(
        "UPDATE public_subscribers SET refused = :refused WHERE id = :id", {"id": number, "refused": refused}
    )


def forget(tx: Tx, number: int) -> None:
    tx.write("DELETE FROM public_subscribers WHERE id = :id", {"id": number})


def forget_waiting(tx: Tx, since: datetime) -> None:
    """Forget the addresses that nobody confirmed since then."""
    tx.write(
        "DELETE FROM public_subscribers WHERE confirmed_at IS NULL AND asked_at <= :since", {"since": since}
    )


def counted(tx: Tx) -> tuple[int, int]:
    """Return how many confirmed, and how many have not yet."""
    row = tx.one("SELECT COUNT(confirmed_at) AS confirmed, COUNT(*) AS total FROM public_subscribers")
    return (row["confirmed"], row["total"] - row["confirmed"]) if row else (0, 0)


def _found(row: Row | None) -> Subscriber | None:
    return value_of(Subscriber, row) if row else None
