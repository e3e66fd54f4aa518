"""Why somebody was called: what put them on call, and what became of each message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.alerts.alert import Alert
from bot.domain.incidents.incident import Incident
from bot.domain.oncall.shifts import Shift
from bot.domain.paging.offers import PageOffer
from bot.domain.paging.pagers import PagerAlert
from bot.domain.paging.pages import Page
from bot.domain.paging.reports import Outcome


class How(StrEnum):
    """What became of a message so far."""

    WAITS = "waits"
    UNDER_WAY = "under way"
    TAKEN = "taken"
    REFUSED = "refused"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class ByMethod:
    """One message of a page. `at` is when it was taken or refused, or leaves next.

    `attempts` is 0 where that is not kept any more. `reports` are what its service said later. `hurried_by`
    is the contact method whose failure had it leave before its time.
    """

    contact_method: str
    how: How
    at: datetime | None = None
    attempts: int = 0
    error: str = ""
    reports: Sequence[tuple[Outcome, datetime]] = ()
    hurried_by: str = ""


@dataclass(frozen=True, slots=True)
class Basis:
    """By what somebody was on call: the `shift` of a schedule, or an override that `made_by` made.

    Without a `shift`, its rotation has changed since, and what it was is not kept.
    """

    schedule: str
    shift: Shift | None = None
    made_by: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """All of it. Without a `basis` no schedule decided; `skipped` are levels passed over, and why. `pager` is
    what it raised in the pager that the team keeps.
    """

    page: Page
    incident: Incident | None
    basis: Basis | None
    skipped: Sequence[tuple[str, str]]
    messages: Sequence[ByMethod]
    others: Sequence[Page] = ()
    offers: Sequence[PageOffer] = ()
    alerts: Sequence[Alert] = ()
    pager: PagerAlert | None = None
