"""Calendars of other products: which events put whom on call when."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from bot.domain.oncall.schedules import Turn
from bot.domain.oncall.shifts import Shift


class Event(NamedTuple):
    """Somebody is on call from `start` until `end`; of events at once the highest priority counts.

    `who` has the addresses that are written in it, or else one name.
    """

    start: datetime
    end: datetime
    priority: int
    who: Turn
    title: str = ""


def whom(event: Event, named: Mapping[str, str], known: Mapping[str, str]) -> tuple[Turn, Turn]:
    """Return who is on call by an event, and who is written in it whom nobody knows.

    `named` has what the configuration says of texts in the calendar, `known` the people of the workspace by
    address and by name, both in lower case. What the configuration says of a title counts before all else.
    """
    title = event.title.lower()
    if by_title := [
        who for text, who in named.items() if re.search(rf"(?<!\w){re.escape(text)}(?!\w)", title)
    ]:
        return tuple(dict.fromkeys(by_title)), ()
    found = {one: named.get(one.lower()) or known.get(one.lower()) for one in event.who}
    return tuple(dict.fromkeys(who for who in found.values() if who)), tuple(
        one for one, who in found.items() if not who
    )


def laid_out(events: Iterable[Event]) -> Iterator[Shift]:
    """Yield who is on call when, one shift after another, of events whose `who` are the people themselves.

    One of nobody counts for nothing: where another has somebody, that is better paged than not.
    """
    coming = sorted(one for one in events if one.who)[::-1]
    bounds = sorted({bound for one in coming for bound in (one.start, one.end)})
    running: list[Event] = []
    last: Shift | None = None
    for start, end in pairwise(bounds):
        while coming and coming[-1].start <= start:
            running.append(coming.pop())
        running = [one for one in running if one.end > start]
        top = max((one.priority for one in running), default=0)
        people = tuple(sorted({who for one in running if one.priority == top for who in one.who}))
        if last and last.people == people:
            last = Shift(last.start, end, people)
            continue
        if last and last.people:
            yield last
        last = Shift(start, end, people)
    if last and last.people:
        yield last
