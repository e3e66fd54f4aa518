"""What a copy of a review says in a repository and a wiki, beside its text."""

import re

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import Issue
from bot.domain.reviews.versions import LONGEST
from bot.domain.text import one_line
from bot.views.issue import STILL
from bot.views.review_issue import marker

ENDLESS = f"there is far more in it than the {LONGEST:,} characters that are kept"
_NAME = 80
_OVERTAKEN = ("has changed since", "already exists", "doesn't exist", "edited since")
"""What GitLab says where something was changed, made or removed since it was looked at."""


def plain(line: str) -> str:
    """Return a line from where text is written so that nothing in it commands, as it is here."""
    return line.replace(STILL, "").replace("&lt;!--", "<!--")


def named(who: str) -> str:
    """Return the name of somebody there, in which nothing is a sign of Slack's or of Markdown's."""
    return one_line(re.sub(r"[<>&`*_~|\[\]\\]", "", who))[:_NAME].strip()


def hidden(incident: Incident) -> str:
    return f"INC-{incident.id} is private now: nothing more of it is written here.\n"


def commit_message(incident: Incident, version: int, *, hidden: bool) -> str:
    return (
        f"Take out the review of INC-{incident.id}"
        if hidden
        else f"Write version {version} of the review of INC-{incident.id}"
    )


def described(incident: Incident, database: str, *, related: Issue | None) -> str:
    """Return the description of a merge request; it names the incident's issue, which GitLab then relates."""
    parts = [marker(incident, database)]
    if related and not related.gone:
        parts.append(f"Related to {related.url}")
    parts.append(
        f"The review of INC-{incident.id}, from Muster. Edit the file on this branch if you like: what you "
        "write comes back to Muster as a version."
    )
    return "\n\n".join(parts)


def overtaken(reason: str) -> bool:
    """Say whether GitLab refused since somebody else was first: another look finds what they did."""
    return any(one in reason for one in _OVERTAKEN)


def cure(reason: str, what: str) -> str:
    """Say what to do about a copy that could not be written."""
    again = "then press the button on the review's page again. The document is kept here."
    if "answered 401" in reason:
        return f"GITLAB_TOKEN is not taken: make another one, {again}"
    if "answered 403" in reason:
        return f"Give the token's account the role Developer in the project, and the scope `api`, {again}"
    if reason == ENDLESS:
        return f"Shorten it there, {again}"
    if "answered 404" in reason:
        where = "its wiki is switched on" if what == "wiki page" else "it has a repository"
        return f"Check that the project of `gitlab.project` is there and {where}, {again}"
    return f"Look at it there, {again}"
