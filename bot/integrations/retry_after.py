"""How long a service asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=1)
_DIGITS = 9
"""More of them are longer than `LONGEST` in any case, and than a span of time can be."""


def asked(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait that an answer asks for: in seconds, or until a date by the clock of who answers."""
    written = headers.get("Retry-After", "").strip()
    if written.isascii() and written.isdigit():
        return LONGEST if len(written) > _DIGITS else min(timedelta(seconds=int(written)), LONGEST)
    try:
        wait = _date(written) - _date(headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return min(max(wait, timedelta()), LONGEST)


def _date(written: str) -> datetime:
    found = parsedate_to_datetime(written)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
