"""Comments on the page of a review: the newest first to be read, those before on pages of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape

from bot.domain.reviews.versions import LONGEST_COMMENT, Comment
from bot.views.browser.forms import Filled
from bot.views.browser.rich import Reader, plain
from bot.views.mrkdwn import said_by_name

COMMENT, CHANGE = "comment", "comment_change"
TEXT, HEADING, VERSION, SURE = "text", "heading", "version", "sure"
FIELDS = (TEXT, HEADING, VERSION, SURE)
_HEAVIEST, _BESIDE = 9_000, 350
"""Characters of HTML of the comments on one page, and of what stands beside each."""


def shown(
    comments: Sequence[Comment],
    reader: Reader,
    viewer: str,
    *,
    page: int,
    form: Filled,
    change: Filled | None,
) -> Mapping[str, Any]:
    """Return the comments of a page, 1 for the newest, and what is entered: a new one, or a change."""
    pages = _pages(comments)
    at = min(max(page, 1), len(pages))
    changed = _number(change)
    if changed:
        at = next((n for n, each in enumerate(pages, 1) if any(one.id == changed for one in each)), at)
    return {
        "comments": [_one(one, reader, viewer) for one in pages[at - 1]],
        "comment_count": len(comments),
        "earlier_comments": at + 1 if at < len(pages) else 0,
        "later_comments": at - 1,
        "comment": form,
        "change": change,
        "changed": changed,
        "longest_comment": LONGEST_COMMENT,
    }


def form_of(comment: Comment, once: str) -> Filled:
    """Return the form in which somebody changes their comment."""
    return Filled(CHANGE, once, {TEXT: comment.text, "id": str(comment.id)})


def _number(change: Filled | None) -> int:
    return int(change.value("id")) if change else 0


def _pages(comments: Sequence[Comment]) -> list[Sequence[Comment]]:
    """Return the comments page by page, the page of the newest first; on each the first comes first."""
    pages: list[list[Comment]] = [[]]
    weight = 0
    for one in reversed(comments):
        heavy = len(escape(one.text)) + _BESIDE
        if pages[-1] and weight + heavy > _HEAVIEST:
            pages.append([])
            weight = 0
        pages[-1].insert(0, one)
        weight += heavy
    return list(pages)


def _one(one: Comment, reader: Reader, viewer: str) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "heading": one.heading,
        "who": reader.name(one.by),
        "at": reader.time(one.at),
        "edited": reader.time(one.edited_at) if one.edited_at else None,
        "text": plain(said_by_name(one.text, reader.names)),
        "own": one.by == viewer,
    }
