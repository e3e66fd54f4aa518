"""Moving an incident through its life."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.domain.actors import BOT, Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import DuplicateReopened, EngagedInstead, StatusChanged, StillInvestigating
from bot.domain.incidents.incident import REOPENABLE, Incident, Status, called_off, endable, move, reopened
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.undoing import Thing, undoable_to
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page
from bot.domain.process import IM
from bot.domain.work.reviews import refuse_unreviewed
from bot.operations.incidents.changed import keep, seen
from bot.operations.incidents.changes import note_public_status, save
from bot.operations.incidents.fields import set_fields
from bot.operations.incidents.public_posts import ask_to_end_notice
from bot.operations.incidents.silence import put_off_by_silence
from bot.operations.incidents.triage import accept, decline
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.paging import being_paged, cancel_page, cancel_pages, page_for, raise_page
from bot.operations.rights import visible
from bot.operations.work.reviews import mind_review
from bot.operations.work.summary import add_to_summary
from storage import members, pages, people, reviews, roles, timers
from storage.transaction import Tx


def change_status(tx: Tx, incident_id: int, to: Status, *, by: Actor, reason: str = "") -> Incident:
    """Move an incident to another status. A triaged one is accepted or declined with all that follows."""
    before = visible(tx, incident_id, by)
    if before.status is Status.TRIAGE and to is Status.INVESTIGATING:
        return accept(tx, incident_id, by=by)
    if before.status is Status.TRIAGE and to is Status.DECLINED:
        return decline(tx, incident_id, by=by, reason=reason)
    if before.status in REOPENABLE and to is Status.INVESTIGATING:
        return reopen(tx, incident_id, reason, by=by)
    if before.status is Status.POST_INCIDENT and to is Status.CLOSED:
        refuse_unreviewed(before, reviews.review_of(tx, incident_id))
    stood = seen(tx, before)
    incident = moved(tx, before, to, by=by, reason=reason)
    save(tx, incident)
    if undoable_to(to):
        keep(tx, Thing.STATUS, stood, by=by)
    return incident


def may_end(tx: Tx, incident_id: int, to: Status, *, by: Actor) -> Incident:
    """Return the incident if this person may resolve or cancel it; refuse, also before somebody says why."""
    return endable(visible(tx, incident_id, by), to, by)


@dataclass(frozen=True, slots=True)
class Written:
    """What the form for resolving asks for because it is missing. `sure` confirms its secrets."""

    summary: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    sure: str = ""


def write_down(tx: Tx, incident_id: int, written: Written, *, by: Actor) -> None:
    add_to_summary(tx, incident_id, written.summary, by=by, sure=written.sure)
    set_fields(tx, incident_id, written.fields, by=by)


def resolve(tx: Tx, incident_id: int, ended: str, *, written: Written = Written(), by: Actor) -> Incident:
    """Resolve, and write down what ended it, with what was missing."""
    may_end(tx, incident_id, Status.RESOLVED, by=by)
    write_down(tx, incident_id, written, by=by)
    return change_status(tx, incident_id, Status.RESOLVED, by=by, reason=ended)


def reopen(tx: Tx, incident_id: int, reason: str, *, by: Actor, back: bool = True) -> Incident:
    """Work on an incident again that ended: the problem is `back`, or it is only to be merged or corrected.

    The first pages as a declaration does, the second nobody. Whoever has just reopened it may still say that
    it was only for that, as long as nobody has come to work on it.
    """
    before = visible(tx, incident_id, by)
    calling = [] if back else _calls_of(tx, before, by)
    _refuse_archived(tx, before)
    incident = called_off(before) if calling else reopened(before, reason, back=back)
    roles.rest(tx, incident_id)
    tx.record(
        StatusChanged(
            incident=incident_id,
            by=by,
            before=before.status.value,
            after=incident.status.value,
            reason=reason,
            back=back,
        )
    )
    if before.merged_into:
        tx.record(DuplicateReopened(incident=before.merged_into, by=by, duplicate=incident_id))
    for page in calling:
        cancel_page(tx, page)
    if back:
        page_for(tx, incident, Reason.REOPENED, by=by, message=reason)
        _tell_lead(tx, incident, by)
    save(tx, incident)
    return incident


def _refuse_archived(tx: Tx, incident: Incident) -> None:
    """Refuse to reopen what was merged so long ago that its channel is archived."""
    archives = timers.of(tx, incident.id, TimerKind.ARCHIVE)
    if incident.status is Status.MERGED and (not archives or archives.stopped):
        raise Refused(
            f"INC-{incident.id} was merged into INC-{incident.merged_into} over a day ago, and its channel "
            "is archived. Go on there, or declare a new one.",
            Step("Declare an incident", "declare"),
        )


def _tell_lead(tx: Tx, incident: Incident, by: Actor) -> None:
    """Tell whoever leads that it is at work again, unless they said so or are being called."""
    called = {page.responder for page in pages.pending_of(tx, incident.id)}
    there = people.present(tx, incident.lead) and incident.lead not in members.gone(tx, incident.id)
    if there and incident.lead not in {"", by, *called}:
        tx.record(EngagedInstead(incident=incident.id, person=incident.lead))


def _calls_of(tx: Tx, incident: Incident, by: Actor) -> list[Page]:
    """Return the pages that this person's reopening sent, while nobody has come to work on the incident."""
    if engaged_in(tx, incident.id):
        return []
    paths = ((page, page.escalation) for page in pages.pending_of(tx, incident.id))
    return [page for page, of in paths if of.reason is Reason.REOPENED and of.asked_by == str(by)]


def moved(
    tx: Tx, before: Incident, to: Status, *, by: Actor, reason: str = "", told: bool = True
) -> Incident:
    """Return the incident in its new status, with what goes with it written; the caller saves it."""
    if to is Status.MERGED:
        raise Refused("An incident is merged into another one; its status alone does not say which.")
    incident = move(before, to, by=by, now=tx.now, reason=reason)
    if not incident.status.open:
        cancel_pages(tx, incident.id)
    tx.record(
        StatusChanged(
            incident=incident.id,
            by=by,
            told=told,
            before=before.status.value,
            after=to.value,
            reason=reason,
        )
    )
    note_public_status(tx, before, incident, told=False)  # what ended is Operational
    if not incident.status.open:
        ask_to_end_notice(tx, incident)
    return mind_review(tx, incident) if to in {Status.RESOLVED, Status.POST_INCIDENT} else incident


def page_im_for_slow_investigation(tx: Tx, incident: Incident, late: timedelta) -> None:
    """Page the Incident Manager when the investigation has taken longer than the limit."""
    team = tx.process.team_of_role(IM, tx.process.type_of(incident.type))
    at_work = {one.role for one in roles.holders(tx, incident.id) if one.engaged}
    if not team or IM in at_work or being_paged(tx, incident.id, team.name):
        return
    if put_off_by_silence(tx, incident):
        return
    minutes = int(tx.process.investigating_limit.total_seconds() // 60)
    tx.record(StillInvestigating(incident=incident.id, minutes=minutes))
    raise_page(tx, team, incident, Reason.INVESTIGATING, by=BOT, late=late)
