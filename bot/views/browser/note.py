"""The form that adds a note to a timeline, or changes, hides and moves one."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from bot.domain.errors import Refused
from bot.domain.timeline.entries import Entry

LONGEST = 3000
"""Characters of a note: as many as Slack's own form takes."""
_FORM = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What stands in the form. `id` is 0 for a new note; `once` tells one form from another, so that a form
    which is sent twice writes once; `sure` confirms what looks like a secret.
    """

    zone: str
    once: str
    id: int = 0
    text: str = ""
    at: str = ""
    hidden: bool = False
    wrong: str = ""
    sure: str = ""
    longest: int = LONGEST


def filled(note: Entry, zone: tzinfo, once: str, *, hidden: bool) -> NoteForm:
    return NoteForm(zone_name(zone), once, note.id, note.text, local(note.at, zone), hidden)


def again(form: NoteForm, wrong: str, sure: str = "") -> NoteForm:
    """Return the form with what was entered, and what is wrong with it."""
    return replace(form, wrong=wrong.replace("`", ""), sure=sure)


def local(at: datetime, zone: tzinfo) -> str:
    """Return a time as an input of a browser has it, on the reader's clock; "" where that has no date."""
    try:
        here = at.astimezone(zone)
    except (OverflowError, ValueError):  # the first and the last day of the calendar
        return ""
    return f"{here.year:04}-{here:%m-%dT%H:%M}"


def entered(text: str, zone: tzinfo) -> datetime | None:
    """Return the time that was entered, None for none. Refuses what is no time."""
    if not text.strip():
        return None
    try:
        return datetime.strptime(text.strip()[:16], _FORM).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused("That is no time. Choose one as your browser offers it, or leave it empty.") from None


def happened(text: str, zone: tzinfo, before: datetime) -> datetime:
    """Return the time of a note after the form, which knows no seconds: left alone, it stays as it was."""
    at = entered(text, zone)
    return before if at is None or text.strip()[:16] == local(before, zone) else at


def zone_name(zone: tzinfo) -> str:
    return str(zone)
