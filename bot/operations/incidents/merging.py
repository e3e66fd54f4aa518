"""Merging a duplicate into another incident, and several small ones into a grave one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.domain.actors import BOT, Actor, parsed
from bot.domain.errors import Refused
from bot.domain.facts import (
    ActionAdded,
    AlertsJoined,
    DuplicateMerged,
    FieldChanged,
    LeadChanged,
    LinkAdded,
    NotificationChanged,
    PeopleAdded,
    StatusChanged,
    TargetMerged,
)
from bot.domain.incidents.communication import taking_over
from bot.domain.incidents.fields import LONGEST_LINK_NAME, MOST_LINKS, letters
from bot.domain.incidents.incident import Incident, Severity, Status, Summary
from bot.domain.incidents.merging import Merging, allowed, combinable, merged, needs_reopening, raises
from bot.domain.incidents.ownership import after_acknowledgement
from bot.domain.paging.escalations import Reason
from bot.domain.paging.pages import Page
from bot.domain.process import Team, by_name
from bot.domain.rights import Kind
from bot.domain.work.held import CONFIRMED
from bot.operations.incidents import subscriptions
from bot.operations.incidents.changes import note_public_status, save
from bot.operations.incidents.lifecycle import reopen
from bot.operations.incidents.public_status import engage_im
from bot.operations.incidents.severity import change_severity, regraded
from bot.operations.incidents.streams import move_streams
from bot.operations.paging.engaged import engaged_in
from bot.operations.paging.paging import being_paged, cancel_pages, raise_page
from bot.operations.rights import visible
from bot.operations.work.actions import ASSIGNED
from bot.operations.work.summary import PARTS, write_summary
from storage import (
    actions,
    alerts,
    escalations,
    fields,
    incidents,
    links,
    members,
    pages,
    people,
    posts,
    public_notices,
    public_posts,
    roles,
)
from storage.transaction import Tx

INVITED_AT_ONCE = 100
"""How many people Slack takes in one invitation."""


def may_merge(tx: Tx, incident_id: int, into: int, *, by: Actor) -> Merging:
    """Return what is to be merged into what; refuse, also before somebody is asked whether they are sure."""
    duplicate, target = visible(tx, incident_id, by), visible(tx, into, by)
    return allowed(Merging(duplicate, target, members.of(tx, incident_id), members.of(tx, into)))


def merge(tx: Tx, incident_id: int, into: int, *, by: Actor, opening: bool = False) -> Incident:
    """Merge an incident into another one, and return that. One that has ended is reopened only for this if
    `opening` says so.
    """
    found = may_merge(tx, incident_id, into, by=by)
    duplicate, target = found.duplicate, found.target
    if needs_reopening(target):
        if not opening:
            raise Refused(
                f"INC-{into} is {target.status} since you chose it. `/inc merge INC-{into}` reopens it."
            )
        target = reopen(tx, into, f"To merge INC-{incident_id} into it", by=by, back=False)
    over = merged(duplicate, target, by, tx.now)
    waiting, there = pages.pending_of(tx, incident_id), engaged_in(tx, incident_id)
    cancel_pages(tx, incident_id)
    move_streams(tx, duplicate, target, by)  # before the end, which closes those that stay
    _end(tx, duplicate, over, target, by)
    target = _take_over(tx, duplicate, target, by)
    _move_roles(tx, duplicate, target)
    if raises(duplicate, target):
        target = regraded(tx, target, duplicate.severity, by=by, at_work=there)
        target = _led_on(tx, target, duplicate.lead, there)
    before, target = target, taking_over(target, duplicate, tx.now)
    note_public_status(tx, before, target, by=by)
    _bring_notice(tx, duplicate, target)
    save(tx, target)
    engage_im(tx, target, by=by)
    _call_on(tx, target, waiting)
    _keep_deadlines(tx, target, waiting)
    return target


def combine(tx: Tx, incident_id: int, others: Sequence[int], *, by: Actor) -> Incident:
    """Merge several S3 and S4 into one of them and raise that to S2, which pages as any such raise."""
    combinable(visible(tx, incident_id, by))
    if not others:
        raise Refused("Choose at least one incident that belongs to it.")
    for one in others:
        combinable(visible(tx, one, by))
        merge(tx, one, incident_id, by=by)
    return change_severity(tx, incident_id, Severity.S2, by=by)


def _end(tx: Tx, before: Incident, over: Incident, target: Incident, by: Actor) -> None:
    tx.record(
        StatusChanged(
            incident=over.id,
            by=by,
            before=before.status.value,
            after=over.status.value,
            into=target.id,
            channel=target.channel,
        )
    )
    note_public_status(tx, before, over, told=False)
    for duplicate in incidents.point_on(tx, over.id, target.id):
        tx.record(TargetMerged(incident=duplicate, into=target.id))
    save(tx, over)


def _take_over(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> Incident:
    """Bring people, actions and links, and the fields and parts of the summary that the target lacks; the
    timeline is shown with the target's.
    """
    _bring_people(tx, duplicate, target)
    subscriptions.move(tx, duplicate, target, by)
    _bring_alerts(tx, duplicate, target, by)
    moved = actions.move(tx, duplicate.id, target.id)
    posts.move(tx, ASSIGNED, duplicate.id, target.id)
    count = _bring_links(tx, duplicate, target, by)
    tx.record(
        DuplicateMerged(
            incident=target.id,
            by=by,
            duplicate=duplicate.id,
            name=duplicate.name,
            moved_actions=len(moved),
            moved_links=count,
        )
    )
    for one in moved:
        if not one.done_at:
            tx.record(ActionAdded(incident=target.id, by=one.by, text=one.said, action=one.id))
    _bring_fields(tx, duplicate, target, by)
    parts = {name: getattr(target.summary, name) or getattr(duplicate.summary, name) for name in PARTS}
    return write_summary(tx, target.id, Summary(**parts), by=by, sure=CONFIRMED)


def _bring_alerts(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> None:
    if moved := alerts.move(tx, duplicate.id, target.id):
        first, others = moved[0], len(moved) - 1
        tx.record(AlertsJoined(incident=target.id, by=by, alert=first.id, title=first.title, others=others))


def _bring_people(tx: Tx, duplicate: Incident, target: Incident) -> None:
    """Let the people of the duplicate in. A guest knows of an incident only as people invite them."""
    known = ((one, people.get(tx, one)) for one in members.of(tx, duplicate.id))
    came = [
        who
        for who, one in known
        if (not one or (one.active and one.kind is Kind.MEMBER)) and members.add(tx, target.id, who)
    ]
    if incidents.has_channel(tx, target.id):  # one that opens later invites them itself
        for start in range(0, len(came), INVITED_AT_ONCE):
            tx.record(PeopleAdded(incident=target.id, people=came[start : start + INVITED_AT_ONCE]))


def _bring_fields(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> None:
    there = {one.name for one in fields.of(tx, target.id)}
    for one in fields.of(tx, duplicate.id):
        known = tx.process.fields.get(one.name)
        if known and one.name not in there:
            fields.put(tx, target.id, one)
            tx.record(
                FieldChanged(
                    incident=target.id,
                    by=by,
                    name=one.name,
                    type=known.kind.value,
                    before=known.unset,
                    after=one.value,
                )
            )


def _bring_links(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> int:
    """Add the links that the target lacks; return how many. Its own keep their names, as its call does."""
    there = links.of(tx, target.id)
    urls, names = {one.url for one in there}, {letters(one.name) for one in there}
    new = [one for one in links.of(tx, duplicate.id) if one.url not in urls][: MOST_LINKS - len(there)]
    for one in new:
        of = f" (INC-{duplicate.id})"
        name = one.name[: LONGEST_LINK_NAME - len(of)] + of if letters(one.name) in names else one.name
        links.put(tx, target.id, replace(one, name=name))
        tx.record(LinkAdded(incident=target.id, by=by, name=name, url=one.url))
    return len(new)


def _bring_notice(tx: Tx, duplicate: Incident, target: Incident) -> None:
    """Have what status pages say be the target's, and the draft of the notice too, if it has none."""
    notice = public_notices.of(tx, duplicate.id)
    if notice and not public_notices.of(tx, target.id):
        public_notices.put(tx, replace(notice, incident=target.id))
    public_posts.move(tx, duplicate.id, target.id)


