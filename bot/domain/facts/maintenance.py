"""What happens to scheduled maintenance."""

from bot.domain.actors import BOT, Actor
from bot.domain.facts.fact import Fact, OfIncident
from bot.domain.timeline.entries import Kind


class OfMaintenance(Fact):
    """A fact of a maintenance. `by` is who did it."""

    maintenance: int
    by: Actor = BOT


class MaintenancePlanned(OfMaintenance):
    """Somebody planned it."""


class MaintenanceNear(OfMaintenance):
    """Those on call are to be told that it begins."""


class MaintenanceStarted(OfMaintenance):
    """It runs, since its time has come or somebody began it early."""


class MaintenanceChanged(OfMaintenance):
    """Its plan is another one. `extended` says that only its end is later."""

    extended: bool = False


class MaintenanceOverran(OfMaintenance):
    """Its planned end has passed, and nobody has said that it is over."""


class MaintenanceUnended(OfMaintenance):
    """Nobody has said so since the owner was asked."""


class MaintenanceEnded(OfMaintenance):
    """It is over, or was cancelled. `lapsed` says that nobody ended it."""

    lapsed: bool = False


class MaintenanceOwnerChanged(OfMaintenance):
    """Somebody else made a person its owner."""

    person: str


class MaintenanceUnheard(OfMaintenance):
    """It could not be announced; `person` planned it."""

    person: str
    why: str


class MaintenanceAnswered(OfIncident):
    """Somebody said whether the incident has to do with a maintenance that runs."""

    kind = Kind.MAINTENANCE
    maintenance: int
    name: str
    related: bool
    owner: str


class CallNeeded(OfIncident):
    """The incident has nothing to do with a maintenance, whose people are to leave the shared call to it."""

    maintenance: int


class MaintenanceUnasked(OfIncident):
    """No maintenance runs any more of which it was asked whether the incident has to do with it."""
