"""What `muster.yml` says of issue trackers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Protocol, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from bot.config.values import STRICT, Person, wrong

GITLAB_TOKEN, GITLAB_HOOK = "GITLAB_TOKEN", "GITLAB_WEBHOOK_TOKEN"
GITHUB_TOKEN, GITHUB_HOOK = "GITHUB_TOKEN", "GITHUB_WEBHOOK_SECRET"
JIRA_TOKEN, JIRA_EMAIL, JIRA_HOOK = "JIRA_TOKEN", "JIRA_EMAIL", "JIRA_WEBHOOK_SECRET"
TRACKERS: Mapping[str, tuple[str, ...]] = {
    "gitlab": (GITLAB_TOKEN, GITLAB_HOOK),
    "github": (GITHUB_TOKEN, GITHUB_HOOK),
    "jira": (JIRA_TOKEN, JIRA_EMAIL, JIRA_HOOK),
}
"""Sections of `muster.yml`, and what the environment has for them."""
PROJECT = "the path of a project, such as gl-infra/production"
SERVER = "the address of a GitLab, such as https://gitlab.com"
USERNAME = "a user name in GitLab, without @"
REPOSITORY = "the owner and the name of a repository, such as acme/production"
GITHUB_SERVER = "the address of GitHub's API, such as https://api.github.com"
GITHUB_NAME = "a user name in GitHub, without @"
SITE = "the address of a Jira, such as https://acme.atlassian.net"
JIRA_KEY = "the key of a Jira project, such as OPS"
ACCOUNT = "an account id in Jira"
FOLDER = "a folder, such as reviews or docs/reviews, or false for none"
BRANCH = "the name of a branch, such as main"
_FOLDER = r"(?!\.)[\w.-]+(?:/(?!\.)[\w.-]+)*"
_BRANCH = r"(?![-/.])(?:(?!\.\.|//|\.lock\b)[\w./-]){1,200}(?<![/.])"
LONGEST_FOLDER = 150


def _project(raw: str) -> str:
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", raw):
        raise wrong(PROJECT)
    return raw


def _server(raw: str) -> str:
    if not re.fullmatch(r"https?://[\w.:-]+(?:/[\w./-]*)?", raw):
        raise wrong(SERVER)
    return raw.rstrip("/")


def _like(pattern: str, expected: str) -> AfterValidator:
    """Return what takes only text of this pattern."""

    def checked(raw: str) -> str:
        if not re.fullmatch(pattern, raw):
            raise wrong(expected)
        return raw

    return AfterValidator(checked)


Username = Annotated[str, Field(description=USERNAME), _like(r"[\w.-]{1,255}", USERNAME)]
GithubName = Annotated[str, Field(description=GITHUB_NAME), _like(r"[\w-]{1,100}", GITHUB_NAME)]
Account = Annotated[str, Field(description=ACCOUNT), _like(r"[\w:-]{1,128}", ACCOUNT)]


def _folder(raw: object) -> object:
    """Return a folder, None for what is switched off."""
    if raw is False:
        return None
    if not isinstance(raw, str) or len(raw) > LONGEST_FOLDER or not re.fullmatch(_FOLDER, raw, re.ASCII):
        raise wrong(FOLDER)
    return raw


Folder = Annotated[str | None, BeforeValidator(_folder)]


class GitlabReviewsEntry(BaseModel):
    """Where documents of reviews have copies in the project."""

    model_config = STRICT
    wiki: Folder = Field(default="reviews", description=FOLDER)
    files: Folder = Field(default="reviews", description=FOLDER)
    target: Annotated[str, _like(_BRANCH, BRANCH)] | None = Field(default=None, description=BRANCH)


class GitlabEntry(BaseModel):
    """Where each incident has an issue."""

    model_config = STRICT
    project: Annotated[str, AfterValidator(_project)] = Field(description=PROJECT)
    url: Annotated[str, AfterValidator(_server)] = Field(default="https://gitlab.com", description=SERVER)
    issue_type: Literal["incident", "issue"] = Field(default="incident", description="incident or issue")
    notes: Literal["internal", "public", "none"] = Field(
        default="internal", description="internal, public or none"
    )
    private: bool = Field(default=False, description="true or false")
    people: dict[Person, Username] = Field(
        default={}, description="a mapping of e-mail addresses or Slack user ids to user names in GitLab"
    )
    reviews: GitlabReviewsEntry = Field(
        default=GitlabReviewsEntry(), description="a mapping with wiki, files or target"
    )


class GithubEntry(BaseModel):
    """The repository in which each incident has an issue."""

    model_config = STRICT
    repository: Annotated[str, _like(r"[\w.-]+/[\w.-]+", REPOSITORY)] = Field(description=REPOSITORY)
    url: Annotated[str, AfterValidator(_server)] = Field(
        default="https://api.github.com", description=GITHUB_SERVER
    )
    private: bool = Field(default=False, description="true or false")
    people: dict[Person, GithubName] = Field(
        default={}, description="a mapping of e-mail addresses or Slack user ids to user names in GitHub"
    )


class JiraEntry(BaseModel):
    """The project in which each incident has an issue."""

    model_config = STRICT
    project: Annotated[str, _like(r"[A-Z][A-Z0-9_]+", JIRA_KEY)] = Field(description=JIRA_KEY)
    url: Annotated[str, AfterValidator(_server)] = Field(description=SITE)
    issue_type: str = Field(
        default="Task", min_length=1, max_length=60, description="the name of an issue type"
    )
    resolution: str | None = Field(
        default=None, min_length=1, max_length=60, description="the name of a resolution, such as Done"
    )
    private: bool = Field(default=False, description="true or false")
    people: dict[Person, Account] = Field(
        default={}, description="a mapping of e-mail addresses or Slack user ids to account ids in Jira"
    )


class TrackerSettings(Protocol):
    """What all trackers are told: with `private` those of private incidents have an issue too."""

    @property
    def private(self) -> bool: ...

    @property
    def notes(self) -> str: ...

    @property
    def token(self) -> str | None: ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        ...


@dataclass(frozen=True, slots=True)
class GithubSettings:
    """A repository of GitHub's, or of a GitHub Enterprise Server by its `url`. By `hook_token` its webhook is
    signed.
    """

    url: str
    repository: str
    private: bool
    people: Mapping[str, str]
    token: str | None = field(repr=False)
    hook_token: str | None = field(default=None, repr=False)
    notes: str = "none"

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(one for one in (self.token, self.hook_token) if one)


@dataclass(frozen=True, slots=True)
class JiraSettings:
    """A project of a Jira, and who makes its issues: with an `email` as Jira Cloud wants it, without one by a
    personal access token, as Jira Data Center has them. By `hook_token` its webhook is signed.
    """

    url: str
    project: str
    issue_type: str
    resolution: str | None
    private: bool
    people: Mapping[str, str]
    email: str | None
    token: str | None = field(repr=False)
    hook_token: str | None = field(default=None, repr=False)
    notes: str = "none"

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(one for one in (self.token, self.hook_token) if one)


@dataclass(frozen=True, slots=True)
class GitlabSettings:
    """The project that has an issue for each incident, and how we come in.

    With `private` those of private incidents too, as confidential ones. `notes` says how updates and pins are
    written there; `hook_token` is what GitLab sends with its webhook.
    """

    url: str
    project: str
    issue_type: str
    notes: str
    private: bool
    people: Mapping[str, str]
    token: str | None = field(repr=False)
    hook_token: str | None = field(repr=False)
    reviews: GitlabReviewsEntry = field(default_factory=GitlabReviewsEntry)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        return tuple(one for one in (self.token, self.hook_token) if one)


AnyTracker: TypeAlias = GitlabSettings | GithubSettings | JiraSettings


def settings_of(entry: GitlabEntry | GithubEntry | JiraEntry, environ: Mapping[str, str]) -> AnyTracker:
    """Return the settings with what the environment has for them."""

    def given(name: str) -> str | None:
        return environ.get(name, "").strip() or None

    match entry:
        case GitlabEntry():
            return GitlabSettings(
                entry.url,
                entry.project,
                entry.issue_type,
                entry.notes,
                entry.private,
                entry.people,
                given(GITLAB_TOKEN),
                given(GITLAB_HOOK),
                entry.reviews,
            )
        case GithubEntry():
            return GithubSettings(
                entry.url,
                entry.repository,
                entry.private,
                entry.people,
                given(GITHUB_TOKEN),
                given(GITHUB_HOOK),
            )
        case JiraEntry():
            return JiraSettings(
                entry.url,
                entry.project,
                entry.issue_type,
                entry.resolution,
                entry.private,
                entry.people,
                given(JIRA_EMAIL),
                given(JIRA_TOKEN),
                given(JIRA_HOOK),
            )


_CURES = {
    "gitlab": (
        "Make a project access token with the scope `api` and the role Developer; Reporter is enough for "
        "issues alone."
    ),
    "github": "Make a fine-grained token for the repository that may read and write issues.",
    "jira": f"Make an API token, and name the account's address in {JIRA_EMAIL} for Jira Cloud.",
}


def untracked_because(section: str, settings: TrackerSettings) -> Iterator[str]:
    """Yield why incidents have no issues although a project is named: pages leave all the same."""
    if not settings.token:
        yield f"{section}: {TRACKERS[section][0]} is not set, so no issue is made. {_CURES[section]}"
