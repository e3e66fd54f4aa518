"""Replies to a text: how they answer a page, and which one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.domain.paging.pages import Page

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels: no code is a word, such as NO."""
CODES = len(LETTERS) ** 2
_SPREAD = 147
"""Pages that follow each other differ in both letters."""

_REPLY = re.compile(
    r"(?:(?P<verb>1|ack|acknowledge|acknowledged|no|(?:on my )?way(?: (?P<minutes>5|10|15)(?: ?min)?)?)"
    r"(?:\s+|$))?"
    rf"(?:inc[- ]?(?P<number>\d{{1,9}})|(?P<code>[{LETTERS.lower()}]{{2}}))?"
)


class Answer(StrEnum):
    """What a reply says of a page."""

    ACKNOWLEDGE = "ack"
    ON_MY_WAY = "way"
    CANNOT = "no"


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answers: an incident by its number, a page by its code, or what waits for them.

    Without a `length` they are on the way for as long as may be.
    """

    incident: int | None = None
    code: str = ""
    answer: Answer = Answer.ACKNOWLEDGE
    length: timedelta | None = None


def code_of(page_id: int) -> str:
    """Return the two letters that name a page in a text: the same for every 400th page."""
    first, second = divmod(page_id * _SPREAD % CODES, len(LETTERS))
    return LETTERS[first] + LETTERS[second]


def understood(text: str) -> Reply | None:
    """Return what a reply answers, or None for one that says something else."""
    found = _REPLY.fullmatch(" ".join(text.casefold().split()).rstrip(".!"))
    if not found or not any(found.groups()):
        return None
    number, minutes, verb = found["number"], found["minutes"], found["verb"] or ""
    answer = Answer.ON_MY_WAY if "way" in verb else Answer.CANNOT if verb == "no" else Answer.ACKNOWLEDGE
    length = timedelta(minutes=int(minutes)) if minutes else None
    return Reply(int(number) if number else None, (found["code"] or "").upper(), answer, length)


def meant(reply: Reply, theirs: Sequence[Page]) -> list[Page]:
    """Return which of somebody's pages, oldest first, a reply means: of those that wait, one an incident.

    A code means the newest page that has it, also one that is over.
    """
    if reply.code:
        return [page for page in theirs if code_of(page.id) == reply.code][-1:]
    about = [page for page in theirs if reply.incident in (None, page.incident)]
    waiting = {page.incident or -page.id: page for page in reversed(about) if page.pending}
    return sorted(waiting.values(), key=lambda page: page.id) or (about[-1:] if reply.incident else [])
