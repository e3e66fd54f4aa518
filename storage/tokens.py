"""The tokens of the API. What is kept of one is a hash: who reads the database cannot use it."""

from datetime import datetime

from bot.domain.tokens import Token
from storage.rows import value_of
from storage.transaction import Row, Tx


def add(
    tx: Tx, name: str, hashed: str, scopes: frozenset[str], expires_at: datetime | None, *, person: str = ""
) -> None:
    """Add a token, in the place of one of this name that is over."""
    tx.write(
        "DELETE FROM api_answers WHERE token IN (SELECT id FROM tokens WHERE name = :name)", {"name": name}
    )
    tx.write(
        """INSERT INTO tokens (name, hash, scopes, made_at, expires_at, person)
        VALUES (:name, :hash, :scopes, :now, :expires_at, :person)
        ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, scopes = excluded.scopes,
            made_at = excluded.made_at, expires_at = excluded.expires_at,
            person = excluded.person, revoked_at = NULL, used_at = NULL""",
        {
            "name": name,
            "hash": hashed,
            "scopes": " ".join(sorted(scopes)),
            "now": tx.now,
            "expires_at": expires_at,
            "person": person,
        },
    )


def by_hash(tx: Tx, hashed: str) -> Token | None:
    row = tx.one("SELECT * FROM tokens WHERE hash = :hash", {"hash": hashed})
    return _token(row) if row else None


def named(tx: Tx, name: str) -> Token | None:
    row = tx.one("SELECT * FROM tokens WHERE name = :name", {"name": name})
    return _token(row) if row else None


def everyone(tx: Tx) -> list[Token]:
    return [_token(row) for row in tx.all("SELECT * FROM tokens ORDER BY name")]


def revoke(tx: Tx, name: str) -> None:
    tx.write("UPDATE tokens SET revoked_at = :now WHERE name = :name", {"name": name, "now": tx.now})


def used(tx: Tx, token: int) -> None:
    """Note that a token was used."""
    tx.write("UPDATE tokens SET used_at = :now WHERE id = :id", {"id": token, "now": tx.now})


def _token(row: Row) -> Token:
    return value_of(Token, row, scopes=frozenset(row["scopes"].split()))
