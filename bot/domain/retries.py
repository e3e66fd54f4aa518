"""When a delivery that failed is tried again."""

from datetime import timedelta

LONGEST_FOR_PAGES = timedelta(seconds=15)
LONGEST = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(hours=24)
"""A page is never given up; everything else is, after a day. Slack has been away for hours before."""

_GOLDEN = 0.6180339887498949


def delay(attempt: int, delivery: int, *, urgent: bool) -> timedelta:
    """Return how long to wait after the given attempt (1 is the first): doubling, spread, and bounded.

    The spread keeps many deliveries that failed together from coming back together. It is taken from the
    delivery's number, so that it repeats in a test.
    """
    longest = LONGEST_FOR_PAGES if urgent else LONGEST
    doubled = min(timedelta(seconds=2 ** min(attempt - 1, 10)), longest)
    return doubled * (0.75 + 0.5 * (delivery * _GOLDEN % 1))
