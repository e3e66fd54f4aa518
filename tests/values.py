"""A page and an incident to begin with, where a test needs values only."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from bot.domain.incidents.incident import Incident, Severity, Status, Summary
from bot.domain.incidents.publicity import UNTOLD
from bot.domain.insights.measures import Course
from bot.domain.paging.escalations import Escalation, Reason
from bot.domain.paging.pages import Page, PageState
from tests.fakes import FIFTEEN_MINUTES, NOON, process

_RULES = process()
_ESCALATION = Escalation(
    id=3,
    incident=7,
    team="dotcom EOC",
    role="EOC",
    reason=Reason.DECLARED,
    message="",
    asked_by="UREP",
    path=_RULES.walk(_RULES.teams["dotcom EOC"]),
    level=0,
    round=1,
    started_at=NOON,
    called_at=NOON,
    due_at=NOON + FIFTEEN_MINUTES,
    waits_for=("UEOC",),
)
_PAGE = Page(
    id=3,
    escalation=_ESCALATION,
    level=0,
    level_team="dotcom EOC",
    role="EOC",
    responder="UEOC",
    state=PageState.PENDING,
    raised_at=NOON,
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


_COURSE = Course(
    id=7,
    type="GitLab.com",
    highest=Severity.S3,
    status=Status.INVESTIGATING,
    drill=False,
    near_miss=False,
    retrospective=False,
    correcting=False,
    lead="ULEAD",
    declared_at=NOON,
    engaged_at=None,
    resolved_at=None,
    publicity=UNTOLD,
)


def a_course(**changes: Any) -> Course:
    """Return how INC-7 went, on which people have just begun to work."""
    return _COURSE._replace(**changes)


def an_escalation(**changes: Any) -> Escalation:
    """Return an escalation for INC-7 that has just called the EOC."""
    return replace(_ESCALATION, **changes)


def a_page(of: Escalation | int = _ESCALATION.id, **changes: Any) -> Page:
    """Return a page that has just called the EOC of INC-7; what no page has is changed of its escalation."""
    escalation = replace(_ESCALATION, id=of) if isinstance(of, int) else of
    own = {field.name for field in fields(Page)}
    theirs = {name: value for name, value in changes.items() if name not in own or name in ("level", "round")}
    changes = {name: value for name, value in changes.items() if name in own}
    if changes.get("responder"):
        theirs = {"waits_for": (changes["responder"],)} | theirs
    return replace(_PAGE, escalation=replace(escalation, **theirs), **changes)


def an_incident(**changes: Any) -> Incident:
    """Return an active S3, INC-7."""
    return replace(_INCIDENT, **changes)
