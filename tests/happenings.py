"""Facts of no meaning, for tests of what follows from a fact."""

from bot.domain.facts import Fact


class Happening(Fact):
    """Something happened to an incident."""

    incident: int = 0


class Told(Happening):
    """Something that is told."""


class Numbered(Happening):
    """Something that is told, one of many."""

    number: int


class Changed(Happening):
    """Something that is shown in its newest state."""


class Posted(Happening):
    """Something that is posted once."""


class Opened(Happening):
    """Something that makes room for more."""


class Paged(Happening):
    """Something urgent."""


class Unheard(Happening):
    """Something that nobody wants to hear of."""
