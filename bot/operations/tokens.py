"""Who comes with a token, and the keeping of tokens, which only the operator does."""

from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.tokens import SCOPES, Token, hashed
from storage import tokens
from storage.transaction import Tx


def bearer(tx: Tx, secret: str) -> Token | None:
    """Return the token that somebody comes with, if it is one of ours and still good."""
    found = tokens.by_hash(tx, hashed(secret))
    return found if found and found.state(tx.now) == "valid" else None


def add_token(tx: Tx, name: str, secret: str, scopes: frozenset[str], expires_at: datetime | None) -> None:
    """Add a token; one of the same name that is over makes room."""
    if unknown := sorted(scopes - set(SCOPES)):
        raise Refused(f"I know no scope {', '.join(unknown)}. There are: {', '.join(SCOPES)}.")
    if not scopes:
        raise Refused(f"A token needs a scope. There are: {', '.join(SCOPES)}.")
    earlier = tokens.named(tx, name)
    if earlier and earlier.state(tx.now) == "valid":
        raise Refused(f"There is a token {name} already. Revoke it first: muster token revoke {name}")
    tokens.add(tx, name, hashed(secret), scopes, expires_at)


def revoke_token(tx: Tx, name: str) -> None:
    found = tokens.named(tx, name)
    if not found:
        raise Refused(f"There is no token {name}. muster token list shows them.")
    if not found.revoked_at:
        tokens.revoke(tx, name)
