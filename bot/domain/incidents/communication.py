"""When customers have to hear of an incident, and who confirms that they have to.

From the public GitLab handbook, "Definition of Outage vs Degraded vs Disruption and when to Communicate",
"States and Statuses" and "Communications Manager on Call (CMOC) Responsibilities".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import (
    FINISHED,
    GONE,
    OVER,
    REOPENABLE,
    UPDATE_EVERY,
    Incident,
    Severity,
    Status,
)
from bot.domain.incidents.publicity import Publicity, PublicNotice, PublicStatus
from bot.domain.process import IM, SECURITY, Communication, Process
from bot.domain.text import tidy

SUSTAINED = timedelta(minutes=5)
"""So long customers are affected before the CMOC is paged."""
WITHIN = timedelta(hours=1)
"""From the start of the impact on until customers have heard of it."""
ASK_AGAIN = timedelta(hours=1)
ASKED_FOR = timedelta(days=1)
"""How long after that somebody is asked at all: an old incident is not dug out."""
WATCHED_FOR = timedelta(minutes=30)
"""How long a Partial Service Disruption is monitored before it is resolved."""
LONGEST_NOTICE = 3000
_NOT_HEARD_OF = GONE | {Status.TRIAGE}
_NOTICED = "field customer-impact yes", "Customer impact: yes"


class Noticed(Protocol):
    """What of an incident says whether customers have to hear of it."""

    @property
    def type(self) -> str: ...

    @property
    def highest(self) -> Severity: ...

    @property
    def status(self) -> Status: ...

    @property
    def drill(self) -> bool: ...

    @property
    def near_miss(self) -> bool: ...

    @property
    def correcting(self) -> bool: ...

    @property
    def internal(self) -> bool: ...

    @property
    def customer_impact(self) -> bool: ...

    @property
    def retrospective(self) -> bool: ...

    @property
    def declared_at(self) -> datetime: ...

    @property
    def resolved_at(self) -> datetime | None: ...

    @property
    def publicity(self) -> Publicity: ...


@dataclass(frozen=True, slots=True)
class Told:
    """What customers were told of an incident, or are to be: its notice if there is one, who has to confirm
    that it is wanted, with who holds that role and who confirmed, by role, and until when they have to hear.
    `late` says that they have not until then, `shown` that they still read that it is not over.
    """

    notice: PublicNotice | None
    roles: tuple[str, ...]
    holders: Mapping[str, str]
    teams: Mapping[str, str]
    confirmed: Mapping[str, str]
    by: datetime | None
    where: Communication
    shown: bool = False
    late: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(one for one in self.roles if one not in self.confirmed)

    def may_confirm(self, person: str) -> tuple[str, ...]:
        """Return the roles in which somebody can confirm it."""
        return tuple(one for one in self.missing if self.holders.get(one) == person)


def is_draft(incident: Incident, notice: PublicNotice) -> bool:
    """Say whether customers have not read this text: it was written anew since they were told."""
    return notice.written_at != incident.publicity.noticed_at


def left_as_it_was(incident: Incident) -> bool:
    """Say whether people wrote on the status page, and not again since it is over."""
    noticed, ended = incident.publicity.noticed_at, incident.resolved_at
    return bool(noticed and ended and noticed < ended) and incident.status in FINISHED


def who_confirms(now: Told) -> str:
    """Say who has to confirm it, and whose role is nobody's."""
    said = [
        f"{role} (<@{now.holders[role]}>)" if role in now.holders else f"{role} (nobody holds it)"
        for role in now.missing
    ]
    return f"{' and '.join(said)} {'have' if len(said) > 1 else 'has'} to confirm it."


def filling(incident: Incident, now: Told) -> list[Step]:
    """Offer to fill each role that confirms it and is nobody's: by a page, or by hand once it is over."""
    free = [one for one in now.missing if one not in now.holders]
    if incident.status.open:
        paged = (one for one in free if one in now.teams)
        return [Step(f"Page the {one}", f"escalate {now.teams[one]}", incident.id) for one in paged]
    if incident.status in OVER:
        return []
    return [Step(f"I am the {one}", f"role {one} me", incident.id) for one in free]


def concerns_public(incident: Noticed, process: Process) -> bool:
    """Say whether rules care for what customers hear: not of a drill, a near miss, or what Security runs."""
    kind = process.type_of(incident.type)
    quiet = incident.drill or incident.near_miss or kind.private
    return not quiet and process.own_role(kind) != SECURITY


def cmoc_due(incident: Incident, process: Process) -> tuple[str, datetime | None] | None:
    """Return since what and when the CMOC is wanted: at once (None) for an impact on customers, else once
    they were affected for 5 minutes. Also while the work on it waits: customers do not.
    """
    if not incident.watched or not concerns_public(incident, process):
        return None
    if incident.customer_impact:
        return "impact", None
    since = incident.publicity.impaired_since_at
    return (since.isoformat(), since + SUSTAINED) if since else None


def publish_by(incident: Incident, process: Process) -> datetime | None:
    """Return until when customers have to hear of it: also of an incident that is over. None once they have,
    or somebody said why they will not, or nobody outside noticed.
    """
    told = incident.publicity.noticed_at or incident.publicity.unpublished
    return None if told else hear_by(incident, process)


