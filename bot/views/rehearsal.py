"""A rehearsal as it is read: in a terminal, and in Slack."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import accumulate, groupby, takewhile
from textwrap import fill
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.incidents.incident import Severity
from bot.domain.paging.pages import Page
from bot.views.blocks import paragraphs
from bot.views.mrkdwn import cut, escape, lasting
from bot.views.naming import plain_role
from bot.views.paging.page import WHY

_WIDTH = 80
_INDENT = " " * 9
_SHOWN = 300
"""How much of one text is shown in Slack."""
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_DATE = re.compile(r"date\^(\d+)\^([^|]*)")
_MARKS = re.compile(r"(?<![\w*_])[*_]+(?=\S)|(?<=\S)[*_]+(?![\w*_])")
_EMOJI = re.compile(r":[a-z_]+: ?")


@dataclass(frozen=True, slots=True)
class Script:
    """What is rehearsed: an incident that is declared `at` a time, and who acknowledges.

    Everybody does, `answers_after` they are called, but for those who hold one of the roles or are in one of
    the teams of `silent`, or are named there themselves. With `nobody` nobody does.
    """

    type: str
    severity: Severity
    at: datetime
    zone: ZoneInfo
    lasts: timedelta = timedelta(hours=1)
    answers_after: timedelta = timedelta(minutes=2)
    silent: frozenset[str] = frozenset()
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to somebody, or in a channel, `by` Slack or another method, in plain text, and why them.

    Without `by` it is what they do.
    """

    at: datetime
    to: str
    by: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads Slack's mrkdwn as Slack would show it, on a clock of `zone`."""

    people: Mapping[str, str]
    channels: Mapping[str, str]
    zone: ZoneInfo

    def plain(self, text: str) -> str:
        """Return mrkdwn as plain text."""
        shown = _MARKS.sub("", _EMOJI.sub("", _TOKEN.sub(self._shown, text)))
        return unescape(re.sub(r"^> ?", "", shown, flags=re.MULTILINE)).strip()

    def channel(self, channel: str) -> str:
        return f"#{self.channels.get(channel, channel)}"

    def _shown(self, token: re.Match[str]) -> str:
        mark, what, label = token.groups()
        if mark == "@":
            return self.people.get(what, what)
        if mark == "#":
            return self.channel(what)
        if date := _DATE.match(what):
            at = datetime.fromtimestamp(int(date[1]), UTC).astimezone(self.zone)
            return f"{at:%H:%M}" if "date" not in date[2] else f"{at:%d %B %H:%M}"
        return f"@{what}" if mark else label or what


def why_of(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Return what the blocks of a page say of why it calls this person."""
    told = (str(part.get("text", "")) for block in blocks for part in block.get("elements", ()))
    return next((text.removeprefix(WHY) for text in told if text.startswith(WHY)), "")


def lines(said: Sequence[Said]) -> Iterator[str]:
    """Yield what is printed: a time, and under it what was said then, to whom, by what and why.

    What was said in the same words before is only named with its time.
    """
    known: dict[tuple[str, str, str], datetime] = {}
    for at, together in groupby(said, key=lambda one: one.at.replace(second=0, microsecond=0)):
        hour = f"{at:%H:%M}"
        for one in together:
            before = known.setdefault((one.to, one.by, one.text), at)
            again = f": as at {before:%H:%M}" if before != at else ""
            yield f"{hour:<7}{one.to}{f', by {one.by}{again}' if one.by else f' {one.text}'}"
            hour = ""
            if one.by and not again:
                yield _indented(one.text)
                yield from [_indented(f"Why: {one.why}")] if one.why else ()


def opening(script: Script) -> str:
    """Return what is rehearsed, and who answers."""
    who = ", ".join(sorted(script.silent))
    others = f"acknowledge {lasting(script.answers_after)} after they are called."
    answers = f"Not answering: {who}. The others {others}" if who else f"All who are called {others}"
    declared = f"declared {script.at.astimezone(script.zone):%A, %Y-%m-%d %H:%M} in {script.zone}."
    return f"{script.type} {script.severity}, {declared}\n{'Nobody answers.' if script.nobody else answers}"


def ending(left: Sequence[Page]) -> str:
    """Return which pages nobody has answered in the end."""
    teams = ", ".join(plain_role(page.escalation.role, page.escalation.team) for page in left)
    return f"Not answered: {teams}." if teams else "Every page is answered."


def texts(script: Script, said: Sequence[Said], left: Sequence[Page], room: int) -> list[str]:
    """Return the story for Slack, minute by minute, in texts of `room` characters at most in all."""
    end = f"*{(script.at + script.lasts).astimezone(script.zone):%H:%M}*  {escape(ending(left))}"
    told = ["*A rehearsal: nothing was sent.*", *(escape(one) for one in opening(script).split("\n"))]
    lines = list(_lines_in_slack(said))
    fitting = list(takewhile(lambda size: size <= room, accumulate(len(line) + 1 for line in lines)))
    more = len(lines) - len(fitting)
    if more:
        end = f"… and {more} lines more. Rehearse fewer hours to see all, or run `muster simulate`.\n{end}"
    return paragraphs([*told, *lines[: len(fitting)], end])


def _lines_in_slack(said: Sequence[Said]) -> Iterator[str]:
    known: dict[tuple[str, str, str], datetime] = {}
    for one in said:
        before = known.setdefault((one.to, one.by, one.text), one.at)
        how = f", by {escape(one.by)}" if one.by else f" {escape(one.text)}"
        again = f": as at {before:%H:%M}" if one.by and before < one.at else ""
        text = f"\n> {escape(cut(one.text, _SHOWN))}" if one.by and not again else ""
        why = f"\n> Why: {escape(cut(one.why, _SHOWN))}" if one.why and text else ""
        yield f"*{one.at:%H:%M}*  {escape(one.to)}{how}{again}{text}{why}"


def wrapped(text: str, indent: int = 0) -> str:
    """Return a text that fits a terminal, with its further lines indented."""
    return fill(text, _WIDTH, subsequent_indent=" " * indent)


def _indented(text: str) -> str:
    return fill(" ".join(text.split()), _WIDTH, initial_indent=_INDENT, subsequent_indent=_INDENT)
