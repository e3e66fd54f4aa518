"""The key `alerts` of `muster.yml`: who may send alerts, and what becomes of them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from bot.config.names import Place
from bot.config.values import DURATION, STRICT, Duration, KnownType, Name, wrong
from bot.domain.alerts.routing import Ended, Heartbeat, Rule, Source, Then
from bot.domain.incidents.incident import Severity
from bot.intake import READERS

KEY = "sha256: and 64 hexadecimal digits, as `muster source key` prints them"
HEARTBEAT = "heartbeat"
"""The source of heartbeats' alerts, in rules."""
FORMATS = ", ".join(READERS)


def _hash(raw: str) -> str:
    digits = raw.removeprefix("sha256:").lower()
    if len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise wrong(KEY)
    return digits


def _format(raw: Any) -> str:
    if raw not in READERS:
        raise wrong(f"one of {FORMATS}")
    return str(raw)


class SourceEntry(BaseModel):
    model_config = STRICT
    format: Annotated[str, BeforeValidator(_format)] = Field(description=f"one of {FORMATS}")
    key: Annotated[str, AfterValidator(_hash)] = Field(description=KEY)


class HeartbeatEntry(BaseModel):
    model_config = STRICT
    every: Duration = Field(description=DURATION)
    key: Annotated[str, AfterValidator(_hash)] = Field(description=KEY)
    severity: Literal["S1", "S2", "S3", "S4"] = Field(default="S2", description="S1, S2, S3 or S4")


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
    then: Literal["triage", "active", "keep"] = Field(default="triage", description="triage, active or keep")
    type: KnownType | Literal[""] = Field(default="", description="a type of incident")
    severity: Literal["S1", "S2", "S3", "S4"] | None = Field(default=None, description="S1, S2, S3 or S4")
    group_by: list[str] = Field(default=[], description="a list of labels, such as [cluster, alertname]")
    resolved: Literal["close", "note"] = Field(default="close", description="close or note")


def _left_out(section: Any) -> Any:
    return {} if section is None else section


class AlertsEntry(BaseModel):
    model_config = STRICT
    sources: Annotated[dict[Name, SourceEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of sources' names to their format and key"
    )
    heartbeats: Annotated[dict[Name, HeartbeatEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of heartbeats' names to how often each is expected, and its key"
    )
    rules: list[RuleEntry] = Field(default=[], description="a list of rules; the first that matches counts")


def sources_of(written: AlertsEntry) -> Mapping[str, Source]:
    return {name: Source(name, one.format, one.key) for name, one in written.sources.items()}


def heartbeats_of(written: AlertsEntry) -> Mapping[str, Heartbeat]:
    return {
        name: Heartbeat(name, one.every, one.key, Severity(one.severity))
        for name, one in written.heartbeats.items()
    }


def rules_of(written: AlertsEntry) -> tuple[Rule, ...]:
    return tuple(_rule(number, one) for number, one in enumerate(written.rules, 1))


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
    )


def odd_alerts(written: AlertsEntry) -> Iterator[tuple[Place, str]]:
    """Yield what would never work: rules of sources that are not there, and two sources with one key."""
    for number, rule in enumerate(written.rules):
        for name in rule.sources:
            if name not in written.sources and name != HEARTBEAT:
                known = ", ".join(written.sources) or "none"
                yield ("alerts", "rules", number, "sources"), f"names `{name}`, and sources are: {known}."
    keys: dict[str, str] = {}
    keyed: list[tuple[str, SourceEntry | HeartbeatEntry]] = [*written.sources.items()]
    keyed += written.heartbeats.items()
    for name, source in keyed:
        if first := keys.setdefault(source.key, name) != name and keys[source.key]:
            yield (
                ("alerts", "sources", name, "key"),
                f"is that of `{first}` too. Make one with `muster source key`.",
            )
