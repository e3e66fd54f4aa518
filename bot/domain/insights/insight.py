"""A time and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.insights.figures import Figures
from bot.domain.insights.load import FollowUpFigures, Paged
from bot.domain.insights.measures import Measured
from bot.domain.insights.periods import Period


@dataclass(frozen=True, slots=True)
class Insight:
    """A period and its figures, with the incidents that they are made of. `changes` is how many change events
    came in it; None where there is none, or not all are kept.
    """

    period: Period
    figures: Figures
    paged: Paged
    follow_ups: FollowUpFigures
    incidents: Sequence[Measured]
    changes: int | None = None
