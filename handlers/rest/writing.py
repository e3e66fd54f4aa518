"""What is done by the API: the operations that commands and buttons call, in one transaction each."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import UPDATE_EVERY, Draft, Incident, Status
from bot.domain.oncall.spans import Span
from bot.domain.paging.practice import lacks_people
from bot.domain.tokens import PRIVATE
from bot.domain.work.work import ActionKind
from bot.operations.incidents.declare import declare
from bot.operations.incidents.fields import field_values, set_fields
from bot.operations.incidents.lifecycle import Written, change_status, reopen, resolve
from bot.operations.incidents.ownership import assign_role, hand_over
from bot.operations.incidents.rename import rename
from bot.operations.incidents.severity import change_severity
from bot.operations.oncall.overrides import cancel_override, override
from bot.operations.paging.acknowledge import acknowledge_incident
from bot.operations.paging.by_name import request_person
from bot.operations.paging.paging import request_page
from bot.operations.rights import visible_action
from bot.operations.timeline.notes import note
from bot.operations.work.actions import add_action, finish_action
from bot.operations.work.summary import write_summary
from bot.operations.work.update import post_update
from handlers.rest import models, reading, shown
from handlers.rest.asked import Asked, NeedsField, NeedsScope, known, person
from storage.transaction import Tx


def declare_incident(tx: Tx, asked: Asked) -> models.Incident:
    body = asked.body
    name = body.type or next(iter(tx.process.types))
    kind = tx.process.types.get(name)
    draft = Draft(
        name=body.name,
        type=name,
        severity=body.severity,
        triage=body.triage,
        summary=body.summary,
        private=body.private or bool(kind and kind.private),
        fields=field_values(tx, body.fields),
        practice=tuple(dict.fromkeys(person(tx, one) for one in body.practice)),
        unannounced=bool(body.practice),
    )
    if kind and lacks_people(draft, kind):
        raise NeedsField(
            "practice", f"{kind.name} is for practice: name who takes part. Only they are paged."
        )
    if draft.private and not asked.private:
        raise NeedsScope(PRIVATE)
    made = declare(tx, draft, by=asked.by, form=None, anyway=body.anyway)
    return _shown(tx, made)


def change_incident(tx: Tx, asked: Asked) -> models.Incident:
    """Change what is named. A status comes last: what ended takes no other changes."""
    incident, body = known(tx, asked), asked.body
    if body.name is not None and body.name != incident.name:
        rename(tx, incident.id, body.name, by=asked.by)
    if body.summary is not None or body.causes is not None:
        summary = (
            incident.summary if body.summary is None else replace(incident.summary, summary=body.summary)
        )
        summary = summary if body.causes is None else replace(summary, causes=body.causes)
        write_summary(tx, incident.id, summary, by=asked.by)
    if body.fields:
        set_fields(tx, incident.id, body.fields, by=asked.by)
    if body.lead is not None:
        hand_over(tx, incident.id, person(tx, body.lead), by=asked.by)
    if body.severity and body.severity is not incident.severity:
        change_severity(tx, incident.id, body.severity, by=asked.by, reason=body.reason)
    if body.status and body.status is not incident.status:
        change_status(tx, incident.id, body.status, by=asked.by, reason=body.reason)
    return reading.show_incident(tx, asked)


def resolve_incident(tx: Tx, asked: Asked) -> models.Incident:
    incident, body = known(tx, asked), asked.body
    return _shown(
        tx, resolve(tx, incident.id, body.reason, written=Written(summary=body.summary), by=asked.by)
    )


def reopen_incident(tx: Tx, asked: Asked) -> models.Incident:
    return _shown(tx, reopen(tx, known(tx, asked).id, asked.body.reason, by=asked.by))


def cancel_incident(tx: Tx, asked: Asked) -> models.Incident:
    incident = known(tx, asked)
    return _shown(tx, change_status(tx, incident.id, Status.CANCELLED, by=asked.by, reason=asked.body.reason))


def add_update(tx: Tx, asked: Asked) -> models.Update:
    incident, body = known(tx, asked), asked.body
    severity, minutes = body.severity or incident.severity, body.next_in_minutes
    made = post_update(
        tx,
        incident.id,
        body.text,
        by=asked.by,
        status=body.status or incident.status,
        severity=severity,
        next_in=UPDATE_EVERY[severity] if minutes is None else timedelta(minutes=minutes) or None,
    )
    return shown.update(made, shown.names(tx, [made.by]))


def new_action(tx: Tx, asked: Asked) -> models.Action:
    incident, body = known(tx, asked), asked.body
    made = add_action(
        tx,
        incident.id,
        title=body.title,
        details=body.details,
        kind=ActionKind.FOLLOW_UP if body.follow_up else ActionKind.ACTION,
        assignee=person(tx, body.assignee) if body.assignee else None,
        due=body.due,
        by=asked.by,
    )
    return shown.actions(tx, [made])[0]


def action_done(tx: Tx, asked: Asked) -> models.Action:
    incident, given = known(tx, asked), asked.path["action"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else 0
    if visible_action(tx, number, asked.by).incident != incident.id:
        raise NotFound("action", given[:40])
    return shown.actions(tx, [finish_action(tx, number, by=asked.by)])[0]


def add_note(tx: Tx, asked: Asked) -> models.Noted:
    incident, body = known(tx, asked), asked.body
    note(tx, incident.id, body.text, by=asked.by, at=body.at)
    by = shown.names(tx, [asked.by]).actor(asked.by)
    return models.Noted(text=body.text, at=body.at or tx.now, by=by)


def give_role(tx: Tx, asked: Asked) -> models.Roles:
    incident = known(tx, asked)
    assign_role(tx, incident.id, asked.path["role"], person(tx, asked.body.person), by=asked.by)
    return reading.list_roles(tx, asked)


def fill_fields(tx: Tx, asked: Asked) -> models.FieldValues:
    set_fields(tx, known(tx, asked).id, asked.body.root, by=asked.by)
    return reading.list_fields(tx, asked)


def escalate(tx: Tx, asked: Asked) -> models.Page:
    """Page a team, or a person by name."""
    incident, body = known(tx, asked), asked.body
    if bool(body.team) == bool(body.person):
        raise Refused("Name a team or a person to page, one of them.")
    if body.team:
        page = request_page(tx, body.team, body.message, by=asked.by, incident_id=incident.id)
    else:
        who = person(tx, body.person)
        page = request_person(tx, who, body.message, by=asked.by, incident_id=incident.id)
    return shown.page(page, shown.names(tx, [page.responder]))


def acknowledge(tx: Tx, asked: Asked) -> models.Page:
    page = acknowledge_incident(tx, known(tx, asked).id, by=asked.person)
    if not page:
        raise Refused("No page of this incident waits for you.")
    return shown.page(page, shown.names(tx, [page.responder, page.answered_by]))


def make_override(tx: Tx, asked: Asked) -> models.Override:
    body = asked.body
    if body.end <= body.start:
        raise Refused("It ends before it begins.")
    made = override(tx, body.schedule, Span(body.start, body.end), person(tx, body.person), by=asked.person)
    return shown.override(made, shown.names(tx, [made.person, made.replaces, made.made_by]))


def end_override(tx: Tx, asked: Asked) -> models.Override:
    given = asked.path["override"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else 0
    by = asked.person
    if not number:
        raise NotFound("override", given[:40])
    made = cancel_override(tx, number, by=by)
    return shown.override(made, shown.names(tx, [made.person, made.replaces, made.made_by]))


def _shown(tx: Tx, incident: Incident) -> models.Incident:
    return shown.incidents(tx, [incident])[0]
