"""Overrides, and requests for cover or a swap that become overrides."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.facts import CoverAnswered, CoverAsked, OverrideCancelled, OverrideMade
from bot.domain.oncall import cover
from bot.domain.oncall.cover import CoverRequest, Made, Rota
from bot.domain.oncall.overrides import NONE, Override
from bot.domain.oncall.spans import Span, spoken
from bot.domain.rights import Right
from bot.operations.oncall.rota import plan, rota_of
from bot.operations.oncall.unanswered import await_cover
from bot.operations.rights import allow
from bot.operations.workspace.people import refuse_for_role
from storage import cover_requests, overrides, places
from storage.transaction import Tx

ANYBODY = "anybody"
"""Stands for whoever will cover."""


def override(tx: Tx, schedule: str, span: Span, person: str, *, by: str) -> Made:
    """Put a person on call for a time."""
    allow(tx, by, Right.WORK)
    refuse_for_role(tx, person)
    rota = rota_of(tx, schedule, by)
    return _make(tx, rota, cover.overridden(rota, span, person, by), by)


def cancel_override(tx: Tx, override_id: int, *, by: str) -> Made:
    """End an override, of a swap both halves; what is over stays as it was."""
    allow(tx, by, Right.WORK)
    seen = overrides.get(tx, override_id)
    rota = rota_of(tx, seen.schedule, by)
    concerned = {seen.made_by, seen.person, seen.replaces, *instead_of(tx, seen)}
    cover.may_cancel(rota, concerned, by)
    if seen.cancelled_by:
        who = "You have" if seen.cancelled_by == by else f"<@{seen.cancelled_by}> has"
        raise Refused(f"{who} cancelled this override already.")
    halves = overrides.of_request(tx, seen.request) if seen.request else []
    if not overrides.cancel(tx, override_id, by):
        raise Refused("This override is over already. The past stays as it was.")
    for other in halves:
        overrides.cancel(tx, other, by)
    for one in halves or [override_id]:
        tx.record(OverrideCancelled(override=one))
    plan(tx, seen.schedule)
    return overrides.get(tx, override_id)


def instead_of(tx: Tx, made: Made) -> tuple[str, ...]:
    """Return who is on call instead of those that the rotation has then."""
    if made.replaces:
        return (made.replaces,)
    if made.schedule not in tx.process.schedules:  # it is told after a start that found no such schedule
        return ()
    found = replace(rota_of(tx, made.schedule), overrides=NONE).shifts(Span(made.starts_at, made.ends_at))
    turns = dict.fromkeys(person for shift in found for person in shift.people)
    return tuple(person for person in turns if person != made.person)


def ask_for_cover(
    tx: Tx, schedule: str, span: Span, *, by: str, colleague: str | None = None, back: Span | None = None
) -> CoverRequest:
    """Ask in the schedule's channel who covers; or offer a colleague to swap, for a time of theirs."""
    allow(tx, by, Right.WORK)
    rota = rota_of(tx, schedule, by)
    kept = cover.covering(rota, span, by, colleague or ANYBODY)
    if colleague and back:
        refuse_for_role(tx, colleague)
        cover.covering(rota, back, colleague, by)
    place = places.named(tx, rota.schedule.channel) if rota.schedule.channel else None
    if not place or place.archived:
        name = f"#{rota.schedule.channel}" if rota.schedule.channel else "It has no channel, which"
        raise Refused(
            f"{name} is where {schedule} asks for cover, and I cannot post there. Its operator can name "
            f"another under `schedules.{schedule}.channel` in `muster.yml`."
        )
    if not colleague and (asked := cover_requests.open_one(tx, schedule, by, kept.start, kept.end)):
        when = spoken(asked.span, rota.zone)
        raise Refused(
            f"You have asked for cover in that time already: {when}. Nobody has accepted yet. "
            f"To ask for another time, press *Withdraw* there first, in #{place.name}."
        )
    request = CoverRequest(
        0,
        schedule,
        by,
        kept.start,
        kept.end,
        tx.now,
        colleague,
        back.start if back else None,
        back.end if back else None,
    )
    number = cover_requests.add(tx, request)
    tx.record(CoverAsked(request=number))
    await_cover(tx, number)
    return cover_requests.get(tx, number)


def accept_cover(tx: Tx, request_id: int, *, by: str) -> CoverRequest:
    """Put whoever accepts on call. Of two the first one wins."""
    allow(tx, by, Right.WORK)
    request = cover.taken(cover_requests.get(tx, request_id), by, tx.now)
    rota = rota_of(tx, request.schedule, by)
    made = [cover.covering(rota, request.span, request.asker, by)]
    if request.back:
        made.append(cover.covering(rota, request.back, by, request.asker))
    for one in made:
        _make(tx, rota, one, by, request.id)
    return _answered(tx, request)


def withdraw_cover(tx: Tx, request_id: int, *, by: str) -> CoverRequest:
    """End a request that nobody has accepted; the colleague declines a swap so."""
    allow(tx, by, Right.WORK)
    seen = cover_requests.get(tx, request_id)
    managers = rota_of(tx, seen.schedule, by).schedule.managers
    return _answered(tx, cover.withdrawn(seen, by, tx.now, managers))


def cover_shown(tx: Tx, seen: CoverRequest, channel: str, ts: str) -> None:
    """Remember the message of a request; it is redrawn if the request changed meanwhile."""
    now = cover_requests.get(tx, seen.id)
    cover_requests.save(tx, replace(now, channel=channel, ts=ts))
    if now != seen:
        tx.record(CoverAnswered(request=seen.id))


def _answered(tx: Tx, request: CoverRequest) -> CoverRequest:
    cover_requests.save(tx, request)
    tx.record(CoverAnswered(request=request.id))
    return request


def _make(tx: Tx, rota: Rota, new: Override, by: str, request: int | None = None) -> Made:
    number = overrides.add(tx, rota.schedule.name, new, by, request)
    tx.record(OverrideMade(override=number))
    plan(tx, rota.schedule.name)
    return overrides.get(tx, number)
