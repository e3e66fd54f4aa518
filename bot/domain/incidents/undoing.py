"""What a person can undo: what they changed themselves, within minutes, while nobody has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident, Severity, Status
from bot.domain.incidents.publicity import PublicStatus
from bot.domain.incidents.timers import Timer, TimerKind

UNDO_WITHIN = timedelta(minutes=5)
_MINUTES = int(UNDO_WITHIN.total_seconds() // 60)


class Thing(StrEnum):
    """What was changed."""

    SEVERITY = "severity"
    STATUS = "status"
    PUBLIC = "public status"
    LEAD = "lead"
    ROLE = "role"
    FIELD = "field"
    NAME = "name"


COMPARED: Mapping[Thing, tuple[str, ...]] = {
    Thing.SEVERITY: ("severity", "verified_by"),
    Thing.STATUS: ("status", "correcting"),
    Thing.PUBLIC: ("public_status",),
    Thing.LEAD: ("lead", "lead_by_hand"),
    Thing.NAME: ("name",),
}
"""What of an incident must be as the change left it, for the change to be undone."""
_FOLLOWED: Mapping[Thing, tuple[str, ...]] = {
    Thing.SEVERITY: ("highest", "update_in", "waits_until", "paused_for"),
    Thing.STATUS: ("resolved_at", "update_in", "waits_until", "paused_for"),
    Thing.PUBLIC: ("impaired_at", "impaired_since_at"),
    Thing.ROLE: ("engaged_at",),
}
"""What followed from it: it goes back too, unless it was changed since."""
_PUBLICITY = frozenset({"public_status", "impaired_at", "impaired_since_at"})
"""What of these belongs to what customers notice."""
_LEFT_BEHIND = frozenset({Status.INVESTIGATING, Status.FIXING, Status.MONITORING, Status.POST_INCIDENT})
"""A move to one of these is undone. What ended an incident is not: it is reopened, which says what for."""

_PARSED: Mapping[str, Any] = {
    "severity": Severity,
    "highest": Severity,
    "status": Status,
    "public_status": PublicStatus,
    "update_in": lambda seconds: timedelta(seconds=seconds),
    **dict.fromkeys(
        ("waits_until", "resolved_at", "engaged_at", "impaired_at", "impaired_since_at"),
        datetime.fromisoformat,
    ),
}


@dataclass(frozen=True, slots=True)
class Kept:
    """A timer as it ran before a change: due `due_in` seconds after the change was made."""

    kind: TimerKind
    basis: str
    due_in: float
    stopped: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A role as somebody held it before a change: engaged `since`, as text that keeps a time."""

    role: str
    person: str
    since: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What a change did besides: the escalations that it began and ended, timers and roles as they were."""

    raised: Sequence[int] = ()
    called_off: Sequence[int] = ()
    timers: Sequence[Kept] = ()
    held: Sequence[Held] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A change that a person made. `was` and `became` are what it changed, by name, as plain values.

    `role` is which one, where a role was given.
    """

    id: int
    incident: int
    thing: Thing
    role: str
    by_whom: str
    made_at: datetime
    was: Mapping[str, Any]
    became: Mapping[str, Any]
    beside: Beside = field(default_factory=Beside)
    undone: bool = False

    @property
    def called(self) -> str:
        """Name what was changed, in a sentence."""
        if self.thing is Thing.ROLE:
            return f"who is {self.role}"
        if self.thing is Thing.FIELD:
            return " and ".join(f"“{name}”" for name in self.was)
        return f"the {self.thing}"


def undoable_to(status: Status) -> bool:
    """Say whether a move to this status can be undone, rather than reopened."""
    return status in _LEFT_BEHIND


def values(incident: Incident, thing: Thing) -> dict[str, Any]:
    """Return what a change of this thing changes in an incident, as plain values."""
    names = (*COMPARED.get(thing, ()), *_FOLLOWED.get(thing, ()))
    return {name: plain(standing(incident, name)) for name in names}


