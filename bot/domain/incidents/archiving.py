"""When the channel of an incident that is over is archived: so long it can be read and answered in place."""

from datetime import timedelta

from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.merging import ARCHIVED_AFTER
from bot.domain.process import Process

LONGEST = timedelta(days=90)
_ENDED = frozenset({Status.CLOSED, Status.CANCELLED, Status.DECLINED})


def archived_after(incident: Incident, process: Process) -> timedelta | None:
    """Return how long after its end the channel is archived; None while it is not over, or if it stays."""
    if incident.status is Status.MERGED:
        return ARCHIVED_AFTER
    archive = process.archive
    return (archive.private if incident.private else archive.after) if incident.status in _ENDED else None
