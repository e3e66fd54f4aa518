"""What `muster.yml` says of issue trackers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from bot.config.values import STRICT, Person, wrong

GITLAB_TOKEN, GITLAB_HOOK = "GITLAB_TOKEN", "GITLAB_WEBHOOK_TOKEN"
PROJECT = "the path of a project, such as gl-infra/production"
SERVER = "the address of a GitLab, such as https://gitlab.com"
USERNAME = "a user name in GitLab, without @"


def _project(raw: str) -> str:
    if not re.fullmatch(r"[\w.-]+(?:/[\w.-]+)+", raw):
        raise wrong(PROJECT)
    return raw


def _server(raw: str) -> str:
    if not re.fullmatch(r"https?://[\w.:-]+(?:/[\w./-]*)?", raw):
        raise wrong(SERVER)
    return raw.rstrip("/")


def _username(raw: str) -> str:
    if not re.fullmatch(r"[\w.-]{1,255}", raw):
        raise wrong(USERNAME)
    return raw


Username = Annotated[str, Field(description=USERNAME), AfterValidator(_username)]


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

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what must reach no log."""
        return tuple(one for one in (self.token, self.hook_token) if one)


def gitlab_of(entry: GitlabEntry | None, environ: Mapping[str, str]) -> GitlabSettings | None:
    """Return the settings with what the environment has for them."""
    if not entry:
        return None
    token, hook = (environ.get(name, "").strip() or None for name in (GITLAB_TOKEN, GITLAB_HOOK))
    return GitlabSettings(
        entry.url, entry.project, entry.issue_type, entry.notes, entry.private, entry.people, token, hook
    )


def untracked_because(settings: GitlabSettings | None) -> Iterator[str]:
    """Yield why incidents have no issues although a project is named: pages leave all the same."""
    if settings and not settings.token:
        yield (
            f"gitlab: {GITLAB_TOKEN} is not set, so no issue is made. Make a project access token "
            "with the scope `api` and the role Reporter or higher."
        )
