"""Contact methods that people add themselves, and the codes that verify them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.errors import Refused

NUMBER = re.compile(r"\+[1-9]\d{6,14}")
"""A phone number as the whole world dials it."""
_BETWEEN = re.compile(r"[\s().\-/]")
_MAIL = re.compile(r"(?=.{5,200}$)[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\".]+")
_TOPIC = re.compile(r"[\w-]{1,64}", re.ASCII)
_OTHER = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")

CODE_HOLDS = timedelta(minutes=10)
MOST_TRIES = 5
MOST_CODES = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
"""How many codes a person is sent within a time: nobody can have strangers called again and again."""


class AddressKind(StrEnum):
    """What an address of a contact method is."""

    NUMBER = "phone number"
    MAIL = "e-mail address"
    TOPIC = "topic"
    OTHER = "address"


@dataclass(frozen=True, slots=True)
class OwnMethod:
    """A person's address behind a contact method. Only a verified one is used for pages."""

    id: int
    person: str
    name: str
    address: str = field(repr=False)
    verified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VerificationCode:
    """A code that was sent to an address. What it says is stored nowhere: see `Links.code`."""

    id: int
    contact_method: int
    sent_at: datetime
    tries: int = 0
    error: str | None = None

    def holds(self, now: datetime) -> bool:
        return now - self.sent_at < CODE_HOLDS and self.tries < MOST_TRIES


def dialled(address: str) -> str:
    """Return a phone number without what people write between its digits."""
    return _BETWEEN.sub("", address)


_EXPECTED = {
    AddressKind.NUMBER: (NUMBER, "no phone number with a country code. Write it as +44 20 7946 0000."),
    AddressKind.MAIL: (_MAIL, "no e-mail address. Write it as ana@example.com."),
    AddressKind.TOPIC: (_TOPIC, "no topic: 1 to 64 letters, digits, - or _, such as ana-phone-x7k2."),
    AddressKind.OTHER: (_OTHER, "no address: it has no spaces, and at most 200 characters."),
}


def address_of(kind: AddressKind, typed: str) -> str:
    """Return an address as it is kept. Refuses what cannot be one, and names what is expected."""
    pattern, wrong = _EXPECTED[kind]
    address = dialled(typed) if kind is AddressKind.NUMBER else typed.strip()
    if not pattern.fullmatch(address):
        raise Refused(f"This is {wrong}")
    return address


def next_code_at(sent: Sequence[datetime], now: datetime) -> datetime | None:
    """Return when a person may ask for a code again, to whom these were sent; None for at once."""
    waits = []
    for within, most in MOST_CODES:
        recent = sorted(at for at in sent if now - at < within)
        if len(recent) >= most:
            waits.append(recent[-most] + within)
    return max(waits, default=None)


def wrong_with(code: VerificationCode | None, now: datetime, *, right: bool) -> str:
    """Return what is wrong with a code that was typed, counting this try; nothing if it verifies."""
    if code is None or now - code.sent_at >= CODE_HOLDS:
        return "This code holds no longer. Press Send again on my Home tab for a new one."
    if code.error:
        return f"The code could not be sent: {code.error}. Look at the address on my Home tab."
    if code.tries >= MOST_TRIES:
        return "Too many wrong codes. Press Send again on my Home tab for a new one."
    if right:
        return ""
    left = MOST_TRIES - code.tries - 1
    if not left:
        return "That is not the code, and there is no try left. Press Send again on my Home tab."
    return f"That is not the code. {left} more {'try' if left == 1 else 'tries'}."
