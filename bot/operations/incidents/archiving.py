"""The end of an incident's channel: a last message that links everything, then the archive."""

from datetime import timedelta

from bot.domain.facts import ChannelEnds, ChannelOver
from bot.domain.incidents.archiving import archived_after
from bot.domain.incidents.incident import Incident, Status
from storage import incidents
from storage.transaction import Tx


def end_channel(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Have the channel archived. That of a merged incident has said for a day where to go."""
    if not incident.channel:
        return
    if incident.status is Status.MERGED:
        tx.record(ChannelOver(incident=incident.id))
    else:
        tx.record(ChannelEnds(incident=incident.id, status=incident.status.value))


def last_word_said(tx: Tx, *, incident_id: int) -> None:
    """Go on to the archive, unless somebody has reopened it since."""
    if archived_after(incidents.get(tx, incident_id), tx.process):
        tx.record(ChannelOver(incident=incident_id))
