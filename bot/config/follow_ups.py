"""Follow-ups in `muster.yml`: their kinds with labels, when they are due, reminders and the digest."""

from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from bot.config.values import STRICT, Channel, Name, wrong
from bot.domain.incidents.incident import Severity
from bot.domain.work.follow_ups import DUE, KINDS, FollowUpRules

LABELS = "a list of labels, such as [corrective action, infradev]; [] for none"
LABEL = "a label of 1 to 100 characters without a comma"
DAYS = "a number of days from 1 to 1000"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
_LONGEST_LABEL = 100


def _label(raw: str) -> str:
    if not raw.strip() or len(raw) > _LONGEST_LABEL or "," in raw or raw != raw.strip():
        raise wrong(LABEL)
    return raw


def _labels(raw: Any) -> Any:
    """Read a kind without labels, which YAML has as null."""
    return [] if raw is None else raw


Label = Annotated[str, Field(description=LABEL), AfterValidator(_label)]
Labels = Annotated[
    list[Label],
    BeforeValidator(_labels),
    Field(max_length=20, description=LABELS),
]
Days = Annotated[int, Field(ge=1, le=1000, strict=True, description=DAYS)]


class DueEntry(BaseModel):
    """After how many days a follow-up of each priority is due."""

    model_config = STRICT
    S1: Days = Field(default=DUE[Severity.S1], description=DAYS)
    S2: Days = Field(default=DUE[Severity.S2], description=DAYS)
    S3: Days = Field(default=DUE[Severity.S3], description=DAYS)
    S4: Days = Field(default=DUE[Severity.S4], description=DAYS)


class FollowUpsEntry(BaseModel):
    """What is said of follow-ups; the kind that is named first is the usual one."""

    model_config = STRICT
    kinds: dict[Name, Labels] = Field(
        default={},
        max_length=10,
        description="a mapping of up to 10 kinds to their labels, such as Corrective action: [infradev]",
    )
    due: DueEntry = Field(default=DueEntry(), description="a mapping of S1 to S4 to numbers of days")
    remind_before: int = Field(
        default=FollowUpRules().before,
        ge=0,
        le=20,
        strict=True,
        description="a number of weekdays from 0 to 20",
    )
    digest: Channel | None = Field(default=None, description="the name of a channel")
    digest_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] = Field(
        default="monday", description=f"one of {', '.join(WEEKDAYS)}"
    )


def follow_ups_of(entry: FollowUpsEntry) -> FollowUpRules:
    kinds = {name: tuple(labels) for name, labels in entry.kinds.items()} or dict(KINDS)
    return FollowUpRules(
        kinds=MappingProxyType(kinds),
        due=MappingProxyType({one: getattr(entry.due, one.value) for one in Severity}),
        before=entry.remind_before,
        digest=entry.digest or "",
        digest_day=WEEKDAYS.index(entry.digest_day),
    )
