"""The shape of `muster.yml`. Every field's description says what is expected there; problems quote it."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    InstanceOf,
    Tag,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from bot.config.alerts import AlertsEntry
from bot.config.calls import CALL_LINK, CallsEntry, call_link
from bot.config.fields import FieldEntry
from bot.config.follow_ups import FollowUpsEntry
from bot.config.handbook import TIMEOUT
from bot.config.insights import InsightsEntry
from bot.config.names import did_you_mean
from bot.config.pagers import PAGER, OpsgenieEntry, PagerdutyEntry
from bot.config.reviews import ReviewsEntry
from bot.config.roles import ADDRESS as ADDRESS_OF_PAGE
from bot.config.roles import Address as PageAddress
from bot.config.roles import RoleEntry
from bot.config.schedules import ScheduleEntry
from bot.config.statuspage import StatuspageEntry
from bot.config.trackers import GithubEntry, GitlabEntry, JiraEntry
from bot.config.values import (
    DURATION,
    LONGEST_DURATION,
    STRICT,
    Channel,
    Duration,
    KnownType,
    Name,
    Person,
    duration,
    person,
    wrong,
)
from bot.config.webhooks import WebhookEntry, WebhookName
from bot.domain.incidents.archiving import LONGEST as LONGEST_ARCHIVE
from bot.domain.process import Archive, Notice, Nudges, Silence
from bot.domain.rights import GUESTS_MAY, Right

LISTED, SCHEDULED = "[people]", "[schedule]"
"""How pydantic's places tell apart what `on_call` holds. No key of a file."""
ON_CALL = "the name of a schedule, or a list of e-mail addresses or Slack user ids, first choice first"


