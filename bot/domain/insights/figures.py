"""What many incidents come to. A mean is nowhere alone: durations are skewed, and one long night moves it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.incidents.incident import Severity
from bot.domain.insights.measures import Excluded, Heard, Measure, Measured, Missing, Verdict

UNSET = ""
"""Stands for incidents of which nobody set a service or a cause."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: of `n` incidents, half of them no longer than `median`, nine of ten no longer
    than `p90` (the nearest rank). None of both without any.
    """

    n: int
    median: timedelta | None = None
    p90: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure, the incidents without a value by reason, and those that are counted apart."""

    spread: Spread
    missing: Mapping[Missing, int]
    apart: Spread


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.count / self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Noise:
    """What the alerts of a rule opened, by what it turned out to be."""

    rule: str
    opened: int
    by: Mapping[Verdict, int]

    @property
    def real(self) -> Share:
        """Return the share that was real, of what is decided."""
        return Share(self.by[Verdict.REAL], self.opened - self.by[Verdict.WAITING])


@dataclass(frozen=True, slots=True)
class Figures:
    """A period. Counts have the most first, and what nobody set last."""

    declared: int
    excluded: Mapping[Excluded, int]
    counted: int
    by_severity: Mapping[Severity, int]
    by_type: Sequence[tuple[str, int]]
    by_service: Sequence[tuple[str, int]]
    by_cause: Sequence[tuple[str, int]]
    measures: Mapping[Measure, Figure]
    heard: Mapping[Heard, int]
    updates: Share
    by_change: int
    noise: Sequence[Noise]

    @property
    def in_the_hour(self) -> Share:
        """Return how many customers heard of in time, of those of which they had to hear by now."""
        return Share(self.heard[Heard.IN_TIME], self.heard[Heard.IN_TIME] + self.heard[Heard.LATE])


def figures_of(found: Sequence[Measured]) -> Figures:
    """Return what the incidents of a period come to."""
    counted = [one for one in found if not one.excluded]
    heard = Counter(one.heard for one in counted)
    severities = Counter(one.severity for one in counted)
    out = Counter(one.excluded for one in found)
    in_time = sum(one.updates_in_time for one in counted)
    return Figures(
        declared=len(found),
        excluded={why: out[why] for why in Excluded if out[why]},
        counted=len(counted),
        by_severity={one: severities[one] for one in Severity},
        by_type=_ranked((one.type,) for one in counted),
        by_service=_ranked(one.services or (UNSET,) for one in counted),
        by_cause=_ranked((one.cause,) for one in counted),
        measures={measure: _figure(measure, counted) for measure in Measure},
        heard={one: heard[one] for one in Heard},
        updates=Share(in_time, in_time + sum(one.updates_late for one in counted)),
        by_change=sum(one.by_change for one in counted),
        noise=_noise(found),
    )


def spread(took: Iterable[timedelta]) -> Spread:
    """Return the middle and the ninth of ten."""
    ordered = sorted(took)
    if not ordered:
        return Spread(0)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    nearest = -(-9 * len(ordered) // 10)
    return Spread(len(ordered), low + (high - low) / 2, ordered[nearest - 1])


def _figure(measure: Measure, counted: Sequence[Measured]) -> Figure:
    missing = Counter([one.missing.get(measure) for one in counted])  # a list is quicker than a generator
    return Figure(
        spread([one.took[measure] for one in counted if measure in one.took]),
        {why: missing[why] for why in Missing if missing[why]},
        spread([one.apart[measure] for one in counted if measure in one.apart]),
    )


def _ranked(names: Iterable[tuple[str, ...]]) -> list[tuple[str, int]]:
    """Count by names, whatever their case: the spelling that is used most is shown."""
    spelt: dict[str, Counter[str]] = {}
    for said, number in Counter(names).items():
        for name in {each.casefold(): each for each in said}.values():
            spelt.setdefault(name.casefold(), Counter())[name] += number
    totals = [(min(found, key=lambda one: (-found[one], one)), found.total()) for found in spelt.values()]
    return sorted(totals, key=lambda one: (one[0] == UNSET, -one[1], one[0].casefold()))


def _noise(found: Sequence[Measured]) -> list[Noise]:
    by_rule: dict[str, Counter[Verdict]] = {}
    for one in found:
        if one.verdict and one.rule is not None:
            by_rule.setdefault(one.rule, Counter())[one.verdict] += 1
    rows = [
        Noise(rule, verdicts.total(), {one: verdicts[one] for one in Verdict})
        for rule, verdicts in by_rule.items()
    ]
    return sorted(rows, key=lambda one: (-one.opened, one.rule))
