"""Times of a cron expression, on the clock of a zone: as Debian's cron reads them."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

try:
    from cronsim import CronSim, CronSimError
except ImportError:  # an extra
    CronSim, CronSimError = None, ValueError  # type: ignore[assignment, misc]

EXTRA = "the package cronsim is not installed: pip install 'muster-bot[alerts]'"
_FIELDS = 5
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron expression in a zone."""

    expression: str
    zone: tzinfo

    def __str__(self) -> str:
        return f"{self.expression} ({self.zone})"

    def after(self, moment: datetime) -> datetime:
        return next(CronSim(_fields(self.expression), moment.astimezone(self.zone))).astimezone(UTC)


def wrong_cron(expression: str) -> str:
    """Return why this is no cron expression; nothing if it is one."""
    if CronSim is None:
        return EXTRA
    written = _fields(expression)
    if len(written.split()) != _FIELDS:
        return f"It has {len(written.split())} fields"
    try:
        next(CronSim(written, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as wrong:
        return str(wrong)
    except StopIteration:
        return "It never comes"
    return ""


def _fields(expression: str) -> str:
    return _NAMED.get(expression.strip().lower(), expression)
