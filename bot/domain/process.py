"""The organisation's process as values: who is paged for what, and in which order.

Built once from the configuration; without one it is the process of the public GitLab handbook.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.domain.alerts.routing import Heartbeat, OfficeHours, Rule, Source
from bot.domain.incidents.fields import FieldType
from bot.domain.insights.rules import NOWHERE, InsightRules
from bot.domain.maintenance.maintenance import DEFAULT, Rules
from bot.domain.oncall.schedules import Schedule, WorkingHours
from bot.domain.paging.contact_methods import AddressKind
from bot.domain.rights import GUESTS_MAY, Kind, Right
from bot.domain.work.follow_ups import USUAL, FollowUpRules
from bot.domain.work.reviews import USUAL as USUAL_REVIEWS
from bot.domain.work.reviews import ReviewRules

EOC = "EOC"
IM = "IM"
CMOC = "CMOC"
INFRASTRUCTURE_LEADER = "Infrastructure Leader"
INFRASTRUCTURE_LIAISON = "Infrastructure Liaison"
SECURITY = "Security"
RELEASE_MANAGER = "Release Manager"
ENGINEERING_COMMUNICATIONS_LEAD = "Engineering Communications Lead"
CSM = "CSM"
CALL_ROLES = (ENGINEERING_COMMUNICATIONS_LEAD, CSM)
"""Of a call with customers: no team has them, people are named."""
EXPERT = "Subject Matter Expert"
"""Of a person who is paged by name: several may be at work on an incident, so nobody holds it as a role."""

REPORTER = "reporter"
"""Of a type's `leads`: no acknowledgement takes the lead from whoever declared."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A contact method by which a page leaves too, `after` it was raised."""

    contact_method: str
    after: timedelta = timedelta()


NEXT = "next"
EVERYBODY = "everybody"
CHANNEL = "#"
"""What the name of a channel begins with that a level calls, and that stands for the person of a page."""


@dataclass(frozen=True, slots=True)
class Only:
    """When a level is called: at these severities, of these types, in the working hours of whom it calls.
    What is empty limits nothing.
    """

    severities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    working: bool = False

    def admits(self, severity: str, kind: str) -> bool:
        """Say whether a level is called for an incident of this severity and type."""
        return severity in (self.severities or (severity,)) and kind in (self.types or (kind,))

    def __str__(self) -> str:
        listed = (" and ".join(one) for one in (self.severities, self.types) if one)
        return ", ".join([*listed, *["in working hours"] * self.working])


ALWAYS = Only()


@dataclass(frozen=True, slots=True)
class Level:
    """One step of an escalation path: this team has `timeout` to acknowledge.

    It calls whoever is on call for the team, or whom `call` says: `NEXT`, `EVERYBODY`, a channel, or a person
    as the configuration names them. When what is in `only` does not hold, it is passed over.
    If several are called, the first who acknowledges does it for the others, or each has to: `needs_all`.
    Every page goes out by Slack; `notify` says by which contact methods it goes out beside that. The role
    and the reminders are known once the path is walked: see `Process.walk`.
    """

    team: str
    timeout: timedelta
    notify: tuple[Notice, ...] = ()
    role: str = ""
    reminders: tuple[timedelta, ...] = ()
    needs_all: bool = False
    call: str = ""
    only: Only = ALWAYS

    @property
    def plain(self) -> bool:
        """Say whether it always calls whoever is on call for its team."""
        return not self.call and self.only == ALWAYS

    @property
    def by_name(self) -> bool:
        """Say whether somebody asked for this person, and for no team."""
        return self.role == EXPERT and self.names_person

    @property
    def names_person(self) -> bool:
        return bool(self.call) and self.call not in {NEXT, EVERYBODY} and not self.call.startswith(CHANNEL)

    @property
    def key(self) -> str:
        """Return what the level is called, and whom it calls is looked up by: the team, and what differs."""
        if self.plain or self.by_name:
            return self.team
        only = [f"only {self.only}"] if self.only != ALWAYS else []
        return ", ".join([self.team, *filter(None, [self.call]), *only])


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a person without Slack: the number to call by hand, and the address behind each method.

    `loud` and `quiet` say when a loud and a quiet page leaves by which of them, whatever its level says.
    """

    phone: str = field(default="", repr=False)
    addresses: Mapping[str, str] = field(default_factory=dict, repr=False)
    loud: tuple[Notice, ...] = ()
    quiet: tuple[Notice, ...] = ()
    hours: WorkingHours | None = None


UNKNOWN = Contact()
"""Of a person of whom nothing is known."""


@dataclass(frozen=True, slots=True)
class Team:
    """Something that can be paged. `on_call` holds e-mail addresses or Slack user ids, first choice first.

    A page calls the first of them who is active, or `everybody` who is. A team with a `schedule` has nobody
    there: a page calls all whose turn it is. A page walks the path anew as often as `repeat` says before it
    stays at the last level. Its pages are raised in its `pager` too, where it keeps one.
    """

    name: str
    role: str
    on_call: tuple[str, ...]
    path: tuple[Level, ...]
    reminders: tuple[timedelta, ...]
    schedule: Schedule | None = None
    everybody: bool = False
    repeat: int = 0
    channel: str = ""
    pager: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Everybody who is on call now or at another time."""
        return self.schedule.people if self.schedule else self.on_call


