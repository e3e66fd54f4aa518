"""What people wrote is shown as they wrote it, or quoted: nobody speaks in the bot's voice."""

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import views
from bot.domain.actors import Machine, MachineKind
from bot.domain.alerts.alert import Alert, FalseAlarm, Noise, Shelved, SourceState
from bot.domain.alerts.changes import LATELY, Changed
from bot.domain.alerts.heartbeats import Expected
from bot.domain.alerts.listing import Sought
from bot.domain.alerts.requests import Refusal, Traced
from bot.domain.alerts.signals import AlertLink, State
from bot.domain.errors import Refused
from bot.domain.incidents.access import AccessRequest
from bot.domain.incidents.checklists import CHECKLISTS
from bot.domain.incidents.communication import Told
from bot.domain.incidents.executive_notices import ExecutiveNotice
from bot.domain.incidents.fields import FieldType, Link
from bot.domain.incidents.history import Held
from bot.domain.incidents.incident import Incident, NotTheLead, ReviewState, Severity, Status, Summary
from bot.domain.incidents.listing import LONGEST_WORDS, Listed
from bot.domain.incidents.nudges import SNOOZES
from bot.domain.incidents.overload import Help, Offer
from bot.domain.incidents.public_posts import PublicPost, PublicState, Publishing
from bot.domain.incidents.publicity import PublicNotice, PublicStatus
from bot.domain.incidents.security import Concern
from bot.domain.incidents.streams import Stream, StreamUpdate
from bot.domain.incidents.subscriptions import Subscription, Target
from bot.domain.incidents.timers import Timer, TimerKind
from bot.domain.incidents.times import Moment
from bot.domain.incidents.undoing import Change, Thing
from bot.domain.insights.figures import figures_of
from bot.domain.insights.insight import Insight
from bot.domain.insights.load import FollowUpFigures, paged
from bot.domain.insights.measures import measured
from bot.domain.insights.periods import month_of
from bot.domain.maintenance.maintenance import Criticality, Maintenance, Warned
from bot.domain.maintenance.maintenance import State as Stage
from bot.domain.maintenance.services import Connection
from bot.domain.oncall.cover import CoverRequest, Made
from bot.domain.oncall.findings import Odd
from bot.domain.oncall.handover import Brief, Duty, Handover
from bot.domain.oncall.load import Called, Load, load_of
from bot.domain.oncall.shifts import Shift
from bot.domain.oncall.spans import Span
from bot.domain.paging.answers import Ways
from bot.domain.paging.contact_methods import AddressKind, OwnMethod, VerificationCode
from bot.domain.paging.engagement import Holder
from bot.domain.paging.escalations import Reason
from bot.domain.paging.notification_rules import Loudness
from bot.domain.paging.offers import OfferState, PageOffer
from bot.domain.paging.pagers import PAGERDUTY, PagerAlert, PagerState
from bot.domain.paging.pages import Page, PageState
from bot.domain.paging.reports import Outcome
from bot.domain.paging.why import Basis, ByMethod, Chain, How
from bot.domain.process import Communication, Component, Contact, Notice, RoleCard, StatusPage
from bot.domain.reviews.canvas import ReviewCanvas
from bot.domain.reviews.versions import Comment
from bot.domain.timeline.entries import Kind
from bot.domain.work.follow_ups import FollowUp, TrackedIssue
from bot.domain.work.held import Decision, HeldText, LooksSecret, Place
from bot.domain.work.reviews import Review, Task
from bot.domain.work.work import Action, ActionKind, Update
from bot.views import not_yet, notices
from bot.views import webhooks as webhooks_view
from bot.views.alerts import alert as alert_view
from bot.views.alerts import alerts as alerts_view
from bot.views.alerts import changes as changes_view
from bot.views.alerts import false_alarm, heartbeats, noise, one_alert, over, traced
from bot.views.blocks import Message, message, quiet
from bot.views.incidents import (
    access,
    announcement,
    archiving,
    cancel,
    card,
    checklist,
    declare,
    executive_notice,
    fields,
    fixing,
    given,
    greeting,
    leave,
    life,
    links,
    listing,
    merging,
    near_miss,
    nudges,
    overload,
    panel,
    pause,
    practice,
    privacy,
    public_notice,
    public_status,
    recap,
    reopen,
    resolve,
    role_card,
    role_request,
    security,
    severity,
    silence,
    streams,
    subscriptions,
    times,
    triage,
    tutorial,
    undo,
    verify,
    weekend,
)
from bot.views.incidents.at_home import Incidents
from bot.views.incidents.declare import Origin
from bot.views.incidents.declare_as import Sort
from bot.views.incidents.recap import Recap
from bot.views.insights import month
from bot.views.maintenance import maintenance, plan_form, public_form, related
from bot.views.mrkdwn import harmless
from bot.views.oncall import away, calendar, cover, findings, handover, home, load, override, rotation
from bot.views.oncall.handover import Crossing, Passed
from bot.views.oncall.unsent import Unsent
from bot.views.paging import (
    answers,
    digest,
    escalate,
    offers,
    own_contact_methods,
    simulate,
    told,
    vacancy,
    why,
)
from bot.views.paging import page as page_view
from bot.views.rehearsal import Said, Script, texts
from bot.views.timeline import absence, note, timeline
from bot.views.timeline.entries import sentence
from bot.views.work import (
    action,
    follow_up,
    follow_up_form,
    review,
    review_canvas,
    review_comments,
    secret,
    summary,
    update,
)
from handlers.features import BUTTONS
from sandbox.validation import message_problems, view_problems
from tests.fakes import NOON, process
from tests.values import a_course, a_page, an_incident
from tests.views.test_messages import entry

HOSTILE = (
    "*evil*",
    "_evil_",
    "`evil`",
    "~evil~",
    ":evil:",
    "<!channel> evil",
    "<@UEVIL>",
    "<https://evil.test|good>",
    "&amp;evil &lt;!channel&gt;",
    "x\n*evil acknowledged* as EOC.\n> evil",
    "x\u2028*evil acknowledged* as EOC.",
    "```evil\n``` evil",
    "\u202eevil\u200f\u2066",
    "x* _evil_ *evil",
    "evil " * 1000,
)
MARKS = "*_~`"
LIVE = re.compile(r"<!(?!date)|\|good>|[\u202a-\u202e\u2066-\u2069\u2028]")


def an_evil(text: str, **changes: Any) -> Incident:
    texts = Summary(text, text, text, text)
    return an_incident(name=text, summary=texts, channel="CINC", next_update_at=NOON, **changes)


UTC_ZONE = ZoneInfo("UTC")
A_DAY = Span(NOON, NOON + timedelta(days=1))


def an_evil_request(text: str) -> CoverRequest:
    """Return a swap on a schedule of any name."""
    return CoverRequest(1, text, "UEOC", A_DAY.start, A_DAY.end, NOON, "UIM", A_DAY.start, A_DAY.end)


def an_evil_change(text: str) -> Changed:
    link = AlertLink(text, "https://example.test/a")
    return Changed(1, text, text, text, {text: text}, (link,), NOON, NOON)