def _known_team(raw: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["teams"] if info.context else ()
    if raw not in known:
        raise wrong("the name of a team", f". {did_you_mean(raw, known)}")
    return raw


def _known_schedule(raw: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["schedules"] if info.context else ()
    if raw not in known:
        raise wrong(ON_CALL, f". {did_you_mean(raw, known)}" if known and "@" not in raw else "")
    return raw


def _listed_or_scheduled(raw: Any) -> str:
    return SCHEDULED if isinstance(raw, str) else LISTED


def _notice(raw: Any, info: ValidationInfo) -> Notice:
    method, _, after = raw.partition(" after ") if isinstance(raw, str) else ("", "", "")
    method = method.strip()
    if not method:
        raise wrong(NOTICE)
    known: tuple[str, ...] = info.context["contact_methods"] if info.context else ()
    if method not in (SLACK, *known):
        raise wrong(NOTICE, f". {did_you_mean(method, (SLACK, *known))}")
    wait = duration(after) if after else timedelta()
    if wait and method == SLACK:
        raise wrong(f"`{SLACK}` alone: a page goes out by Slack at once")
    if wait >= info.data.get("timeout", LONGEST_DURATION + wait):
        raise wrong("a time shorter than the level's timeout: after that the page is somebody else's")
    return Notice(method, wait)


def _notices(found: list[Notice]) -> list[Notice]:
    methods = [notice.contact_method for notice in found]
    if SLACK not in methods:
        raise wrong(
            f"a list with `{SLACK}` in it: every page goes out by Slack, and by other methods beside it"
        )
    if twice := next((one for one in methods if methods.count(one) > 1), None):
        raise wrong(f"each contact method once, and `{twice}` stands there twice")
    return found


def _left_out(section: Any) -> Any:
    """Read a section whose every line is commented out as one that is not there."""
    return {} if section is None else section


def _right(raw: Any) -> Right:
    if not isinstance(raw, str) or raw not in set(Right):
        raise wrong(f"one of {', '.join(Right)}")
    return Right(raw)


def _nudge_after(raw: Any) -> timedelta | None:
    if raw is None or raw == NEVER:
        return None
    try:
        found = duration(raw)
    except PydanticCustomError:
        raise wrong(NUDGE) from None
    if not SHORTEST_NUDGE <= found <= LONGEST_NUDGE:
        raise wrong(NUDGE)
    return found


def _call(raw: Any) -> str:
    if raw in CALLS:
        return str(raw)
    try:
        return person(raw)
    except (PydanticCustomError, TypeError):
        near = f". {did_you_mean(raw, CALLS)}" if isinstance(raw, str) and "@" not in raw else ""
        raise wrong(CALL, near) from None


NudgeAfter = Annotated[timedelta | None, BeforeValidator(_nudge_after)]
CallLink = Annotated[str | None, AfterValidator(call_link)]
KnownTeam = Annotated[str, Field(description="the name of a team"), AfterValidator(_known_team)]
OnCall = Annotated[
    Annotated[list[Person], Tag(LISTED)] | Annotated[str, AfterValidator(_known_schedule), Tag(SCHEDULED)],
    Discriminator(_listed_or_scheduled),
]
RulesOf = Annotated[
    str,
    Field(description="`default`, or a person"),
    AfterValidator(lambda raw: raw if raw == EVERYBODY else person(raw)),
]

EVERYBODY = "default"
"""The notification rules of whoever has none of their own."""
SLACK = "slack"
"""The first contact method, by which every page goes out."""
PHONE = "phone"
"""The key of the number that people call by hand."""
ZONE, HOURS = "zone", "hours"
"""The keys of a person's time zone and working hours."""
ON_CALL_NOW, CHANNEL = "on_call", "channel"
CALLS = (ON_CALL_NOW, "next", "everybody", CHANNEL)
CALL = "on_call, next, everybody, channel, or an e-mail address or a Slack user id"
ONLY = "a mapping with severities, types or hours, such as {severities: [S1, S2], hours: working}"
NOTICE = "slack, the name of a contact method, or a contact method and when, such as sms after 5m"
CONTACT_METHOD_URL = "an Apprise URL with {address} in it, such as ntfys://{host}/{address}, or a service"
ADDRESS = "text: a phone number or an address, in quotes if it is all digits"

SHORTEST_SILENCE, LONGEST_SILENCE = timedelta(minutes=5), timedelta(hours=24)
SILENCE = "a duration from 5m to 24h, such as 20m"
SHORTEST_NUDGE, LONGEST_NUDGE = timedelta(minutes=1), timedelta(days=7)
NEVER = "never"
NUDGE = "a duration from 1m to 168h, such as 30m, or never"

RULE = "a list of contact methods and when, such as [slack, push after 1m, call after 5m]"

RIGHTS = f"a list of what they may do: {', '.join(Right)}; [] for nothing"

GuestRight = Annotated[Right, Field(description=f"one of {', '.join(Right)}"), BeforeValidator(_right)]
Notify = Annotated[InstanceOf[Notice], BeforeValidator(_notice)]
ContactMethodUrl = Annotated[str, Field(description=CONTACT_METHOD_URL)]
Address = Annotated[str, Field(description=ADDRESS, min_length=1)]


class OnlyEntry(BaseModel):
    """When a level is called."""

    model_config = STRICT
    severities: list[Literal["S1", "S2", "S3", "S4"]] = Field(
        default=[], min_length=1, description="a list of severities, such as [S1, S2]"
    )
    types: list[KnownType] = Field(
        default=[], min_length=1, description="a list of types of incident, such as [GitLab.com]"
    )
    hours: Literal["working"] | None = Field(default=None, description="working")


class LevelEntry(BaseModel):
    model_config = STRICT
    page: KnownTeam = Field(description="the name of the team to page")
    timeout: Duration = Field(default=TIMEOUT, description=DURATION)
    call: Annotated[str, BeforeValidator(_call)] = Field(default=ON_CALL_NOW, description=CALL)
    only: OnlyEntry | None = Field(default=None, description=ONLY)
    acknowledge: Literal["one", "all"] = Field(default="one", description="one or all")
    notify: Annotated[list[Notify], AfterValidator(_notices)] = Field(
        default=[], description="a list of contact methods, such as [slack, sms after 5m]"
    )


class TeamEntry(BaseModel):
    """What is written about a team; None where nothing is."""

    model_config = STRICT
    role: Name = Field(default="", description="the role its members take, such as EOC")
    on_call: OnCall = Field(default=[], description=ON_CALL)
    call: Literal["first", "everybody"] = Field(default="first", description="first or everybody")
    path: list[LevelEntry] = Field(
        default=[],
        min_length=1,
        description="a list of one or more levels, such as - {page: dotcom EOC, timeout: 15m}",
    )
    repeat: int = Field(
        default=0, ge=0, le=10, strict=True, description="how often the path begins anew, from 0 to 10"
    )
    channel: Channel = Field(default="", description="the name of a channel")
    pager: Literal["", "pagerduty", "opsgenie"] = Field(default="", description=PAGER)
    reminders: list[Duration] = Field(
        default=[], description="a list of durations after the page, such as [5m, 10m]"
    )


class TypeEntry(BaseModel):
    """What is written about a type of incident."""

    model_config = STRICT
    announce: list[Channel] = Field(default=[], description="a list of channel names, such as [incidents]")
    triage: Channel | None = Field(default=None, description="the name of a channel, or null for none")
    pages: KnownTeam = Field(default="", description="the name of the team that is paged")
    always: list[KnownTeam] = Field(
        default=[], description="a list of the teams paged too at every severity, such as [dotcom IMOC]"
    )
    managers: list[KnownTeam] = Field(
        default=[], description="a list of the teams paged too for S1 and S2, such as [dotcom IMOC]"
    )
    leads: Name = Field(default="", description="reporter, or the role of a team that is paged, such as EOC")
    verified: list[KnownTeam] = Field(
        default=[], description="a list of the teams paged once an S1 is verified; [] asks nobody"
    )
    call: CallLink = Field(default=None, description=CALL_LINK)
    customer_call: CallLink = Field(default=None, description=CALL_LINK)
    private: bool = Field(default=False, description="true or false")
    drill: bool = Field(default=False, description="true or false")


class RulesEntry(BaseModel):
    """By which contact methods a loud and a quiet page leaves, and when."""

    model_config = STRICT
    loud: Annotated[list[Notify], AfterValidator(_notices)] = Field(default=[], description=RULE)
    quiet: Annotated[list[Notify], AfterValidator(_notices)] = Field(default=[], description=RULE)


class GuestsEntry(BaseModel):
    """What guests of the workspace may do, by kind."""

    model_config = STRICT
    multi_channel: list[GuestRight] = Field(default=sorted(GUESTS_MAY), description=RIGHTS)
    single_channel: list[GuestRight] = Field(default=sorted(GUESTS_MAY), description=RIGHTS)


class Limits(BaseModel):
    """How much one person may do without being asked again, and how many messages call them."""

    model_config = STRICT
    declares_per_minute: int = Field(
        default=5, ge=1, le=1000, strict=True, description="a number of incidents from 1 to 1000"
    )
    pages_before_digest: int = Field(
        default=3, ge=0, le=1000, strict=True, description="a number of pages from 0 to 1000; 0 for no digest"
    )


class SilenceEntry(BaseModel):
    """When somebody who acknowledged, and shows no activity, is asked whether they are still on it."""

    model_config = STRICT
    after: Duration = Field(default=Silence().after, description=SILENCE)
    severities: list[Literal["S1", "S2", "S3", "S4"]] = Field(
        default=["S1", "S2"], description="a list of severities, such as [S1, S2]; [] for none"
    )

    @field_validator("after")
    @classmethod
    def _calm(cls, after: timedelta) -> timedelta:
        if not SHORTEST_SILENCE <= after <= LONGEST_SILENCE:
            raise wrong(SILENCE)
        return after


class MaintenanceEntry(BaseModel):
    """Where maintenance is announced, and who is told of a C1 before it begins."""

    model_config = STRICT
    announce: list[Channel] = Field(
        default=["incidents"], description="a list of channel names, such as [incidents]; [] for none"
    )
    tell: list[KnownTeam] = Field(
        default=[], description="a list of the teams told of a C1, such as [dotcom EOC]; [] for none"
    )


class CommunicationEntry(BaseModel):
    """Where customers read of incidents, and who talks with them."""

    model_config = STRICT
    status_page: PageAddress | None = Field(default=None, description=ADDRESS_OF_PAGE)
    customer_success: Channel | None = Field(default=None, description="the name of a channel")
    community: Channel | None = Field(default=None, description="the name of a channel")


class NudgesEntry(BaseModel):
    """After how long somebody is nudged."""

    model_config = STRICT
    unacknowledged: NudgeAfter = Field(default=Nudges().unacknowledged, description=NUDGE)
    only_reporter: NudgeAfter = Field(default=Nudges().only_reporter, description=NUDGE)
    summary: NudgeAfter = Field(default=Nudges().summary, description=NUDGE)
    fields: NudgeAfter = Field(default=Nudges().fields, description=NUDGE)
    monitoring: NudgeAfter = Field(default=Nudges().monitoring, description=NUDGE)
    open_days: int = Field(
        default=Nudges().open_days,
        ge=0,
        le=30,
        strict=True,
        description="a number of weekdays from 0 to 30; 0 for never",
    )
    quiet_at_night: bool = Field(default=True, description="true or false")


ARCHIVE = "never, or a number of days from 1d to 90d, such as 7d"
_DAYS = re.compile(r"\d{1,3}d")


def _archived(raw: Any) -> timedelta | None:
    """Read after how long channels are archived. YAML reads a bare `off` as false."""
    if raw in ("never", "off") or raw is False:
        return None
    if isinstance(raw, int) and raw > 0:
        raise wrong(ARCHIVE, f". Write the unit too: {raw}d for days")
    days = int(raw[:-1]) if isinstance(raw, str) and _DAYS.fullmatch(raw) else 0
    if not 0 < days <= LONGEST_ARCHIVE.days:
        raise wrong(ARCHIVE)
    return timedelta(days=days)


ArchivedAfter = Annotated[timedelta | None, BeforeValidator(_archived)]


class ArchiveEntry(BaseModel):
    """When the channels of incidents that are over are archived."""

    model_config = STRICT
    after: ArchivedAfter = Field(default=Archive().after, description=ARCHIVE)
    private: ArchivedAfter = Field(default=Archive().private, description=ARCHIVE)


class File(BaseModel):
    model_config = STRICT
    teams: Annotated[dict[Name, TeamEntry | None], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of team names to their keys"
    )
    types: Annotated[dict[Name, TypeEntry | None], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of incident types to their keys"
    )
    fields: Annotated[dict[Name, FieldEntry | None], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of custom fields' names to their keys"
    )
    roles: Annotated[dict[Name, RoleEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of roles to their duties and links"
    )
    admins: list[Person] = Field(
        default=[], description="a list of e-mail addresses or Slack user ids, such as [ana@example.com]"
    )
    executive_channel: Channel = Field(default="", description="the name of a channel")
    investigating_limit: Duration = Field(default=timedelta(minutes=30), description=DURATION)
    silence: Annotated[SilenceEntry, BeforeValidator(_left_out)] = Field(
        default=SilenceEntry(), description="a mapping with `after` and `severities`"
    )
    maintenance: Annotated[MaintenanceEntry, BeforeValidator(_left_out)] = Field(
        default=MaintenanceEntry(), description="a mapping with `announce` and `tell`"
    )
    communication: Annotated[CommunicationEntry, BeforeValidator(_left_out)] = Field(
        default=CommunicationEntry(),
        description="a mapping with `status_page`, `customer_success` and `community`",
    )
    nudges: Annotated[NudgesEntry, BeforeValidator(_left_out)] = Field(
        default=NudgesEntry(), description="a mapping with some of `summary`, `monitoring`, `open_days`, …"
    )
    follow_ups: Annotated[FollowUpsEntry, BeforeValidator(_left_out)] = Field(
        default=FollowUpsEntry(), description="a mapping with some of `kinds`, `due`, `digest`, …"
    )
    insights: Annotated[InsightsEntry, BeforeValidator(_left_out)] = Field(
        default=InsightsEntry(), description="a mapping with some of `channel`, `zone`, `cause`, …"
    )
    reviews: Annotated[ReviewsEntry, BeforeValidator(_left_out)] = Field(
        default=ReviewsEntry(), description="a mapping with `tasks` and `template`"
    )
    archive: Annotated[ArchiveEntry, BeforeValidator(_left_out)] = Field(
        default=ArchiveEntry(), description="a mapping with `after` and `private`"
    )
    guests: Annotated[GuestsEntry, BeforeValidator(_left_out)] = Field(
        default=GuestsEntry(), description="a mapping of multi_channel and single_channel to what they may do"
    )
    limits: Limits = Field(
        default=Limits(), description="a mapping with `declares_per_minute` and `pages_before_digest`"
    )
    alerts: Annotated[AlertsEntry, BeforeValidator(_left_out)] = Field(
        default=AlertsEntry(), description="a mapping of `sources` and `rules`"
    )
    statuspage: StatuspageEntry | None = Field(
        default=None, description="a mapping with `components`, and perhaps `listen`, `status_io`, …"
    )
    gitlab: GitlabEntry | None = Field(
        default=None, description="a mapping with `project`, and perhaps `url`, `notes`, `private`, …"
    )
    calls: Annotated[CallsEntry, BeforeValidator(_left_out)] = Field(
        default=CallsEntry(), description="a mapping with some of `zoom`, `meet` and `fallback`"
    )
    github: GithubEntry | None = Field(
        default=None, description="a mapping with `repository`, and perhaps `url`, `private` and `people`"
    )
    jira: JiraEntry | None = Field(
        default=None, description="a mapping with `project` and `url`, and perhaps `issue_type`, `private`, …"
    )
    pagerduty: PagerdutyEntry | None = Field(
        default=None, description="a mapping with some of `url`, `api_url`, `private` and `people`"
    )
    opsgenie: OpsgenieEntry | None = Field(
        default=None, description="a mapping with some of `url` and `private`"
    )
    webhooks: Annotated[dict[WebhookName, WebhookEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of webhooks' names to their url and secret"
    )
    schedules: Annotated[dict[Name, ScheduleEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of schedules' names to their zone and layers"
    )
    contact_methods: Annotated[dict[str, ContactMethodUrl], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of names to Apprise URLs"
    )
    notification_rules: Annotated[dict[RulesOf, RulesEntry], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of `default` and people to their rules for loud and quiet pages"
    )
    people: Annotated[dict[Person, dict[str, Address]], BeforeValidator(_left_out)] = Field(
        default={}, description="a mapping of e-mail addresses or Slack user ids to phone and addresses"
    )
