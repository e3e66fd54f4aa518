"""Who reads our pages in a browser: signed cookies, and the mark that each of their forms carries.

All are signed with keys that are derived from the client's secret: replicas agree on them, and a new secret
ends every session. The database's id is part of the keys, so that a session of one opens nothing in another.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

LASTS = timedelta(hours=12)
SIGN_IN_LASTS = timedelta(minutes=10)
LONGEST = 1000
"""No cookie or mark of ours is longer."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who signed in. The `key` differs from one session to the next."""

    person: str
    began: datetime
    key: str


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A sign-in that began in this browser, and where it leads to. Slack returns both words."""

    state: str
    nonce: str
    to: str
    began: datetime


class Sessions:
    """Makes the cookies and reads them; what we did not sign, or is too old, is nothing."""

    def __init__(self, secret: str, database: str) -> None:
        how = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
        self._sessions, self._sign_ins = (
            URLSafeSerializer(secret, salt=f"muster: {what} of {database}", signer_kwargs=how)
            for what in ("a session", "a sign-in")
        )
        self._marks = hashlib.sha256(f"muster: forms of {database} {secret}".encode()).digest()

    def begin(self, person: str, now: datetime) -> Session:
        return Session(person, now, secrets.token_urlsafe(16))

    def cookie(self, session: Session) -> str:
        written = self._sessions.dumps([session.person, int(session.began.timestamp()), session.key])
        return str(written)

    def read(self, cookie: str, now: datetime) -> Session | None:
        match _read(self._sessions, cookie):
            case [str(person), int(began), str(key)] if fresh(began, LASTS, now):
                return Session(person, datetime.fromtimestamp(began, UTC), key)
        return None

    def mark(self, session: Session) -> str:
        """Return what a form of this session carries, so that no other site sends one for its person."""
        said = f"{session.person} {session.key}".encode()
        return hmac.new(self._marks, said, hashlib.sha256).hexdigest()

    def marked(self, session: Session, mark: str) -> bool:
        return hmac.compare_digest(self.mark(session).encode(), mark.encode("utf-8", "surrogateescape"))

    def sign_in(self, to: str, now: datetime) -> SigningIn:
        return SigningIn(secrets.token_urlsafe(24), secrets.token_urlsafe(24), to, now)

    def sign_in_cookie(self, begun: SigningIn) -> str:
        written = [begun.state, begun.nonce, begun.to, int(begun.began.timestamp())]
        return str(self._sign_ins.dumps(written))

    def begun(self, cookie: str, state: str, now: datetime) -> SigningIn | None:
        """Return the sign-in that a cookie keeps, if it is the one whose state came back."""
        match _read(self._sign_ins, cookie):
            case [str(ours), str(nonce), str(to), int(began)] if fresh(began, SIGN_IN_LASTS, now):
                same = hmac.compare_digest(ours.encode(), state.encode("utf-8", "surrogateescape"))
                return SigningIn(ours, nonce, to, datetime.fromtimestamp(began, UTC)) if same else None
        return None


def guessed_by_nobody() -> str:
    """Return what stands in a link that is mailed, and opens what is its reader's alone."""
    return secrets.token_urlsafe(24)


def form_key() -> str:
    """Return what tells one form from another, so that one which is sent twice is done once."""
    return secrets.token_urlsafe(12)


def fresh(began: int, lasts: timedelta, now: datetime) -> bool:
    """Say whether something that began then still counts; a clock that was set back ends nothing at once."""
    return -lasts.total_seconds() < now.timestamp() - began < lasts.total_seconds()


def own_path(asked: str) -> str:
    """Return a path on this server to go on to, or `/`: never one that leads to another host."""
    plain = asked.isascii() and asked.isprintable() and "\\" not in asked and len(asked) < 400
    return asked if plain and asked.startswith("/") and not asked.startswith("//") else "/"


def _read(signer: URLSafeSerializer, cookie: str) -> Any:
    try:
        return signer.loads(cookie) if len(cookie) <= LONGEST else None
    except (BadData, UnicodeError):  # bytes that are no text are in a cookie as halves of characters
        return None