def an_evil_alert(text: str) -> Alert:
    links = (AlertLink(text, "https://a.test/graph"),)
    said: dict[str, Any] = dict.fromkeys(("source", "key", "title", "text", "group", "outcome", "rule"), text)
    said |= dict.fromkeys(("first_at", "last_at"), NOON)
    said |= {"severity": Severity.S1, "state": State.FIRING, "image": "https://a.test/1.png", "links": links}
    said |= {"labels": {text: text}, "readable": True, "test": False, "resolved_at": None, "incident": None}
    return Alert(id=1, fired=2, **said)


def an_evil_offer(text: str) -> PageOffer:
    return PageOffer(1, 1, "UEOC", "UIM", text, NOON)


def an_evil_notice(incident: Incident, text: str) -> executive_notice.Begun:
    return executive_notice.Begun(incident, None, "UREP", text, text, text, "https://issue.test")


def an_evil_field(text: str) -> list[tuple[FieldType, str]]:
    return [(FieldType(f"{number} {text}"[:75], unset=text[:75]), ("", text)[number]) for number in range(2)]


def an_evil_link(text: str) -> list[Link]:
    return [Link(text[:75], f"https://a.test/{number}", "UREP", NOON) for number in range(2)]


def an_evil_maintenance(text: str, state: Stage = Stage.PLANNED) -> Maintenance:
    begun = NOON if state is not Stage.PLANNED else None
    return Maintenance(
        3,
        text,
        Criticality.C1,
        state,
        "UIM",
        "UREP",
        A_DAY.start,
        A_DAY.end,
        ("UEOC",),
        (text, text),
        ("https://a.test/3",),
        started_at=begun,
        overran_at=begun,
        ended_at=None if state.open else NOON,
        reason=text,
    )


def an_evil_stream(text: str) -> list[Stream]:
    """Return one with a channel, one without, and one that is closed."""
    one = Stream(1, 7, text, "UEOC", "UREP", NOON, "CDB", "inc-7-db", updated_at=NOON)
    return [one, replace(one, channel=None, lead="", channel_lost=True), replace(one, closed_at=NOON)]


def evil_connections(text: str) -> list[Connection]:
    one = an_evil_maintenance(text, Stage.RUNNING)
    return [
        Connection(asked=(one,), likely=one),
        Connection(asked=(one, one, one)),
        Connection(related=(one,)),
    ]


def an_evil_override(text: str) -> Made:
    return Made(1, text, "UEOC", "UIM", A_DAY.start, A_DAY.end, "UIM", NOON, None, None)


def evil_findings(text: str) -> list[dict[str, str]]:
    """Return what is odd ahead, of every kind, about somebody and something of any name."""
    start, end = A_DAY.start.isoformat(), A_DAY.end.isoformat()
    return [{"odd": odd, "who": text, "more": text, "start": start, "end": end} for odd in Odd]


def an_evil_story(text: str) -> list[list[str]]:
    script = Script(text, Severity.S1, NOON, UTC_ZONE, silent=frozenset([text]))
    return [texts(script, [Said(NOON, text, by, text, text)], [a_page()], 5000) for by in ("", text)]


def an_evil_chain(text: str, incident: Incident, page: Page) -> list[Chain]:
    shift = Shift(A_DAY.start, A_DAY.end, ("UEOC",), text)
    bases = [None, Basis(text), Basis(text, shift, "", A_DAY.end), Basis(text, shift, "UIM", A_DAY.end)]
    sent = [ByMethod(text, how, NOON, 2, text, [(Outcome.BUSY, NOON)]) for how in How]
    asked = [an_evil_offer(text)]
    raised = PagerAlert(page.id, PAGERDUTY, text, "key", PagerState.DUE, NOON, failed=True, error=text)
    return [
        Chain(page, incident, basis, [(text, text)], sent, [page], asked, pager=raised) for basis in bases
    ]


def an_evil_month(text: str) -> tuple[Insight, Insight]:
    """Return a month in which a rule that somebody named opened a false alarm, and the one before."""
    course = a_course(rule=text, status=Status.CANCELLED, false_alarm=True, type=text, services=text)
    found = [measured(course, process(), NOON)]
    period = month_of(NOON.date(), UTC)
    nobody = paged([], lambda *_: True, {}, lambda _: UTC_ZONE)
    made = Insight(period, figures_of(found), nobody, FollowUpFigures(0, 0, 0), found)
    return made, replace(made, period=period.before, figures=figures_of([]), incidents=[])


def an_evil_load(text: str) -> tuple[Load, Load]:
    none = load_of(text, A_DAY, [], [], lambda _: UTC_ZONE)
    called = [Called("UEOC", NOON, timedelta(minutes=1)), Called("UIM", NOON, None)]
    return none, load_of(text, A_DAY, called, [Shift(A_DAY.start, A_DAY.end, ("UEOC",))], lambda _: UTC_ZONE)


def an_evil_reach(text: str) -> own_contact_methods.Reach:
    """Return addresses of any text, one verified, one whose code failed, one whose code holds; and rules."""
    method = OwnMethod(1, "UEOC", "sms", text, NOON)
    waiting = replace(method, id=2, name="push", verified_at=None), VerificationCode(1, 2, NOON, error=text)
    asked = replace(method, id=3, name="mail", verified_at=None), VerificationCode(2, 3, NOON)
    kinds = {"call": AddressKind.NUMBER} | dict.fromkeys(("sms", "push", "mail"), AddressKind.OTHER)
    rule = (Notice("sms", timedelta(minutes=3)), Notice("call"))
    contact = Contact("", {"sms": text, "call": text}, rule)
    own = [(method, None), waiting, asked]
    return own_contact_methods.Reach(kinds, contact, own, frozenset({Loudness.LOUD}))


def _passed(text: str, incident: Incident, sent: Update, todo: Action, page: Page) -> list[Passed]:
    """Return changes of shift: as who goes and who comes see them, with one taken over and one that waits."""
    change = Handover(Duty(1, text, ("UEOC",), NOON, text, "UEOC"), Duty(2, text, ("UIM",), NOON))
    noted = entry(Kind.NOTE, text)
    brief = Brief(1, 2, 7, text, "UEOC")
    taken = replace(brief, taken_by="UIM", taken_at=NOON)
    waits = Crossing(brief, incident, "UEOC", True, [page], True, sent, [todo], [noted])
    crossing = [waits, Crossing(taken, incident, "UIM", False), Crossing(brief, incident, None, False)]
    return [
        Passed(
            change,
            who,
            crossing,
            [incident] * 12,
            [page],
            lasts,
            [FalseAlarm(1, True, text, "UEOC", NOON)],
            [an_evil_alert(text)],
        )
        for who in ("UEOC", "UIM")
        for lasts in (True, False)
    ]


def undone(text: str) -> list[Change]:
    """Return a change of each thing, to what somebody wrote."""
    became = {"person": "UEOC", "severity": "S3", "status": "Fixing", "public_status": text, text: text}
    return [Change(4, 7, one, text, "UREP", NOON, became, became) for one in Thing]


