"""Who comes with a token, and the keeping of tokens, which only the operator does."""

from datetime import datetime

from bot.domain.errors import Refused
from bot.domain.tokens import SCOPES, Token, hashed
from storage import people, tokens
from storage.transaction import Tx


def bearer(tx: Tx, secret: str) -> Token | None:
    """Return the token that somebody comes with, if it is one of ours and still good."""
    found = tokens.by_hash(tx, hashed(secret))
    if not found or found.state(tx.now) != "valid":
        return None
    return found if not found.person or people.present(tx, found.person) else None


def add_token(
    tx: Tx, name: str, secret: str, scopes: frozenset[str], expires_at: datetime | None, *, person: str = ""
) -> None:
    """Add a token, which may act for a person; one of the same name that is over makes room."""
    if unknown := sorted(scopes - set(SCOPES)):
        raise Refused(f"I know no scope {', '.join(unknown)}. There are: {', '.join(SCOPES)}.")
    if not scopes:
        raise Refused(f"A token needs a scope. There are: {', '.join(SCOPES)}.")
    earlier = tokens.named(tx, name)
    if earlier and earlier.state(tx.now) == "valid":
        raise Refused(f"There is a token {name} already. Revoke it first: muster token revoke {name}")
    if person:
        known = people.named(tx, person)
        if not known or not known.active:
            raise Refused(f"I know nobody who is {person}: give a Slack user id or an e-mail address.")
        person = known.id
    tokens.add(tx, name, hashed(secret), scopes, expires_at, person=person)


def revoke_token(tx: Tx, name: str) -> None:
    found = tokens.named(tx, name)
    if not found:
        raise Refused(f"There is no token {name}. muster token list shows them.")
    if not found.revoked_at:
        tokens.revoke(tx, name)
