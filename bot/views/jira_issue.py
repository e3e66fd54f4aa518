"""What an issue in Jira says, in its wiki markup. People's words are quoted there and do nothing."""

import re
from collections.abc import Collection, Sequence

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import HYPHENED
from bot.domain.text import one_line
from bot.views import issue
from bot.views.issue import STILL, Shown, utc

LONGEST_TITLE = 255
_MARKUP = re.compile(r"[\\{}\[\]|!*_+^~?#@-]")


def labelled(labels: Collection[str]) -> list[str]:
    """Return labels as Jira has them: without spaces."""
    return [one.replace(" ", "-") for one in labels]


def unlabelled(there: Collection[str]) -> list[str]:
    """Return labels of Jira's, those of ours as they are called elsewhere."""
    return [HYPHENED.get(one, one) for one in there if isinstance(one, str)]


def mark(incident_id: int, database: str) -> str:
    """Return the label by which an issue is known as that of an incident of this installation."""
    return f"muster-INC-{incident_id}-{database}"


def title(incident: Incident, *, hidden: bool = False) -> str:
    return issue.title(incident, hidden=hidden)


def described(shown: Shown, database: str, *, hidden: bool = False) -> str:
    """Return our part of the description, between two small headings: Jira has no hidden comments."""
    incident = shown.incident
    begin, end = _marks(incident.id)
    if hidden:
        return f"{begin}\n\nINC-{incident.id} is private now: nothing more of it is written here.\n\n{end}"
    rows = [
        ("Severity", incident.severity),
        ("Status", incident.status),
        ("Lead", shown.lead or "nobody yet"),
        *shown.roles,
        ("Declared", utc(incident.declared_at)),
        *((("Resolved", utc(incident.resolved_at)),) if incident.resolved_at else ()),
        *((name, value) for name, value in shown.fields if value),
    ]
    parts = [begin, "\n".join(f"||{_cell(name)}|{_cell(value)}|" for name, value in rows)]
    if shown.into:
        parts.append(f"It was merged into INC-{incident.merged_into}: {shown.into.url}")
    parts += _texts(incident)
    if known := [f"- {_cell(link.name)}: {link.url}" for link in shown.links]:
        parts.append("\n".join(known))
    return "\n\n".join([*parts, end])


def _texts(incident: Incident) -> Sequence[str]:
    texts = (
        ("Summary", incident.summary.summary),
        ("Contributing causes", incident.summary.causes),
        ("For the CMOC", incident.summary.cmoc),
    )
    return [f"h3. {heading}\n\n{verbatim(text)}" for heading, text in texts if text]


def placed(there: str, ours: str, incident_id: int) -> str:
    """Return a description with our part renewed, and what people wrote around it left as it is."""
    begin, end = _marks(incident_id)
    return issue.between(there, ours, begin, end)


def same(one: str, other: str) -> bool:
    """Say whether two texts differ in spaces and line ends only, as Jira writes them anew."""
    return one.split() == other.split()


def _marks(incident_id: int) -> tuple[str, str]:
    return (
        f"h6. INC-{incident_id}: this part is kept by Muster. Write above or below it: that stays.",
        f"h6. INC-{incident_id}: end of Muster's part",
    )


def verbatim(text: str) -> str:
    """Return text of people's as it stands, with no markup: what would end that is made to do nothing."""
    still = re.sub(r"\{(?=\s*noformat)", "{" + STILL, "\n".join(text.splitlines()), flags=re.IGNORECASE)
    return f"{{noformat}}\n{still}\n{{noformat}}"


def _cell(text: str) -> str:
    return _MARKUP.sub(lambda found: f"\\{found[0]}", one_line(text)) or " "
