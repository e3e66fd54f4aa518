"""Which maintenance a service is named by: what it holds alerts of, and what an incident may be about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.maintenance.maintenance import Maintenance

_PART_OF_A_WORD = r"[\w-]"


@dataclass(frozen=True, slots=True)
class Connection:
    """What an incident has to do with maintenance: those it is asked about, the likely one of them, and those
    that it is related to.
    """

    asked: tuple[Maintenance, ...] = ()
    likely: Maintenance | None = None
    related: tuple[Maintenance, ...] = ()


NO_CONNECTION = Connection()


def held(known: Iterable[Maintenance], service: str, at: datetime) -> Maintenance | None:
    """Return the maintenance that holds alerts of a service at a moment, if there is one.

    It does so in its planned window alone: one that has overrun hides nothing.
    """
    wanted = service.strip().casefold()
    return next(
        (one for one in known if one.holds and _covers(one, at) and wanted in _folded(one.services)), None
    )


def likely(known: Sequence[Maintenance], text: str) -> Maintenance | None:
    """Return the maintenance that names a service of which a text speaks: a guess, and no decision."""
    return next((one for one in known if named_in(one, text)), None)


def named_in(maintenance: Maintenance, text: str) -> str:
    """Return the service of a maintenance that a text names as a word of its own, or nothing."""
    folded = text.casefold()
    return next((one for one in maintenance.services if one and _is_word(one.casefold(), folded)), "")


def _is_word(word: str, text: str) -> bool:
    found = rf"(?<!{_PART_OF_A_WORD}){re.escape(word)}(?!{_PART_OF_A_WORD})"
    return re.search(found, text) is not None


def _covers(one: Maintenance, at: datetime) -> bool:
    begun = one.started_at is not None and one.started_at <= at
    return begun and at < min(one.ends_at, one.ended_at or one.ends_at)


def _folded(words: Iterable[str]) -> set[str]:
    return {one.casefold() for one in words}
