"""A rehearsal in a browser: the form, and the story minute by minute."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from bot.domain.incidents.incident import Severity
from bot.domain.paging.pages import Page
from bot.domain.process import Process
from bot.views.browser.forms import Filled
from bot.views.mrkdwn import cut, lasting
from bot.views.naming import SEVERITY_WORDS
from bot.views.rehearsal import Said, Script, ending, opening

FORM = "rehearsal"
FIELDS = ("type", "severity", "at", "hours", "silent", "nobody", "answers")
ROOM = 24_000
"""Characters of a story that are shown: a page stays small."""
_SHOWN = 400
"""How much of one text is shown."""


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody is told, `by` Slack or another method, or what they do; those who are told the same in a
    minute share it. `again` is when it was said so before. `first` is its first line, the `rest` is folded.
    """

    to: str
    by: str
    text: str
    why: str
    again: str

    @property
    def first(self) -> str:
        return self.text.partition("\n")[0]

    @property
    def rest(self) -> str:
        return self.text.partition("\n")[2]


@dataclass(frozen=True, slots=True)
class Minute:
    at: datetime
    clock: str
    after: str
    lines: Sequence[Line]


def form(process: Process, filled: Filled, hours: int, minutes: int) -> Mapping[str, Any]:
    """Return what the template shows of the form, with the most hours, and minutes until an answer."""
    return {
        "title": "Rehearsal",
        "form": filled,
        "types": [(name, name) for name in process.types],
        "severities": [(one.value, f"{one} {SEVERITY_WORDS[one]}") for one in Severity],
        "roles": ", ".join(process.roles),
        "most": hours,
        "most_minutes": minutes,
        "story": None,
    }


def story(script: Script, said: Sequence[Said], left: Sequence[Page]) -> Mapping[str, Any]:
    """Return what it shows of the story."""
    minutes, more = _fitting(list(_minutes(script, said)))
    end = (script.at + script.lasts).astimezone(script.zone)
    return {
        "story": minutes,
        "more": more,
        "opening": opening(script).split("\n"),
        "end": f"{end:%H:%M}",
        "ending": ending(left),
        "unanswered": bool(left),
    }


def _minutes(script: Script, said: Sequence[Said]) -> Iterator[Minute]:
    known: dict[tuple[str, str, str], datetime] = {}
    begun = script.at.astimezone(script.zone)
    for at, together in groupby(said, key=lambda one: one.at.replace(second=0, microsecond=0)):
        lines: dict[tuple[str, ...], Line] = {}
        for one in together:
            before = known.setdefault((one.to, one.by, one.text), at)
            again = f"{before:%H:%M}" if one.by and before != at else ""
            same = (one.by, again, one.text, one.why) if one.by else (one.to, one.text)
            told = f"{lines[same].to}, {one.to}" if same in lines else one.to
            lines[same] = Line(told, one.by, cut(one.text, _SHOWN), cut(one.why, _SHOWN), again)
        day = f"{at:%a %-d %b} " if at.date() != begun.date() else ""
        yield Minute(at, f"{day}{at:%H:%M}", lasting(at - begun) if at > begun else "", [*lines.values()])


def _fitting(minutes: list[Minute]) -> tuple[list[Minute], int]:
    """Return the minutes for which there is room, and how many there are more."""
    room = ROOM
    for number, one in enumerate(minutes):
        room -= sum(
            100 + len(line.to) + (0 if line.again else len(line.text) + len(line.why)) for line in one.lines
        )
        if room < 0 and number:
            return minutes[:number], len(minutes) - number
    return minutes, 0
