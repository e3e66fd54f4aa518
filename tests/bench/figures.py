"""Figures, and the table they are printed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

HEADINGS = ("What", "Muster", "Bare script", "Budget")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. `budget` is the figure's promise, `kept` whether it was kept."""

    what: str
    muster: str
    floor: str = ""
    budget: str = ""
    kept: bool | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        verdict = {None: "", True: ": kept", False: ": **missed**"}[self.kept]
        return self.what, self.muster, self.floor, f"{self.budget}{verdict}"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0..1) of the values do not exceed: the nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def of_rounds(rounds: Iterable[Sequence[float]], share: float) -> float:
    """Return the median over the rounds of each round's percentile."""
    return median(percentile(values, share) for values in rounds if values)


def ms(seconds: float) -> str:
    """Return a duration as people read it."""
    return f"{seconds * 1000:.0f} ms" if abs(seconds) < 10 else f"{seconds:.1f} s"


def table(lines: Sequence[Line]) -> str:
    """Return a Markdown table whose columns line up."""
    rows = [HEADINGS, *[line.cells for line in lines]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    rows.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    )
