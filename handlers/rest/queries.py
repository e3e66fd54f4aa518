"""What can be said after the question mark."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
)

from bot.domain.incidents.incident import Severity, Status
from storage.api_lists import LABELS

MOST = 100
YEARS = range(2000, 2100)


def _near(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError("expected a year from 2000 to 2099")
    return day


def _moment(at: datetime) -> datetime:
    _near(at)
    return at.astimezone(UTC)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("expected a time zone such as Europe/Berlin") from None
    return name


Moment = Annotated[AwareDatetime, AfterValidator(_moment)]
Zone = Annotated[str, AfterValidator(_zone)]
Day = Annotated[date, AfterValidator(_near)]


def _not_before(first: str, last: datetime | None, info: ValidationInfo) -> datetime | None:
    """Refuse an end that is before its beginning: what it finds is nothing, which looks like an answer."""
    begun = info.data.get(first)
    if last and begun and last < begun:
        raise ValueError(f"expected a time that is not before {first}")
    return last


def _each(given: object) -> object:
    return [one for one in given.split(",") if one] if isinstance(given, str) else given


Severities = Annotated[list[Severity], BeforeValidator(_each)]
Statuses = Annotated[list[Status], BeforeValidator(_each)]


_LABELS = f"One of {', '.join(LABELS)}."


def _label(given: str) -> str:
    if given and given not in LABELS:
        raise ValueError(f"expected {', '.join(LABELS)}")
    return given


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IncidentsQuery(Query):
    status: Statuses = Field(default=[], description="One or more, with commas between.")
    severity: Severities = Field(default=[], description="One or more, with commas between.")
    type: str = ""
    lead: str = Field(default="", max_length=80, description="A Slack user id or an e-mail address.")
    created_after: Moment | None = None
    created_before: Moment | None = None
    q: str = Field(default="", max_length=120, description="Words of names, summaries, updates and pins.")
    open: bool | None = None
    label: Annotated[str, AfterValidator(_label)] = Field(default="", description=_LABELS)
    drills: bool = False
    limit: int = Field(default=50, ge=1, le=MOST)
    cursor: int | None = Field(default=None, ge=1, le=2**53)

    @field_validator("created_before")
    @classmethod
    def _in_order(cls, before: datetime | None, info: ValidationInfo) -> datetime | None:
        return _not_before("created_after", before, info)


class EntriesQuery(Query):
    highlights: bool = False
    limit: int = Field(default=50, ge=1, le=MOST)
    cursor: int | None = Field(default=None, ge=0, le=2**31)


class ReviewQuery(Query):
    template: str = Field(
        default="", max_length=40, description="Write it anew by a template: gitlab, short, pagerduty or sre."
    )
    version: int = Field(default=0, ge=0, le=10**9, description="A version that somebody saved.")


class AheadQuery(Query):
    days: int = Field(default=7, ge=1, le=60)


class AlertsQuery(Query):
    open: bool = True
    source: str = ""
    severity: Severities = Field(default=[], description="One or more, with commas between.")
    q: str = Field(default="", max_length=120, description="Words of their titles.")
    limit: int = Field(default=50, ge=1, le=MOST)
    cursor: int | None = Field(default=None, ge=1, le=2**53)


class FollowUpsOfIncidentQuery(Query):
    owner: str = Field(default="", max_length=80, description="A Slack user id or an e-mail address.")
    kind: str = Field(
        default="", max_length=80, description="A kind of muster.yml, such as Corrective action."
    )
    priority: Severity | None = None
    open: bool | None = None
    overdue: bool = Field(default=False, description="Only open ones whose day is over.")
    limit: int = Field(default=50, ge=1, le=MOST)
    cursor: int | None = Field(default=None, ge=1, le=2**53)


class FollowUpsQuery(FollowUpsOfIncidentQuery):
    incident: str = Field(default="", max_length=20, description="Only of this incident, such as INC-7.")


class FiguresQuery(Query):
    since: Moment | None = None
    until: Moment | None = None

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: datetime | None, info: ValidationInfo) -> datetime | None:
        return _not_before("since", until, info)


class InsightsQuery(Query):
    since: Day | None = Field(default=None, description="The first day; the first of the month without one.")
    until: Day | None = Field(default=None, description="The last day; today without one.")
    zone: Zone = Field(default="UTC", description="Where days begin: a time zone such as Europe/Berlin.")

    @field_validator("until")
    @classmethod
    def _in_order(cls, until: date | None, info: ValidationInfo) -> date | None:
        begun = info.data.get("since")
        if until and begun and until < begun:
            raise ValueError("expected a day that is not before since")
        return until


class OutboxQuery(Query):
    job: str = Field(
        default="", max_length=120, description="Of a job, or of all that begin so: slack, webhook."
    )
    limit: int = Field(default=50, ge=1, le=MOST)
    cursor: int | None = Field(default=None, ge=1, le=2**53)
