"""The document of a review as an issue in a tracker: where it may stand, and how far it is there."""

from dataclasses import dataclass

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.issues import wants_issue


@dataclass(frozen=True, slots=True)
class IssuePlace:
    """The project that reviews become issues of, on the server `url`. `private` says that it is fit for what
    is private. `wiki` and `files` are the folders for copies of them, empty where there are none, and
    `target` is the branch that merge requests are for, empty for the project's default one.
    """

    tracker: str
    url: str
    project: str
    private: bool = False
    wiki: str = ""
    files: str = ""
    target: str = ""

    def has(self, issue: "ReviewIssue") -> bool:
        """Say whether an issue was made here."""
        return issue.project == self.project and issue.url.startswith(f"{self.url}/")


@dataclass(frozen=True, slots=True)
class ReviewIssue:
    """The issue of a review: its `version` was asked for, and `written` is the one that stands there; 0 for
    none. Until it is made its `number` is 0.
    """

    incident: int
    version: int
    written: int = 0
    project: str = ""
    number: int = 0
    url: str = ""


def to_place(incident: Incident, place: IssuePlace | None) -> IssuePlace:
    """Return where its review may become an issue; refuse, and say why it may not."""
    if not place:
        raise Refused("No GitLab is set up here, so a review cannot become an issue. Download it instead.")
    if incident.drill:
        raise Refused(f"INC-{incident.id} is a drill: its review becomes no issue. Download it instead.")
    if not wants_issue(incident, private=place.private):
        raise Refused(
            f"INC-{incident.id} is private, and {place.tracker}'s {place.project} is not marked as fit for "
            "that: its review becomes no issue. Download it instead."
        )
    return place