def _call_on(tx: Tx, target: Incident, waiting: Sequence[Page]) -> None:
    """Page for the target whom only the duplicate was calling, from the level on that its path had reached.

    Who is at work in the role already is not called, unless a person asked for somebody.
    """
    if not (target.watched or target.status is Status.TRIAGE):
        return
    for page in {one.escalation.id: one for one in waiting}.values():
        of = page.escalation
        team = _team(tx, target, page)
        asked = of.reason is Reason.ASKED
        held = any(one.engaged and one.role == team.role for one in roles.holders(tx, target.id))
        there = page.by_name and _called_or_at_work(tx, target.id, page.responder)
        if there or being_paged(tx, target.id, team.name) or (held and not asked):
            continue
        by = parsed(of.asked_by) if of.asked_by else BOT
        reason = Reason.ASKED if asked else Reason.MERGED
        raise_page(tx, team, target, reason, by=by, message=of.message, level=of.level)


def _keep_deadlines(tx: Tx, target: Incident, waiting: Sequence[Page]) -> None:
    """Have no level wait longer than it would have for the duplicate: its people did not answer so far."""
    due = {(of.team, of.level): of.due_at for of in (page.escalation for page in waiting)}
    for page in pages.pending_of(tx, target.id):
        of = page.escalation
        until = due.get((of.team, of.level), of.due_at)
        if until < of.due_at:
            escalations.advance(tx, of, replace(of, due_at=until))
            if page.notification and page.raised_at < tx.now:  # its message names the later time
                tx.record(NotificationChanged(notification=page.notification.id))


