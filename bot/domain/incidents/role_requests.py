"""Asking somebody whether they take a role: it stays with whoever has it until they say yes."""

from collections.abc import Iterable, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.paging.engagement import Holder
from bot.domain.timeline.entries import Entry, Kind


def waiting(incident: Incident, asked: Sequence[Entry], holders: Iterable[Holder]) -> list[Entry]:
    """Return the requests that wait for an answer, of all that were made and declined, oldest first.

    A request is over when it is declined, when anybody got the role since, or with the incident.
    """
    if not incident.status.open:
        return []
    since = {one.role: one.since for one in holders if one.since}
    newest = {(one.data["person"], one.data["role"]): one for one in asked}
    return [
        one
        for (_, role), one in newest.items()
        if one.kind is Kind.ROLE_ASKED and not (role in since and since[role] >= one.at)
    ]