def by_name(person: str, name: str) -> Team:
    """Return what is paged when somebody is asked for by name: them alone, nobody comes after them.

    They have to answer themselves, so whoever has answered is at work on the incident without a role.
    """
    team, minutes = f"@{name}", timedelta(minutes=1)
    level = Level(team, timeout=15 * minutes, needs_all=True, call=person)
    return Team(team, EXPERT, (person,), (level,), reminders=(5 * minutes, 10 * minutes))


@dataclass(frozen=True, slots=True)
class IncidentType:
    """A kind of incident: where it is announced and whom it pages. A drill is kept out of figures.

    `pages` is the type's own team. Those of `always` are paged with it, at S1 and S2 the `managers` too.
    An S1 that somebody verified pages those of `verified`; without any nobody is asked whether it is one.
    `call` is the address of a call, with `{id}` for the incident's number, `customer_call` that of one with
    customers.
    `leads` is the role that leads by default; an empty one stands for the own team's, at S1 and S2 the IM.
    """

    name: str
    announce: tuple[str, ...]
    triage: str | None
    pages: str
    managers: tuple[str, ...]
    always: tuple[str, ...] = ()
    leads: str = ""
    verified: tuple[str, ...] = ()
    private: bool = False
    drill: bool = False
    call: str | None = None
    customer_call: str | None = None

    def called(self, *, high: bool) -> tuple[str, ...]:
        """Return the teams that an incident of this severity pages, the own one first."""
        return tuple(dict.fromkeys((self.pages, *self.always, *(self.managers if high else ()))))


@dataclass(frozen=True, slots=True)
class RoleLink:
    """A checklist or runbook, and where it is while its site is down."""

    name: str
    url: str
    mirror: str = ""


