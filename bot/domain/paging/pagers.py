"""The pager that a team keeps, such as PagerDuty: its pages are raised there too.

It is a way of delivery. Muster's own deadlines run as always, and where it does not take a page in time
Muster calls by every contact method itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import EscalationState
from bot.domain.paging.pages import Page, PageState
from bot.domain.process import EVERYBODY, Process

PAGERDUTY, OPSGENIE = "pagerduty", "opsgenie"
SERVICES: Mapping[str, str] = {PAGERDUTY: "PagerDuty", OPSGENIE: "Opsgenie"}
"""How `muster.yml` names them, and how people do."""
TAKES = timedelta(seconds=60)
"""So long a pager has to take a page."""
_ITS_PEOPLE = ("", EVERYBODY)
"""Whom a level calls that calls those on call for its team, as the pager does."""


class PagerState(StrEnum):
    """What became of an alert there. A due one is being raised."""

    DUE = "due"
    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REFUSED = "refused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PagerAlert:
    """What a page raised in a pager, known there by its `key`. If it `failed`, Muster pages itself."""

    page: int
    service: str
    team: str
    key: str
    state: PagerState
    asked_at: datetime
    taken_at: datetime | None = None
    failed: bool = False
    error: str = ""

    @property
    def name(self) -> str:
        return SERVICES.get(self.service, self.service)

    @property
    def there(self) -> bool:
        """Say whether it is open there."""
        return self.state in {PagerState.RAISED, PagerState.ACKNOWLEDGED}

    def lacks(self, state: PagerState) -> bool:
        """Say whether it has to be told of this state: nothing becomes unanswered again."""
        return self.there and state is not PagerState.RAISED and state is not self.state

    @property
    def calls(self) -> bool:
        """Say whether it calls somebody, or is about to, so that Muster need not by contact methods."""
        return not self.failed and self.state in {PagerState.DUE, PagerState.RAISED}


@dataclass(frozen=True, slots=True)
class Touch:
    """What was done to an alert there: by the account `user`, called `name`. `person` is who that is, by
    e-mail address or Slack user id, where that is known.
    """

    service: str
    key: str
    did: PagerState
    user: str = ""
    name: str = ""
    person: str = ""


def pager_of(page: Page, incident: Incident | None, process: Process) -> str:
    """Return the service in which a page is raised too; empty for none. Practice calls only whom it chose."""
    team = process.teams.get(page.level_team)
    if not team or not page.pending or (incident and incident.drill):
        return ""
    return team.pager if page.escalation.path[page.level].call in _ITS_PEOPLE else ""


def key_of(page: Page) -> str:
    """Return by what a page is known there: raised twice, it is one alert."""
    return "/".join(["muster", *([f"INC-{page.incident}"] if page.incident else []), f"page-{page.id}"])


def wanted(page: Page, incident: Incident | None, *, called_again: bool) -> PagerState:
    """Return how a page's alert should be there. `called_again` says that a later one calls for its path."""
    of = page.escalation
    if incident and not incident.status.open:
        return PagerState.RESOLVED
    if page.pending:
        return PagerState.RAISED
    if page.state is PageState.ACKNOWLEDGED or of.state is EscalationState.ACKNOWLEDGED:
        return PagerState.ACKNOWLEDGED if incident else PagerState.RESOLVED
    if page.state is PageState.ESCALATED and of.running and not called_again:
        return PagerState.RAISED
    return PagerState.RESOLVED
