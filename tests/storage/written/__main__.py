"""Write the database of the newest step: a story in mid-escalation."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.alerts.alert import FalseAlarm
from bot.domain.alerts.signals import Signal
from bot.domain.alerts.signals import State as SignalState
from bot.domain.incidents.checklists import BEGUN
from bot.domain.incidents.executive_notices import ExecutiveNotice
from bot.domain.incidents.incident import ReviewState, Severity, Status
from bot.domain.incidents.public_posts import PageNotice, PublicPost, PublicState
from bot.domain.incidents.publicity import PublicNotice, PublicStatus
from bot.domain.incidents.streams import Stream
from bot.domain.incidents.subscriptions import Subscription, Target
from bot.domain.incidents.timers import TimerKind, Wanted
from bot.domain.maintenance import maintenance
from bot.domain.maintenance.maintenance import Criticality, Maintenance
from bot.domain.maintenance.told import PublicMaintenance
from bot.domain.oncall.calendars import Event
from bot.domain.oncall.cover import CoverRequest
from bot.domain.oncall.overrides import Override
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.offers import OfferState
from bot.domain.paging.pagers import PAGERDUTY, PagerAlert, PagerState, key_of
from bot.domain.process import Notice
from bot.domain.reviews.canvas import ReviewCanvas
from bot.domain.reviews.copies import ForeignEdit, Kept, ReviewCopy
from bot.domain.reviews.issue import ReviewIssue
from bot.domain.reviews.versions import Version
from bot.domain.timeline.pictures import Offered
from bot.domain.webhooks import Standing, failed, fingerprint
from bot.domain.work.follow_ups import CORRECTIVE_ACTION, TrackedIssue
from bot.domain.work.held import Decision, HeldText, Place
from bot.domain.work.reviews import Review, Task
from bot.domain.work.work import ActionKind
from bot.operations.alerts.intake import refuse, take
from bot.operations.incidents.fields import add_link, set_fields
from bot.operations.incidents.lifecycle import change_status
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.paging import request_page
from bot.operations.timeline.notes import note
from bot.operations.work.actions import add_action
from bot.operations.work.update import post_update
from scheduler.ticks import Ticks
from storage import (
    access_requests,
    activity,
    alerts,
    api_answers,
    calendars,
    checklists,
    contact_methods,
    cover_requests,
    duties,
    ended_sessions,
    executive_notices,
    follow_ups,
    held_texts,
    judged_alerts,
    maintenances,
    notification_rules,
    offers,
    overrides,
    pager_alerts,
    pages,
    pictures,
    public_maintenances,
    public_notices,
    public_posts,
    public_subscribers,
    review_canvases,
    review_copies,
    review_documents,
    review_issues,
    reviews,
    rotations,
    said_outside,
    streams,
    subscriptions,
    timers,
    tokens,
    verification_codes,
    webhooks,
)
from storage.alerts import Taken
from storage.engines import open_database
from storage.migrations import MIGRATIONS, tables
from storage.transaction import Tx
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident
from tests.storage.written import FOLDER


def main() -> None:
    """Write it, unless there is one already."""
    target = FOLDER / f"{len(MIGRATIONS):04}.sql"
    if target.exists():
        raise SystemExit(f"{target} is there already, and is never written again.")
    with tempfile.TemporaryDirectory() as folder:
        file, clock = Path(folder) / "muster.db", FakeClock()
        office = Office(open_database(str(file), own_time=False), process(), clock)
        story(office, clock)
        office.database.close()
        with closing(sqlite3.connect(file)) as db:
            rows = [row for table in ("meta", *tables()) for row in _inserts(db, table)]
    target.write_text("\n".join([f"-- {clock.now().isoformat()}", *rows]) + "\n", encoding="utf-8")


def story(office: Office, clock: FakeClock) -> None:
    """INC-1 calls its IM since three minutes, INC-2 its EOC since eight, INC-3 is answered and resolved."""
    given_incident(office, "S3", name="It's slow; \u00fc")
    clock.advance(minutes=10)
    given_incident(office, "S1", name="Down", private=True, channel="CDOWN")
    clock.advance(minutes=5)
    asyncio.run(Ticks(office.uow).tick())
    over = given_incident(office, "S4", name="Over", channel="COVER")
    (page,) = office.read(pages.pending_of, over.id)
    office.perform(acknowledge, page.id, by="UEOC")
    office.perform(change_status, over.id, Status.RESOLVED, by="UEOC")
    office.perform(_ask)
    office.perform(_work)
    office.perform(_cover)
    office.perform(_sources)
    office.perform(_reach)
    office.perform(_handover)
    office.perform(_offer)
    office.perform(_hear)
    office.perform(_follow)
    office.perform(_hold)
    office.perform(_maintain)
    office.perform(_publish)
    office.perform(_judge)
    office.perform(_split)
    office.perform(_fail)
    office.perform(_raise_elsewhere)
    office.perform(_follow_up)
    office.emitted()
    clock.advance(minutes=3)


def _ask(tx: Tx) -> None:
    request_page(tx, "dotcom CMOC", "Please write", by="UREP", incident_id=None)


def _work(tx: Tx) -> None:
    again = timedelta(minutes=30)
    post_update(tx, 1, "We look", by="UREP", status=Status.INVESTIGATING, severity=Severity.S3, next_in=again)
    kind = ActionKind.ACTION
    add_action(tx, 1, title="Look", details="", kind=kind, assignee="UEOC", due=None, by="UREP")
    note(tx, 1, "It began at noon", by="UREP")
    set_fields(tx, 1, {"Affected services": "web"}, by="UREP")
    add_link(tx, 1, "Graph", "https://graphs.example/1", by="UREP")


def _cover(tx: Tx) -> None:
    """Have an override that is over, one that counts, one that was cancelled, and a request for cover."""
    hour = timedelta(hours=1)
    for start in (-2, 0, 2):
        made = Override(tx.now + start * hour, tx.now + (start + 1) * hour, "UIM", "UEOC" if start else "")
        number = overrides.add(tx, "EOC", made, by="UREP")
    overrides.cancel(tx, number, by="UREP")
    asked = CoverRequest(0, "EOC", "UEOC", tx.now + 3 * hour, tx.now + 4 * hour, tx.now)
    request = cover_requests.add(tx, asked)
    taken = Override(tx.now + 3 * hour, tx.now + 4 * hour, "UIM", "UEOC")
    overrides.add(tx, "EOC", taken, by="UIM", request=request)
    rotation = rotations.add(tx, "EOC", "()", ["UEOC", "UIM"])
    timers.put(tx, rotation, TimerKind.SHIFT, Wanted(tx.now.isoformat(), tx.now + hour))


def _sources(tx: Tx) -> None:
    """Have a calendar that was read, and could not be read later; a person who is away; and what was told."""
    hour, who = timedelta(hours=1), ("UIM",)
    events = (Event(tx.now, tx.now + hour, 0, ("im@example.com",), "On call"),)
    calendars.save(tx, calendars.Copy("EOC", events, ("Nobody",), (), tx.now, "could not be fetched"))
    calendars.lay_out(tx, "EOC", ((tx.now, tx.now + hour, who),), tx.now)


def _reach(tx: Tx) -> None:
    """Have a verified address, one whose code was tried once, and a rule."""
    method = contact_methods.add(tx, "UIM", "sms", "+442079460000")
    contact_methods.verify(tx, contact_methods.get(tx, method, "UIM"))
    waiting = contact_methods.add(tx, "UIM", "push", "uim")
    verification_codes.tried(tx, verification_codes.add(tx, "UIM", waiting))
    notification_rules.put(tx, "UIM", Loudness.LOUD, [Notice("sms", timedelta(minutes=1))])


def _handover(tx: Tx) -> None:
    """Have a change of shift with a note, an incident that waits to be taken over, and one that was."""
    duties.save_note(tx, replace(duties.add(tx, "EOC", ("UIM",)), note="Watch it", noted_by="UIM"))
    duty = duties.add(tx, "EOC", ("UEOC",))
    for incident in (1, 3):
        duties.add_brief(tx, duty.id, incident, "EOC", "UIM")
    duties.take(tx, duties.brief(tx, 2), "UEOC")
    duties.record_message(tx, duty.id, "UEOC", "DEOC", "1.0")
    timers.put(tx, duty.id, TimerKind.HANDOVER, Wanted("", tx.now + timedelta(minutes=15)))


def _offer(tx: Tx) -> None:
    """Have a page that was offered to one who declined, and to another; and somebody asks to be let in."""
    page = pages.pending_of(tx, 2)[0].id
    first = offers.add(tx, page, "UEOC", "UREP", "I am on a train")
    offers.close(tx, offers.get(tx, first), OfferState.DECLINED)
    offers.record_message(tx, offers.add(tx, page, "UEOC", "ULEADER", ""), "DLEADER", "2.0")
    access_requests.record_message(tx, access_requests.add(tx, 2, "UOTHER", "To help"), "DIM", "3.0")


def _hear(tx: Tx) -> None:
    """Have somebody asked whether they are still on it."""
    activity.note(tx, 2, "UIM")
    activity.asked(tx, 2, "UIM")
    activity.told(tx, 2, "UIM")


def _hold(tx: Tx) -> None:
    """Have a text that waits for its author, one that was decided about, and a token that was used."""
    for place in (Place.UPDATE, Place.PIN):
        ts = "4.0" if place is Place.PIN else None
        held = HeldText(
            0, 1, place, "UREP", None, "GitLab Token", "It is glpat-1", "It is •••", ts, None, tx.now
        )
        number = held_texts.add(tx, held)
    held_texts.decide(tx, held_texts.get(tx, number), Decision.SHOWN, "UREP")
    pictures.want(tx, 1, "4.0", Offered("F1", "graph.png", "https://files.slack.com/1", 10))
    pictures.keep(tx, 1, "image/png", b"as it was")
    tokens.add(tx, "ci", "0" * 64, frozenset({"blocks:read"}), tx.now + timedelta(days=90))
    tokens.used(tx, 1)
    api_answers.keep(tx, 1, "deploy-17", api_answers.Answered("0" * 64, 201, "{}"))


def _maintain(tx: Tx) -> None:
    """Have a maintenance that runs, with its message, and an incident that has to do with it."""
    window, grade = (tx.now - timedelta(hours=1), tx.now + timedelta(hours=1)), Criticality.C1
    state, services = maintenance.State.RUNNING, ("web", "api")
    runs = Maintenance(
        0, "It's an upgrade", grade, state, "UIM", "UREP", *window, ("UEOC",), services, started_at=window[0]
    )
    number = maintenances.add(tx, runs)
    maintenances.record_message(tx, number, "incidents", "CINC", "4.0")
    maintenances.note_answer(tx, 1, number, "UREP", related=True)


def _follow(tx: Tx) -> None:
    """Have a person and a channel get updates, a notice to executives, and a checklist that is begun."""
    for target, kind in (("UOTHER", Target.PERSON), ("CSUPPORT", Target.CHANNEL)):
        subscriptions.add(tx, Subscription(2, target, kind, "UREP", tx.now))
    parts = ("Incident on GitLab.com", "Disk full", "Pushes fail", "- Drain it", "https://issue.test/2")
    executive_notices.add(tx, ExecutiveNotice(0, 2, *parts, "UREP", tx.now))
    checklists.tick(tx, 2, "users_blocked", BEGUN, "UREP")
    tasks = (Task(0, 3, "Fill the summary", None, tx.now.date()), Task(0, 3, "Chat", "UIM", tx.now.date()))
    reviews.add(tx, Review(3, ReviewState.OPEN, "UEOC", tx.now, tasks=tasks))
    reviews.save_task(tx, replace(tasks[0], id=1, done_by="UIM", done_at=tx.now))
    review_documents.add(tx, Version(3, 1, "# It's over", "short", "# It is", "UIM", tx.now))
    review_documents.comment(tx, 3, 1, "Well said", "UEOC", heading="It's over")
    review_documents.change_comment(tx, review_documents.comments(tx, 3)[0], "Well said, indeed")
    review_documents.approve(tx, 3, 1, "UEOC")
    at = "https://gitlab.test/infra/it/-/issues/9"
    review_issues.put(tx, ReviewIssue(3, 1, 1, "infra/it", 9, at))
    ended_sessions.end(tx, "a-session-that-was-ended")
    there = "https://acme.slack.com/docs/T1/F1"
    review_canvases.put(tx, ReviewCanvas(3, 1, "CINC3", 1, "F1", there, "content 1", kept=True))
    review_canvases.put(tx, ReviewCanvas(3, 2, "CINC3", number=2, unsure=True))
    copy = ReviewCopy(3, Kept.WIKI, 1, "infra/it", "reviews/INC-3", 1, url=at, failed=True)
    review_copies.put(tx, copy)
    review_copies.keep_edit(tx, ForeignEdit(3, Kept.WIKI, 1, "# It's over, and mended", "Sam"))
    said_outside.keep(tx, said_outside.Said(2, "DOTHER", "7.0", "UOTHER"))


def _publish(tx: Tx) -> None:
    """Have a notice to customers, confirmed by the EOC alone; and one that is published."""
    public_notices.put(tx, PublicNotice(2, "We look into it", "UREP", tx.now, ("API",)))
    public_notices.confirm(tx, 2, "EOC", "UEOC")
    how = (PublicStatus.DEGRADED, PublicState.INVESTIGATING, ("API",), True, "UREP", tx.now)
    post = public_posts.add(tx, PublicPost(0, 1, "Degraded Performance: API", "It is slow", *how))
    public_posts.show(tx, PageNotice("status.io", "5f0c", 1, post))
    public_subscribers.confirm(tx, public_subscribers.add(tx, "reader@example.com", "a-token-of-a-reader"))
    public_maintenances.put(tx, PublicMaintenance(1, "Pushes pause", "UREP", tx.now))


def _judge(tx: Tx) -> None:
    """Have an alert that is of an incident, and that somebody put aside; and one that was a false alarm."""
    signal = Signal("disk", "The disk is full", SignalState.FIRING, Severity.S2, labels={"team": "db"})
    take(tx, [[Taken("prometheus", signal, "{}", trace="0123456789abcdef")]])
    refuse(tx, "prometheus", "no JSON", "fedcba9876543210", "192.0.2.7")
    alerts.place(tx, 1, 1, "attached by UREP")
    judged_alerts.shelve(tx, "prometheus", "disk", tx.now + timedelta(hours=1), "UREP")
    judged_alerts.put_false(tx, FalseAlarm(3, True, "Its threshold is too low", "UREP", tx.now))


def _split(tx: Tx) -> None:
    """Have a stream with a channel and an update, and one that is closed."""
    for name, closed in (("database", None), ("network", tx.now)):
        stream = Stream(0, 2, name, "UIM", "UREP", tx.now)
        number = streams.add(tx, stream)
        streams.add_update(tx, replace(stream, id=number), "It's a lock", "UIM", tx.now)
        opened = replace(stream, id=number, channel=f"C{number}", channel_name=f"inc-2-{name}")
        streams.save(tx, replace(opened, updated_at=tx.now, closed_at=closed))


def _fail(tx: Tx) -> None:
    """Have a webhook that fails, and one that is disabled."""
    for name, gone in (("failing", False), ("gone", True)):
        standing = Standing(name, fingerprint(f"https://{name}.test"))
        webhooks.put(tx, failed(standing, tx.now, "it answered 410", gone=gone))


def _raise_elsewhere(tx: Tx) -> None:
    """Have a page raised in a pager, and one that it did not take."""
    for page, state in zip(pages.of_incident(tx, 2)[:2], (PagerState.RAISED, PagerState.DUE), strict=True):
        alert = PagerAlert(page.id, PAGERDUTY, page.level_team, key_of(page), PagerState.DUE, tx.now)
        pager_alerts.add(tx, alert)
        if state is PagerState.DUE:
            pager_alerts.fail(tx, page.id, "PagerDuty did not answer")
        else:
            pager_alerts.advance(tx, page.id, state, PagerState.DUE)


def _follow_up(tx: Tx) -> None:
    """Have a follow-up with its issue, and a link that was offered."""
    follow_ups.add(tx, 1, CORRECTIVE_ACTION, "S2", "api")
    url = "https://gitlab.test/infra/it/-/issues/7"
    follow_ups.put_issue(tx, TrackedIssue(1, "GitLab", "infra/it", 7, url, made=True))
    follow_ups.offer(tx, 2, url)


def _inserts(db: sqlite3.Connection, table: str) -> list[str]:
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    quoted = " || ', ' || ".join(f"quote({name})" for name in names)
    found = db.execute(f"SELECT {quoted} FROM {table} ORDER BY rowid")
    return [f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})" for (values,) in found]


if __name__ == "__main__":
    main()