@dataclass(frozen=True, slots=True)
class RoleCard:
    """What the holder of a role is expected to do."""

    role: str
    duties: tuple[str, ...]
    links: tuple[RoleLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """How long whoever acknowledged may be silent, and at which severities that matters: none is off."""

    after: timedelta = timedelta(minutes=20)
    severities: tuple[str, ...] = ("S1", "S2")


@dataclass(frozen=True, slots=True)
class StatusPage:
    """A status page of another service that says what is published, and whether it `notifies` subscribers."""

    name: str
    notifies: bool


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the product as customers know it, and which affected services belong to it."""

    name: str
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Communication:
    """Where customers read of incidents, and the channels of those who talk with them; any may be unset.

    `publishes` says that what is published is kept for our own status page, which `page_name` heads, and sent
    to the other `pages`; `mails` that those who subscribed there get it by e-mail.
    """

    status_page: str | None = None
    customer_success: str | None = None
    community: str | None = None
    publishes: bool = False
    pages: tuple[StatusPage, ...] = ()
    components: tuple[Component, ...] = ()
    page_name: str = "Status"
    mails: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for one in (self.customer_success, self.community) if one))


@dataclass(frozen=True, slots=True)
class Nudges:
    """After how long somebody is nudged; None, and no days, is never. `open_days` counts weekdays."""

    unacknowledged: timedelta | None = timedelta(minutes=20)
    only_reporter: timedelta | None = timedelta(minutes=30)
    summary: timedelta | None = timedelta(minutes=30)
    fields: timedelta | None = timedelta(minutes=15)
    monitoring: timedelta | None = timedelta(hours=2)
    open_days: int = 3
    quiet_at_night: bool = True


@dataclass(frozen=True, slots=True)
class Archive:
    """How long after its end an incident's channel is archived; None for never."""

    after: timedelta | None = timedelta(days=7)
    private: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """Everything the rules need to know about the organisation.

    `contacts` is what the configuration says of people, `default_contact` of everybody else: their rules.
    `admins` look after Muster itself, each as an e-mail address or a Slack user id.
    What is `set_aside` is an entry that does not count since it is broken, and what is wrong with it;
    `aside_keys` has the hashes of the keys of such sources and heartbeats, where they can be read.
    """

    teams: Mapping[str, Team]
    types: Mapping[str, IncidentType]
    investigating_limit: timedelta = timedelta(minutes=30)
    silence: Silence = Silence()
    nudges: Nudges = Nudges()
    archive: Archive = Archive()
    declares_per_minute: int = 5
    pages_before_digest: int = 3
    contacts: Mapping[str, Contact] = field(default_factory=dict, repr=False)
    contact_methods: Mapping[str, AddressKind] = field(default_factory=dict)
    default_contact: Contact = UNKNOWN
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    guests: Mapping[Kind, frozenset[Right]] = field(default_factory=dict)
    fields: Mapping[str, FieldType] = field(default_factory=dict)
    role_cards: Mapping[str, RoleCard] = field(default_factory=dict)
    executive_channel: str = ""
    admins: tuple[str, ...] = ()
    alert_sources: Mapping[str, Source] = field(default_factory=dict)
    alert_rules: Sequence[Rule] = ()
    alert_hours: OfficeHours | None = None
    maintenance: Rules = DEFAULT
    heartbeats: Mapping[str, Heartbeat] = field(default_factory=dict)
    communication: Communication = Communication()
    follow_ups: FollowUpRules = USUAL
    insights: InsightRules = NOWHERE
    reviews: ReviewRules = USUAL_REVIEWS
    set_aside: Mapping[str, str] = field(default_factory=dict)
    aside_keys: Mapping[str, str] = field(default_factory=dict, repr=False)

    def may(self, kind: Kind) -> frozenset[Right]:
        """Return what this kind of person may do. Bots and people of another workspace may do nothing."""
        if kind is Kind.MEMBER:
            return frozenset(Right)
        return self.guests.get(kind, GUESTS_MAY) if kind.guest else frozenset()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that can be held in an incident, in the order in which teams name them."""
        return tuple(dict.fromkeys([team.role for team in self.teams.values()]))

    @property
    def every_role(self) -> tuple[str, ...]:
        """Those, and the roles of a call with customers, which are given by hand."""
        return tuple(dict.fromkeys([*self.roles, *CALL_ROLES]))

    def team_meant(self, text: str) -> str | None:
        """Return the team of this name or role, or with a word that begins so: "ana" is no manager."""
        wanted = text.lower()
        exact = [name for name, team in self.teams.items() if wanted in {name.lower(), team.role.lower()}]
        partly = [name for name in self.teams if f" {wanted}" in f" {name.lower().replace('-', ' ')}"]
        return (exact or partly)[0] if exact or len(partly) == 1 else None

    def roles_of(self, schedule: str) -> frozenset[str]:
        """Return the roles of the teams that a schedule is for."""
        teams = self.teams.values()
        return frozenset(one.role for one in teams if one.schedule and one.schedule.name == schedule)

    @property
    def named(self) -> tuple[str, ...]:
        """Return everybody who is named on call or on a path, as the configuration names them."""
        teams = self.teams.values()
        on_paths = (level.call for team in teams for level in team.path if level.names_person)
        return tuple(dict.fromkeys([*(one for team in teams for one in team.named), *on_paths]))

    def contact(self, person: str, email: str | None) -> Contact:
        """Return how to reach a person, known by Slack user id or by e-mail address."""
        by_email = self.contacts.get(email.lower()) if email else None
        return self.contacts.get(person) or by_email or self.default_contact

    def type_of(self, name: str) -> IncidentType:
        """Return a type by name; the first one if it left the configuration meanwhile."""
        return self.types.get(name) or next(iter(self.types.values()))

    def walk(self, team: Team) -> tuple[Level, ...]:
        """Return a team's path as an escalation keeps it: complete, whatever is configured later."""
        return tuple(
            replace(level, role=self.teams.get(level.team, team).role, reminders=team.reminders)
            for level in team.path * (1 + team.repeat)
        )

    def roles_called(self, kind: IncidentType, *, high: bool) -> tuple[str, ...]:
        """Return the roles that an incident of this severity calls for, the own one first."""
        return tuple(dict.fromkeys(self.teams[name].role for name in kind.called(high=high)))

    def own_role(self, kind: IncidentType) -> str:
        return self.teams[kind.pages].role

    def team_of_role(self, role: str, kind: IncidentType) -> Team | None:
        """Return the first team whose members hold `role`: one that the type pages before any other."""
        paged = [self.teams[name] for name in kind.called(high=True)]
        return next((team for team in (*paged, *self.teams.values()) if team.role == role), None)
