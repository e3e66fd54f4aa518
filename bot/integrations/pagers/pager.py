"""What every pager does."""

from collections.abc import Collection
from typing import Protocol

from bot.domain.paging.pagers import PagerState, Touch
from bot.views.paging.pager import Raised


class Pager(Protocol):
    """A service that calls the people of the teams that keep it. Raises DeliveryFailed.

    What is said twice changes nothing: an alert is known by its key.
    """

    @property
    def name(self) -> str: ...

    @property
    def private(self) -> bool:
        """Say whether it may be told all of private incidents."""
        ...

    @property
    def teams(self) -> Collection[str]: ...

    @property
    def asks(self) -> bool:
        """Say whether it has to be asked what became of an alert, as it does not tell by itself."""
        ...

    async def trigger(self, team: str, key: str, what: Raised) -> None: ...

    async def change(self, team: str, key: str, state: PagerState) -> None:
        """Have an alert acknowledged or resolved there."""
        ...

    async def look(self, team: str, key: str) -> Touch | None:
        """Return what somebody did to an alert there, if anybody did."""
        ...

    async def identified(self, touch: Touch) -> Touch:
        """Return it with the person, where the service tells who an account is."""
        ...

    async def try_out(self) -> None:
        """Ask for something that changes nothing: raises DeliveryFailed if what reads there does not."""
        ...
