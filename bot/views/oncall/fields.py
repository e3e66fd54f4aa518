"""Fields that forms about schedules share: the schedule, a shift, from when until when."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.domain.errors import Malformed
from bot.domain.oncall.spans import Span
from bot.views.blocks import Block, Element
from bot.views.forms import input_block, moment_picker, option, select
from bot.views.incidents.state import State, chosen_moment, number

SCHEDULE, FROM, UNTIL = "schedule", "from", "until"


def schedules(names: Sequence[str], initial: str | None = None) -> Block:
    options = [option(name, name) for name in names]
    chosen = initial or (names[0] if len(names) == 1 else None)
    return input_block("Schedule", select(SCHEDULE, options, initial=chosen), SCHEDULE)


def moments(*, initial: Span | None = None, optional: bool = False) -> list[Block]:
    return [
        input_block(label, moment_picker(name, initial=at), name, optional=optional)
        for label, name, at in (
            ("From", FROM, initial.start if initial else None),
            ("Until", UNTIL, initial.end if initial else None),
        )
    ]


def entered_span(state: State) -> Span | None:
    start, end = chosen_moment(state, FROM), chosen_moment(state, UNTIL)
    return Span(start, end) if start and end else None


def shift_option(schedule: str, span: Span, zone: ZoneInfo, who: str = "", name: str = "") -> Element:
    """Return a shift as an option: what Slack may cut off stands last, and whose it is travels in it."""
    first, last = (one.astimezone(zone) for one in (span.start, span.end))
    when = f"{first:%a} " + " to ".join(f"{one.day} {one:%b %H:%M}" for one in (first, last))
    return option(", ".join(filter(None, (when, name, schedule))), shift_value(schedule, span, who))


def shift_value(schedule: str, span: Span, who: str = "") -> str:
    """Return a shift as the value of an option, which `shift_of` reads."""
    start, end = (int(one.timestamp()) for one in (span.start, span.end))
    return f"{who}:{start}:{end}:{schedule}"


def shift_of(value: str) -> tuple[str, str, Span]:
    """Return the schedule, the person and the time of a chosen shift."""
    parts = value.split(":", 3)
    if len(parts) < 4:
        raise Malformed
    who, *times, schedule = parts
    start, end = (datetime.fromtimestamp(number(one), UTC) for one in times)
    return schedule, who, Span(start, end)