def _team(tx: Tx, target: Incident, page: Page) -> Team:
    """Return whom a page called: a person, a team, or the own one where that is configured no more."""
    if page.by_name:
        return by_name(page.responder or "", page.level_team.removeprefix("@"))
    own = tx.process.teams[tx.process.type_of(target.type).pages]
    return tx.process.teams.get(page.escalation.team, own)


def _called_or_at_work(tx: Tx, incident_id: int, person: str | None) -> bool:
    calls = (page.responder for page in pages.pending_of(tx, incident_id))
    return person in {*engaged_in(tx, incident_id), *calls}


def _led_on(tx: Tx, target: Incident, lead: str, there: Collection[str]) -> Incident:
    """Return the incident led by who led the graver duplicate by a role that leads at its severity."""
    held, now = roles.of(tx, target.id), target
    for role in (role for role, person in held.items() if person == lead and lead in there):
        now = after_acknowledgement(now, role, lead, wanted=role, held=held, process=tx.process)
    if now.lead != target.lead:
        tx.record(LeadChanged(incident=now.id, before=target.lead, after=now.lead, taken=False))
    return now


def _move_roles(tx: Tx, duplicate: Incident, target: Incident) -> None:
    """Give those at work on the duplicate their roles in the target, where nobody has them or is called."""
    held, waiting = roles.of(tx, target.id), pages.pending_of(tx, target.id)
    called = {role for page in waiting for role in (page.role, page.escalation.role)}
    for one in roles.holders(tx, duplicate.id):
        if one.engaged and one.role not in {*held, *called}:
            roles.assign(tx, target.id, one.role, one.person, by_hand=one.by_hand, since=one.since)
