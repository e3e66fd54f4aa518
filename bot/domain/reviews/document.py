"""The facts of an incident that its review is written from, and in which part of it each is told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.alerts.alert import Alert
from bot.domain.incidents.fields import Field, FieldType, Link
from bot.domain.incidents.incident import GONE, Incident, Status
from bot.domain.incidents.times import Times
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.work.follow_ups import FollowUp
from bot.domain.work.work import Action, Update

MOST_ENTRIES = 1000
"""So many highlights a document tells; of more it says how many are left out."""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """All that a review is written from. Nothing in it depends on who reads it, or when.

    `entries` are the highlights, and who led in between; `left_out` counts the highlights past the first
    `MOST_ENTRIES`. What only some people of the incident may
    know of is not among the `follow_ups` and `actions`.
    """

    incident: Incident
    times: Times
    entries: Sequence[Entry]
    left_out: int
    holders: Sequence[Holder]
    responders: Sequence[str]
    pages: Sequence[Page]
    updates: Sequence[Update]
    alerts: Sequence[Alert]
    follow_ups: Sequence[FollowUp]
    actions: Sequence[Action]
    fields: Sequence[tuple[FieldType, str]]
    others: Sequence[Field]
    links: Sequence[Link]


def reviewable(incident: Incident) -> bool:
    """Say whether an incident has something to review: it was one, and did not go on in another."""
    return incident.status not in {*GONE, Status.TRIAGE}


class Part(StrEnum):
    """A part of a review; a note is written for it that begins with its word: "Decision: roll back"."""

    DECISIONS = "decisions"
    LEARNT = "learnt"
    WELL = "well"
    BADLY = "badly"
    LUCKY = "lucky"


_BEGINS = {
    Part.DECISIONS: r"decision|decided",
    Part.LEARNT: r"learnt|learned|lesson|lessons",
    Part.WELL: r"(?:went )?well",
    Part.BADLY: r"(?:went )?(?:badly|wrong)|not (?:so )?well",
    Part.LUCKY: r"lucky|(?:where )?we got lucky",
}
_PARTS = {part: re.compile(rf"\s*(?:{words})\s*:\s*(?=\S)", re.IGNORECASE) for part, words in _BEGINS.items()}
_DECIDED = frozenset({Kind.SEVERITY, Kind.VERIFIED, Kind.NEAR_MISS, Kind.REAL, Kind.DUPLICATE})
"""Kinds that are decisions whatever they say; a status is one if it was given a reason."""


def leads_anew(entry: Entry) -> bool:
    """Say whether another person leads since then: whoever confirms the lead had it already."""
    return entry.kind is Kind.LEAD and bool(entry.data["before"] != entry.data["after"])


def part_of(text: str) -> tuple[Part, str] | None:
    """Return for which part a note was written, and the rest of it; None where no such word begins it."""
    for part, begins in _PARTS.items():
        if found := begins.match(text):
            return part, text[found.end() :]
    return None


def decision(entry: Entry) -> bool:
    """Say whether something that happened was a decision."""
    return entry.kind in _DECIDED or (entry.kind is Kind.STATUS and bool(entry.data.get("reason")))