def _told(text: str, incident: Incident) -> Told:
    notice = PublicNotice(incident.id, text, "UCMOC", NOON)
    where = Communication("https://status.test", text[:80], text[:80])
    return Told(notice, ("EOC", text[:40], "IM"), {"EOC": "UEOC"}, {"IM": text[:60]}, {}, NOON, where)


def _publishing(text: str) -> Publishing:
    """Return how an incident is published whose components and pages are named so, and what was said last."""
    where = Communication(publishes=True, pages=(StatusPage(text, True),), components=(Component(text),))
    how = (PublicStatus.DEGRADED, PublicState.MONITORING, (text,), True, "UCMOC", NOON)
    return Publishing(where, "", ("UCMOC",), (text,), PublicPost(1, 1, text, text, *how))


def _unpublished(incident: Incident, text: str) -> Incident:
    return replace(incident, publicity=replace(incident.publicity, unpublished=text))


def _planned(text: str, *found: Action) -> list[FollowUp]:
    """Return actions as follow-ups, with an issue."""
    issue = TrackedIssue(1, "GitLab", "infra/it", 7, "https://gitlab.test/infra/it/-/issues/7")
    due = NOON.date() - timedelta(days=2)
    return [
        FollowUp(replace(one, due=due), "Follow-up", Severity.S1, text, Severity.S1, issue=issue)
        for one in found
    ]


