"""Declaring an incident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.actors import BOT, Actor, Machine, MachineKind
from bot.domain.durations import TYPED_TWICE
from bot.domain.errors import Refused
from bot.domain.facts import DeclareAnswered, Declared, Given, TimeChanged
from bot.domain.incidents.calls import known_address
from bot.domain.incidents.fields import CALL, Field, Link, missing
from bot.domain.incidents.incident import UPDATE_EVERY, Draft, Incident, Status, Summary
from bot.domain.incidents.publicity import Publicity
from bot.domain.incidents.timers import State, wanted
from bot.domain.incidents.times import Moment, problems
from bot.domain.paging.escalations import Reason
from bot.domain.paging.practice import NobodyChosen, lacks_people
from bot.domain.rights import Right
from bot.domain.text import UNTITLED
from bot.operations.maintenance.relating import relate_declared
from bot.operations.paging.paging import MINUTE, page_for
from bot.operations.paging.placing import let_in
from bot.operations.rights import allow, visible
from bot.operations.timeline.masking import ask_about
from bot.operations.work.reviews import mind_review
from bot.operations.workspace.people import refuse_for_role
from bot.secret_scan import without_secrets
from storage import fields, incidents, links, members, pages, people, roles, timers
from storage.transaction import Tx


class TooMany(Refused):
    """Somebody has declared so much in a minute that this one is rather one of them. `recent` holds those."""

    def __init__(self, recent: Sequence[Incident]) -> None:
        super().__init__(
            f"You have declared {len(recent)} incidents in the last minute. Join one of them, or page anyway."
        )
        self.recent = tuple(recent)


@dataclass(frozen=True, slots=True)
class Made:
    """What was declared, and the names of whom its pages call; `again` if the form had been sent before,
    `twice` if the same person had typed the same a moment before.
    """

    incident: Incident
    called: list[str]
    again: bool
    twice: bool = False


def declare_by_form(tx: Tx, draft: Draft, *, by: Actor, form: str, anyway: bool, answer: str = "") -> Made:
    """Declare, and return what the private answer says.

    That goes to the address `answer`, without the way in; it is shown there once there is one.
    """
    again = incidents.of_form(tx, form) is not None
    incident = declare(tx, draft, by=by, form=form, anyway=anyway)
    called = [page.responder for page in pages.pending_of(tx, incident.id) if page.responder]
    names = [*(dict.fromkeys(called, "somebody") | people.names(tx, called)).values()]
    if answer and not again:
        tx.record(DeclareAnswered(incident=incident.id, answer=answer, called=names))
    return Made(incident, names, again)


def declare_by_line(tx: Tx, draft: Draft, *, by: str, form: str, anyway: bool, answer: str = "") -> Made:
    """Declare what one line says, once: typed again within seconds, it gives the first."""
    found = None if incidents.of_form(tx, form) else _typed_before(tx, draft, by)
    if found:
        return Made(found, [], again=False, twice=True)
    return declare_by_form(tx, draft, by=by, form=form, anyway=anyway, answer=answer)


def _typed_before(tx: Tx, draft: Draft, by: str) -> Incident | None:
    """Return what this person declared a moment ago by the same words."""
    drill = tx.process.types[draft.type].drill or bool(draft.practice)
    name = without_secrets(draft).name or UNTITLED
    over = draft.over is not None
    wanted = (name, draft.type, draft.severity, draft.private, drill, draft.near_miss, over, draft.practice)
    for one in incidents.declared_by(tx, by, tx.now - TYPED_TWICE, tx.process.declares_per_minute):
        said = (one.name, one.type, one.severity, one.private, one.drill, one.near_miss, one.retrospective)
        owned = not draft.owner or draft.owner == one.lead
        if (*said, one.practice) == wanted and owned and (over or one.status.open):
            return one
    return None


def declare(tx: Tx, draft: Draft, *, by: Actor, form: str | None, anyway: bool = False) -> Incident:
    """Open an incident and page for it, or triage it. The same `form` again gives the same incident.

    Who has declared a lot within a minute is asked first: one person's storm must not drown others' pages.
    """
    if form and (earlier := incidents.of_form(tx, form)):
        return earlier
    allow(tx, by, Right.DECLARE)
    most = tx.process.declares_per_minute
    recent = [] if anyway else incidents.declared_by(tx, by, tx.now - MINUTE, most)
    if len(recent) >= most:
        raise TooMany(recent)
    incident = _added(tx, draft, by, form)
    ask_about(tx, incident, draft, by=by)
    tx.record(
        Declared(
            incident=incident.id,
            by=by,
            severity=incident.severity.value,
            triage=draft.triage,
            near_miss=incident.near_miss,
            over=incident.retrospective,
        )
    )
    _note_times(tx, incident, draft, by)
    if draft.owner and draft.owner != by:
        tx.record(Given(incident=incident.id, person=draft.owner, role="", giver=str(by)))
    if draft.maintenance is not None and not incident.drill:  # before a page: its owner may be the IM
        incident = relate_declared(tx, incident, draft.maintenance, by=by)
    if incident.status.active:
        page_for(tx, incident, Reason.DECLARED, by=by)
    return mind_review(tx, incident)


def _added(tx: Tx, draft: Draft, by: Actor, form: str | None) -> Incident:
    """Write the new incident, with what a declaration says of it and its timers."""
    added = incidents.add(tx, _opened(tx, without_secrets(draft), by), form)
    incident = _with_fields(tx, added, draft, by)
    if address := known_address(tx.process.types[incident.type].call, incident.id):
        links.put(tx, incident.id, Link(CALL, address, BOT, tx.now))
    lacks = bool(missing(tx.process.fields, draft.fields, incident))
    timers.keep(tx, incident.id, wanted(State(incident, tx.process, tx.now, lacks=lacks)))  # no role is held
    pages.none_yet(tx, incident.id)
    roles.none_yet(tx, incident.id)
    members.none_yet(tx, incident.id)
    for person in dict.fromkeys((by, incident.lead, *incident.practice)):
        if person and isinstance(person, str):
            members.note(tx, incident.id, person)
    return incident


def _with_fields(tx: Tx, incident: Incident, draft: Draft, by: Actor) -> Incident:
    """Return the incident with the fields that were filled in: some have a say in its timers."""
    for name, value in draft.fields.items():
        fields.put(tx, incident.id, Field(name, value, by, tx.now))
    return incidents.get(tx, incident.id) if draft.fields else incident


def join(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Let somebody into the channel of an incident that they may know of."""
    incident = visible(tx, incident_id, by)
    let_in(tx, incident.id, by)
    return incident


