"""What stands behind a figure: incidents, pages, shifts or follow-ups, in one form of list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import quote

from markupsafe import Markup

from bot.domain.incidents.incident import Incident
from bot.domain.insights.behind import Pages, start_of
from bot.domain.insights.insight import Insight
from bot.domain.insights.load import Call
from bot.domain.insights.measures import Measured
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.pages import PageState
from bot.domain.work.work import Action
from bot.views.browser.rich import Reader
from bot.views.mrkdwn import lasting

_PAGES: Mapping[str, str] = {
    Pages.ALL: "Pages",
    Pages.NIGHT: "Pages at night",
    Pages.WEEKEND: "Pages at weekends",
    Pages.ACKNOWLEDGED: "Pages that whom they called acknowledged",
    Pages.DRILLS: "Pages of drills, left out",
}
_UNANSWERED: Mapping[PageState, str] = {
    PageState.PENDING: "not yet",
    PageState.ACKNOWLEDGED: "by somebody else",
    PageState.ESCALATED: "by nobody",
    PageState.CANCELLED: "cancelled",
}
"""What a page is said to be that whom it called did not acknowledge."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing: what it is called, where it leads (an address below ours, or nowhere), and its columns."""

    name: Markup | str
    path: str
    said: str
    marks: Sequence[str]
    cells: Sequence[Markup | str]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a figure is of, in the words of a heading, how much that is, and the lines of one page of it."""

    title: Markup | str
    total: str
    heads: Sequence[str]
    lines: Sequence[Line]
    note: str = ""


def incidents(
    title: str, found: Sequence[tuple[Measured, timedelta | None]], known: Sequence[Incident], reader: Reader
) -> Listing:
    """List incidents; with how long it took, or with their updates, where that is the figure."""
    measured = {one.id: (one, span) for one, span in found}
    timed = any(span is not None for _, span in found)
    promised = sum(one.updates_in_time + one.updates_late for one, _ in found)
    heads = ["Incident", "Highest severity", "Status"]
    heads += ["It took"] if timed else []
    heads += ["Updates in time", "Late updates"] if title.startswith(("Update", "An update")) else []
    lines = []
    for one in known:
        figure, span = measured[one.id]
        cells: list[Markup | str] = [figure.severity.value, one.status.value]
        cells += [lasting(span) if span is not None else "–"] if timed else []
        cells += [str(figure.updates_in_time), str(figure.updates_late)] if "Late updates" in heads else []
        lines.append(_incident(one, [*cells, reader.time(one.declared_at)]))
    total = many(len(found), "incident")
    if "Late updates" in heads:
        late = sum(one.updates_late for one, _ in found)
        total = f"{promised - late} updates in time, {late} late, of {total}"
    return Listing(title, total, [*heads, "Declared"], lines)


def _incident(one: Incident, cells: Sequence[Markup | str]) -> Line:
    marks = [*(["private"] if one.private else []), *(["drill"] if one.drill else [])]
    return Line(f"INC-{one.id}", f"/incidents/INC-{one.id}", one.name, marks, cells)


def pages(
    key: str,
    now: Insight,
    found: Sequence[Call],
    shown: Sequence[Call],
    *,
    known: Mapping[int, Incident],
    reader: Reader,
) -> Listing:
    """List pages. A person is named where their own figures are shown."""
    people = {who for who, _ in now.paged.people}
    lines = []
    for one in shown:
        called, incident = one.called, known.get(one.incident or 0)
        there = called.at.astimezone(now.paged.zones[called.person])
        cells = [
            one.team,
            reader.name(called.person) if called.person in people else "–",
            reader.time(called.at),
            f"{there:%a %H:%M}",
            f"after {lasting(called.took)}" if called.took is not None else _UNANSWERED[one.state],
        ]
        outside = Line("Of no incident", "", "", (), cells)
        lines.append(_incident(incident, cells) if incident else outside)
    of = len({one.incident for one in found} - {None})
    total = many(len(found), "page") + (f", of {many(of, 'incident')}" if of else "")
    note = "People are named whose own figures you may see."
    heads = ("Incident", "Team", "Whom", "Raised", "On their clock", "Acknowledged")
    return Listing(_pages_title(key, reader), total, heads, lines, note)


def _pages_title(key: str, reader: Reader) -> Markup | str:
    kind, first, name = [*key.split(":", 2), ""][:3]
    if kind == "shift":
        return f"Pages in a shift of {name}"
    said = _PAGES[first]
    return Markup("{} of {}").format(said, reader.name(name)) if name else said


def shifts(
    key: str,
    found: Sequence[tuple[Shift, int]],
    shown: Sequence[tuple[Shift, int]],
    query: str,
    reader: Reader,
) -> Listing:
    """List shifts, each with its pages. `query` names the time."""
    kind, _, schedule = key.partition(":")
    lines = [
        Line(
            Markup("{} – {}").format(reader.time(shift.start), reader.time(shift.end)),
            f"/insights/incidents?{query}&of={quote(f'shift:{start_of(shift)}:{schedule}')}" if count else "",
            "",
            (),
            (str(count),),
        )
        for shift, count in shown
    ]
    title = f"Shifts of {schedule}" + (" without a page" if kind == "calm" else "")
    pages_of = many(sum(count for _, count in found), "page")
    return Listing(title, f"{many(len(found), 'shift')}, {pages_of}", ("Shift", "Pages"), lines)


def follow_ups(
    stands: str,
    total: int,
    shown: Sequence[Action],
    *,
    known: Mapping[int, Incident],
    today: date,
    reader: Reader,
) -> Listing:
    """List follow-ups of the incidents of a time."""
    lines = [
        Line(
            f"INC-{one.incident}",
            f"/follow-ups/{one.id}",
            one.title,
            (*(["private"] if one.private else []), *(["drill"] if known[one.incident].drill else [])),
            (
                reader.name(one.assignee) if one.assignee else "nobody",
                one.due.isoformat() if one.due else "–",
                _state(one, today),
            ),
        )
        for one in shown
        if one.incident in known
    ]
    said = {"drills": "of drills, left out", "cancelled": "cancelled, left out"}.get(stands, stands)
    return Listing(
        f"Follow-ups {said}", many(total, "follow-up"), ("Follow-up", "Owner", "Due", "State"), lines
    )


def _state(one: Action, today: date) -> str:
    if one.cancelled:
        return "cancelled"
    if one.done_at:
        return "done"
    return "overdue" if one.due and one.due < today else "open"


def many(count: int, what: str) -> str:
    return f"{count} {what}{'s' if count != 1 else ''}"