def shows(text: str, *, drill: bool = False) -> dict[str, list[Any]]:
    """Return what each builder makes of a text that may be anything a person writes."""
    incident, hers = an_evil(text, drill=drill), a_page(reason=Reason.ASKED, message=text)
    answered = replace(hers, state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=NOON)
    moved, cancelled = replace(hers, state=PageState.ESCALATED), replace(hers, state=PageState.CANCELLED)
    wish = AccessRequest(1, 1, "UREN", text, NOON)
    resolved, triaged = (
        an_evil(text, status=Status.RESOLVED, drill=drill),
        an_evil(text, status=Status.TRIAGE, drill=drill),
    )
    found = [
        entry(
            kind,
            text,
            name=text,
            reason=text,
            message=text,
            title=text,
            before=before,
            after=after,
            actions=[text],
            files=[text],
            place="note",
            what="A word of ours",
            decision="shown",
            secret="A word of ours",
            status="Closed",
            maintenance=3,
            related=True,
            owner="UIM",
            stream=text,
            tracker="GitLab",
            url="https://gitlab.test/infra/it/-/issues/7",
            there=text,
        )
        for kind in Kind
        for before, after in [_change(kind, text)]
    ]
    impaired = replace(incident, publicity=incident.publicity.become(PublicStatus.PARTIAL, NOON))
    done = Action(1, 7, text, text, ActionKind.ACTION, "UEOC", None, "UREP", NOON, "UEOC", NOON)
    todo, sent = (
        replace(done, done_at=None),
        Update(1, 7, text, incident.status, Severity.S1, "UREP", NOON, NOON),
    )
    planned = _planned(text, todo, replace(done, cancelled=True))
    at = dict.fromkeys(Moment, NOON)
    held = HeldText(1, 7, Place.NOTE, "UREP", "UEOC", "GitLab Token", text, text, None, None, NOON)
    holder = Holder("IM", "UIM", NOON, by_hand=True, present=True)
    return {
        "absence.retold": [
            absence.retold([(NOON, absence.update_line(sent)), (NOON, sentence(found[0]))], NOON, NOON)
        ],
        "action.added": [action.added(text, text)],
        "action.assigned": [action.assigned(one, incident, "UEOC") for one in (todo, done)],
        "action.form": [action.form(incident, text, text)],
        "action.listing": [action.listing([todo, done], incident), action.listing([], incident)],
        "resolve.done": [resolve.done(resolved, 2)],
        "review.begun": [review.begun(incident, one, NOON.date()) for one in _reviews(text)],
        "review_canvas.asked": [review_canvas.asked(incident)],
        "review_canvas.with_canvas": [
            review_canvas.with_canvas(
                review.standing(incident, _reviews(text)[2], NOON.date()), incident, one, 2
            )
            for one in _canvases()
        ],
        "review.change_form": [review.change_form(incident, _reviews(text)[0])],
        "review.due": [
            review.due(one, _reviews(text)[0], _reviews(text)[0].left, NOON.date())
            for one in (incident, replace(incident, private=True))
        ],
        "review.due_no_more": [review.due_no_more(incident, at) for at in (None, NOON)],
        "review.given": [review.given(incident, "UIM")],
        "review.none": [review.none(one) for one in (incident, replace(incident, highest=Severity.S4))],
        "review.offered": [review.offered(resolved, one) for one in _reviews(text)],
        "review.over": [review.over(replace(resolved, review=ReviewState.WAIVED), one) for one in (0, 3)],
        "review.put_off": [review.put_off(incident, NOON)],
        "review.requested": [
            review.requested(one) for one in (incident, replace(resolved, review=ReviewState.OPEN))
        ],
        "review.standing": [
            review.standing(one, found, NOON.date())
            for one in (incident, resolved)
            for found in _reviews(text)
        ],
        "review_comments.none_left": [review_comments.none_left(incident)],
        "review_comments.told": [
            review_comments.told(
                incident, [Comment(one, 1, 0, text, who, NOON) for one, who in enumerate(said)]
            )
            for said in (["UIM"], ["UIM", "UIM"], ["UEOC", "UIM"])
        ],
        "review.told": [review.told(incident, "UIM", one) for one in (None, _reviews(text)[0].tasks[0])],
        "review.waive_form": [review.waive_form(incident, _reviews(text)[0])],
        "follow_up.added": [follow_up.added(one) for one in planned],
        "follow_up.digest": [follow_up.digest(planned, 1, NOON.date())],
        "follow_up.due": [follow_up.due(one, incident, NOON.date(), "UANA") for one in planned],
        "follow_up_form.edit_form": [follow_up_form.edit_form(planned[0], process().follow_ups, "mine:1")],
        "follow_up_form.form": [
            follow_up_form.form(incident, process().follow_ups, follow_up_form.Filled(title, text, note=text))
            for title in (text, f"Investigate {text}")
        ],
        "follow_up.kept": [follow_up.kept(planned)],
        "follow_up.listing": [
            follow_up.listing(
                planned * 10, "Open follow-ups", NOON.date(), page=page, back="open", ended=over
            )
            for over in (None, planned[1])
            for page in (1, 2)
        ],
        "follow_up.offer": [follow_up.offer([planned[0].issue] if planned[0].issue else [], incident)],
        "follow_up.over": [follow_up.over(planned[1], "")],
        "action.posted": [action.posted(todo), action.posted(done), action.posted(todo, done)],
        "archiving.last_word": [
            archiving.last_word(
                incident,
                9,
                1,
                [Link(text, "https://x.test", "UREP", NOON)],
                ["https://y.test"],
                streams=[Stream(1, 7, text, "UEOC", "UREP", NOON, "CDB", "inc-7-db")],
            )
        ],
        "announcement.announcement": [
            announcement.announcement(
                incident, {}, None, own=text, page="https://muster.test/incidents/INC-7"
            )
        ],
        "announcement.answer_wanted": [announcement.answer_wanted(incident, ["UEOC"], reached=True)],
        "nudges.asked": [nudges.asked(incident, kind) for kind in nudges.ASKED],
        "nudges.over": [
            nudges.over(incident, TimerKind.SUMMARY, one, led=led)
            for one in (None, Timer(1, TimerKind.SUMMARY, 1, "", NOON, None, stopped=False))
            for led in (True, False)
        ],
        "nudges.put_off": [
            nudges.put_off(
                incident, TimerKind.SUMMARY, Timer(1, TimerKind.SUMMARY, 1, "", NOON, NOON, stopped=False)
            )
        ],
        "nudges.all_of_them": [
            nudges.all_of_them(incident, how, kinds, SNOOZES[TimerKind.FIELDS])
            for how in ("stop", "start", "snooze")
            for kinds in ([TimerKind.SUMMARY], [*SNOOZES])
        ],
        "nudges.stopped": [nudges.stopped(incident, TimerKind.SUMMARY)],
        "nudges.listing": [
            nudges.listing(
                incident,
                [Timer(1, TimerKind.SUMMARY, 1, "", NOON, None, stopped=one) for one in (True, False)],
            ),
            nudges.listing(incident, []),
        ],
        "fixing.form": [fixing.form(incident)],
        "fixing.fixing": [fixing.fixing(incident)],
        "leave.asked": [leave.asked(incident, [text])],
        "leave.left": [leave.left(incident, [text], paged=True), leave.left(incident, [])],
        "leave.handed": [leave.handed(incident, "UEOC")],
        "life.history": [life.history(incident, [Held("", "U1", NOON, NOON), Held(text, "U1", NOON)])],
        "pause.form": [pause.form(incident, NOON, text, text)],
        "pause.paused": [pause.paused(incident)],
        "weekend.waits": [weekend.waits(incident)],
        "weekend.goes_on": [weekend.goes_on(incident)],
        "weekend.over": [weekend.over(incident)],
        "maintenance.announced": [maintenance.announced(an_evil_maintenance(text, one)) for one in Stage],
        "maintenance.told_by": [
            maintenance.told_by(
                an_evil_maintenance(text, one),
                "UEOC",
                what,
                [Warned(text, text, ()), Warned(text, text, ["UEOC"])],
            )
            for what in maintenance.HAPPENED
            for one in Stage
        ],
        "maintenance.told_owner": [
            maintenance.told_owner(an_evil_maintenance(text), "UEOC", what) for what in maintenance.HAPPENED
        ],
        "maintenance.begins": [maintenance.begins(an_evil_maintenance(text), [text])],
        "maintenance.owned": [maintenance.owned(an_evil_maintenance(text), "UEOC")],
        "maintenance.unheard": [maintenance.unheard(an_evil_maintenance(text), text)],
        "maintenance.unended": [maintenance.unended(an_evil_maintenance(text, one)) for one in Stage],
        "maintenance.leave_call": [maintenance.leave_call(an_evil_maintenance(text), incident)],
        "maintenance.call_needed": [maintenance.call_needed(incident)],
        "maintenance.listing": [maintenance.listing([an_evil_maintenance(text, one) for one in Stage])],
        "maintenance.answered": [maintenance.answered(an_evil_maintenance(text), "is planned.")],
        "plan_form.form": [
            plan_form.form(
                name=text,
                criticality=None,
                window=A_DAY,
                owner="UIM",
                services=(text, text),
                unclear=(text, ""),
            )
        ],
        "public_form.form": [public_form.form(an_evil_maintenance(text), text)],
        "plan_form.of_plan": [plan_form.of_plan(an_evil_maintenance(text))],
        "related.related": [
            related.related(incident, those, "UIM") for those in ([an_evil_maintenance(text)], [])
        ],
        "overload.offered": [
            overload.offered(incident, Help(one, "dotcom IMOC", "EOC", (7, 8))) for one in Offer
        ],
        "overload.no_more": [overload.no_more(incident, "U1", "U2", asked=False)],
        "overload.wanted": [overload.wanted(incident, "U1")],
        "overload.helped": [overload.helped(incident, "U1")],
        "overload.asks": [overload.asks(incident)],
        "overload.took_over": [overload.took_over(incident)],
        "role_card.duties": [
            role_card.duties(incident, cards) for cards in ([RoleCard("IM", ("Lead",))], [])
        ],
        "checklist.begun": [checklist.begun(incident, one) for one in CHECKLISTS],
        "checklist.checklist": [
            checklist.checklist(incident, one, ready) for one in CHECKLISTS for ready in ({}, {"im": "UIM"})
        ],
        "checklist.second_im": [checklist.second_im(replace(incident, drill=True))],
        "checklist.second_im_found": [checklist.second_im_found(incident, one) for one in (None, "UIM")],
        "checklist.took": [checklist.took(incident)],
        "executive_notice.corrected": [
            executive_notice.corrected(ExecutiveNotice(1, 7, text, text, text, text, "", "UREP", NOON), text)
        ],
        "executive_notice.edit_form": [
            executive_notice.edit_form(
                an_evil_notice(incident, text),
                ExecutiveNotice(1, 7, text, text, text, text, "", "UREP", NOON),
                text,
            )
        ],
        "executive_notice.continued": [executive_notice.continued(incident, text, text)],
        "executive_notice.form": [executive_notice.form(an_evil_notice(incident, text), text, text)],
        "executive_notice.more_form": [executive_notice.more_form(an_evil_notice(incident, text), text)],
        "executive_notice.moved": [executive_notice.moved(incident)],
        "executive_notice.notice": [
            executive_notice.notice(
                incident, ExecutiveNotice(1, 7, text, text, text, text, url, "UREP", NOON)
            )
            for url in ("", "https://issue.test")
        ],
        "executive_notice.sent": [executive_notice.sent(incident, "e-group")],
        "subscriptions.arranged": [
            subscriptions.arranged(incident, [Subscription(7, one, kind, "UREP", NOON)], "UEOC")
            for one, kind in (("UEOC", Target.PERSON), ("UIM", Target.PERSON), ("CX", Target.CHANNEL))
        ],
        "subscriptions.back": [subscriptions.back(incident)],
        "subscriptions.begun": [subscriptions.begun(incident, "UREP", one) for one in (None, 8)],
        "subscriptions.form": [subscriptions.form(incident)],
        "subscriptions.over": [subscriptions.over(incident)],
        "subscriptions.stopped": [subscriptions.stopped(incident)],
        "subscriptions.update": [subscriptions.update(incident, sent, text)],
        "security.called": [
            security.called(incident, one, [hers], held) for one in Concern for held in ({}, {"IM": "UIM"})
        ],
        "security.question": [security.question(incident, words) for words in ("", text)],
        "silence.asked": [silence.asked(incident, [text], 21)],
        "silence.over": [
            silence.over(incident, [text], paged, "UIM", minded=minded)
            for minded, paged in ((True, []), (False, [hers]), (False, []))
        ],
        "silence.noted": [silence.noted(incident)],
        "silence.paged": [silence.paged(incident)],
        "public_status.form": [public_status.form(incident)],
        "public_status.changed": [
            public_status.changed(each, [hers], _told(text, each))
            for each in (impaired, replace(impaired, status=Status.TRIAGE))
        ],
        "public_notice.draft_form": [public_notice.draft_form(incident, _told(text, incident))],
        "public_notice.publish_form": [
            public_notice.publish_form(incident, _told(text, incident), each)
            for each in (Publishing(Communication()), _publishing(text))
        ],
        "public_notice.not_taken": [
            public_notice.not_taken(incident, text, text, over=over) for over in (True, False)
        ],
        "public_notice.why_form": [public_notice.why_form(incident)],
        "public_notice.state": [
            public_notice.state(each, _told(text, each), "UEOC", "Said.", _publishing(text))
            for each in (impaired, _unpublished(incident, text))
        ],
        "public_notice.to_confirm": [public_notice.to_confirm(impaired, _told(text, impaired), "UEOC")],
        "public_notice.wanted": [public_notice.wanted(impaired, _told(text, impaired))],
        "public_notice.over": [public_notice.over(_unpublished(incident, text))],
        "public_notice.confirmed": [public_notice.confirmed(incident)],
        "public_notice.published": [public_notice.published(incident, text, Communication())],
        "public_notice.mitigated": [public_notice.mitigated(incident, Communication())],
        "role_request.asked": [role_request.asked(incident, role, "UIM") for role in ("EOC", "IM")],
        "role_request.over": [role_request.over(incident)],
        "role_request.sent": [role_request.sent(incident, "EOC", "UIM")],
        "role_request.declined": [role_request.declined(incident, "EOC")],
        "verify.asked": [verify.asked(incident)],
        "verify.over": [verify.over(incident), verify.over(replace(incident, verified_by="U1"))],
        "verify.verified": [verify.verified(incident, [hers])],
        "announcement.triage": [
            announcement.triage(triaged),
            announcement.triage(triaged, alerts=alert_view.about([an_evil_alert(text)], 3, full=True)),
            announcement.triage(triaged, related=[incident, triaged]),
            announcement.triage(replace(triaged, reporter=Machine(MachineKind.ALERT, "prometheus"))),
            announcement.triage(incident, found[1]),
        ],
        "card.card": [
            card.card(
                incident,
                {},
                None,
                [hers],
                verifiable=True,
                fields=an_evil_field(text),
                known=an_evil_link(text),
                maintenance=connected,
            )
            for connected in evil_connections(text)
        ],
        "fields.form": [fields.form(incident, an_evil_field(text))],
        "fields.wanted": [fields.wanted(incident, [one for one, _ in an_evil_field(text)])],
        "fields.over": [fields.over(incident, [one for one, _ in an_evil_field(text)[:n]]) for n in (0, 2)],
        "fields.stopped": [fields.stopped(incident)],
        "fields.now": [fields.now(incident, *one) for one in an_evil_field(text)],
        "fields.all_now": [
            fields.all_now(
                incident,
                [one for one, _ in an_evil_field(text)],
                {one.name: v for one, v in an_evil_field(text)},
            )
        ],
        "links.form": [links.form(incident, an_evil_link(text), text[:75], text[:75])],
        "times.form": [times.form(incident, at)],
        "times.changed": [times.changed(incident, at, at)],
        "links.added": [links.added(incident, text[:75], "https://a.test")],
        "links.removed": [links.removed(incident, text)],
        "cancel.form": [cancel.form(incident)],
        "access.noted": [access.noted(1)],
        "access.no_need": [access.no_need(incident)],
        "access.asked": [
            access.asked(one, incident) for one in (wish, replace(wish, granted=False, answered_by="UEOC"))
        ],
        "near_miss.form": [near_miss.form(incident)],
        "near_miss.noted": [near_miss.noted(incident)],
        "practice.took_part": [practice.took_part(incident, "UEOC")],
        "tutorial.guide": [
            tutorial.guide(one, acknowledged=done, pinned=done)
            for one in (incident, replace(incident, status=Status.CANCELLED))
            for done in (False, True)
        ],
        "declare.instead": [
            declare.form(process(), name=text, summary=text, origin=Origin(sort=one)) for one in Sort
        ],
        "near_miss.turned": [near_miss.turned(incident, [hers], [])],
        "privacy.form": [privacy.form(incident, ["UDEV"] * one, text) for one in (1, 12)],
        "privacy.made": [privacy.made(incident)],
        "privacy.taken_back": [privacy.taken_back(incident)],
        "privacy.left_behind": [privacy.left_behind(incident)],
        "privacy.unannounced": [privacy.unannounced(incident)],
        "away.noted": [away.noted(A_DAY, mine, UTC_ZONE) for mine in ([], [(text, A_DAY)])],
        "away.told": [away.told(text, "UEOC", A_DAY.start, A_DAY.end)],
        "away.warned": [away.warned(text, A_DAY.start, A_DAY.end)],
        "simulate.form": [simulate.form([text], [text], NOON, UTC_ZONE)],
        "simulate.sheet": [simulate.sheet(told) for told in an_evil_story(text)],
        "simulate.story": [simulate.story(told) for told in an_evil_story(text)],
        "why.chain": [why.chain(one, "UEOC") for one in an_evil_chain(text, incident, hers)],
        "month.month": [month.month(*an_evil_month(text), month.OWN, "https://muster.test/insights")],
        "load.load": [load.load(one, UTC_ZONE, NOON) for one in an_evil_load(text)],
        "cover.accepted": [cover.accepted(an_evil_request(text), UTC_ZONE)],
        "cover.asked": [cover.asked(an_evil_request(text), text, UTC_ZONE)],
        "cover.ended": [cover.ended(an_evil_request(text))],
        "cover.form": [cover.form([text], [(text, A_DAY)], UTC_ZONE), cover.form([text], [], UTC_ZONE)],
        "cover.lacking": [cover.lacking(an_evil_request(text))],
        "cover.posted": [
            cover.posted(one, NOON)
            for asked in [an_evil_request(text)]
            for one in (
                asked,
                replace(asked, colleague=None, back_from=None),
                replace(asked, taken_by="UIM"),
                replace(asked, withdrawn_by="UIM"),
                replace(asked, ends_at=NOON),
            )
        ],
        "cover.swap_form": [
            cover.swap_form([(text, A_DAY)], [(text, "UEOC", A_DAY)], {"UEOC": text}, UTC_ZONE)
        ],
        "cover.unanswered": [cover.unanswered(an_evil_request(text), "UEOC")],
        "home.home": [
            home.home(
                home.Home(
                    [(text, A_DAY)],
                    [(hers, incident), (hers, None)],
                    NOON,
                    UTC_ZONE,
                    an_evil_reach(text),
                    Incidents([incident], 2, [incident], 1),
                    unsent=[Unsent(1, text, text, NOON, text)] * 6,
                    unsent_total=7,
                ),
                "Said.",
            )
        ],
        "own_contact_methods.address_form": [
            own_contact_methods.address_form("sms", kind) for kind in AddressKind
        ],
        "own_contact_methods.code_form": [
            own_contact_methods.code_form(method) for method, _ in an_evil_reach(text).own
        ],
        "own_contact_methods.rule_form": [
            own_contact_methods.rule_form(each, an_evil_reach(text)) for each in Loudness
        ],
        "handover.told": [handover.told(one) for one in _passed(text, incident, sent, todo, hers)],
        "handover.asked_again": [
            handover.asked_again(one) for one in _passed(text, incident, sent, todo, hers)
        ],
        "handover.unanswered": [
            handover.unanswered(one) for one in _passed(text, incident, sent, todo, hers)
        ],
        "handover.taken": [handover.taken(incident, Brief(1, 2, 7, text, "UEOC", "UIM", NOON))],
        "handover.put_off": [handover.put_off()],
        "handover.form": [handover.form(one, one) for one in [Duty(1, text, ("UEOC",), NOON, text, "UEOC")]],
        "handover.noted": [
            handover.noted(Duty(1, text, ("UEOC",), NOON, note, "UEOC")) for note in (text, "")
        ],
        "override.announced": [override.announced(an_evil_override(text), ["UEOC"])],
        "override.cancelled": [override.cancelled(replace(an_evil_override(text), cancelled_by="UIM"))],
        "override.form": [override.form([text], "UEOC", UTC_ZONE, A_DAY)],
        "override.listing": [override.listing([an_evil_override(text)]), override.listing([])],
        "override.made": [override.made(an_evil_override(text), ["UEOC"], UTC_ZONE)],
        "override.told": [
            override.told(replace(an_evil_override(text), cancelled_by=by), who, "UIM")
            for by in (None, "UIM")
            for who in ("UEOC", "UIM")
        ],
        "rotation.begins": [rotation.begins(text, NOON, NOON)],
        "rotation.changed": [
            rotation.changed(text, NOON, [(rotation.named(text, None), None)], ["<@UEOC>"], url)
            for url in (None, "https://git.test/muster.yml")
        ],
        "rotation.unheard": [rotation.unheard(text, text)],
        "declare.form": [declare.form(process(), name=text, summary=text)],
        "declare.alike": [declare.form(process(), before=declare.alike([incident], NOON))],
        "declare.made": [declare.made(incident, ["UEOC"])],
        "declare.made_before": [declare.made_before(incident)],
        "digest.acknowledged": [digest.acknowledged([answered], [hers])],
        "digest.digest": [
            digest.digest([(hers, incident), (hers, None)], 2, 3, resent=True),
        ],
        "answers.cannot_form": [answers.cannot_form(hers)],
        "answers.done": [answers.done(answers.stays_open(hers))],
        "answers.on_the_way": [answers.on_the_way(hers)],
        "answers.stays_open": [answers.stays_open(hers)],
        "offers.form": [offers.form(hers, about, an_evil_offer(text)) for about in (incident, None)],
        "offers.asked": [
            offers.asked(replace(an_evil_offer(text), state=state), hers, about)
            for state in OfferState
            for about in (incident, None)
        ],
        "alerts.listing": [
            alerts_view.listing([an_evil_alert(text)], {}, sought, more=True)
            for sought in (Sought(), Sought(everything=True, source=text, words=(text,)))
        ],
        "one_alert.whole": [
            one_alert.whole(an_evil_alert(text), None, None),
            one_alert.whole(
                an_evil_alert(text), incident, Shelved(1, text, text, "UEOC", NOON, NOON + timedelta(hours=1))
            ),
        ],
        "one_alert.attach_form": [one_alert.attach_form(an_evil_alert(text), [incident])],
        "one_alert.attached": [one_alert.attached(an_evil_alert(text), incident)],
        "one_alert.detached": [one_alert.detached(an_evil_alert(text))],
        "one_alert.shelved": [one_alert.shelved(an_evil_alert(text), NOON)],
        "one_alert.unshelved": [one_alert.unshelved(an_evil_alert(text))],
        "false_alarm.form": [false_alarm.form(triaged, text)],
        "false_alarm.said": [false_alarm.said(triaged, changes=True)],
        "noise.report": [noise.report([Noise(text, 1, 1, 1, 1, 1, 1, 1)], timedelta(days=30))],
        "changes.listing": [changes_view.listing([an_evil_change(text)], LATELY, known=True)],
        "changes.beside": [changes_view.beside(message("Seen"), [an_evil_change(text)], LATELY)],
        "changes.on_card": [changes_view.on_card([an_evil_change(text)], LATELY)],
        "webhooks.disabled": [
            webhooks_view.disabled(text, text, gone=False),
            webhooks_view.disabled(text, text, gone=True),
        ],
        "traced.request": [
            traced.request(
                text,
                [
                    (Traced("a", text, "firing", 1, NOON), an_evil_alert(text)),
                    (Traced("a", text, "x", 1), None),
                ],
                Refusal("a", text, text, text, NOON),
            ),
            traced.request(text, [(Traced("a", text, "firing", None), None)] * 11, None),
        ],
        "over.asked": [over.asked(incident)],
        "over.over": [
            over.over(incident, firing=2, led=True),
            over.over(incident, firing=0, led=False),
            over.over(replace(incident, status=Status.CLOSED), firing=0, led=True),
        ],
        "heartbeats.forgotten": [heartbeats.forgotten(text)],
        "heartbeats.listing": [
            heartbeats.listing(
                [Expected(1, text, NOON, None), Expected(2, f"{text}/{text}", None, NOON)] * 11
            ),
            heartbeats.listing([], text),
            heartbeats.listing([Expected(1, "a", NOON, NOON)], text),
        ],
        "alerts.sources": [alerts_view.sources({text: text}, [SourceState(text, 1, 1, NOON, NOON, text)])],
        "escalate.form": [
            escalate.form(process(), {}, [incident]),
            escalate.form(process(), {}, incident=incident, person="UEOC", message=text),
        ],
        "escalate.paged": [escalate.paged([hers])],
        "given.undone": [given.undone(incident, role, "UIM") for role in ("EOC", "")],
        "given.given": [given.given(incident, role, "UIM", to="UEOC") for role in ("EOC", "")],
        "findings.told": [findings.told(text, [found]) for found in evil_findings(text)],
        "greeting.greeting": [greeting.greeting(incident, one, {}) for one in (hers, answered)],
        "life.accepted": [life.accepted(incident, [], [])],
        "life.declined": [life.declined(incident)],
        "life.end_offer": [life.end_offer(NotTheLead(incident, Status.CANCELLED), f"cancel {text}")],
        "life.everybody": [life.everybody(incident, ["EOC"], {})],
        "life.holder": [life.holder(incident, "EOC", None)],
        "life.holds": [life.holds(incident, "EOC", "UEOC")],
        "life.lead_form": [life.lead_form(incident)],
        "life.leads": [life.leads(incident, "UREP")],
        "life.moved": [life.moved(incident), life.moved(resolved)],
        "life.rename_form": [life.rename_form(incident)],
        "life.renamed": [life.renamed(incident)],
        "life.role_form": [life.role_form(incident, ["EOC"], {})],
        "life.status_form": [life.status_form(incident, "UREP")],
        "life.take_offer": [life.take_offer(incident)],
        "life.taken_to_end": [life.taken_to_end(incident, f"cancel {text}")],
        "listing.listing": [
            listing.listing(
                [incident], Listed(type=text, words=(text,)), 1, running=[an_evil_maintenance(text)]
            )
        ],
        "listing.sheet": [
            listing.sheet([incident], Listed(type=text[:75], words=(text[:LONGEST_WORDS],)), 1),
            listing.sheet([], Listed(words=(text[:LONGEST_WORDS],)), 0, all_of=1),
        ],
        "listing.elsewhere": [listing.elsewhere([incident], "ack")],
        "not_yet.did_you_mean": [not_yet.did_you_mean(text, ["review"], ())],
        "not_yet.no_command": [not_yet.no_command(text, ())],
        "note.form": [note.form(incident)],
        "note.which_form": [
            note.which_form(
                incident, [(entry(Kind.NOTE, text), hidden) for hidden in (True, False)], UTC_ZONE
            )
        ],
        "note.change_form": [note.change_form(entry(Kind.NOTE, text), hidden=True)],
        "note.noted": [note.noted(incident)],
        "notices.given_back": [notices.given_back(incident, "update", "is_archived", text)],
        "notices.written_again": [notices.written_again(incident.declared_at)],
        "notices.graver": [notices.graver(incident, engaged=True)],
        "notices.problem": [notices.problem(incident, text, text, text)],
        "notices.removed": [notices.removed(incident)],
        "notices.shadowed": [notices.shadowed(hers, incident)],
        "notices.somebody_else": [notices.somebody_else(hers, incident)],
        "notices.person_unanswered": [notices.person_unanswered(hers, incident)],
        "notices.unreached": [notices.unreached(hers, [{"person": None, "name": text, "phone": text}])],
        "page.answered": [page_view.answered(answered, incident)],
        "page.choice": [page_view.choice([(hers, incident)], "UEOC")],
        "vacancy.vacant": [vacancy.vacant([hers], now, incident, {hers.id}) for now in ([hers], [])],
        "page.moved": [page_view.moved(hers)],
        "page.asked_by_name": [page_view.asked_by_name(hers)],
        "page.stopped": [page_view.stopped(hers)],
        "page.none_waiting": [page_view.none_waiting(incident)],
        "page.otherwise": [page_view.otherwise(hers, incident, Ways())],
        "page.offer": [page_view.offer(hers)],
        "page.page": [
            page_view.page(one, about)
            for one in (hers, answered, moved, cancelled)
            for about in (incident, None, resolved)
        ]
        + [page_view.page(cancelled, incident, undone=one) for one in undone(text)],
        "calendar.addresses": [
            calendar.addresses("https://muster.example.com/c/1.ics", {text: "https://a/c/2.ics"})
        ],
        "recap.recap": [
            recap.recap(
                incident, Recap(incident, {"EOC": "UEOC"}, None, [hers], [text], at, sent, [todo], [one])
            )
            for one in found
        ],
        "panel.panel": [
            panel.panel(incident, {}, None, [hers], "UEOC", buttons=BUTTONS, asks_security=asks)
            for asks in (True, False)
        ],
        "merging.form": [merging.form(incident, [incident], resolved)],
        "merging.combine_form": [merging.combine_form(incident, [incident])],
        "reopen.form": [reopen.form(resolved)],
        "reopen.reopened": [reopen.reopened(incident, [hers])],
        "reopen.unarchive_sheet": [reopen.unarchive_sheet(incident)],
        "reopen.corrected": [reopen.corrected(incident)],
        "merging.merged": [merging.merged(incident)],
        "update.changed": [update.changed(incident)],
        "undo.offering": [undo.offering(life.renamed(incident), undo.press(one)) for one in undone(text)],
        "undo.undone": [undo.undone(incident, one, let_go=["UEOC"], stay=["UIM"]) for one in undone(text)],
        "resolve.form": [resolve.form(replace(incident, summary=Summary()), 1)],
        "resolve.watch_form": [
            resolve.watch_form(one, resolve.Ending.FIX, early=early)
            for one in (incident, replace(incident, status=Status.MONITORING))
            for early in (True, False)
        ],
        "severity.form": [severity.form(incident, process())],
        "severity.lower_form": [
            *(severity.lower_form(one, Severity.S4) for one in (incident, impaired)),
            severity.lower_form(incident, Severity.S4, calling=[hers]),
        ],
        "severity.regraded": [severity.regraded(incident, Severity.S4, [hers], [holder])],
        "secret.answer": [
            secret.answer(note.form(incident), LooksSecret(["GitLab Token"], text, "1"))["view"]
        ],
        "secret.listed": [
            secret.listed(found, {held.incident: incident}, here=here)
            for found, here in (([], None), ([held] * 7, None), ([held], 1))
        ],
        "secret.decided": [secret.decided(held, one) for one in Decision],
        "secret.waits": [secret.waits(held, incident)],
        "secret.warning": [
            secret.warning(one, incident, "UREP", link)
            for one in (held, replace(held, decision=Decision.SHOWN, decided_by="UREP"))
            for link in ("", "https://tanuki.slack.com/archives/C1/p1")
        ],
        "streams.standing": [
            streams.standing(one, incident, StreamUpdate(1, 1, text, "UEOC", NOON))
            for one in an_evil_stream(text)
        ],
        "streams.updated": [
            streams.updated(StreamUpdate(1, 1, text, "UEOC", NOON), one, incident, text)
            for one in an_evil_stream(text)
        ],
        "streams.listed": [streams.listed(incident, found) for found in ([], an_evil_stream(text))],
        "streams.about": [
            streams.about(one, incident, latest, "UEOC")
            for one in an_evil_stream(text)
            for latest in (None, StreamUpdate(1, 1, text, "UEOC", NOON))
        ],
        "streams.given": [
            streams.given(one, about, "UIM")
            for one in an_evil_stream(text)
            for about in (incident, replace(incident, private=True))
        ],
        "streams.rename_form": [streams.rename_form(one) for one in an_evil_stream(text)],
        "streams.renamed": [streams.renamed(one) for one in an_evil_stream(text)],
        "streams.form": [streams.form(incident, an_evil_stream(text), text[:40], "UEOC")],
        "streams.update_form": [streams.update_form(one, text) for one in an_evil_stream(text)],
        "streams.close_form": [streams.close_form(one, text) for one in an_evil_stream(text)],
        "streams.lead_form": [streams.lead_form(one) for one in an_evil_stream(text)],
        "streams.opened": [streams.opened(one) for one in an_evil_stream(text)],
        "streams.posted": [streams.posted(one) for one in an_evil_stream(text)],
        "streams.leads": [streams.leads(one) for one in an_evil_stream(text)],
        "streams.closed": [streams.closed(one) for one in an_evil_stream(text)],
        "summary.form": [summary.form(incident)],
        "timeline.listing": [
            timeline.listing([one], incident, highlights=False, page=1, pages=1) for one in found
        ],
        "told.answers": [told.answers([entry(Kind.ACKNOWLEDGED)], [text])],
        "told.told": [told.told([one], {}, incident) for one in found],
        "update.form": [update.form(incident, sent, viewer="UREP")],
        "update.led_by_another": [update.led_by_another(incident)],
        "update.nudge": [update.nudge(incident)],
        "update.nudge_lead": [update.nudge_lead(incident)],
        "triage.wanted": [triage.wanted(incident)],
        "update.nudged": [update.nudged(incident)],
        "update.posted": [update.posted(sent, incident, text)],
        "update.sent": [update.sent(incident)],
        "update.snoozed": [update.snoozed(incident)],
        "update.stopped": [update.stopped(incident)],
        "blocks.quiet": [
            quiet(card.card(incident, {"EOC": "UEOC"}, None, []), {"ULEAD": text, "UEOC": text})
        ],
    }


