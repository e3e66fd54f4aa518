"""Who is on call as an iCalendar file (RFC 5545), and the addresses at which programs read it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.domain.oncall.shifts import Shift
from bot.views.blocks import Message, actions, button, confirm, context, message, section
from bot.views.mrkdwn import escape, no_emoji

ADDRESSES = "calendar_addresses"
RENEW = "calendar_renew"
HINT = (
    "Subscribe to it in your calendar program. Whoever has an address reads it without signing in, so keep "
    "it to yourself."
)
RENEWED = "These addresses are new. The earlier ones show nothing any more."
_OCTETS = 73
"""A line has at most 75 octets; a continued one begins with a space."""

Known = Mapping[str, tuple[str, str | None]]
"""The name and the e-mail address of people."""


def addresses(
    own: str, schedules: Mapping[str, str], *, renewed: bool = False, pages: Sequence[tuple[str, str]] = ()
) -> Message:
    """Return the addresses of somebody's own shifts and of each schedule, after those of `pages` that wait
    for them, each with what it is of.
    """
    named = {"Your shifts": own, **{no_emoji(escape(name)): one for name, one in schedules.items()}}
    waiting = [f"*Your page {escape(of)}* waits. Answer it: {one}" for of, one in pages]
    lines = [*waiting, *(f"*{name}*: {one}" for name, one in named.items())]
    said = RENEWED if renewed else HINT
    sure = confirm("New addresses?", "Programs that read the earlier ones see nothing more.", "Make new ones")
    make = actions(button("Make new addresses", RENEW, confirm=sure))
    return message("\n".join([*lines, said]), *map(section, lines), context(said), make)


def file(name: str, shifts: Sequence[tuple[str, Shift]], people: Known) -> str:
    """Return a calendar of shifts, each with the name of its schedule."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Muster//On call//EN", f"X-WR-CALNAME:{_text(name)}"]
    events = [line for one in shifts if one[1].people for line in _event(*one, people)]
    lines = [*head, *events, "END:VCALENDAR"]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(schedule: str, shift: Shift, people: Known) -> Iterator[str]:
    who = [people.get(one, (one, one if "@" in one else None)) for one in shift.people]
    names = " and ".join(name for name, _ in who)
    same = hashlib.sha256("\n".join([schedule, shift.start.isoformat(), *shift.people]).encode()).hexdigest()
    yield "BEGIN:VEVENT"
    yield f"UID:{same[:32]}@muster"
    yield f"DTSTAMP:{_moment(shift.start)}"
    yield f"DTSTART:{_moment(shift.start)}"
    yield f"DTEND:{_moment(shift.end)}"
    yield f"SUMMARY:{_text(f'On call - {names} - {schedule}')}"
    yield from (f"ATTENDEE:mailto:{email}" for _, email in who if email)
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _text(raw: str) -> str:
    for one in "\\;,":
        raw = raw.replace(one, f"\\{one}")
    return " ".join(raw.split())


def _folded(line: str) -> Iterator[str]:
    """Yield the lines that one becomes, none of them cut within a character."""
    part = ""
    for letter in line:
        if len((part + letter).encode()) > _OCTETS:
            yield part
            part = " "
        part += letter
    yield part
