"""Insights in `muster.yml`: where the month is posted, and which fields tell services, causes and changes."""

from collections.abc import Collection, Iterator
from datetime import UTC
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, Field, InstanceOf

from bot.config.names import Place, did_you_mean
from bot.config.schedules import ZONE, zone_of
from bot.config.values import STRICT, Channel, Name
from bot.domain.insights.rules import InsightRules

FIELD = "the name of a field of incidents"
_FIELDS = ("service", "cause", "change")


class InsightsEntry(BaseModel):
    """Where the figures of a month are posted, and the fields by which incidents are counted."""

    model_config = STRICT
    channel: Channel | None = Field(default=None, description="the name of a channel")
    zone: Annotated[InstanceOf[ZoneInfo], BeforeValidator(zone_of)] | None = Field(
        default=None, description=ZONE
    )
    service: Name | None = Field(default=None, description=FIELD)
    cause: Name | None = Field(default=None, description=FIELD)
    change: Name | None = Field(default=None, description=FIELD)


def odd_insights(entry: InsightsEntry, known: Collection[str]) -> Iterator[tuple[Place, str]]:
    """Yield the keys that name no field."""
    for key in _FIELDS:
        if (name := getattr(entry, key)) and name not in known:
            yield (
                ("insights", key),
                f"found `{name}`, expected {FIELD}. {did_you_mean(name, tuple(known))}",
            )


def insights_of(entry: InsightsEntry) -> InsightRules:
    usual = InsightRules()
    return InsightRules(
        channel=entry.channel or "",
        zone=entry.zone or UTC,
        service=entry.service or usual.service,
        cause=entry.cause or "",
        change=entry.change or "",
    )