def _change(kind: Kind, text: str) -> tuple[str, str]:
    match kind:
        case Kind.STATUS:
            return "Investigating", "Fixing"
        case Kind.TIME:
            return NOON.isoformat(), ""
        case Kind.SEVERITY:
            return "S3", "S1"
        case Kind.LEAD | Kind.STREAM_LEAD:
            return "UREP", "UEOC"
        case _:
            return text, text


def _canvases() -> list[ReviewCanvas | None]:
    """Return no canvas, and one that is being written, current, older, and left to people."""
    there = ReviewCanvas(7, 2, "CINC", 2, "F1", "https://acme.slack.com/docs/T1/F1")
    waits, older = replace(there, version=3), replace(there, version=1, written=1)
    return [None, waits, there, older, replace(there, kept=True)]


def _reviews(text: str) -> list[Review]:
    """Return a review that is open, one that is done, and one that was waived with these words."""
    tasks = (Task(1, 7, "Fill", "UEOC", NOON.date()), Task(2, 7, "Check", None, NOON.date(), "UIM", NOON))
    opened = Review(7, ReviewState.OPEN, "UIM", NOON, tasks=tasks)
    done = replace(opened, state=ReviewState.DONE, ended_by="UIM", ended_at=NOON)
    return [opened, done, replace(done, state=ReviewState.WAIVED, reason=text)]


