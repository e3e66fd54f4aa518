"""Copies of a review's document in a project of GitLab: a page of its wiki, and a file with a merge request.

People edit a copy there. What they wrote is never written over: it is taken in first, as a version or as an
edit that somebody puts together with what was saved here meanwhile.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import wants_issue
from bot.domain.reviews.issue import IssuePlace
from bot.domain.reviews.versions import LONGEST, Version, cleaned
from bot.domain.text import channel_name

MOST_OVER = 4
"""So many merge requests in a row are looked at that are merged or closed: after a restart or a restored
database there may be more than one that we do not know of.
"""
MOST_THERE = 3 * LONGEST
"""Characters of what is looked at: what is added to a document there at most doubles it."""


class Kept(StrEnum):
    """Where a copy is kept."""

    WIKI = "wiki"
    FILE = "file"

    @property
    def said(self) -> str:
        return "wiki page" if self is Kept.WIKI else "merge request"


@dataclass(frozen=True, slots=True)
class ReviewCopy:
    """A copy of a review: its `version` was asked for, and `written` is the one that stands there; 0 for
    none.

    `path` is the slug of the page, or the file's path; the `branch` has the merge request's file, and
    `number` is its own. `taken` stands for a text of theirs that was taken in. It has `failed` when it was
    given up, and is `fetching` while it is looked for edits.
    """

    incident: int
    place: Kept
    version: int
    project: str
    path: str
    written: int = 0
    branch: str = ""
    number: int = 0
    url: str = ""
    taken: str = ""
    failed: bool = False
    fetching: bool = False

    @property
    def waits(self) -> bool:
        return self.version != self.written and not self.failed

    @property
    def unwritten(self) -> bool:
        """Say whether the version asked for was given up, and nobody asked again."""
        return self.version != self.written and self.failed


@dataclass(frozen=True, slots=True)
class ForeignEdit:
    """What somebody called `who` wrote in a copy, beginning from version `base`, and nobody has put together
    with what was saved here since.
    """

    incident: int
    place: Kept
    base: int
    text: str = field(repr=False)
    who: str


@dataclass(frozen=True, slots=True)
class There:
    """What stands in a copy now: the `text` without our mark, and the version `base` that the mark names.

    `ours` says that it has our mark.
    """

    text: str
    base: int = 0
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """What GitLab tells by its webhook: somebody changed these pages, or files on a `branch` of a project
    whose `default` one it names.
    """

    project: str
    place: Kept
    paths: Collection[str]
    who: str
    event: str
    branch: str = ""
    default: str = ""


class Judged(StrEnum):
    """What is to be done with what stands there."""

    WRITE = "write"
    DONE = "done"
    FOREIGN = "foreign"
    EDITED = "edited"


def digest(text: str) -> str:
    """Return what stands for a text that was taken in."""
    return hashlib.sha256(cleaned(text).encode()).hexdigest()


def new_copy(incident: Incident, version: int, kept: Kept, place: IssuePlace) -> ReviewCopy:
    """Return the copy that is to be made, under a name that stays when the incident is renamed."""
    name = f"INC{channel_name(incident.id, incident.name)[3:]}"
    if kept is Kept.WIKI:
        return ReviewCopy(incident.id, kept, version, place.project, f"{place.wiki}/{name}")
    path = f"{place.files}/{name}.md"
    return ReviewCopy(incident.id, kept, version, place.project, path, branch=_branch(incident.id, 1))


def moved_on(copy: ReviewCopy) -> ReviewCopy:
    """Return the copy with the branch of its next merge request, since the one that it has is over."""
    last = copy.branch.rpartition("-")[2]
    return replace(copy, number=0, branch=_branch(copy.incident, int(last) + 1 if last.isdigit() else 2))


def _branch(incident: int, turn: int) -> str:
    return f"muster/review-inc-{incident}-{turn}"


def to_copy(incident: Incident, place: IssuePlace | None, kept: Kept, *, marked: bool) -> IssuePlace:
    """Return where its review may have a copy; refuse, and say why it may not. An incident that is `marked`
    is to be kept confidential, and neither wikis nor files are.
    """
    folder = place and (place.wiki if kept is Kept.WIKI else place.files)
    if not place or not folder:
        raise Refused(
            f"No GitLab {kept.said} is set up for reviews here (`gitlab.reviews` in muster.yml). Download "
            "the document instead."
        )
    if incident.drill:
        raise Refused(
            f"INC-{incident.id} is a drill: its review becomes no {kept.said}. Download it instead."
        )
    if (marked and not place.private) or not wants_issue(incident, private=place.private):
        what = "private" if incident.private else "to be kept confidential"
        raise Refused(
            f"INC-{incident.id} is {what}, and GitLab's {place.project} is not marked as fit for that: its "
            f"review becomes no {kept.said}. Download it instead."
        )
    return place


def concerns(copy: ReviewCopy, pushed: Pushed, target: str) -> bool:
    """Say whether something was pushed where a copy is, or where it is once it is merged: to the `target`,
    else the default branch.
    """
    return copy.place is Kept.WIKI or pushed.branch in {copy.branch, target or pushed.default}


def marked(text: str, incident: int, version: int, database: str) -> str:
    """Return a text with the mark by which a copy is known as ours, and which version it was."""
    return (
        f"{_bare(text, incident, database)}\n<!-- muster:REVIEW-{incident} {database} version {version} -->\n"
    )


def there(text: str, incident: int, database: str) -> There:
    """Return what stands in a copy."""
    found = _mark(incident, database).findall(text)
    return There(_bare(text, incident, database), int(found[-1]) if found else 0, bool(found))


def _mark(incident: int, database: str) -> re.Pattern[str]:
    return re.compile(
        rf"\n?<!-- muster:REVIEW-{incident} {re.escape(database)} version (\d{{1,9}}) -->[ \t]*\n?"
    )


def _bare(text: str, incident: int, database: str) -> str:
    """Return a text without our marks: also of a document in which somebody pasted one."""
    return cleaned(_mark(incident, database).sub("\n", text.replace("\r\n", "\n")))


def judged(
    copy: ReviewCopy,
    found: There,
    wanted: str,
    base: Version | None,
    *,
    database: str,
    shown: Callable[[str], str],
    plain: Callable[[str], str],
) -> Judged:
    """Say what to do with what stands there. `wanted` is the text of the version asked for; `shown` and
    `plain` say how a text looks there, and one from there here.
    """

    def stands(text: str) -> bool:
        return found.text == _bare(shown(text), copy.incident, database)

    if found.base == copy.version and stands(wanted):
        return Judged.DONE
    untouched = base is not None and stands(base.text)
    if untouched or (copy.taken and digest(read_back(found.text, base, shown, plain)) == copy.taken):
        return Judged.WRITE
    if not found.ours and not copy.written:
        return Judged.FOREIGN
    return Judged.EDITED


def read_back(
    text: str, base: Version | None, shown: Callable[[str], str], plain: Callable[[str], str]
) -> str:
    """Return what people wrote as a document: lines that nobody touched are those of the version as it was
    here, and of the others what was added for that place is taken out.
    """
    lines = base.text.splitlines() if base else []
    known = {shown(one): one for one in lines}
    return cleaned("\n".join(known.get(one, plain(one)) for one in text.splitlines()))


def endless(text: str | None) -> bool:
    """Say whether there is more in a copy than is looked at: it is no document that was written here."""
    return len(text or "") > MOST_THERE


def fits(text: str) -> str:
    """Return why a text of theirs cannot be taken in, empty where it can."""
    if not text.strip():
        return "there is nothing in it"
    if len(cleaned(text)) > LONGEST:
        return f"it has {len(cleaned(text)):,} characters, and at most {LONGEST:,} are kept"
    return ""