def hear_by(incident: Noticed, process: Process) -> datetime | None:
    """Return until when customers had to hear of it, whether they did or not.

    Where nobody marked an impact, an S1 or S2 that faces customers had one since it was declared, or since
    its impact began if that is known, unless it was a blip of less than five minutes.
    """
    publicity = incident.publicity
    if not concerns_public(incident, process):
        return None
    if incident.status in _NOT_HEARD_OF or incident.correcting:
        return None
    affects = incident.customer_impact or _presumed(incident)
    seen = publicity.impaired_at or (incident.declared_at if affects else None)
    if incident.retrospective and not seen:
        return None  # each of those names when its impact was, also one that no customer noticed
    began = publicity.impact_began_at or seen
    return began + WITHIN if began else None


def _presumed(incident: Noticed) -> bool:
    """Say whether customers must have noticed, though nobody said so."""
    if incident.internal or not incident.highest.high:
        return False
    began = incident.publicity.impact_began_at
    if incident.retrospective and not began:
        return False  # it was over when it was declared, and nobody knows since when
    return incident.resolved_at is None or incident.resolved_at - (began or incident.declared_at) > SUSTAINED


def reminded_since(incident: Incident, process: Process) -> tuple[datetime, timedelta] | None:
    """Return since when the status page is as it is, and how often the severity asks for more; or nothing."""
    every, publicity = UPDATE_EVERY[incident.severity], incident.publicity
    if not every or not incident.watched or incident.waits_until or not concerns_public(incident, process):
        return None
    since = publicity.noticed_at or (None if publicity.unpublished else publicity.impaired_since_at)
    return (since, every) if since else None


def with_public_status(incident: Incident, to: PublicStatus, now: datetime) -> Incident:
    """Return the incident with another public status, or refuse."""
    stated(incident)
    if to is incident.publicity.public_status:
        raise Refused(
            f"The public status of INC-{incident.id} is {to} already.",
            Step("What customers know", "public notice", incident.id),
        )
    return replace(incident, publicity=incident.publicity.become(to, now))


def stated(incident: Incident) -> Incident:
    """Return the incident if its public status can change; refuse, also before somebody chooses one."""
    if incident.status.open:
        return incident
    how = "was over when it was declared" if incident.retrospective else f"is {incident.status}"
    said = [f"INC-{incident.id} {how}: its public status is {PublicStatus.OPERATIONAL}."]
    if incident.status not in REOPENABLE:
        raise Refused(f"{said[0]} It stays so.", Step("How it stands", "", incident.id))
    steps = [Step("Reopen", "reopen", incident.id)]
    said.append("Is the problem back? `/inc reopen <reason>`.")
    if incident.status in FINISHED:
        known = incident.customer_impact
        does, label = ("public notice", "What customers know") if known else _NOTICED
        said.insert(1, f"{'What customers know:' if known else 'Were customers affected?'} `/inc {does}`.")
        steps.insert(0, Step(label, does, incident.id))
    raise Refused(" ".join(said), *steps)


def noticeable(incident: Incident) -> Incident:
    """Return the incident if customers can be told of it, also once it is over; or refuse."""
    told_of = incident.status is Status.CANCELLED and incident.publicity.noticed_at
    if incident.status in GONE and not told_of:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: customers are told nothing of it.",
            Step("How it stands", "", incident.id),
        )
    return incident


def notice_text(text: str) -> str:
    """Return the text of a notice, or refuse one that is empty or too long for anybody to read."""
    kept = tidy(text)
    if not kept:
        raise Refused("Write what customers are to read: `/inc public draft <text>`.")
    if len(kept) > LONGEST_NOTICE:
        raise Refused(f"A notice has at most {LONGEST_NOTICE} characters, and this one has {len(kept)}.")
    return kept


def confirming_roles(incident: Incident, process: Process) -> tuple[str, ...]:
    """Return who confirms that customers outside are significantly affected: the EOC, or whoever runs this
    type, and the Incident Manager; at S3 and S4 the EOC alone.
    """
    own = process.own_role(process.type_of(incident.type))
    return tuple(dict.fromkeys([own, IM] if incident.severity.high else [own]))


def unconfirmed(incident: Incident, process: Process, confirmed: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(one for one in confirming_roles(incident, process) if one not in confirmed)


def resolved_early(incident: Incident, monitoring_since: datetime | None, now: datetime) -> bool:
    """Say whether a Partial Service Disruption has not been monitored for longer than 30 minutes."""
    if incident.publicity.public_status is not PublicStatus.PARTIAL:
        return False
    return not monitoring_since or now - monitoring_since <= WATCHED_FOR


def taking_over(target: Incident, duplicate: Incident, now: datetime) -> Incident:
    """Return the target of a merging with what customers notice of either, and were told of either."""
    ours, theirs = target.publicity, duplicate.publicity
    status = max(ours.public_status, theirs.public_status, key=[*PublicStatus].index)
    merged = ours if status is ours.public_status or not target.status.open else ours.become(status, now)
    return replace(
        target,
        publicity=replace(
            merged,
            impaired_at=_first(merged.impaired_at, theirs.impaired_at),
            impact_began_at=_first(merged.impact_began_at, theirs.impact_began_at),
            noticed_at=ours.noticed_at or theirs.noticed_at,
        ),
    )


def _first(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one), default=None)
