"""What a card and a panel show at a glance beside the state."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.incidents.glance import Glance
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.incidents.times import Moment
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Kind
from bot.operations.incidents.changes import missing_fields
from bot.operations.incidents.times import times_of
from bot.operations.paging.pagers import raised_by
from storage import actions, notifications, streams, timeline
from storage.transaction import Tx


def glance_now(tx: Tx, incident: Incident, pending: Sequence[Page]) -> Glance:
    """Return what is shown to one person who reads it at once."""
    methods = notifications.by_page(tx, [page.id for page in pending])
    raised = raised_by(tx, pending)
    return replace(_glance(tx, incident), methods=methods, pagers=raised, now=tx.now)


def glance_of_card(tx: Tx, incident: Incident, pending: Sequence[Page]) -> Glance:
    """Return what a card shows, which changes by facts alone."""
    took: dict[int, list[str]] = {}
    for entry in timeline.of_kinds(tx, incident.id, Kind.NOTIFIED) if pending else ():
        took.setdefault(entry.data["page"], []).append(entry.data["contact_method"])
    raised = raised_by(tx, pending)
    return replace(_glance(tx, incident), took=took, pagers=raised)


def _glance(tx: Tx, incident: Incident) -> Glance:
    open_ones = sum(not one.done_at for one in actions.of(tx, incident.id))
    lacks = () if incident.status in GONE else tuple(one.name for one in missing_fields(tx, incident))
    open_streams = tuple(one for one in streams.of(tx, incident.id) if one.open)
    return Glance(
        open_ones, lacks, open_streams, impact=_impact(tx, incident) if incident.retrospective else None
    )


def _impact(tx: Tx, incident: Incident) -> tuple[datetime, datetime] | None:
    known = times_of(tx, incident)
    start, end = known[Moment.IMPACT_START], known[Moment.IMPACT_END]
    return (start, end) if start and end else None
