"""What the issue of a follow-up says in a tracker. People's words in it do nothing."""

from dataclasses import dataclass

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue
from bot.domain.text import one_line
from bot.domain.work.follow_ups import FollowUp
from bot.views.issue import LONGEST_TITLE, between, defused, quoted, stilled
from bot.views.jira_issue import verbatim


@dataclass(frozen=True, slots=True)
class Told:
    """A follow-up with its incident and what that has there. One that is `hidden` says no more than which
    it is; `owner` is a name.
    """

    one: FollowUp
    incident: Incident
    owner: str
    related: Issue | None = None
    hidden: bool = False


def key(told: Told) -> str:
    return f"FU-{told.one.action.id}"


def marker(told: Told, database: str) -> str:
    """Return the comment by which an issue is known as that of a follow-up of this installation."""
    return f"<!-- muster:{key(told)} {database} -->"


def title(told: Told) -> str:
    name = key(told) if told.hidden else stilled(one_line(told.one.action.title))
    return name if len(name) <= LONGEST_TITLE else f"{name[: LONGEST_TITLE - 1]}…"


def rows(told: Told) -> list[tuple[str, str]]:
    """Return what is told of it, each under its name."""
    one = told.one
    found = [
        ("Kind", one.label),
        ("Incident", f"INC-{told.incident.id}"),
        ("Owner", told.owner or "nobody yet"),
        ("Due", str(one.action.due or "no day")),
        ("Priority", f"P{one.priority.value[1]}"),
        ("Severity", one.severity.value),
        *([("Service", one.service)] if one.service else []),
    ]
    return [(name, one_line(value)) for name, value in found]


def described(told: Told, database: str) -> str:
    """Return our part of the description, between its two marks."""
    begin, end = marker(told, database), f"<!-- /muster:{key(told)} -->"
    if told.hidden:
        return f"{begin}\n{key(told)} is private now: nothing more of it is written here.\n{end}"
    cells = [f"| {name} | {defused(value).replace('|', chr(92) + '|')} |" for name, value in rows(told)]
    parts = [begin, "\n".join(["| | |", "|---|---|", *cells])]
    if told.related:
        parts.append(f"Arose from INC-{told.incident.id}: {told.related.url}")
    if told.one.action.details:
        parts.append(quoted(told.one.action.details))
    parts.append("_This part is kept by Muster. Write above or below it: that stays._")
    return "\n\n".join([*parts, end])


def placed(there: str, told: Told, database: str) -> str:
    """Return a description with our part renewed, and what people wrote around it left as it is."""
    begin, end = f"<!-- muster:{key(told)} ", f"<!-- /muster:{key(told)} -->"
    return between(there, described(told, database), begin, end)


def in_wiki(told: Told) -> str:
    """Return our part of the description for Jira, between two small headings: it has no hidden comments."""
    begin, end = _wiki_marks(told)
    if told.hidden:
        return f"{begin}\n\n{key(told)} is private now: nothing more of it is written here.\n\n{end}"
    lines = [f"{name}: {still(value)}" for name, value in rows(told)]
    if told.related:
        lines.append(f"Arose from INC-{told.incident.id}: {told.related.url}")
    details = told.one.action.details
    return "\n\n".join([begin, "\n".join(lines), *([verbatim(details)] if details else []), end])


def placed_in_wiki(there: str, told: Told) -> str:
    """Return a description of Jira's with our part renewed, and what people wrote around it left as it is."""
    return between(there, in_wiki(told), *_wiki_marks(told))


def _wiki_marks(told: Told) -> tuple[str, str]:
    return (
        f"h6. {key(told)}: this part is kept by Muster. Write above or below it: that stays.",
        f"h6. {key(told)}: end of Muster's part",
    )


def still(text: str) -> str:
    """Return people's words without what Jira's markup would take for more."""
    return "".join(f"\\{one}" if one in "\\{}[]|!*_+^~?#@-" else one for one in text)
