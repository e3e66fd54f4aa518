"""An incident that was over before it was declared: when its impact began and ended, as it is typed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused
from bot.domain.incidents.times import Moment
from bot.domain.timeline.notes import DAYS, past

_DAY = DAYS
_TO_COME = re.compile(r"\b(?:tomorrow|next)\s+$", re.IGNORECASE)
_SPAN = re.compile(
    rf"(?:\b(?P<day>{_DAY})\s+)?(?:at |from )?\b(?P<start>\d{{1,2}}:\d\d)\s*(?:-|–|to|until|till)\s*"
    rf"(?:(?P<until>{_DAY})\s+)?(?P<end>\d{{1,2}}:\d\d)\b",
    re.IGNORECASE,
)
DAY = timedelta(days=1)


def typed(text: str, zone: ZoneInfo, now: datetime) -> tuple[Mapping[Moment, datetime], str]:
    """Return when the impact was that a text names, as in "yesterday 14:05-15:10", and the text without it.

    On the clocks of `zone`. Without a day it is the last such time; an end before the start is a day later.
    """
    found = _SPAN.search(text)
    if not found:
        return {}, text
    if _TO_COME.search(text[: found.start()]):
        raise Refused(
            "That time is still to come: this declares what is over. Write `yesterday 14:05-15:10`."
        )
    if found["day"]:
        start = past(found["day"], found["start"], zone, now)
        end = past(found["until"] or found["day"], found["end"], zone, now)
        if end < start and not found["until"]:
            end += DAY
    else:
        end = past(found["until"], found["end"], zone, now)
        start = past(None, found["start"], zone, end)
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    return {Moment.IMPACT_START: start, Moment.IMPACT_END: end}, " ".join(rest.split()).strip(" ,:;")