OF_OURS_ALONE = {
    "review.changed",
    "review.reason",
    "files.page_files",
    "at_home.ways",
    "cover.entered",
    "fields.entered",
    "plan_form.entered",
    "fields.given",
    "executive_notice.entered",
    "links.entered",
    "security.in_panel",
    "pause.entered",
    "fields.schedules",
    "fields.shift_option",
    "weekend.wait",
    "weekend.work",
    "action.entered",
    "follow_up_form.entered",
    "follow_up_form.filled",
    "follow_up_form.warned_of",
    "declare.after_type",
    "declare.still_asked",
    "near_miss.turn_real",
    "declare_as.blocks",
    "declare_as.said",
    "declare_as.wrong",
    "drill.marked",
    "drill.of_drill",
    "escalate.asked",
    "declare.draft",
    "declare.held_up",
    "declare.for_its_people",
    "declare.in_the_open",
    "declare.once_joined",
    "guide.ask",
    "guide.sheet",
    "help.about",
    "help.overview",
    "notices.database_alarm",
    "notices.stray",
    "reopen.again",
    "reopen.proposed",
    "undo.press",
    "undo.reopens",
    "oncall.listing",
    "page.answers",
    "page.called_again",
    "answers.menu",
    "answers.of_list",
    "page.take",
    "page.stop",
    "why.ask",
    "secret.confirmed",
    "summary.entered",
    "topic.by_lead",
    "notification_test.begun",
    "notification_test.dm",
    "update.entered",
    "card.controls",
    "card.page_again",
    "life.next_step",
    "life.take_lead",
    "overload.press",
    "false_alarm.press",
    "one_alert.opens",
    "triage.accept",
    "triage.add_to",
    "triage.all_buttons",
    "triage.decline",
}
"""Builders that show nothing a person wrote, or show it by another builder of the table."""


