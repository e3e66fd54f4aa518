"""Acknowledged but silent: asking whoever shows no activity, and paging their role again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import AnswerOverdue, SilenceAsked, SilenceEnded, WentSilent
from bot.domain.incidents import silence as rules
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.silence import Activity, Case, Duty
from bot.domain.incidents.timers import TimerKind, Wanted
from bot.domain.paging.escalations import Reason
from bot.domain.rights import Kind, Right
from bot.domain.timeline.entries import Kind as Told
from bot.operations.incidents.changes import timers_of
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.paging.escalate import pass_on
from bot.operations.paging.paging import raise_page
from bot.operations.rights import visible
from storage import activity, incidents, pages, people, roles, streams, timeline, timers
from storage.transaction import Tx


def heard_in(tx: Tx, channel: str, person: str) -> None:
    """Note that somebody did something in a channel, if that concerns an incident."""
    if incident := concerns(tx, channel, person):
        _heard(tx, incident.id, person)


def concerns(tx: Tx, channel: str, person: str) -> Incident | None:
    """Return the open incident of a channel in which somebody does something. What a bot does is nothing."""
    (incident, _), known = streams.incident_of(tx, channel), people.get(tx, person)
    bot = known is not None and known.kind is Kind.BOT
    return incident if incident and incident.status.open and not bot else None


def _heard(tx: Tx, incident_id: int, person: str) -> None:
    if activity.note(tx, incident_id, person):
        tx.record(SilenceEnded(incident=incident_id, by=person, person=person))


def look(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Ask whoever has been silent for too long; of whoever was asked in vain the answer is overdue."""
    if late > rules.EVERY:  # the bot was away, or its database: nobody could be heard since the last look
        activity.put_off(tx, incident.id, late + rules.EVERY)
    known, rule = activity.of(tx, incident.id), tx.process.silence
    next_look = tx.now + rules.EVERY
    for person, duties in duties_of(tx, incident, known).items():
        if person not in known:  # from before silence was watched
            _heard(tx, incident.id, person)
            continue
        seen = known[person]
        due = rules.due(seen, rule)
        if due and due > tx.now:
            next_look = min(next_look, due)
        elif due and not _held_off(tx, incident, seen):
            if seen.asked_at:
                tx.record(AnswerOverdue(incident=incident.id, person=person))
            else:
                tx.record(SilenceAsked(**_said(tx, seen, duties)))
                activity.asked(tx, incident.id, person)
    timers.put(tx, incident.id, TimerKind.SILENT, Wanted("", next_look))


def duties_of(
    tx: Tx, incident: Incident, known: Mapping[str, Activity] | None = None
) -> dict[str, tuple[Duty, ...]]:
    """Return whose silence matters in an incident now, with their roles."""
    if not rules.minded(incident, tx.process.silence):
        return {}
    seen = activity.of(tx, incident.id) if known is None else known
    case = Case(incident, roles.holders(tx, incident.id), pages.of_incident(tx, incident.id), seen)
    return rules.duties(case, tx.process, tx.now)


def _held_off(tx: Tx, incident: Incident, seen: Activity) -> bool:
    """Say whether the rule about a long investigation comes first: it has just acted, or waits."""
    acted = timeline.latest(tx, incident.id, Told.STILL_INVESTIGATING)
    other = timers.of(tx, incident.id, TimerKind.INVESTIGATING)
    waits = other is not None and not other.stopped and other.snoozed_until is not None
    return rules.too_near(acted.at if acted else None, tx.now) or (waits and not seen.asked_at)


def _said(tx: Tx, seen: Activity, duties: tuple[Duty, ...]) -> dict[str, Any]:
    minutes = int((tx.now - seen.at).total_seconds() // 60)
    named = [one.role for one in duties]
    return {"incident": seen.incident, "person": seen.person, "roles": named, "minutes": minutes}


def waited_for(tx: Tx, incident_id: int, person: str) -> tuple[str, datetime] | None:
    """Return in which channel somebody may have said something unheard, and since when; None: it is over."""
    incident, seen = incidents.get(tx, incident_id), activity.of(tx, incident_id).get(person)
    if not incident.channel or not seen or not seen.asked_at:
        return None
    return incident.channel, seen.asked_at - rules.EVERY  # Slack's clock may be behind ours


def unanswered(tx: Tx, incident_id: int, person: str, *, spoke: bool = False) -> None:
    """Page the roles of somebody who has not answered in time, unless they `spoke` while nobody listened."""
    incident, seen = incidents.get(tx, incident_id), activity.of(tx, incident_id).get(person)
    duties = duties_of(tx, incident).get(person)
    if not seen or not seen.asked_at or not duties:
        return
    if spoke:
        _heard(tx, incident_id, person)
    elif (due := rules.due(seen, tx.process.silence)) and due <= tx.now and not _held_off(tx, incident, seen):
        tx.record(WentSilent(**_said(tx, seen, duties)))
        _page(tx, incident, duties, by=BOT)


def _page(tx: Tx, incident: Incident, duties: tuple[Duty, ...], *, by: Actor) -> None:
    for one in duties:
        roles.rest(tx, incident.id, one.role)  # whoever holds it is not at work on it, and is paged anew
        reason = Reason.SILENT if by == BOT else Reason.ASKED
        page = raise_page(tx, tx.process.teams[one.team], incident, reason, by=by)
        if isinstance(by, str) and page.responder == by:
            pass_on(tx, page, by=by)
    timers.keep(tx, incident.id, timers_of(tx, incident))  # who is asked of other things may be another now


def page_again(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Page the roles of somebody who is asked if they are still on it: they are not, so others are called."""
    incident = visible(tx, incident_id, by, Right.ACKNOWLEDGE)
    duties = duties_of(tx, incident).get(by)
    if not duties:
        raise Refused(
            f"Nothing of INC-{incident_id} waits for you any more.", Step("How it stands", "", incident_id)
        )
    _heard(tx, incident_id, by)
    _page(tx, incident, duties, by=by)
    return incident


def on_it(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Note that somebody is still at work; if they are paged again already, that acknowledges the page."""
    incident = visible(tx, incident_id, by, Right.ACKNOWLEDGE)
    _heard(tx, incident_id, by)
    if any(page.responder == by for page in pages.pending_of(tx, incident_id)):
        acknowledge_incident(tx, incident_id, by=by)
    return incident


def put_off_by_silence(tx: Tx, incident: Incident) -> bool:
    """Have the rule about a long investigation wait, if this one has just acted."""
    acted = timeline.latest(tx, incident.id, Told.SILENCE_ASKED, Told.SILENT)
    timer = timers.of(tx, incident.id, TimerKind.INVESTIGATING)
    if not acted or not timer or not rules.too_near(acted.at, tx.now):
        return False
    timers.snooze(tx, timer, acted.at + rules.APART)
    return True
