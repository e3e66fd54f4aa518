"""Our copies of the pictures of pinned messages."""

from collections.abc import Sequence

from bot.domain.errors import NotFound
from bot.domain.facts import PictureDeleted, PictureWanted
from bot.domain.rights import Right
from bot.domain.timeline.pictures import LARGEST, MOST_OF_INCIDENT, Offered
from bot.operations.rights import visible
from storage import pictures
from storage.transaction import Tx

TOO_LARGE = f"it has more than {LARGEST // 1024 // 1024} MB"
TOO_MANY = f"an incident keeps {MOST_OF_INCIDENT}"


def wanted(tx: Tx, incident_id: int, ts: str, offered: Sequence[Offered]) -> None:
    """Have the pictures of a pinned message fetched, as many as an incident keeps."""
    for one in offered:
        full = pictures.count(tx, incident_id) >= MOST_OF_INCIDENT
        why_not = TOO_LARGE if one.too_large else TOO_MANY if full else ""
        number = pictures.want(tx, incident_id, ts, one, why_not=why_not)
        if number and not why_not:
            tx.record(PictureWanted(incident=incident_id, picture=number))


def delete_picture(tx: Tx, incident_id: int, picture_id: int, *, by: str) -> None:
    """Delete our copy of a picture; what Slack has stays there. Who may pin a message may do this."""
    incident = visible(tx, incident_id, by, Right.PIN)
    picture = pictures.shown(tx, incident.id, picture_id)
    if not picture:
        raise NotFound("picture", picture_id)
    if pictures.delete(tx, picture.id, by):
        tx.record(PictureDeleted(incident=picture.incident, by=by, picture=picture.id, name=picture.name))