def standing(incident: Incident, name: str) -> Any:
    """Return how it is now with what a change may have changed."""
    return getattr(incident.publicity if name in _PUBLICITY else incident, name)


def plain(value: Any) -> Any:
    match value:
        case StrEnum():
            return value.value
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case timedelta():
            return value.total_seconds()
        case _:
            return value


def changed_since(incident: Incident, change: Change) -> bool:
    """Say whether what was changed is not any more as the change left it."""
    names = COMPARED.get(change.thing, ())
    return any(plain(standing(incident, name)) != change.became[name] for name in names)


def as_before(incident: Incident, change: Change, now: datetime) -> Incident:
    """Return the incident as it was before a change. What followed goes back unless it was changed since."""
    names = {*COMPARED.get(change.thing, ())}
    names |= {
        name
        for name in _FOLLOWED.get(change.thing, ())
        if name in change.became and plain(standing(incident, name)) == change.became[name]
    }
    back = {name: _parsed(name, change.was[name]) for name in names}
    if (waits := back.get("waits_until")) and waits <= now:
        back |= {"waits_until": None, "paused_for": None}  # it would have ended meanwhile
    public = {name: back.pop(name) for name in _PUBLICITY & {*back}}
    return replace(incident, publicity=replace(incident.publicity, **public), **back)


def _parsed(name: str, value: Any) -> Any:
    return value if value is None else _PARSED.get(name, lambda same: same)(value)


def in_time(change: Change, now: datetime) -> Change:
    """Return a change that can be undone still, or refuse."""
    if change.undone:
        raise Refused(f"You have undone that already: {change.called} of INC-{change.incident} is as before.")
    if now - change.made_at > UNDO_WITHIN:
        raise Refused(
            f"You changed {change.called} of INC-{change.incident} more than {_MINUTES} minutes ago, and "
            "nothing is undone after that. Set it back instead.",
            set_back(change),
        )
    return change


def changed(change: Change, now: str, by: str) -> Refused:
    """Say that a change cannot be undone because something else changed the same thing since."""
    who = f"<@{by}>" if by else "somebody"
    return Refused(
        f"Nothing was undone: {who} changed {change.called} of INC-{change.incident} after you. "
        f"Now it is: {now}.",
        set_back(change),
    )


def verified_since(incident: Incident, change: Change) -> Refused | None:
    """Say that a severity cannot be undone because the same one was verified since, if it was."""
    by, severity = incident.verified_by, incident.severity
    same = change.thing is Thing.SEVERITY and severity == change.became["severity"]
    if not same or not by or by == change.became["verified_by"]:
        return None
    who = "you" if by == change.by_whom else f"<@{by}>"
    return Refused(
        f"Nothing was undone: {who} verified the severity of INC-{change.incident} since. "
        f"Now it is: {severity}, verified. It can be set back by hand.",
        set_back(change),
    )


def nothing(incident: Incident, thing: Thing | None) -> Refused:
    """Say that there is nothing to undo."""
    what = f"the {thing}" if thing else "anything"
    every = ", ".join(Thing)
    return Refused(
        f"You have not changed {what} of INC-{incident.id} in the last {_MINUTES} minutes: there is nothing "
        f"of yours to undo. What can be undone: {every}.",
        Step("How it stands", "", incident.id),
    )


def set_back(change: Change) -> Step:
    """Return the command that changes the same thing by hand."""
    match change.thing:
        case Thing.SEVERITY | Thing.STATUS:
            was = change.was[change.thing]
            return Step(f"Set it to {was}", f"{change.thing} {was}", change.incident)
        case Thing.PUBLIC:
            was = change.was["public_status"]
            return Step(f"Set it to {was}", f"public {was}", change.incident)
        case Thing.NAME:
            return Step("Rename it", "rename", change.incident)
        case _:
            return Step("Change it", str(change.thing), change.incident)


def kept(timer: Timer, now: datetime) -> Kept:
    return Kept(timer.kind, timer.basis, (timer.at - now).total_seconds(), timer.stopped)
