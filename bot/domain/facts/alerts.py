"""What happens with the alerts of an incident."""

from bot.domain.facts.fact import OfIncident
from bot.domain.timeline.entries import Kind


class AlertsJoined(OfIncident):
    """An alert is of this incident now, and so many others that came with it.

    They fire `again` where all that it had were over. A `severity` is worse than the incident's.
    """

    kind = Kind.ALERT
    told: bool = False
    alert: int
    title: str
    others: int
    again: bool = False
    severity: str = ""


class AlertsCounted(OfIncident):
    """An alert fires again, or is one of so many in a storm that they are only counted."""


class AlertsEnded(OfIncident):
    """The source says that an alert is over, and so many others with it; so many more fire still.

    `flaps`: it comes and goes, so somebody has to look why. `asks` whoever leads whether that was it.
    """

    kind = Kind.ALERT_ENDED
    alert: int
    title: str
    others: int
    left: int
    flaps: bool
    asks: bool = False


class AlertDetached(OfIncident):
    """Somebody says that an alert has nothing to do with the incident."""

    kind = Kind.ALERT_DETACHED
    told: bool = False
    alert: int
    title: str


class AlertShelved(OfIncident):
    """Somebody put an alert of the incident aside until then."""

    kind = Kind.ALERT_SHELVED
    told: bool = False
    alert: int
    title: str
    until: str


class FalseAlarmSaid(OfIncident):
    """What alerts opened was nothing. `changes` asks for the alert to be changed."""

    kind = Kind.FALSE_ALARM
    told: bool = False
    changes: bool
    reason: str
