"""Addresses of issues in messages: GitLab's, GitHub's and Jira's."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from bot.domain.work.follow_ups import TrackedIssue

MAYBE = ("/issues/", "/work_items/", "/browse/")
"""What each of them has in it: other messages are not looked at."""
MOST = 3
"""So many of one message are offered."""
_ADDRESS = re.compile(r"https?://[^\s<>|\"'`]+")
_GITLAB = re.compile(r"/([\w.-]+(?:/[\w.-]+)+)/-/(?:issues|work_items)/(\d{1,9})/?")
_GITHUB = re.compile(r"/([\w.-]+/[\w.-]+)/issues/(\d{1,9})/?")
_JIRA = re.compile(r"(/[\w/-]*)?/browse/([A-Z][A-Z0-9_]+)-(\d{1,9})/?")


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
        parts = urlsplit(address)
    except ValueError:
        return None
    base = f"{parts.scheme}://{parts.netloc}"
    if found := _GITLAB.fullmatch(parts.path):
        return TrackedIssue(0, "GitLab", found[1], int(found[2]), f"{base}/{found[1]}/-/issues/{found[2]}")
    if found := _GITHUB.fullmatch(parts.path):
        return TrackedIssue(0, "GitHub", found[1], int(found[2]), f"{base}/{found[1]}/issues/{found[2]}")
    if found := _JIRA.fullmatch(parts.path):
        url = f"{base}{found[1] or ''}/browse/{found[2]}-{found[3]}"
        return TrackedIssue(0, "Jira", found[2], int(found[3]), url)
    return None


def reference(issue: TrackedIssue) -> str:
    """Return what people call an issue of which only the address is known."""
    return f"{issue.project}-{issue.number}" if issue.tracker == "Jira" else f"{issue.project}#{issue.number}"
