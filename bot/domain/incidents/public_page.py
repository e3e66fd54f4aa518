"""What our own status page holds: nothing but texts that were published for customers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incidents.public_posts import PublicPost, by_component, worst
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.process import Component

KEPT = timedelta(days=730)
"""How long the history reaches back."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What was published of one thing that customers noticed, the last text at the top."""

    posts: tuple[PublicPost, ...]

    @property
    def last(self) -> PublicPost:
        return self.posts[0]

    @property
    def began_at(self) -> datetime:
        return self.posts[-1].at

    @property
    def id(self) -> int:
        return self.posts[-1].id

    @property
    def title(self) -> str:
        return self.last.title

    @property
    def open(self) -> bool:
        return not self.last.resolved

    @property
    def components(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self.posts for name in one.components))


@dataclass(frozen=True, slots=True)
class Planned:
    """Maintenance that customers were told of, and what of the product it is about."""

    id: int
    text: str
    starts_at: datetime
    ends_at: datetime
    running: bool
    components: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the page shows. Its time is when something of it changed, not when it was asked for."""

    components: Sequence[tuple[str, PublicStatus]]
    notices: Sequence[Notice]
    planned: Sequence[Planned]
    changed_at: datetime | None

    @property
    def open(self) -> list[Notice]:
        return [one for one in self.notices if one.open]

    @property
    def status(self) -> PublicStatus:
        """Return how all of it is: the worst of what is open."""
        return worst(one.last.public_status for one in self.open)

    @property
    def maintained(self) -> set[str]:
        """Return the components that are being worked on."""
        return {name for one in self.planned if one.running for name in one.components}

    @property
    def months(self) -> Mapping[str, list[Notice]]:
        """Return the notices by the month in which each began, as 2026-03, the newest first."""
        found: dict[str, list[Notice]] = {}
        for one in self.notices:
            found.setdefault(f"{one.began_at:%Y-%m}", []).append(one)
        return found


def contents(parts: Sequence[Component], posts: Sequence[PublicPost], planned: Sequence[Planned]) -> Contents:
    """Return what the page shows of all that was published, the oldest text first.

    Of an incident whose notice is resolved the next text begins another one.
    """
    grouped: dict[int, list[list[PublicPost]]] = {}
    for post in posts:
        groups = grouped.setdefault(post.incident, [])
        if not groups or groups[-1][-1].resolved:
            groups.append([])
        groups[-1].append(post)
    notices = [Notice(tuple(reversed(group))) for groups in grouped.values() for group in groups]
    notices.sort(key=lambda one: (one.began_at, one.id), reverse=True)
    now = by_component(one.last for one in notices if one.open)
    times = [*(one.at for one in posts), *(one.written_at for one in planned)]
    components = [(one.name, now.get(one.name, PublicStatus.OPERATIONAL)) for one in parts]
    return Contents(components, notices, planned, max(times, default=None))
