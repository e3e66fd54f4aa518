"""Changes of shift: one direct message to each who goes and who comes, edited as it is taken over."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from bot.domain.alerts.alert import Alert, FalseAlarm
from bot.domain.alerts.listing import Sought
from bot.domain.facts import (
    Fact,
    HandoverAsked,
    HandoverNoted,
    HandoverUnanswered,
    LeadChanged,
    Left,
    OfIncident,
    PageAcknowledged,
    RoleGiven,
    ShiftChanged,
    StatusChanged,
    TakenOver,
    TurnedPrivate,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.timers import TimerKind
from bot.domain.oncall.handover import Brief, Handover, crosses
from bot.domain.process import Process
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job, Subjects
from bot.operations.oncall.handover import handover_shown
from bot.operations.oncall.rota import rota_of
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.oncall import handover as view
from bot.views.oncall.handover import Crossing, Passed
from storage import (
    actions,
    alerts,
    duties,
    incidents,
    judged_alerts,
    members,
    pages,
    roles,
    timeline,
    timers,
    updates,
)
from storage.outbox import Delivery
from storage.transaction import Tx

log = logging.getLogger("muster.handovers")

_LANE = "handover:{duty}:{person}"
_NEWEST = 20
"""So many highlights are looked at for the notes that were written last."""
_NOTES = 2
_ALERTS = 5
"""So many false alarms, and alerts that were put aside, are told of."""


class Handovers:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        job = partial(Job, lane=_LANE, on_dead=_unsaid)
        changed = {TakenOver, StatusChanged, RoleGiven, PageAcknowledged, LeadChanged, Left, TurnedPrivate}
        redrawn = {ShiftChanged, HandoverNoted, HandoverAsked, *changed}
        told = {ShiftChanged, HandoverNoted}
        return [
            job("slack.tell_handover", told, self.tell, about=_everybody),
            job("slack.redraw_handover", redrawn, self.redraw, about=_shown, coalesce=True),
            job("slack.ask_to_take_over", {HandoverAsked}, self.ask_again, about=_incoming),
            job("slack.tell_not_taken_over", {HandoverUnanswered}, self.tell_managers, about=_managers),
        ]

    async def tell(self, delivery: Delivery) -> Effect | None:
        """Tell somebody what there is to tell, unless they have the message: that one is redrawn."""
        subject = delivery.subject
        shown = await self._uow.read(_untold, subject["duty"], subject["person"])
        if not shown:
            return None
        posted = await self._slack.post(delivery, subject["person"], shown, readable=False)
        remember = partial(handover_shown, duty_id=subject["duty"], person=subject["person"])
        return partial(remember, channel=posted.channel, ts=posted.ts)

    async def redraw(self, delivery: Delivery) -> None:
        subject = delivery.subject
        where = (await self._uow.read(duties.messages, subject["duty"])).get(subject["person"])
        if where:
            passed = await self._uow.read(_passed, subject["duty"], subject["person"])
            await self._slack.redraw(delivery, *where, view.told(passed))

    async def ask_again(self, delivery: Delivery) -> None:
        await self._ask(delivery, view.asked_again)

    async def tell_managers(self, delivery: Delivery) -> None:
        await self._ask(delivery, view.unanswered)

    async def _ask(self, delivery: Delivery, drawn: Callable[[Passed], Message]) -> None:
        passed = await self._uow.read(_passed, delivery.subject["duty"], delivery.subject["person"])
        if passed.lasts and any(one.waits for one in passed.crossing):
            await self._slack.post(delivery, passed.reader, drawn(passed), readable=False)


def _everybody(tx: Tx, fact: ShiftChanged | HandoverNoted) -> Subjects:
    """Return whom a change of shift concerns; of a late note, those who come."""
    return _incoming(tx, fact) if isinstance(fact, HandoverNoted) else _concerned(tx, fact.duty)


def _concerned(tx: Tx, duty: int) -> Subjects:
    one = duties.handover(tx, duty)
    return _each(duty, (*one.outgoing, *one.incoming))


def _each(duty: int, people: tuple[str, ...]) -> Subjects:
    return [{"duty": duty, "person": one} for one in people]


def _shown(tx: Tx, fact: Fact) -> Subjects:
    """Return each message that shows something else than is so. One on its way is redrawn after it."""
    if isinstance(fact, TurnedPrivate):  # each may name it, also as one that was open beside others
        concerned = duties.told_since(tx, incidents.get(tx, fact.incident).declared_at)
    elif isinstance(fact, OfIncident):
        concerned = duties.of_incident(tx, fact.incident)
    elif isinstance(fact, ShiftChanged):  # what the shift before was asked is over
        earlier = duties.handover(tx, fact.duty).before
        concerned = [earlier.id] if duties.before(tx, earlier) else []
    else:
        concerned = [fact.duty] if isinstance(fact, HandoverNoted | HandoverAsked) else []
    return [one for duty in concerned for one in _concerned(tx, duty)]


def _incoming(tx: Tx, fact: HandoverAsked | HandoverNoted) -> Subjects:
    return _each(fact.duty, duties.handover(tx, fact.duty).incoming)


def _managers(tx: Tx, fact: HandoverUnanswered) -> Subjects:
    one = duties.handover(tx, fact.duty)
    if one.now.schedule not in tx.process.schedules:  # a start since then found it in the file no more
        return []
    those = rota_of(tx, one.now.schedule).schedule.managers
    return _each(fact.duty, tuple(who for who in those if "@" not in who and who not in one.incoming))


def _untold(tx: Tx, duty: int, person: str) -> Message | None:
    if person in duties.messages(tx, duty):
        return None
    passed = _passed(tx, duty, person)
    return None if passed.empty or not passed.lasts else view.told(passed)


def _passed(tx: Tx, duty: int, reader: str) -> Passed:
    one = duties.handover(tx, duty)
    briefs = [each for each in duties.briefs(tx, duty) if reader not in members.gone(tx, each.incident)]
    comes = reader in one.now.people and _answers_for_alerts(tx, one.now.schedule)
    asked = pages.pending_for(tx, reader) if reader in one.outgoing else []
    return Passed(
        handover=one,
        reader=reader,
        crossing=[_crossing(tx, each) for each in briefs],
        others=_others(tx, one, {each.incident for each in briefs}, reader),
        asked=[page for page in asked if not page.incident],
        lasts=not duties.following(tx, one.now),
        wrong=_wrong(tx, one) if comes else (),
        aside=_aside(tx, reader) if comes else (),
    )


def _wrong(tx: Tx, one: Handover) -> list[FalseAlarm]:
    found = judged_alerts.false_since(tx, one.before.begun_at, _ALERTS)
    return [said for said in found if said.at < one.now.begun_at]


def _aside(tx: Tx, reader: str) -> list[Alert]:
    return alerts.newest(tx, reader, only_open=True, limit=_ALERTS, sought=Sought(shelved=True))


def _answers_for_alerts(tx: Tx, schedule: str) -> bool:
    """Say whether a schedule is of a team that a type of incident pages first: alerts come to it."""
    own = {tx.process.own_role(kind) for kind in tx.process.types.values()}
    return bool(own & tx.process.roles_of(schedule))


def _crossing(tx: Tx, brief: Brief) -> Crossing:
    incident = incidents.get(tx, brief.incident)
    held, pending = roles.of(tx, incident.id), pages.pending_of(tx, incident.id)
    reminder = timers.of(tx, incident.id, TimerKind.UPDATE)
    found = Crossing(
        brief,
        incident,
        held.get(brief.role),
        crosses(brief, incident, held, pending),
        pending,
        bool(reminder and reminder.stopped),
    )
    if incident.private:  # its texts are for its own channel
        return found
    return replace(
        found,
        update=updates.latest(tx, incident.id),
        actions=[one for one in actions.of(tx, incident.id) if not one.done_at],
        tried=_noted(tx, incident.id),
    )


def _noted(tx: Tx, incident_id: int) -> list[Entry]:
    """Return what people wrote on the timeline last."""
    start = max(0, timeline.count(tx, incident_id, highlights=True) - _NEWEST)
    newest = timeline.of(tx, incident_id, True, start, _NEWEST)
    return [one for one in newest if one.kind in {Kind.NOTE, Kind.PIN}][-_NOTES:]


def _others(tx: Tx, one: Handover, crossing: set[int], reader: str) -> list[Incident]:
    """Return what else is open that the schedule's people are paged for, worst first.

    Whoever comes hears of private ones too, as they may be called for them, unless they were removed.
    """
    known, comes = {each.id for each in incidents.open_ones(tx, reader)}, reader in one.now.people
    wanted = tx.process.roles_of(one.now.schedule)
    found = [each for each in incidents.everyone_open(tx) if each.id not in crossing and not each.drill]
    theirs = [each for each in found if wanted & _called(tx.process, each)]
    seen = [
        each
        for each in theirs
        if each.id in known or (comes and each.private and reader not in members.gone(tx, each.id))
    ]
    return sorted(seen, key=lambda each: (each.severity, each.id))


def _called(process: Process, incident: Incident) -> set[str]:
    return {*process.roles_called(process.type_of(incident.type), high=incident.severity.high)}


def _unsaid(tx: Tx, delivery: Delivery, reason: str) -> None:
    log.warning("not said", extra={"job": delivery.job, "reason": reason})
