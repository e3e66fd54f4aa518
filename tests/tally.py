"""The seven counts of a queue checker, which every proof reports at the end of the run."""

from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, fields

PROPERTY = "tally"


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of what was asked for.

    Of all `attempted`, the bot accepted those `acknowledged`. Of these some were done (`ok`), of them some
    only after a restart, a takeover or a repeat (`recovered`); `lost` ones were not done. What nobody asked
    for is `unexpected`, what was done more than once `duplicated`.
    """

    attempted: int = 0
    acknowledged: int = 0
    ok: int = 0
    lost: int = 0
    unexpected: int = 0
    duplicated: int = 0
    recovered: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{one.name} {getattr(self, one.name)}" for one in fields(self))

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))

    def check(self, duplicated_at_most: int = 0) -> None:
        """Fail unless the promise was kept."""
        assert not self.lost, str(self)
        assert not self.unexpected, str(self)
        assert self.duplicated <= duplicated_at_most, str(self)


def report(record_property: Callable[[str, object], None], proof: str, tally: Tally) -> None:
    """Have a proof's counts printed at the end of the run; those of one proof are added up."""
    record_property(PROPERTY, [proof, *astuple(tally)])


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """Return a line for every proof that reported."""
    totals: dict[str, Tally] = {}
    for name, value in properties:
        if name == PROPERTY and isinstance(value, list):
            totals[value[0]] = totals.get(value[0], Tally()) + Tally(*value[1:])
    return [f"{proof}: {total}" for proof, total in sorted(totals.items())]
