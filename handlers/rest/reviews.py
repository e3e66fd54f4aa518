"""The document of a review, by the API."""

from dataclasses import dataclass

from handlers.rest import models
from handlers.rest.asked import Asked, known
from handlers.rest.shown import Names
from handlers.reviews import Reading, read
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and by which template it is to be written anew, if by one."""

    reading: Reading
    template: str


def read_review(tx: Tx, asked: Asked) -> Found:
    incident, query = known(tx, asked), asked.query
    url = asked.page_of(incident.id) or ""
    return Found(read(tx, incident.id, asked.by, url, query.version), query.template)


def shown(found: Found) -> models.Review:
    reading = found.reading
    text, last, names = reading.shown(found.template), reading.shelf.latest, Names(reading.names)
    return models.Review(
        incident=f"INC-{reading.incident.id}",
        version=text.version,
        newest=last.number if last else 0,
        template=text.template,
        outdated=text.outdated,
        text=text.text,
        approvals=[
            models.Approval(version=one.version, by=names.person(one.by), at=one.at)
            for one in reading.shelf.approvals
        ],
    )
