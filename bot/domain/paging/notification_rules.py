"""Notification rules: when a loud and a quiet page leaves by which of a person's contact methods."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.process import Notice

LONGEST = timedelta(hours=1)


class Loudness(StrEnum):
    """Which pages a rule is for."""

    LOUD = "loud"
    QUIET = "quiet"


def rule_of(notices: Sequence[Notice], known: Collection[str]) -> tuple[Notice, ...]:
    """Return a rule in the order in which it calls. Slack is in every rule, at once, and in none of these."""
    names = [one.contact_method for one in notices]
    if unknown := [name for name in names if name not in known]:
        raise Refused(f"There is no contact method {unknown[0]} here any more. Open the form again.")
    if len(set(names)) < len(names):
        raise Refused("A rule names each contact method once.")
    if any(not timedelta() <= one.after <= LONGEST for one in notices):
        raise Refused("A contact method is used from 0 to 60 minutes after the page.")
    return tuple(sorted(notices, key=lambda one: one.after))
