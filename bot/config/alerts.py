"""The key `alerts` of `muster.yml`: who may send alerts, and what becomes of them."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, InstanceOf, ValidationInfo

from bot.config.alert_rules import BrokenRule, OfficeHoursEntry, RuleEntry
from bot.config.cron import Cron, wrong_cron
from bot.config.schedules import WINDOWS, ZONE, Window, zone_of
from bot.config.values import DURATION, STRICT, Duration, Name, wrong
from bot.domain.alerts.layouts import OVER, SEEN, Layout
from bot.domain.alerts.routing import Heartbeat, Source
from bot.domain.incidents.incident import Severity
from bot.domain.oncall.schedules import WorkingHours
from bot.intake import FORMATS as KNOWN
from bot.intake import MAPPED
from bot.intake.mapped import wrong_path
from bot.intake.sns_signed import EXTRA, can_verify

KEY = "sha256: and 64 hexadecimal digits, as `muster source add` prints them"
SECRET_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[\w.-]{1,256}")
FORMATS = ", ".join(KNOWN)
SIGNED = ("sentry", "grafana")
"""The formats whose senders can sign what they send with a secret."""
AMAZON = "sns"
CRON = "a cron expression of five fields, in quotes, such as '30 2 * * mon-fri'"
GRACE = timedelta(hours=1)
"""So long what runs by a schedule may take, if nobody says otherwise."""
TOPIC = "arn:aws:sns:<region>:<account>:<topic>, as Amazon shows it"


def hash_of(raw: object) -> str:
    """Return the hash that is written; nothing if it is none."""
    digits = raw.removeprefix("sha256:").lower() if isinstance(raw, str) else ""
    return digits if len(digits) == 64 and not set(digits) - set("0123456789abcdef") else ""


def _hash(raw: str) -> str:
    if not (found := hash_of(raw)):
        raise wrong(KEY)
    return found


def _format(raw: Any) -> str:
    if raw not in KNOWN:
        raise wrong(f"one of {FORMATS}")
    return str(raw)


def _path(raw: str) -> str:
    if problem := wrong_path(raw):
        raise wrong("a JMESPath such as `build.name`", f". {problem[:1].upper()}{problem[1:]}")
    return raw


def _cron(raw: str) -> str:
    if problem := wrong_cron(raw):
        raise wrong(CRON, f". {problem[:1].upper()}{problem[1:]}")
    return raw


def _secret(raw: str, info: ValidationInfo) -> str:
    """Return the secret that a variable holds. What never takes alerts does without."""
    variable = SECRET_NAME.fullmatch(raw)
    if not variable:
        raise wrong("${NAME}, a variable of the environment that holds the secret")
    context = info.context or {}
    found = str(context.get("variables", {}).get(variable[1], "")).strip()
    if not found and context.get("environ") is not None:
        raise wrong(f"{variable[1]} in the environment. Set it where muster is started")
    return found


def _topic(raw: str) -> str:
    if not _TOPIC.fullmatch(raw):
        raise wrong(TOPIC)
    return raw


Path = Annotated[str, AfterValidator(_path)]


class MapEntry(BaseModel):
    model_config = STRICT
    title: Path = Field(description="a JMESPath to what the alert is called")
    key: Path = Field(description="a JMESPath to what is the same each time the same alert is told of")
    alerts: Path | None = Field(default=None, description="a JMESPath to a list of alerts")
    state: Path | None = Field(default=None, description="a JMESPath to what has become of it")
    severity: Path | None = Field(default=None, description="a JMESPath to how grave it is")
    text: Path | None = Field(default=None, description="a JMESPath to its description")
    link: Path | None = Field(default=None, description="a JMESPath to an address")
    image: Path | None = Field(default=None, description="a JMESPath to the address of a picture")
    group: Path | None = Field(default=None, description="a JMESPath to what alerts of a group share")
    since: Path | None = Field(default=None, description="a JMESPath to since when it fires")
    labels: dict[str, Path] = Field(default={}, description="a mapping of labels to a JMESPath each")
    resolved: list[str] = Field(
        default=list(OVER), description="a list of the words for an alert that is over"
    )
    acknowledged: list[str] = Field(
        default=list(SEEN), description="a list of the words for one that is seen"
    )

    def layout(self) -> Layout:
        paths = {name: getattr(self, name) for name in _PARTS if getattr(self, name)}
        over, seen = ({word.lower() for word in words} for words in (self.resolved, self.acknowledged))
        return Layout(paths, self.labels, tuple(sorted(over)), tuple(sorted(seen)))


_PARTS = [one for one in MapEntry.model_fields if one not in {"labels", "resolved", "acknowledged"}]


class SourceEntry(BaseModel):
    model_config = STRICT
    format: Annotated[str, BeforeValidator(_format)] = Field(description=f"one of {FORMATS}")
    key: Annotated[str, AfterValidator(_hash)] = Field(description=KEY)
    map: MapEntry | None = Field(default=None, description="a mapping of an alert's parts to a JMESPath each")
    secret: Annotated[str, AfterValidator(_secret)] | None = Field(
        default=None, description="${NAME}, a variable of the environment that holds the secret"
    )
    topics: list[Annotated[str, AfterValidator(_topic)]] = Field(
        default=[], description=f"a list of topics, each {TOPIC}"
    )


class HeartbeatEntry(BaseModel):
    model_config = STRICT
    every: Duration | None = Field(default=None, description=DURATION)
    windows: list[Window] = Field(default=[], description=WINDOWS)
    schedule: Annotated[str, AfterValidator(_cron)] | None = Field(default=None, description=CRON)
    grace: Duration | None = Field(default=None, description=DURATION)
    zone: Annotated[InstanceOf[ZoneInfo], BeforeValidator(zone_of)] | None = Field(
        default=None, description=ZONE
    )
    instances: bool = Field(default=False, description="true or false")
    key: Annotated[str, AfterValidator(_hash)] = Field(description=KEY)
    severity: Literal["S1", "S2", "S3", "S4"] = Field(default="S2", description="S1, S2, S3 or S4")


def _either(found: HeartbeatEntry) -> HeartbeatEntry:
    ways = [found.every is not None, bool(found.windows), found.schedule is not None]
    if sum(ways) != 1:
        raise wrong("either `every`, or `windows` with a `zone`, or a `schedule` with a `zone`")
    if found.every is None and not found.zone:
        raise wrong("`zone` beside `windows` or `schedule`, such as Europe/Berlin")
    if found.every is not None and found.zone:
        raise wrong("`zone` with `windows` or a `schedule` only")
    if found.windows and found.grace:
        raise wrong("`grace` with `every` or a `schedule` only: a window has its end")
    return found


Beats = Annotated[HeartbeatEntry, AfterValidator(_either)]


def _left_out(section: Any) -> Any:
    return {} if section is None else section


class AlertsEntry(BaseModel):
    model_config = STRICT
    sources: Annotated[dict[Name, SourceEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of sources' names to their format and key"
    )
    heartbeats: Annotated[
        dict[Name, Annotated[HeartbeatEntry, AfterValidator(_either)]], BeforeValidator(_left_out)
    ] = Field(
        default={}, description="a mapping of heartbeats' names to how often each is expected, and its key"
    )
    rules: list[RuleEntry | BrokenRule] = Field(
        default=[], description="a list of rules; the first that matches counts"
    )
    office_hours: OfficeHoursEntry | None = Field(
        default=None, description="a mapping with `zone`, and some of `hours`, `holidays` and `severities`"
    )


def sources_of(written: AlertsEntry) -> Mapping[str, Source]:
    return {
        name: Source(
            name,
            one.format,
            one.key,
            one.map.layout() if one.map else None,
            one.secret or "",
            tuple(one.topics),
        )
        for name, one in written.sources.items()
    }


def heartbeats_of(written: AlertsEntry) -> Mapping[str, Heartbeat]:
    return {name: _heartbeat(name, one) for name, one in written.heartbeats.items()}


def _heartbeat(name: str, one: HeartbeatEntry) -> Heartbeat:
    return Heartbeat(
        name,
        one.every or timedelta(),
        one.key,
        Severity(one.severity),
        WorkingHours(one.zone, tuple(one.windows)) if one.zone and one.windows else None,
        one.instances,
        Cron(one.schedule, one.zone) if one.zone and one.schedule else None,
        one.grace or (GRACE if one.schedule else timedelta()),
    )


def odd_source(one: SourceEntry) -> Iterator[tuple[str, str]]:
    """Yield what does not go with the format of a source."""
    if one.format == MAPPED and not one.map:
        yield "map", "is missing: say where `title` and `key` of an alert stand in its JSON."
    if one.format != MAPPED and one.map:
        yield "map", f"is for the format `{MAPPED}`; `{one.format}` needs none."
    if one.secret is not None and one.format not in SIGNED:
        yield "secret", f"is for {' and '.join(SIGNED)}: nothing else signs what it sends with one."
    if one.topics and one.format != AMAZON:
        yield "topics", f"is for the format `{AMAZON}`."
    if one.format == AMAZON and not can_verify():
        yield "format", EXTRA
