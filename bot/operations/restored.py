"""Going on with an older state of the database: nothing is sent before Slack was asked what happened since.

A backup knows nothing of what came after it. Numbers would be given twice, messages sent twice, and people
woken for incidents that have ended. So, in this order: `begin` lets every clock run anew and takes nothing
that is open for unsent; the integration reads in Slack what can be read; `reconciled` takes that over. The
database keeps its id, so that its marks on messages stay valid; its numbers go on after the milliseconds
since 1970, which no earlier life of it can have reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.facts import CallDue, OfferChanged, Restored, StandingTakenOver, StrayFound
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.ownership import after_acknowledgement
from bot.domain.paging import escalations as rules
from bot.domain.paging.pages import Page, answered, restarted
from bot.domain.recovery import NUMBERS_SKIPPED, Stray, Trace, standing_as
from bot.operations.incidents.changes import save, timers_of
from bot.operations.paging.paging import cancel_pages, let_go
from bot.operations.paging.placing import call_anew, end_page
from bot.operations.workspace.channel import channel_opened
from storage import (
    activity,
    escalations,
    incidents,
    meta,
    notifications,
    offers,
    outbox,
    pages,
    posts,
    roles,
    timeline,
    timers,
)
from storage.backup import BACKUP_AT, RECONCILING_SINCE
from storage.migrations import numbered
from storage.posts import Post
from storage.transaction import Tx, moment

CALLED_AGAIN = "called_again_at"
"""The key in `meta` that says that pages were sent again after a restore."""


@dataclass(frozen=True, slots=True)
class Found:
    """All that Slack shows."""

    traces: Sequence[Trace]
    strays: Sequence[Stray]
    posts: Sequence[Post]


def begin(tx: Tx) -> datetime | None:
    """Return of when the state is, if it is an older one, with every clock started anew; else None."""
    of = older_state_of(tx)
    if of and meta.get(tx, RECONCILING_SINCE) is None:
        meta.put(tx, RECONCILING_SINCE, tx.now.isoformat())
        outbox.doubt(tx)
        for table in sorted(numbered() - {"incidents"}):
            tx.count_on(table, int(tx.now.timestamp() * 1000))
        highest = max((incident.id for incident in incidents.everyone(tx)), default=0)
        tx.count_on("incidents", highest + NUMBERS_SKIPPED)
        activity.restart(tx)
        waiting = pages.pending(tx)
        put_off = {one.id: (one, page) for page in waiting for one in notifications.of_page(tx, page.id)}
        for page in waiting:
            _restart(tx, page, of)
        for seen, page in put_off.values():
            notifications.advance(tx, seen, replace(seen, due_at=seen.due_at + (tx.now - page.raised_at)))
        for incident in incidents.everyone(tx):
            if incident.status.open:
                timers.restart(tx, incident.id, timers_of(tx, incident))
    return of


def older_state_of(tx: Tx) -> datetime | None:
    """Return of when the database is, while it is not known what happened since."""
    return moment(meta.get(tx, BACKUP_AT))


def since(tx: Tx) -> datetime:
    """Return since when Slack has been asked."""
    return moment(meta.get(tx, RECONCILING_SINCE)) or tx.now


def reconciled(tx: Tx, found: Found) -> None:
    """Take over what Slack shows, once, and go on."""
    of = older_state_of(tx)
    if not of:
        return
    known = {incident.id for incident in incidents.everyone(tx)}
    for post in found.posts:  # an announcement may be of an incident that was declared after the backup
        if post.incident in known and not posts.find(tx, post.incident, post.kind, post.place):
            posts.record(tx, post)
    for trace in found.traces:
        _take_over(tx, trace)
    _pass_over(tx, found, of)
    for incident in incidents.everyone(tx):
        if incident.status.open:
            tx.record(Restored(incident=incident.id, of=of.isoformat()))
    _call_again(tx)
    meta.drop(tx, BACKUP_AT, RECONCILING_SINCE, CALLED_AGAIN)


def wait_no_longer(tx: Tx) -> None:
    """Let the pages go although Slack could not be asked: a page too many beats silence."""
    if older_state_of(tx) and meta.get(tx, CALLED_AGAIN) is None:
        _call_again(tx)


def _pass_over(tx: Tx, found: Found, of: datetime) -> None:
    """Give no number of an incident a second time: others after the last channel may have had none yet."""
    for stray in found.strays:
        tx.count_on("incidents", stray.number + NUMBERS_SKIPPED)
        if not stray.archived:
            tx.record(StrayFound(number=stray.number, channel=stray.channel, of=of.isoformat()))


def _take_over(tx: Tx, trace: Trace) -> None:
    if trace.channel:
        timeline.hush(tx, trace.incident)
        channel_opened(tx, trace.incident, *trace.channel)
    before = incidents.get(tx, trace.incident)
    now = standing_as(before, trace.standing, tx.now) if trace.standing else before
    told = now.lead != before.lead or (trace.standing and not trace.standing.lead)
    for escalation, person in trace.answered:
        led = _answered(tx, now, escalation, person)
        now = now if told else led  # the topic is set seconds later: the last answer may be missing
    if now != before:
        save(tx, now)
        tx.record(StandingTakenOver(incident=now.id))
        if not now.status.open:
            cancel_pages(tx, now.id)


def _answered(tx: Tx, incident: Incident, escalation: int, person: str) -> Incident:
    """Note who answered an escalation; return the incident with the lead that this gives it."""
    waiting = [page for page in pages.pending_of(tx, incident.id) if page.escalation.id == escalation]
    page = next((one for one in waiting if one.responder == person), next(iter(waiting), None))
    if not page:
        return incident
    let_go(tx, end_page(tx, page, answered(page, person, tx.now)), answered_by=person)
    held = roles.of(tx, incident.id)
    if page.responder != person or (page.needs_all and held.get(page.role, person) != person):
        return incident
    roles.assign(tx, incident.id, page.role, person)
    return after_acknowledgement(
        incident, page.role, person, wanted=page.escalation.role, held=held, process=tx.process
    )


def _call_again(tx: Tx) -> None:
    """Send every page that still waits, and say so; what is on its way already goes as it is."""
    if meta.get(tx, CALLED_AGAIN):
        return
    meta.put(tx, CALLED_AGAIN, tx.now.isoformat())
    covered: dict[int, list[Page]] = {}
    for page in pages.pending(tx):
        if page.notification:
            covered.setdefault(page.notification.id, []).append(page)
    for number, waiting in covered.items():
        if not outbox.open_in(tx, f"notification:{number}", CallDue.__name__):
            call_anew(tx, waiting)
    for offer in offers.unanswered(tx):  # its message may say that it was answered since, or another time
        tx.record(OfferChanged(page=offer.page, offer=offer.id))


def _restart(tx: Tx, page: Page, of: datetime) -> None:
    escalations.advance(tx, page.escalation, rules.restarted(page.escalation, tx.now, of))
    pages.restart(tx, restarted(page, tx.now))
