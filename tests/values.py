"""A page and an incident to begin with, where a test needs values only."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.incidents.incident import Incident, Severity, Status, Summary
from bot.domain.paging.pages import Page, PageState, Reason
from tests.fakes import FIFTEEN_MINUTES, NOON

_PAGE = Page(
    id=3,
    chain=3,
    incident=7,
    team="dotcom EOC",
    level=0,
    level_team="dotcom EOC",
    role="EOC",
    responder="UEOC",
    state=PageState.PENDING,
    reason=Reason.DECLARED,
    message="",
    asked_by="UREP",
    raised_at=NOON,
    due_at=NOON + FIFTEEN_MINUTES,
    remind_at=None,
    reminded=0,
    round=1,
    late=timedelta(),
)
_INCIDENT = Incident(
    id=7,
    name="Disk full",
    type="GitLab.com",
    severity=Severity.S3,
    highest=Severity.S3,
    status=Status.INVESTIGATING,
    private=False,
    drill=False,
    reporter="UREP",
    lead="ULEAD",
    lead_by_hand=False,
    summary=Summary(),
    declared_at=NOON,
)


def a_page(**changes: Any) -> Page:
    """Return a page that has just called the EOC of INC-7."""
    return replace(_PAGE, **changes)


def an_incident(**changes: Any) -> Incident:
    """Return an active S3, INC-7."""
    return replace(_INCIDENT, **changes)
