"""What leaves by a contact method, and who takes it there."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one address. Of the links, those that its service cannot use are left alone.

    `link` opens a page in a browser, `button` acknowledges when it is posted to, `call` says what is spoken,
    and `report` hears what became of it: each None without a public address, and where there is no such.
    `spoken` is what a call says without one. A `loud` one may wake its person.
    """

    address: str = field(repr=False)
    text: str
    spoken: str
    loud: bool
    link: str | None = field(default=None, repr=False)
    button: str | None = field(default=None, repr=False)
    call: str | None = field(default=None, repr=False)
    report: str | None = field(default=None, repr=False)


class Sender(Protocol):
    """Brings messages to addresses, by one service."""

    async def send(self, message: Outgoing) -> None:
        """Hand a message over. Raises DeliveryFailed, without the address or an account in it."""
        ...
