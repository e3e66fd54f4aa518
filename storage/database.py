"""The database: one face over two engines. `storage.engines` opens the one that an address means."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from storage.transaction import Connection

R = TypeVar("R")


class DatabaseUnusable(Exception):
    """The database cannot be used. The message says why and what to do."""


class Outdated(DatabaseUnusable):
    """Another version of muster has taken the database over. It is not for this one any more."""


class DatabaseBusy(Exception):
    """It cannot be worked with now: others keep us waiting, or it is out of reach. It may go in a moment."""

    absent = "the database cannot be used"
    """What the log says of it, once, wherever it is missed."""


class Unwritable(DatabaseBusy):
    """It can be read, and takes no writes: no room is left, or it may not be written. It may last."""

    absent = "the database takes no writes"


class StillWritten(str):
    """Why the database needs its operator although it takes everything so far."""


class Database(Protocol):
    """What the unit of work needs of an engine."""

    @property
    def where(self) -> str:
        """Return the file or the address that it was opened by."""
        ...

    @property
    def id(self) -> str:
        """Return the database's own name, which every process that shares it sees."""
        ...

    @property
    def threads(self) -> int:
        """Return from how many threads at once it may be used."""
        ...

    @property
    def shared(self) -> bool:
        """Say whether other processes may be at work in it."""
        ...

    @property
    def news(self) -> Callable[[], AsyncIterator[None]] | None:
        """Return what yields when other processes may have something to deliver, if there are any.

        It is a hint only: some may be missed. It raises DatabaseBusy when it breaks.
        """
        ...

    def transaction(
        self, *, writing: bool = True, guarded: bool = False
    ) -> AbstractContextManager[Connection]:
        """Commit what happens inside, or nothing of it.

        It is as if there had been no other meanwhile; unless it is `guarded`, then it sees to that itself.
        """
        ...

    def run(self, work: Callable[[Connection], R], *, writing: bool = True, guarded: bool = False) -> R:
        """Do `work` in a transaction, and all of it again when it collided with another's.

        Raises DatabaseBusy, and what `work` raises.
        """
        ...

    def unwritable(self) -> str | None:
        """Commit something new; return what keeps that from being kept. Used by the readiness probe."""
        ...

    def others(self) -> int:
        """Return how many other connections of Muster's are open to it, as far as it shows."""
        ...

    def ahead_of(self, now: datetime) -> timedelta:
        """Return by how much its clock, if it has one, is ahead of `now`."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
