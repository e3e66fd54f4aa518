"""Whom pages of teams called when, and how soon they answered: for the load of a schedule."""

from collections.abc import Collection
from datetime import datetime

from bot.domain.oncall.load import Called
from storage.transaction import Row, Tx, any_of, instant


def called(tx: Tx, teams: Collection[str], start: datetime, end: datetime) -> list[Called]:
    """Return the pages of teams from `start` until `end`, but drills, and what called nobody."""
    these, named = any_of(teams)
    rows = tx.all(
        f"""SELECT pages.responder, pages.raised_at, pages.answered_by, pages.answered_at FROM pages
            JOIN escalations ON escalations.id = pages.escalation
            LEFT JOIN incidents ON incidents.id = escalations.incident
        WHERE pages.level_team IN ({these}) AND pages.raised_at >= :start AND pages.raised_at < :end
            AND pages.responder IS NOT NULL AND COALESCE(incidents.drill, 0) = 0
            AND NOT (pages.quiet = 1 AND COALESCE(pages.answered_at, '') = pages.raised_at)
        ORDER BY pages.id""",  # noqa: S608 - names of our own making
        {**named, "start": start, "end": end},
    )
    return [called_of(row) for row in rows]


def called_of(row: Row) -> Called:
    """Return whom a page called, and how long they took; somebody else's answer is not theirs."""
    raised = instant(row["raised_at"])
    answered = instant(row["answered_at"]) - raised if row["answered_by"] == row["responder"] else None
    return Called(row["responder"], raised, answered)
