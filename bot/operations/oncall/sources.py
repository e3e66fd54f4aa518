"""Calendars that say who is on call: what was read of them, and whose shifts that makes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.oncall.calendars import Event, laid_out, whom
from bot.domain.oncall.findings import STALE, Odd
from bot.domain.oncall.schedules import FOREVER, Calendar
from bot.operations.oncall.rota import look_soon, plan
from storage import calendars, people, reading, schedule_findings
from storage.reading import Part
from storage.transaction import Tx

BACK = timedelta(days=1)
"""So far back a calendar is read; what was over before stays as it was."""
EMPTY = "has no events to come, and had some before"


def calendar_read(tx: Tx, name: str, found: tuple[Sequence[Event], Sequence[str]] | None) -> None:
    """Keep what a calendar says, and what is odd about it; with nothing it says the same as before.

    One that is empty where it was not before is taken for broken: the last good copy stays.
    """
    kept = calendars.get(tx, name)
    if found is None:
        found = kept.events, kept.odd
    elif not found[0] and any(one.end > tx.now for one in kept.events):
        calendar_failed(tx, name, EMPTY)
        return
    _keep(tx, replace(kept, events=tuple(found[0]), odd=tuple(found[1]), read_at=tx.now, trouble=""))


def calendar_failed(tx: Tx, name: str, why: str) -> None:
    """Note why a calendar could not be read; its last good copy stays."""
    _keep(tx, replace(calendars.get(tx, name), trouble=why))


def _keep(tx: Tx, copy: calendars.Copy) -> None:
    """Write a copy, and whose shifts it has: whom its texts mean may have changed too."""
    schedule = tx.process.schedules.get(copy.schedule)
    if not schedule or not schedule.calendar:
        return
    since = tx.now - BACK
    called, unmatched = _matched(tx, schedule.calendar, copy.events)
    times = tuple((one.start, one.end, one.people) for one in laid_out(called) if one.end > since)
    calendars.save(tx, replace(copy, unmatched=unmatched))
    stale = copy.schedule in calendars.stale(tx, STALE)
    if unmatched != copy.unmatched or (stale and Odd.STALE not in schedule_findings.told(tx, copy.schedule)):
        look_soon(tx, copy.schedule)
    if times != calendars.between(tx, [copy.schedule], since, FOREVER)[copy.schedule]:
        calendars.lay_out(tx, copy.schedule, times, since)
        plan(tx, copy.schedule)


def _matched(tx: Tx, calendar: Calendar, events: Sequence[Event]) -> tuple[list[Event], tuple[str, ...]]:
    """Return the events with the people whom they put on call, and whom nobody knows."""
    known = _known(tx, [*calendar.people.values(), *(who for one in events for who in one.who)])
    named = {text: known.get(who, who) for text, who in calendar.people.items()}
    called, unmatched = [], dict[str, None]()
    for one in events:
        found, unknown = whom(one, named, known)
        called.append(one._replace(who=found))
        unmatched |= dict.fromkeys(unknown)
    return called, tuple(unmatched)


def _known(tx: Tx, texts: Sequence[str]) -> Mapping[str, str]:
    """Return the people of the workspace by their addresses and names. A name of two people means nobody."""
    those = dict.fromkeys(texts)
    found = people.named_by(tx, [who for who in those if "@" in who])
    by_address = {who.lower(): one.id for who, one in found.items() if one.active}
    if not reading.whole(tx, Part.PEOPLE):  # Slack may yet tell us of somebody: they are paged from then on
        by_address = {
            who.lower(): who.lower() for who in those if "@" in who and who not in found
        } | by_address
    return people.of_names(tx, [who for who in those if "@" not in who]) | by_address
