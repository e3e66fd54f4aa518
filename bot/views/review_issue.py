"""What the issue of a review says in GitLab: Markdown in which nothing commands, mentions or refers."""

import re

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue
from bot.views.issue import STILL, between, stilled

_ENTITY = re.compile(rf"&{STILL}(\w+;)|&{STILL}?#{STILL}?(\w+;)")
"""A sign that is written as its name, such as `&lt;`: it refers to nothing."""


def key(incident: Incident) -> str:
    return f"REVIEW-{incident.id}"


def marker(incident: Incident, database: str) -> str:
    """Return the comment by which an issue is known as that of a review of this installation."""
    return f"<!-- muster:{key(incident)} {database} -->"


def title(incident: Incident) -> str:
    return f"Review of INC-{incident.id}"


def described(
    incident: Incident, text: str, version: int, database: str, *, related: Issue | None, hidden: bool
) -> str:
    """Return our part of the description, between its two marks."""
    begin, end = marker(incident, database), f"<!-- /muster:{key(incident)} -->"
    if hidden:
        return f"{begin}\nINC-{incident.id} is private now: nothing more of it is written here.\n{end}"
    parts = [begin, document(text).strip("\n")]
    if related and not related.gone:
        parts.append(f"The incident's issue: {related.url}")
    parts.append(
        f"_This is version {version} of the review in Muster, which keeps this part. Write above or below "
        "it: that stays._"
    )
    return "\n\n".join([*parts, end])


def document(text: str) -> str:
    """Return a document in which nothing commands, mentions, refers or hides: no comment ends our part."""
    still = stilled(text).replace("<!--", "&lt;!--")
    return _ENTITY.sub(lambda found: f"&{found[1]}" if found[1] else f"&#{found[2]}", still)


def placed(there: str, ours: str, incident: Incident) -> str:
    """Return a description with our part renewed, and what people wrote around it left as it is."""
    return between(there, ours, f"<!-- muster:{key(incident)} ", f"<!-- /muster:{key(incident)} -->")
