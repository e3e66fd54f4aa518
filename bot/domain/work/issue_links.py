"""Addresses of issues in messages: GitLab's, GitHub's and Jira's."""

import html
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qs, urlsplit

from bot.domain.work.follow_ups import TrackedIssue

MAYBE = ("/issues/", "/work_items/", "/browse/", "selectedIssue=")
"""What each of them has in it: other messages are not looked at."""
MOST = 3
"""So many of one message are offered."""
_LONGEST = 500
"""Characters of an address: a button carries it, and more than that is no issue's."""
_ADDRESS = re.compile(r"https?://[^\s<>|\"'`]+")
_GITLAB = re.compile(
    r"/(?!groups/)([\w.-]+(?:/[\w.-]+)+)/-/(?:issues(?:/incident)?|work_items)/(\d{1,9})(?:/designs\b.*)?/?"
)
_GITLAB_BEFORE = re.compile(r"/([\w.-]+(?:/[\w.-]+)+)/issues/(\d{1,9})/?")
"""How GitLab wrote them up to its version 12, and still understands them."""
_GITHUB = re.compile(r"/([\w.-]+/[\w.-]+)/issues/(\d{1,9})/?")
_KEY = re.compile(r"([A-Z][A-Z0-9_]+)-(\d{1,9})")
_JIRA = re.compile(rf"((?:/[\w-]+)*)/browse/{_KEY.pattern}/?")
_JIRA_LISTED = re.compile(rf".*/projects/[A-Z][A-Z0-9_]+/issues/{_KEY.pattern}/?")
_JIRA_INSIDE = re.compile(r"/jira/(?:software|core|servicedesk|discovery)/|/projects/|/secure/")
"""Where the pages of a Jira begin: what stands before is where it is itself."""


def found_in(text: str) -> list[TrackedIssue]:
    """Return the issues whose addresses stand in a text, each once."""
    found = {one.url: one for one in _each(text)}
    return list(found.values())[:MOST]


def _each(text: str) -> Iterator[TrackedIssue]:
    for address in _ADDRESS.findall(text):
        if one := issue_at(address):
            yield one


def issue_at(address: str) -> TrackedIssue | None:
    """Return the issue at an address, if it is one of these."""
    try:
        parts = urlsplit(html.unescape(address).rstrip(".,;:!?)]}"))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    base = f"{parts.scheme}://{host}" + (f":{port}" if port else "")  # a password before it is left out
    if not host or len(address) > _LONGEST:
        return None
    at_gitlab = _GITLAB.fullmatch(parts.path) or ("gitlab" in host and _GITLAB_BEFORE.fullmatch(parts.path))
    if at_gitlab:
        project, number = at_gitlab.groups()
        return TrackedIssue(0, "GitLab", project, int(number), f"{base}/{project}/-/issues/{number}")
    if found := _GITHUB.fullmatch(parts.path):
        return TrackedIssue(0, "GitHub", found[1], int(found[2]), f"{base}/{found[1]}/issues/{found[2]}")
    if jira := _of_jira(parts):
        folder, project, number = jira
        url = f"{base}{folder}/browse/{project}-{number}"
        return TrackedIssue(0, "Jira", project, int(number), url)
    return None


def _of_jira(parts: SplitResult) -> tuple[str, str, str] | None:
    """Return where Jira is on its host, and an issue's project and number: by the address of the issue, or of
    a board or a list on which it is open.
    """
    if found := _JIRA.fullmatch(parts.path):
        return found[1], found[2], found[3]
    folder = _JIRA_INSIDE.split(parts.path, maxsplit=1)[0]
    chosen = parse_qs(parts.query).get("selectedIssue", [""])[0]
    shown = _JIRA_LISTED.fullmatch(parts.path) or _KEY.fullmatch(chosen)
    return (folder, shown[1], shown[2]) if shown else None


def reference(issue: TrackedIssue) -> str:
    """Return what people call an issue of which only the address is known."""
    return f"{issue.project}-{issue.number}" if issue.tracker == "Jira" else f"{issue.project}#{issue.number}"
