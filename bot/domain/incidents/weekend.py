"""The weekend, from the handbook's "Weekend Escalations": S3 and S4 may wait for the working week."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident

_SATURDAY, _WEEK = 5, 7
_BEGINS = time(9)


def monday_morning(now: datetime, tz: str | None) -> datetime | None:
    """Return the Monday 09:00 that ends the weekend which somebody in this time zone has now, if they do."""
    there = now.astimezone(zone_of(tz))
    if there.weekday() < _SATURDAY:
        return None
    monday = there.date() + timedelta(days=_WEEK - there.weekday())
    return datetime.combine(monday, _BEGINS, there.tzinfo).astimezone(UTC)


def next_working_morning(now: datetime, tz: str | None) -> datetime:
    """Return the next 09:00 of a weekday, after today, in this time zone."""
    there = now.astimezone(zone_of(tz))
    day = there.date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return datetime.combine(day, _BEGINS, there.tzinfo).astimezone(UTC)


def may_wait(incident: Incident) -> bool:
    """Say whether work on it can wait: an S3 or S4 that does not wait yet."""
    return incident.status.active and not incident.severity.high and incident.waits_until is None


def refuse_to_wait(incident: Incident) -> Refused:
    """Return why work on it cannot wait."""
    why = "waits already" if incident.waits_until else f"is {incident.severity} and {incident.status}"
    return Refused(f"INC-{incident.id} {why}: only an active S3 or S4 can wait for Monday.")


def zone_of(tz: str | None) -> ZoneInfo:
    """Return a person's time zone; UTC where it is not known."""
    try:
        return ZoneInfo(tz or "UTC")
    except (KeyError, ValueError, OSError):  # Slack may know zones that this machine does not
        return ZoneInfo("UTC")
