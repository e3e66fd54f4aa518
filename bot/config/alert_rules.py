"""The rules of `alerts` in `muster.yml`, and the hours in which low severities are decided about."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    InstanceOf,
    ValidationInfo,
)

from bot.config.names import did_you_mean
from bot.config.schedules import WINDOWS, ZONE, Window, zone_of
from bot.config.values import DURATION, STRICT, Duration, KnownType, Name, wrong
from bot.domain.alerts.routing import Ended, OfficeHours, Rule, Then
from bot.domain.incidents.incident import Severity
from bot.domain.oncall.schedules import OFFICE, WorkingHours

HEARTBEAT = "heartbeat"
"""The source of heartbeats' alerts, in rules."""


def _known_team(raw: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["teams"] if info.context else ()
    if raw and raw not in known:
        raise wrong("the name of a team", f". {did_you_mean(raw, known)}")
    return raw


class RuleEntry(BaseModel):
    model_config = STRICT
    name: Name = Field(default="", description="what the rule is called")
    sources: list[Name] = Field(default=[], description="a list of sources, such as [prometheus]")
    labels: dict[str, str] = Field(
        default={}, description='a mapping of labels to their values, such as {team: db, instance: "web-*"}'
    )
    severities: list[Literal["S1", "S2", "S3", "S4", "info"]] = Field(
        default=[], description="a list of what sources say: S1 to S4, or info"
    )
    then: Literal["triage", "active", "page", "keep"] = Field(
        default="triage", description="triage, active, page or keep"
    )
    type: KnownType | Literal[""] = Field(default="", description="a type of incident")
    severity: Literal["S1", "S2", "S3", "S4"] | None = Field(default=None, description="S1, S2, S3 or S4")
    group_by: list[str] = Field(default=[], description="a list of labels, such as [cluster, alertname]")
    group_for: Duration | None = Field(default=None, description=DURATION)
    flaps: int = Field(default=3, ge=2, le=100, description="a whole number from 2 to 100")
    flaps_within: Duration = Field(default=timedelta(minutes=30), description=DURATION)
    resolved: Literal["close", "note", "ask"] = Field(default="close", description="close, note or ask")
    team: Annotated[str, AfterValidator(_known_team)] = Field(default="", description="the name of a team")
    service: str = Field(default="", max_length=200, description="the name of a service")


class BrokenRule(BaseModel):
    """Stands where a rule cannot be understood: it is set aside, and the others keep their numbers."""

    model_config = STRICT


def _day(raw: Any) -> date:
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise wrong("a date such as 2026-12-25") from None


class OfficeHoursEntry(BaseModel):
    model_config = STRICT
    zone: Annotated[InstanceOf[ZoneInfo], BeforeValidator(zone_of)] = Field(description=ZONE)
    hours: list[Window] = Field(default=list(OFFICE), min_length=1, description=WINDOWS)
    holidays: list[Annotated[date, BeforeValidator(_day)]] = Field(
        default=[], description="a list of dates, such as [2026-12-25]"
    )
    severities: list[Literal["S1", "S2", "S3", "S4"]] = Field(
        default=["S3", "S4"], description="a list of severities, such as [S3, S4]"
    )


def rules_of(written: Sequence[RuleEntry | BrokenRule]) -> tuple[Rule, ...]:
    return tuple(_rule(number, one) for number, one in enumerate(written, 1) if isinstance(one, RuleEntry))


def office_hours_of(one: OfficeHoursEntry | None) -> OfficeHours | None:
    if not one:
        return None
    return OfficeHours(
        WorkingHours(one.zone, tuple(one.hours)), frozenset(one.holidays), tuple(one.severities)
    )


def _rule(number: int, one: RuleEntry) -> Rule:
    return Rule(
        then=Then(one.then),
        name=one.name or f"rule {number}",
        sources=tuple(one.sources),
        labels=one.labels,
        severities=tuple(one.severities),
        type=one.type,
        severity=Severity(one.severity) if one.severity else None,
        group_by=tuple(one.group_by),
        ended=Ended(one.resolved),
        team=one.team,
        service=one.service,
        group_for=one.group_for,
        flaps=one.flaps,
        flaps_within=one.flaps_within,
    )


def odd_rules(written: Sequence[RuleEntry | BrokenRule], sources: Collection[str]) -> Iterator[str]:
    """Say which rules name sources that are not there: such a name meets no alert."""
    for number, rule in enumerate(written, 1):
        for name in rule.sources if isinstance(rule, RuleEntry) else ():
            if name not in sources and name != HEARTBEAT:
                known = ", ".join(sources) or "none"
                yield f"alerts.rules[{number}].sources names `{name}`, no source. There are: {known}."
