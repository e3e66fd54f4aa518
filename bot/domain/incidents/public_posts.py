"""What status pages say of an incident: which texts go out, of which components, in whose name."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.communication import concerns_public
from bot.domain.incidents.incident import FINISHED, GONE, Incident, Status
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.process import CMOC, IM, Communication, Process

LONGEST_TITLE = 250


class PublicState(StrEnum):
    """How far the work on it is, as status pages say it."""

    INVESTIGATING = "Investigating"
    IDENTIFIED = "Identified"
    MONITORING = "Monitoring"
    RESOLVED = "Resolved"


@dataclass(frozen=True, slots=True)
class PublicPost:
    """A text as it was published, and how it was then. The `first` of several begins a notice, the next first
    another one: an incident that is back after its notice was resolved has a new one.
    """

    id: int
    incident: int
    title: str
    text: str
    public_status: PublicStatus
    state: PublicState
    components: tuple[str, ...]
    first: bool
    by: Actor
    at: datetime

    @property
    def resolved(self) -> bool:
        return self.state is PublicState.RESOLVED


@dataclass(frozen=True, slots=True)
class PageNotice:
    """What a status page of another service shows of an incident: `remote` is its number there, `post` the
    last text that it took.
    """

    page: str
    remote: str
    incident: int
    post: int
    resolved: bool = False


def goes_out(incident: Incident, process: Process) -> bool:
    """Say whether Muster itself publishes what is told of an incident. Drills, near misses, private incidents
    and those that Security runs never are, nor one that waits in triage.
    """
    return process.communication.publishes and not kept_back(incident, process)


def kept_back(incident: Incident, process: Process) -> str:
    """Return why nothing of an incident is published by us; empty where that may be."""
    if incident.private:
        return "it is private"
    if incident.drill:
        return "it is a drill"
    if incident.near_miss:
        return "it is a near miss"
    if incident.status is Status.TRIAGE:
        return "it is in triage"
    return "" if concerns_public(incident, process) else "Security runs it"


def publishers(incident: Incident, holders: Mapping[str, str]) -> tuple[str, ...]:
    """Return who publishes: the Communications Manager, or the IM while there is none, and the lead."""
    first = holders.get(CMOC) or holders.get(IM)
    return tuple(dict.fromkeys(one for one in (first, incident.lead) if one))


def state_of(incident: Incident) -> PublicState:
    """Return how far the work is, as pages say it."""
    if incident.status in FINISHED | GONE:
        return PublicState.RESOLVED
    if incident.status is Status.MONITORING:
        return PublicState.MONITORING
    return PublicState.IDENTIFIED if incident.status is Status.FIXING else PublicState.INVESTIGATING


def title_of(status: PublicStatus, components: Sequence[str]) -> str:
    """Return what heads a notice: never an incident's own name, which nobody wrote for customers."""
    what = "Notice" if status is PublicStatus.OPERATIONAL else status.value
    text = f"{what}: {', '.join(components)}" if components else what
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def affected(services: str, where: Communication) -> tuple[str, ...]:
    """Return the components that an incident's affected services name."""
    named = {one.strip().casefold() for one in services.split(",")} - {""}
    return tuple(
        one.name
        for one in where.components
        if named & {one.name.casefold(), *(service.casefold() for service in one.services)}
    )


def known(said: Collection[str], where: Communication) -> tuple[str, ...]:
    """Return the components that are named, in the page's order; refuse what is none."""
    there = {one.name.casefold(): one.name for one in where.components}
    if unknown := next((one for one in said if one.casefold() not in there), None):
        raise Refused(f"The status page has no component {unknown}. It has: {', '.join(there.values())}.")
    wanted = {one.casefold() for one in said}
    return tuple(name for key, name in there.items() if key in wanted)


def chosen(said: Collection[str], where: Communication, number: int) -> tuple[str, ...]:
    """Return the components that a notice is about, in the page's order, or refuse; the only one is chosen
    by itself.
    """
    found, names = known(said, where), tuple(one.name for one in where.components)
    if found or not names:
        return found
    if len(names) == 1:
        return names
    raise Refused(
        "Say what is affected: `/inc public publish on <components>: <text>`. "
        f"Components are: {', '.join(names)}.",
        Step("Choose them", "public publish", number),
    )


def typed_components(text: str, where: Communication) -> tuple[tuple[str, ...], str]:
    """Part `on API, Git: <text>` into the components and the text; other text stays whole."""
    head, colon, rest = text.partition(":")
    if not colon or not head.lower().startswith("on "):
        return (), text
    known = {one.name.casefold() for one in where.components}
    names = tuple(one.strip() for one in head[3:].split(",") if one.strip())
    if not names or not any(one.casefold() in known for one in names):
        return (), text
    return names, rest.strip()


def worst(statuses: Iterable[PublicStatus]) -> PublicStatus:
    """Return the worst of several, or that all is well."""
    return max(statuses, key=[*PublicStatus].index, default=PublicStatus.OPERATIONAL)


def by_component(open_posts: Iterable[PublicPost]) -> Mapping[str, PublicStatus]:
    """Return how each component is by the open notices that name it."""
    found: dict[str, PublicStatus] = {}
    for post in open_posts:
        for name in post.components:
            found[name] = worst((found.get(name, PublicStatus.OPERATIONAL), post.public_status))
    return found


@dataclass(frozen=True, slots=True)
class Publishing:
    """How an incident is published: `kept_back` says why it is not by us, `by` who may, `affected` which
    components are chosen at first, `last` is what was published last. `where` says to which pages.
    """

    where: Communication
    kept_back: str = ""
    by: tuple[str, ...] = ()
    affected: tuple[str, ...] = ()
    last: PublicPost | None = None

    @property
    def goes_out(self) -> bool:
        return self.where.publishes and not self.kept_back

    @property
    def shown(self) -> bool:
        """Say whether customers still read that it is not over."""
        return bool(self.last and not self.last.resolved)

    def waits_for(self, person: str) -> bool:
        """Say whether somebody else is to publish it."""
        return self.goes_out and person not in self.by

    def about(self, said: tuple[str, ...], number: int) -> tuple[str, ...]:
        """Return which components a text is about, or refuse."""
        return chosen(said or self.affected, self.where, number)

    def says_already(self, incident: Incident, text: str, components: tuple[str, ...]) -> bool:
        """Say whether exactly this was published last."""
        last = self.last
        if not last or (last.text, last.components) != (text, components):
            return False
        return last.state is state_of(incident) and last.public_status is incident.publicity.public_status
