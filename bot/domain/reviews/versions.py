"""Versions of the document of a review: what may be saved, so that two editors undo nothing of each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.actors import mentioned
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, went_on
from bot.domain.reviews.document import reviewable
from bot.domain.text import tidy

LONGEST = 200_000
"""Characters of a document: a browser is still quick with them, and so is what makes a page of them."""
LONGEST_COMMENT, LONGEST_HEADING = 3000, 200
TOLD_AGAIN = timedelta(hours=1)
"""Who saves again within so long is told of once on the timeline, and comments within it in one message."""
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Saved:
    """That a version was saved: its number, by whom and when."""

    number: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """A version with its text. `written` is what the `template` made of the facts when it was saved."""

    incident: int
    number: int
    text: str
    template: str
    written: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a version, or of what stands under one `heading` of it; version 0 is the one that
    nobody had edited yet.
    """

    id: int
    incident: int
    version: int
    text: str
    by: str
    at: datetime
    heading: str = ""
    edited_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    version: int
    by: str
    at: datetime


class EditedMeanwhile(Refused):
    """Somebody saved another version since this text was begun: nothing was saved, and both are shown.

    `by` is empty where that happened at the same moment.
    """

    def __init__(self, number: int, by: str) -> None:
        who = mentioned(by) if by else "Somebody"
        super().__init__(
            f"{who} saved version {number} while you wrote. Nothing of yours was saved yet: put the two "
            "together, then save."
        )
        self.number = number


def cleaned(text: str) -> str:
    """Return a text whose lines end alike, and in which nothing is invisible or turns it around."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip("\n") + "\n"


def document(text: str) -> str:
    """Return a document as it is kept. Refuses one that is empty, and one that is too long."""
    kept = cleaned(text)
    if not kept.strip():
        raise Refused("The document is empty. To begin anew, take the text that is written from the facts.")
    if len(kept) > LONGEST:
        raise Refused(
            f"The document has {len(kept):,} characters; at most {LONGEST:,} are kept. Take something out, "
            "such as a log: a link to it is enough."
        )
    return kept


def said(text: str) -> str:
    """Return a comment as it is kept. Refuses none, and one that is too long."""
    words = tidy(text)
    if not words:
        raise Refused("Write what you want to say of it.")
    if len(words) > LONGEST_COMMENT:
        raise Refused(f"A comment has at most {LONGEST_COMMENT:,} characters; this has {len(words):,}.")
    return words


def own(comment: Comment, by: str) -> Comment:
    """Return a comment to whoever wrote it; refuse anybody else."""
    if comment.by != by:
        raise Refused(f"Only <@{comment.by}>, who wrote that comment, can change or delete it.")
    return comment


def together(comments: Sequence[Comment], to: str) -> Sequence[Comment]:
    """Return the newest comments that somebody is told of together: those of others, each within an hour of
    the one before. None where the newest is their own.
    """
    found: list[Comment] = []
    for one in reversed(comments):
        if one.by == to or (found and found[-1].at - one.at >= TOLD_AGAIN):
            break
        found.append(one)
    return found[::-1]


def to_review(incident: Incident) -> Incident:
    """Return the incident if its review can be written; refuse, also before somebody writes one in vain."""
    if not reviewable(incident):
        raise Refused(
            f"INC-{incident.id} is {incident.status}: it has no review. {went_on(incident)}".strip()
        )
    return incident


def tells(last: Saved | None, by: str, now: datetime) -> bool:
    """Say whether the timeline tells that a version is saved: not each time when somebody goes on writing."""
    return not last or last.by != by or now - last.at >= TOLD_AGAIN
