"""Facts of no meaning, for tests of what follows from a fact."""

from dataclasses import dataclass

from bot.domain.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening(Fact):
    """Something happened to an incident."""

    incident: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Happening):
    """Something that is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered(Happening):
    """Something that is told, one of many."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed(Happening):
    """Something that is shown in its newest state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted(Happening):
    """Something that is posted once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Happening):
    """Something that makes room for more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paged(Happening):
    """Something urgent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard(Happening):
    """Something that nobody wants to hear of."""
