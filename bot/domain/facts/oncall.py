"""What happens to schedules, shifts and requests for cover."""

from collections.abc import Mapping, Sequence

from bot.domain.facts.fact import Fact


class OverrideMade(Fact):
    """Somebody else is on call for a time."""

    override: int


class OverrideCancelled(Fact):
    """It counts no longer."""

    override: int


class CoverAsked(Fact):
    """Somebody asks for cover, or offers a swap."""

    request: int


class CoverAnswered(Fact):
    """The request was accepted, or ended without that, be it that its time is over."""

    request: int


class CoverLacking(Fact):
    """The shift comes near, and nobody has accepted the request."""

    request: int


class ScheduleUnheard(Fact):
    """What a person did with a schedule could not be told in its channel."""

    schedule: str
    person: str
    why: str


class RotationChanged(Fact):
    """The configuration has another `rotation` of a schedule than `before`."""

    rotation: int
    before: int


class OnCallChanged(Fact):
    """Others may be on call for the schedules that this user group follows."""

    group: str


class ScheduleOdd(Fact):
    """A look ahead found what was not told yet of a schedule: the fields of each `Finding`."""

    schedule: str
    findings: Sequence[Mapping[str, str]]


class AwayOnCall(Fact):
    """A person is away and on call in that time; `aware` of it, if they said so just now."""

    schedule: str
    person: str
    start: str
    end: str
    aware: bool


class ShiftNear(Fact):
    """A person's shift begins soon."""

    schedule: str
    person: str
    start: str
    end: str


class ShiftChanged(Fact):
    """Others are on call than before: a `duty` began."""

    duty: int


class HandoverNoted(Fact):
    """The note for whoever began the duty was written after the change of shift."""

    duty: int


class HandoverAsked(Fact):
    """Whoever began the duty is asked again to take over."""

    duty: int


class HandoverUnanswered(Fact):
    """Nobody has taken over, though asked again."""

    duty: int
