"""What customers read of planned maintenance: a text that somebody wrote for them."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import Actor
from bot.domain.editions import edition


@dataclass(frozen=True, slots=True)
class PublicMaintenance:
    """The text for the status page; the maintenance's own name is nowhere on it."""

    maintenance: int
    text: str
    written_by: Actor
    written_at: datetime

    @property
    def edition(self) -> str:
        return edition(self.text, self.written_by, self.written_at)
