"""What stands behind each figure of the insights, as a list of as many as the figure says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bot.domain.errors import NotFound
from bot.domain.incidents.incident import Incident
from bot.domain.insights import behind as figure
from bot.domain.insights.insight import Insight
from bot.domain.insights.load import Stands
from bot.unit_of_work import UnitOfWork
from bot.views.browser import insights_behind as view
from bot.views.browser.insights_behind import Listing
from bot.views.browser.insights_chart import period_query
from bot.views.browser.rendering import Viewer
from bot.views.browser.rich import Reader
from storage import incidents, insights, people
from storage.insights import Wanted
from storage.transaction import Tx

SHOWN = 40
"""How many one page lists."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Turned:
    """A page of a list: which of how many."""

    listing: Listing
    page: int
    pages: int


async def listed(uow: UnitOfWork, now: Insight, key: str, viewer: Viewer, page: int) -> Turned:
    """Return the list behind a figure. Raises NotFound for what names no figure that is shown to them."""
    return await uow.read(_listed, now, key, viewer, page)


def _listed(tx: Tx, now: Insight, key: str, viewer: Viewer, page: int) -> Turned:
    kind, _, stands = key.partition(":")
    if kind == "follow-ups" and stands in {*Stands}:
        return _follow_ups(tx, now, Stands(stands), viewer, page)
    if (calls := figure.calls_behind(now.paged, key)) is not None:
        shown = _of(calls, page)
        known = _known(tx, (one.incident for one in shown), viewer)
        names = people.names(tx, {one.called.person for one in shown} | {key.rpartition(":")[2]})
        listing = view.pages(key, now, calls, shown, known=known, reader=Reader(viewer.zone, names))
        return Turned(listing, page, _pages(len(calls)))
    if (shifts := figure.shifts_behind(now.paged, key)) is not None:
        listing = view.shifts(key, shifts, _of(shifts, page), period_query(now.period), Reader(viewer.zone))
        return Turned(listing, page, _pages(len(shifts)))
    if (found := figure.behind(now.incidents, key)) is None:
        raise NotFound("figure", key[:40])
    known = _known(tx, (one.id for one, _ in _of(found, page)), viewer)
    listing = view.incidents(figure.spoken(key), found, [*known.values()], Reader(viewer.zone))
    return Turned(listing, page, _pages(len(found)))


def _follow_ups(tx: Tx, now: Insight, stands: Stands, viewer: Viewer, page: int) -> Turned:
    wanted = Wanted(viewer.person, now.period.start, now.period.end)
    today = tx.now.astimezone(viewer.zone).date()
    total = getattr(insights.follow_ups(tx, wanted, today), stands.value)
    shown = insights.follow_ups_behind(tx, wanted, today, stands, most=SHOWN, skipped=(page - 1) * SHOWN)
    known = _known(tx, (one.incident for one in shown), viewer)
    names = people.names(tx, {one.assignee for one in shown if one.assignee})
    listing = view.follow_ups(
        stands, total, shown, known=known, today=today, reader=Reader(viewer.zone, names)
    )
    return Turned(listing, page, _pages(total))


def _of(found: Sequence[_T], page: int) -> Sequence[_T]:
    return found[(page - 1) * SHOWN : page * SHOWN]


def _pages(total: int) -> int:
    return max(1, -(-total // SHOWN))


def _known(tx: Tx, ids: Iterable[int | None], viewer: Viewer) -> dict[int, Incident]:
    """Return those of these incidents that somebody may know of now, in their order."""
    chosen = [one for one in dict.fromkeys(ids) if one is not None]
    return {one.id: one for one in incidents.visible_of(tx, chosen, viewer.person)}