def _note_times(tx: Tx, incident: Incident, draft: Draft, by: Actor) -> None:
    """Keep when it was that is over: its resolution is the incident's own."""
    for name, at in (draft.over or {}).items():
        if name != Moment.RESOLVED:
            tx.record(
                TimeChanged(
                    incident=incident.id, by=by, name=Moment(name).value, before="", after=at.isoformat()
                )
            )


def _status(draft: Draft) -> Status:
    if draft.over is None:
        return Status.TRIAGE if draft.triage else Status.INVESTIGATING
    return Status.POST_INCIDENT if draft.severity.high else Status.RESOLVED


def _resolved(tx: Tx, draft: Draft) -> datetime | None:
    """Return when it was resolved that is over, or refuse times that cannot be."""
    if draft.over is None:
        return None
    given = {Moment(name): at for name, at in draft.over.items()}
    for wrong in problems(dict.fromkeys(Moment), given, tx.now).values():
        raise Refused(wrong)
    return given.get(Moment.RESOLVED) or given.get(Moment.IMPACT_END) or tx.now


def _opened(tx: Tx, draft: Draft, by: Actor) -> Incident:
    kind = tx.process.types.get(draft.type)
    if not kind:
        raise Refused(f"I know no incident type `{draft.type}`. Types: {', '.join(tx.process.types)}.")
    if lacks_people(draft, kind) and not (isinstance(by, Machine) and by.kind is MachineKind.ALERT):
        raise NobodyChosen(kind.name)
    for person in (*filter(None, [draft.owner]), *draft.practice):
        refuse_for_role(tx, person)
    return Incident(
        id=0,
        name=draft.name or UNTITLED,
        type=kind.name,
        severity=draft.severity,
        highest=draft.severity,
        status=_status(draft),
        private=draft.private,
        drill=kind.drill or bool(draft.practice),
        reporter=by,
        lead=draft.owner or (by if isinstance(by, str) else ""),  # nobody, until somebody answers for it
        lead_by_hand=draft.near_miss,  # whoever noticed it owns it, whoever answers what they ask
        summary=Summary(summary=draft.summary),
        declared_at=tx.now,
        update_in=UPDATE_EVERY[draft.severity],
        resolved_at=_resolved(tx, draft),
        near_miss=draft.near_miss,
        retrospective=draft.over is not None,
        publicity=Publicity(impact_began_at=(draft.over or {}).get(Moment.IMPACT_START)),
        practice=draft.practice,
        unannounced=draft.unannounced,
        tutorial=draft.tutorial,
    )
