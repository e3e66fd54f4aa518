"""What came from each source of alerts, as a table in plain text."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.alerts.alert import SourceState
from bot.domain.alerts.requests import Refusal, Result

NONE = "No source is configured. Make one with `muster source add NAME FORMAT`."
_HEADING = ("source", "format", "last taken", "taken, 24 h", "refused, 24 h", "last refusal")
_STRANGER = "(none)"
_LONGEST = 100


def table(
    formats: Mapping[str, str],
    aside: Mapping[str, str],
    states: Sequence[SourceState],
    lately: Mapping[tuple[str, str], int],
) -> Iterator[str]:
    """Yield a line for each source: those of muster.yml first, then others that were heard of."""
    known = {one.name: one for one in states}
    broken = {name.removeprefix("alerts.sources.") for name in aside if name.startswith("alerts.sources.")}
    names = dict.fromkeys([*formats, *sorted(broken), *(one.name for one in states)])
    if not names:
        yield NONE
        return
    form = dict.fromkeys(broken, "set aside") | dict(formats)
    rows = [_HEADING, *(_row(name, form.get(name, "-"), known.get(name), lately) for name in names)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADING) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()


def _row(
    name: str, form: str, state: SourceState | None, lately: Mapping[tuple[str, str], int]
) -> tuple[str, ...]:
    taken = f"{state.taken_at:%Y-%m-%d %H:%M:%S %Z}" if state and state.taken_at else "never"
    counts = (str(lately.get((name, one), 0)) for one in (Result.TAKEN, Result.REFUSED))
    refusal = ""
    if state and state.refused_at:
        refusal = f"{state.refused_at:%Y-%m-%d %H:%M:%S}: {state.reason[:_LONGEST]}"
    return (name or _STRANGER, form, taken, *counts, refusal)


def refused_line(one: Refusal) -> str:
    """Return a refused request in one line, with the trace by which `muster alert show` finds it."""
    whose = one.source or _STRANGER
    where = one.address or "nowhere known"
    return f"  {one.at:%Y-%m-%d %H:%M:%S %Z}  {whose}  from {where}: {one.reason[:_LONGEST]} ({one.trace})"
