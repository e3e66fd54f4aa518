"""A digest: one direct message lists the further pages of a person whom many call already."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.incidents.incident import Severity
from bot.domain.paging.notifications import TOGETHER
from bot.domain.paging.pages import Page


@dataclass(frozen=True, slots=True)
class Listed:
    """An unanswered page of a digest. Outside any incident it counts as S2."""

    page: Page
    severity: Severity

    @property
    def new(self) -> bool:
        """Say whether no message shows it yet."""
        return not self.page.shown


def calls_anew(listed: Sequence[Listed], posted_at: datetime | None, now: datetime) -> bool:
    """Say whether a digest is posted anew: an edit makes no sound. `posted_at` is when that was done last.

    A message that is younger than `TOGETHER` also stands for what comes after it, but not for a page that is
    worse than all it holds, nor for an S1 or S2 of somebody of whom it holds nothing.
    """
    if posted_at is None or now - posted_at >= TOGETHER:
        return True
    new, held = [one for one in listed if one.new], [one for one in listed if not one.new]
    worst = min((one.severity for one in held), default=None)
    askers = {one.page.escalation.asked_by for one in held}
    return any(
        worst is None
        or one.severity < worst
        or (one.severity.high and one.page.escalation.asked_by not in askers)
        for one in new
    )


def in_order(listed: Sequence[Listed]) -> list[Listed]:
    """Return pages as they are listed: worst severity first, in turn among those who asked, then by deadline.

    Whoever asks for many hides nobody else's page behind theirs. Of an incident's pages the one whose time is
    over first stands for all: one answer is enough.
    """
    asked: Counter[tuple[Severity, str]] = Counter()
    placed, there = [], set()
    for one in sorted(listed, key=lambda one: (one.page.escalation.due_at, one.page.id)):
        of = one.page.escalation
        if of.incident in there:
            continue
        there.update({of.incident} - {None})
        turn = asked[one.severity, of.asked_by]
        asked[one.severity, of.asked_by] += 1
        placed.append(((one.severity, turn, of.due_at, one.page.id), one))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]
