"""Who may put whom on call, and requests for cover and swaps."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.errors import Refused
from bot.domain.oncall.overrides import NONE, Override, Overrides, accepted
from bot.domain.oncall.schedules import Schedule, Turn
from bot.domain.oncall.shifts import Shift, on_call, shifts
from bot.domain.oncall.spans import Span, spoken

FOLLOWED_UP = (timedelta(days=1), timedelta(hours=2))
"""So long before a shift its asker hears that nobody covers it yet."""
UNCUT = timedelta(weeks=5)
"""How far behind the time that is looked at a shift is followed to its end."""


@dataclass(frozen=True, slots=True)
class Rota:
    """A schedule whose people are Slack user ids, with its overrides, as somebody sees it in their `zone`."""

    schedule: Schedule
    overrides: Overrides
    zone: ZoneInfo
    now: datetime

    @property
    def on_duty(self) -> Turn:
        """Return who is on call now, of those whom Slack has told us of."""
        return tuple(one for one in on_call(self.schedule, self.overrides, self.now) if "@" not in one)

    def shifts(self, span: Span) -> list[Shift]:
        return list(shifts(self.schedule, self.overrides, span.start, span.end))

    def coming(self, ahead: timedelta) -> list[Shift]:
        """Return the shifts that begin within that time, or run already; each to its own end."""
        found = self.shifts(Span(self.now, self.now + ahead + UNCUT))
        return [one for one in found if one.start < self.now + ahead]

    def held(self, who: str, span: Span) -> list[Shift]:
        """Return when a person is on call in that time."""
        return [one for one in self.shifts(span) if who in one.people]

    def accepted(self, new: Override) -> Override:
        """Return an override as it is kept, or refuse it."""
        kept = accepted(new, NONE, self.now)
        if other := self.overrides.overlapping(kept):
            when = spoken(Span(other.start, other.end), self.zone)
            raise Refused(
                f"<@{other.person}> is on call by an override already: {when}. "
                "Choose another time, or cancel that one first: `/inc override cancel`."
            )
        return kept


@dataclass(frozen=True, slots=True)
class Made:
    """A stored override: who made it when, and who cancelled it. Both halves of a swap have its `request`."""

    id: int
    schedule: str
    person: str
    replaces: str
    starts_at: datetime
    ends_at: datetime
    made_by: str
    made_at: datetime
    cancelled_by: str | None
    cancelled_at: datetime | None
    request: int | None = None


@dataclass(frozen=True, slots=True)
class CoverRequest:
    """Somebody asks for cover from `starts_at` until `ends_at`; the first who accepts is on call instead.

    A swap asks one `colleague`, for whom the asker is on call from `back_from` until `back_until`.
    """

    id: int
    schedule: str
    asker: str
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    colleague: str | None = None
    back_from: datetime | None = None
    back_until: datetime | None = None
    taken_by: str | None = None
    taken_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    channel: str | None = None
    ts: str | None = None

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)

    @property
    def open(self) -> bool:
        """Say whether nobody has accepted it or ended it."""
        return not self.taken_by and not self.withdrawn_by

    @property
    def looks(self) -> list[datetime]:
        """Return when it is looked at whether somebody has accepted, and in the end that nobody has."""
        return [*(self.starts_at - notice for notice in FOLLOWED_UP), self.ends_at]

    @property
    def back(self) -> Span | None:
        return Span(self.back_from, self.back_until) if self.back_from and self.back_until else None


def overridden(rota: Rota, span: Span, person: str, by: str) -> Override:
    """Return the override by which a person is on call, as `by` may make it; or refuse.

    Everybody may take a time, and give one that is theirs. Those who manage the schedule may do all.
    """
    whole = rota.accepted(Override(span.start, span.end, person))
    found = rota.shifts(Span(whole.start, whole.end))
    if all(one.people == (person,) for one in found):
        who = "You are" if person == by else f"<@{person}> is"
        raise Refused(f"{who} on call for {rota.schedule.name} in all that time already.")
    own = [by in one.people for one in found]
    if person != by and (all(own) or (any(own) and by not in rota.schedule.managers)):
        return rota.accepted(replace(whole, replaces=by))
    if person == by or by in rota.schedule.managers:
        return whole
    raise Refused(
        f"You are not on call for {rota.schedule.name} in that time, so you cannot give it to somebody else. "
        f"You can take it yourself: `/inc override {rota.schedule.name} me until 18:00`. {managed(rota)}"
    )


def covering(rota: Rota, span: Span, who: str, by: str) -> Override:
    """Return the override by which `by` is on call wherever `who` is in that time; or refuse."""
    kept = rota.accepted(Override(span.start, span.end, by, replaces=who))
    found = rota.held(who, Span(kept.start, kept.end))
    if not found:
        raise Refused(
            f"<@{who}> is not on call for {rota.schedule.name} in that time: there is nothing to cover."
        )
    if any(by in one.people for one in found):
        raise Refused(f"<@{by}> is on call then already, together with <@{who}>.")
    return kept


def may_cancel(rota: Rota, concerned: Collection[str], by: str) -> None:
    """Refuse to end an override for somebody who did not make it, is not in it, and does not manage it."""
    if by not in concerned and by not in rota.schedule.managers:
        raise Refused(f"Only those whom this override concerns can cancel it. {managed(rota)}")


def taken(request: CoverRequest, by: str, now: datetime) -> CoverRequest:
    """Return a request as `by` accepts it, or refuse. One that has begun is accepted for what is left."""
    if request.taken_by == by:
        raise Refused("You have accepted this already.")
    if request.taken_by:
        raise Refused(f"<@{request.taken_by}> was first and is on call then. You need not do anything.")
    _still_asked(request, now)
    if by == request.asker:
        raise Refused("This is your own request: somebody else has to accept it.")
    if request.colleague not in (None, by):
        raise Refused(f"This swap was offered to <@{request.colleague}>, who alone can accept it.")
    return replace(request, taken_by=by, taken_at=now)


def withdrawn(request: CoverRequest, by: str, now: datetime, managers: Collection[str]) -> CoverRequest:
    """Return a request that nobody need accept any more; a swap is declined so too."""
    if request.taken_by:
        accepted = "You" if request.taken_by == by else f"<@{request.taken_by}>"
        raise Refused(f"{accepted} accepted it already. To undo that: `/inc override cancel`.")
    _still_asked(request, now)
    if by not in (request.asker, request.colleague, *managers):
        raise Refused(f"Only <@{request.asker}> can take this request back.")
    return replace(request, withdrawn_by=by, withdrawn_at=now)


def _still_asked(request: CoverRequest, now: datetime) -> None:
    if request.withdrawn_by:
        raise Refused(f"<@{request.withdrawn_by}> has ended this request. You need not do anything.")
    if now >= request.ends_at:
        raise Refused("The time that was to be covered is over. You need not do anything.")


def managed(rota: Rota) -> str:
    """Say who can do what only those may who manage a schedule."""
    name, managers = rota.schedule.name, rota.schedule.managers
    if managers:
        return f"Those who manage {name} can do it for you: {', '.join(f'<@{one}>' for one in managers)}."
    return (
        f"Nobody manages {name}: its operator can name `managers` under `schedules.{name}` in `muster.yml`."
    )