def builders() -> Iterator[str]:
    made = {"Message", "Refused", "dict"}
    for found in walk_packages(views.__path__, "bot.views."):
        module, room = import_module(found.name), found.name.rpartition(".")[2]
        for name, one in inspect.getmembers(module, inspect.isfunction):
            returned = getattr(
                one.__annotations__.get("return"), "__name__", str(one.__annotations__.get("return"))
            )
            own = one.__module__ == module.__name__ and not name.startswith("_")
            if own and any(kind in returned for kind in made) and room not in {"blocks", "forms"}:
                yield f"{room}.{name}"


def test_the_table_has_every_builder_of_a_message_or_form():
    assert set(builders()) - OF_OURS_ALONE <= set(shows("x"))


def marked_up(shown: Message | Refused | dict[str, Any]) -> Iterator[str]:
    """Return each piece of what Slack formats."""
    if isinstance(shown, Refused):
        yield harmless(str(shown))
    else:
        yield from _marked_up(shown.blocks if isinstance(shown, Message) else shown)
        if isinstance(shown, Message):
            yield shown.text


def _marked_up(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for each in node:
            yield from _marked_up(each)
    elif isinstance(node, dict):
        if node.get("type") == "mrkdwn":
            yield node["text"]
        for each in node.values():
            yield from _marked_up(each)


def of_ours(text: str) -> str:
    """Return what is said in the bot's voice: all but the quotations."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("> "))


@pytest.mark.parametrize("text", HOSTILE)
def test_nobody_speaks_in_the_voice_of_the_bot(text):
    plain = shows("".join("x" if one in f"{MARKS}<>" else one for one in text))
    for builder, made in shows(text).items():
        for shown, alike in zip(made, plain[builder], strict=True):
            for said, without in zip(marked_up(shown), marked_up(alike), strict=True):
                assert LIVE.findall(said) == LIVE.findall(without), (builder, said)
                assert "``" not in said, (builder, said)
                assert ":evil:" not in of_ours(said), (builder, said)
                assert "<@UEVIL" not in of_ours(said), (builder, said)
                assert marks(said) == marks(without), (builder, said)


def marks(said: str) -> list[str]:
    """Return the marks in what is said in the bot's voice: those of people are none."""
    return [one for one in of_ours(said) if one in MARKS]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_message_or_form(text):
    for builder, made in shows(text).items():
        for shown in made:
            if isinstance(shown, Message):
                assert message_problems(shown.blocks) == [], builder
                assert 0 < len(shown.text) <= 4000, builder
            elif isinstance(shown, dict):
                assert view_problems(shown) == [], builder


def test_no_heading_button_or_choice_draws_an_emoji_that_somebody_typed():
    for builder, made in shows(":evil:").items():
        for shown in made:
            drawn = json.dumps(shown.blocks if isinstance(shown, Message) else str(shown), ensure_ascii=False)
            plain = re.findall(r'"plain_text", "text": "([^"]*)"', drawn)
            assert not [text for text in plain if ":evil:" in text], builder
