"""What to look at in a review: what a reader of the facts would ask about first. No opinion, and no guess."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from bot.domain.alerts.changes import LATELY, Changed
from bot.domain.incidents.times import Moment
from bot.domain.paging.pages import PageState
from bot.domain.reviews.document import ReviewFacts
from bot.domain.reviews.sections import CAUSES, SUMMARY, filled
from bot.domain.reviews.versions import Version

GAP = timedelta(minutes=10)
"""Nothing on the timeline for longer than this while there was an impact is a gap."""
MOST = 40
_CHANGES = 10


class Ask(StrEnum):
    """What there is to ask about."""

    SUMMARY = "summary"
    CAUSES = "causes"
    IMPACT = "impact"
    GAP = "gap"
    ROLE = "role"
    LATE = "late"
    NO_UPDATE = "no update"
    UNANSWERED = "unanswered"
    ALERT = "alert"
    CHANGE = "change"
    NO_FOLLOW_UP = "no follow-up"


@dataclass(frozen=True, slots=True)
class Look:
    """Something to look at: when it began, how long it took, and what it is of, where that is known."""

    ask: Ask
    at: datetime | None = None
    span: timedelta | None = None
    what: str = ""


def looks(
    facts: ReviewFacts, unfilled: Sequence[str], changes: Sequence[Changed], latest: Version | None
) -> list[Look]:
    """Return what to look at. `unfilled` are the roles that nobody had at any time; `changes` may be none,
    as whoever reads may not know of them; in the `latest` version may stand what the facts lack.
    """
    found = [
        *_missing(facts, latest),
        *(Look(Ask.ROLE, what=role) for role in unfilled),
        *_gaps(facts),
        *_late(facts),
        *_unanswered(facts),
        *_early(facts),
        *_changed(facts, changes),
    ]
    return found[:MOST]


def _missing(facts: ReviewFacts, latest: Version | None) -> Iterator[Look]:
    told = facts.incident.summary
    if not told.summary.strip() and not filled(latest, SUMMARY):
        yield Look(Ask.SUMMARY)
    if not told.causes.strip() and not filled(latest, CAUSES):
        yield Look(Ask.CAUSES)
    if not facts.times[Moment.IMPACT_START] or not facts.times[Moment.IMPACT_END]:
        yield Look(Ask.IMPACT)
    if not facts.follow_ups:
        yield Look(Ask.NO_FOLLOW_UP)


def span_of(facts: ReviewFacts) -> tuple[datetime, datetime | None]:
    """Return from when until when it hurt, as far as that is known: None while it does."""
    known = facts.times
    ends = (known[moment] for moment in (Moment.IMPACT_END, Moment.MITIGATED, Moment.RESOLVED))
    begin = known[Moment.IMPACT_START] or known[Moment.DETECTED] or facts.incident.happened_at
    return begin, next((one for one in ends if one), None)


def _gaps(facts: ReviewFacts) -> Iterator[Look]:
    """Return where nothing was noted while it hurt, from when somebody knew of it."""
    begin, end = span_of(facts)
    known = max(begin, facts.incident.declared_at)
    if end is None or facts.incident.retrospective or facts.left_out:
        return
    marks = [known, *(one.at for one in facts.entries if known < one.at < end), end]
    for before, after in pairwise(marks):
        if after - before > GAP:
            yield Look(Ask.GAP, before, after - before)


def _late(facts: ReviewFacts) -> Iterator[Look]:
    """Return the updates that came after they were due, and the one that did not come at all."""
    if not facts.updates:
        yield Look(Ask.NO_UPDATE)
    ended = facts.incident.resolved_at
    following = [*(one.at for one in facts.updates[1:]), ended]
    for one, then in zip(facts.updates, following, strict=False):
        if one.next_at and then and then > one.next_at and (not ended or one.next_at < ended):
            yield Look(Ask.LATE, one.next_at, then - one.next_at)


def _unanswered(facts: ReviewFacts) -> Iterator[Look]:
    waits = facts.incident.status.open
    for one in facts.pages:
        if one.state is PageState.ESCALATED or (one.pending and not waits):
            yield Look(Ask.UNANSWERED, one.raised_at, what=one.level_team)


def _early(facts: ReviewFacts) -> Iterator[Look]:
    """Return the alerts that came before the incident was declared."""
    declared = facts.incident.declared_at
    for one in facts.alerts:
        if one.first_at < declared:
            yield Look(Ask.ALERT, one.first_at, declared - one.first_at, one.title)


def _changed(facts: ReviewFacts, changes: Sequence[Changed]) -> Iterator[Look]:
    begin, _ = span_of(facts)
    late = [one for one in changes if begin - LATELY <= one.taken_at <= begin]
    for one in late[:_CHANGES]:
        yield Look(Ask.CHANGE, one.taken_at, begin - one.taken_at, one.summary)
