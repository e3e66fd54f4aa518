"""What a status page of another service is asked to say, and what every one can do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.domain.incidents.public_posts import PublicState
from bot.domain.incidents.publicity import PublicStatus


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text as a page is to say it. `components` is how each is now, by its number there; all that was named
    before and is well again is among them. `marker` tells our notices apart where a page keeps one.
    """

    title: str
    text: str
    status: PublicStatus
    state: PublicState
    components: Mapping[str, PublicStatus]
    marker: str

    @property
    def resolved(self) -> bool:
        return self.state is PublicState.RESOLVED


class Page(Protocol):
    """A page: four verbs. Each raises DeliveryFailed."""

    name: str
    ends_at_once: bool
    """Whether a notice that is over already can be created as such, else it is resolved after it."""

    async def create(self, wanted: Wanted) -> str:
        """Create a notice and return its number there."""

    async def update(self, remote: str, wanted: Wanted) -> None: ...

    async def resolve(self, remote: str, wanted: Wanted) -> None:
        """Say the last word, and set all components together."""

    async def find(self, wanted: Wanted, known: Collection[str]) -> str | None:
        """Return a notice of ours that is none of the known ones: it was created, and the answer was lost."""

    async def says(self, remote: str, wanted: Wanted) -> bool:
        """Say whether the last text of a notice is this one."""

    async def try_out(self) -> None:
        """Ask for something that changes nothing: raises DeliveryFailed if the key does not read there."""
