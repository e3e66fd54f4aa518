"""Who is told how an incident stands when they come into its channel."""

from datetime import datetime, timedelta

from bot.domain.incidents.incident import GONE, Incident

SINCE = timedelta(minutes=5)
"""Whoever comes sooner has missed nothing that the card does not say."""


def to_catch_up(incident: Incident, now: datetime) -> bool:
    """Say whether whoever comes now is told how it stands."""
    return incident.status not in GONE and now - incident.declared_at >= SINCE
