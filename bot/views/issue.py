"""What an issue in a tracker says, in the Markdown of GitLab and GitHub. People's words in it do nothing."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.incidents.fields import Link
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue
from bot.domain.text import one_line

LONGEST_TITLE = 255
STILL = "\u200b"
"""A space of no width: behind a sign that would command, mention or refer, it does not."""
_COMMAND = re.compile(r"^(\s*)/", re.MULTILINE)
_TOKEN = re.compile(r"<([@#]|(?=!))(!?[\w^-]+)(?:\|([^<>]*))?>")
_LINKED = re.compile(r"<(https?://[^<>|]+)(?:\|([^<>]*))?>")
_ADDRESS = re.compile(r"https?://\S+")
_MENTION = re.compile(r"@(?<![A-Za-z0-9_]@)")
"""Behind a letter it is none, as in an e-mail address."""
_REFERENCE = re.compile(r"(?<![\w/?=&.#-])([#!&%~$])(?=[\w\"])")
_ELSEWHERE = re.compile(r"(?<![\w:/.?=&#-])([\w.-]+(?:/[\w.-]+)*[#!&])(?=\d)")
"""A reference to an issue of another project, which would be told of it: `group/project#12`."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the issue of an incident tells. `people` are names, `told` is where it is discussed."""

    incident: Incident
    lead: str
    roles: Sequence[tuple[str, str]] = ()
    fields: Sequence[tuple[str, str]] = ()
    links: Sequence[Link] = ()
    channel: str | None = None
    into: Issue | None = None


def marker(incident_id: int, database: str) -> str:
    """Return the comment by which an issue is known as that of an incident of this installation."""
    return f"<!-- muster:INC-{incident_id} {database} -->"


def title(incident: Incident, *, hidden: bool = False) -> str:
    """Return the issue's title; of one that is `hidden` it says no more than which it is."""
    name = f"INC-{incident.id}" if hidden else f"INC-{incident.id}: {stilled(one_line(incident.name))}"
    return name if len(name) <= LONGEST_TITLE else f"{name[: LONGEST_TITLE - 1]}…"


def described(shown: Shown, *, database: str, hidden: bool = False) -> str:
    """Return our part of the issue's description, between its two marks."""
    incident = shown.incident
    begin, end = marker(incident.id, database), f"<!-- /muster:INC-{incident.id} -->"
    if hidden:
        return f"{begin}\nINC-{incident.id} is private now: nothing more of it is written here.\n{end}"
    rows = [
        ("Severity", incident.severity),
        ("Status", incident.status),
        ("Lead", shown.lead or "nobody yet"),
        *shown.roles,
        ("Declared", utc(incident.declared_at)),
        *((("Resolved", utc(incident.resolved_at)),) if incident.resolved_at else ()),
        *((name, value) for name, value in shown.fields if value),
    ]
    table = [f"| {_cell(name)} | {_cell(value)} |" for name, value in rows]
    parts = [begin, "\n".join(["| | |", "|---|---|", *table])]
    if shown.into:
        parts.append(f"It was merged into INC-{incident.merged_into}: {shown.into.url}")
    for heading, text in (
        ("Summary", incident.summary.summary),
        ("Contributing causes", incident.summary.causes),
        ("For the CMOC", incident.summary.cmoc),
    ):
        if text:
            parts.append(f"### {heading}\n\n{quoted(text)}")
    known = [f"- {defused(one_line(link.name))}: <{link.url}>" for link in shown.links]
    if shown.channel:
        known.insert(0, f"- Channel: <{shown.channel}>")
    if known:
        parts.append("\n".join(["### Links", "", *known]))
    parts.append("_This part is kept by Muster. Write above or below it: that stays._")
    return "\n\n".join([*parts, end])


def placed(there: str, ours: str, incident_id: int) -> str:
    """Return a description with our part renewed, and what people wrote around it left as it is."""
    return between(there, ours, f"<!-- muster:INC-{incident_id} ", f"<!-- /muster:INC-{incident_id} -->")


def between(there: str, ours: str, begin: str, end: str) -> str:
    """Return a text in which what is between two marks is ours, and all else as it was."""
    start = there.find(begin)
    stop = there.find(end, start)
    if start < 0 or stop < 0:
        return f"{ours}\n\n{there}" if there.strip() else ours
    return f"{there[:start]}{ours}{there[stop + len(end) :]}"


def note(text: str, author: str, at: datetime, what: str, key: str) -> str:
    """Return a note of what somebody said; by its `key` it is found again."""
    return f"**{what}** by {_cell(author)}, {utc(at)}\n\n{quoted(text)}\n\n<!-- muster:{key} -->"


def plain(text: str, names: Mapping[str, str], *, escaped: bool = False) -> str:
    """Return text of Slack's for where its tokens mean nothing: people by `names`, links as addresses.

    Text as Slack gave it is `escaped`.
    """

    def said(found: re.Match[str]) -> str:
        sign, what, label = found.groups()
        if sign == "@":
            return names.get(what, label or "somebody")
        return f"{sign}{label or what}" if sign == "#" else label or what.lstrip("!")

    linked = _LINKED.sub(lambda found: f"{found[2]} ({found[1]})" if found[2] else found[1], text)
    read = _TOKEN.sub(said, linked)
    return html.unescape(read) if escaped else read


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in defused(text).splitlines())


def defused(text: str) -> str:
    """Return people's text with what would command, mention, refer or hide made to do nothing."""
    return stilled(text).replace("<", "&lt;")


def stilled(text: str) -> str:
    """Return it for a title, where a mention counts and `<` is shown as it is."""
    still = _COMMAND.sub(rf"\1/{STILL}", "\n".join(text.splitlines()))
    # in an address the sign is written so that it leads to the same place, and mentions nobody either
    whole = _ADDRESS.sub(lambda found: _MENTION.sub("%40", found[0]), still)
    here = _REFERENCE.sub(rf"\1{STILL}", _MENTION.sub(f"@{STILL}", whole))
    return _ELSEWHERE.sub(rf"\1{STILL}", here)


def utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _cell(text: str) -> str:
    return defused(one_line(text)).replace("|", "\\|")
