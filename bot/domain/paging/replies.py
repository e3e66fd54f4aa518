"""Replies to a text: what acknowledges a page, and which one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.paging.pages import Page

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels: no code is a word, such as NO."""
CODES = len(LETTERS) ** 2
_SPREAD = 147
"""Pages that follow each other differ in both letters."""

_REPLY = re.compile(
    rf"(?:(?P<verb>1|ack|acknowledge|acknowledged)(?:\s+|$))?"
    rf"(?:inc[- ]?(?P<number>\d{{1,9}})|(?P<code>[{LETTERS.lower()}]{{2}}))?"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody acknowledges: an incident by its number, a page by its code, or what waits for them."""

    incident: int | None = None
    code: str = ""


def code_of(page_id: int) -> str:
    """Return the two letters that name a page in a text: the same for every 400th page."""
    first, second = divmod(page_id * _SPREAD % CODES, len(LETTERS))
    return LETTERS[first] + LETTERS[second]


def understood(text: str) -> Reply | None:
    """Return what a reply acknowledges, or None for one that says something else."""
    found = _REPLY.fullmatch(" ".join(text.casefold().split()).rstrip(".!"))
    if not found or not any(found.groups()):
        return None
    number = found["number"]
    return Reply(int(number) if number else None, (found["code"] or "").upper())


def meant(reply: Reply, theirs: Sequence[Page]) -> list[Page]:
    """Return which of somebody's pages, oldest first, a reply means: of those that wait, one an incident.

    A code means the newest page that has it, also one that is over.
    """
    if reply.code:
        return [page for page in theirs if code_of(page.id) == reply.code][-1:]
    about = [page for page in theirs if reply.incident in (None, page.incident)]
    waiting = {page.incident or -page.id: page for page in reversed(about) if page.pending}
    return sorted(waiting.values(), key=lambda page: page.id) or (about[-1:] if reply.incident else [])
