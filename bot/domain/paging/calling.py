"""How often somebody was called, and how they are called again: one person, one incident, one message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.paging.escalations import EscalationState
from bot.domain.paging.pages import Page, PageState, newest


class Way(StrEnum):
    """How Slack takes part in a call."""

    NEW = "a message is posted"
    EDIT = "the standing message is edited: another method rings"
    REPLACE = "a message is posted, and the standing one goes"


def way(*, standing: bool, again: bool, rung: bool) -> Way:
    """Return how Slack calls somebody. An edit makes no sound: it is enough only for a call that is repeated
    (`again`) and rings by another method (`rung`).
    """
    if not standing:
        return Way.NEW
    return Way.EDIT if again and rung else Way.REPLACE


@dataclass(frozen=True, slots=True)
class Calls:
    """How often one path called somebody, and since when."""

    number: int
    since: datetime


def calls(page: Page, known: Iterable[Page]) -> Calls:
    """Count the calls, reminders included, with which a page's path called its person until now."""
    theirs = [
        one
        for one in (*known, page)
        if one.escalation.id == page.escalation.id and one.responder == page.responder and one.id <= page.id
    ]
    by_id = {one.id: one for one in theirs}
    return Calls(sum(1 + one.reminded for one in by_id.values()), min(one.raised_at for one in theirs))


def replaced(page: Page, known: Iterable[Page]) -> list[Page]:
    """Return the pages whose message a newer one of the same person stands for: they wait no more."""
    return [
        one
        for one in known
        if one.responder == page.responder
        and one.id < page.id
        and one.state in {PageState.ESCALATED, PageState.CANCELLED}
        and one.dm_ts
        and one.dm_ts != page.dm_ts
        and not one.digested  # a digest lists others too: it neither goes nor becomes one page's message
    ]


def end_of(page: Page, known: Iterable[Page]) -> Page | None:
    """Return the page with which the path of one ended that moved on, or was cancelled since somebody else
    answered, or with which its person answered late.
    """
    if page.state is PageState.CANCELLED:
        path = [one for one in known if one.escalation.id == page.escalation.id]
        return newest(path) if page.escalation.state is EscalationState.ACKNOWLEDGED else None
    later = [one for one in known if one.id > page.id]
    late = [
        one
        for one in later
        if one.escalation.team == page.escalation.team
        and page.responder
        and one.answered_by == page.responder
    ]
    path = [one for one in later if one.escalation.id == page.escalation.id]
    return next((one for one in (*late[-1:], *([newest(path)] if path else [])) if not one.pending), None)


def taken_over(page: Page, known: Iterable[Page]) -> bool:
    """Say whether a newer page has this one's message, or is about to be shown in it."""
    newer = [
        one for one in known if one.id > page.id and one.responder == page.responder and not one.digested
    ]
    return any(
        (one.dm_ts is not None and one.dm_ts == page.dm_ts)
        or (
            one.escalation.id == page.escalation.id
            and one.beside is None
            and one.pending
            and not (one.dm_ts or one.undelivered)
        )
        for one in newer
    )
