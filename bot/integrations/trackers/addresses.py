"""Addresses that a tracker answers: people follow them, so each has to lead into its own project."""

import re
from urllib.parse import urlsplit

LONGEST = 500
"""Characters of an address: more than that is no issue's."""
LARGEST = 2**31
"""No issue has so high a number."""
_PLAIN = re.compile(r"https?://[!#-;=?-_a-z~]+")
"""What an address is written with, in which no sign of Slack's, Markdown's or HTML's ends it."""
_PROJECT = re.compile(r"[\w.-]+(?:/[\w.-]+)+")


def inside(given: str, project: str, otherwise: str) -> str:
    """Return the address that was given, if it is below that of the `project`; else the one that we know."""
    ours = urlsplit(project)
    if len(given) > LONGEST or not _PLAIN.fullmatch(given) or ".." in given:
        return otherwise
    try:
        parts = urlsplit(given)
        same = (parts.hostname, parts.port) == (ours.hostname, ours.port) and "@" not in parts.netloc
    except ValueError:
        return otherwise
    below = parts.path.lower().startswith(f"{ours.path.lower().rstrip('/')}/")
    return given if same and below else otherwise


def numbered(found: object) -> bool:
    """Say whether something is the number of an issue."""
    return isinstance(found, int) and not isinstance(found, bool) and 0 < found < LARGEST


def is_project(path: str) -> bool:
    """Say whether something is the path of a project, which leads nowhere else in an address."""
    steps = path.split("/")
    return len(path) <= LONGEST and bool(_PROJECT.fullmatch(path)) and not {".", ".."} & {*steps}


def is_page(slug: str) -> bool:
    """Say whether something is the slug of a page, which leads nowhere else in an address."""
    steps = slug.split("/")
    return len(slug) <= LONGEST and slug.isprintable() and not {"", ".", ".."} & {*steps}
