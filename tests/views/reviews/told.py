"""An incident to write a review of: with what people write who mean harm, or did not think of Markdown."""

from datetime import date, timedelta
from typing import Any

from bot.domain.actors import Machine, MachineKind
from bot.domain.alerts.alert import Alert
from bot.domain.alerts.signals import State
from bot.domain.incidents.fields import FieldKind, FieldType, Link
from bot.domain.incidents.incident import Severity, Status, Summary
from bot.domain.incidents.times import Moment
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import PageState
from bot.domain.reviews.document import ReviewFacts
from bot.domain.timeline.entries import Entry, Kind
from bot.domain.work.follow_ups import FollowUp, TrackedIssue
from bot.domain.work.work import Action, ActionKind, Update
from tests.fakes import NOON
from tests.values import a_page, an_incident

NAMES = {"ULEAD": "Léa | <b>Lead</b>", "UREP": "Rob_Reporter", "UEOC": "Eva *EOC*"}
NASTY = "All @all: /close\n/close\n#12 !3 ~bug <img src=x onerror=alert(1)> | a\\b [x](javascript:alert(1)) ![y](http://t.test/p)"


def at(minutes: float) -> Any:
    return NOON + timedelta(minutes=minutes)


def entry(
    number: int, kind: Kind, minutes: float, text: str = "", *, by: Any = "ULEAD", **data: Any
) -> Entry:
    return Entry(number, 7, kind, at(minutes), by, text, data)


ENTRIES = (
    entry(1, Kind.DECLARED, 0, by="UREP", severity="S2", triage=False),
    entry(13, Kind.LEAD, 1, before="UREP", after="ULEAD", taken=True),
    entry(2, Kind.NOTE, 3, NASTY),
    entry(3, Kind.STATUS, 10, before="Investigating", after="Fixing", reason="fail over to <db-2> & wait"),
    entry(
        4,
        Kind.PIN,
        12,
        "<@UEOC> see &lt;this&gt; *now* <https://g.test/a|graph> ```rm -rf /```",
        by="UEOC",
        ts="1",
    ),
    entry(5, Kind.UPDATE, 15, "Traffic moves to db-2 | half of it is there", update=1),
    entry(6, Kind.SEVERITY, 18, before="S2", after="S1"),
    entry(7, Kind.NOTE, 20, "Decision: no deploys today"),
    entry(8, Kind.NOTE, 21, "Learnt: the alert came late; glpat-aaaaaaaaaaaaaaaaaaaa was in the log"),
    entry(9, Kind.NOTE, 22, "Went well: the runbook"),
    entry(10, Kind.NOTE, 23, "Went badly: two people edited the same file"),
    entry(11, Kind.NOTE, 24, "Lucky: it was Sunday"),
    entry(
        12, Kind.STATUS, 40, before="Fixing", after="Resolved", by=Machine(MachineKind.ALERT, "prometheus")
    ),
)


def facts(**changes: Any) -> ReviewFacts:
    incident = an_incident(
        name="Disk *full* | `db` <script>",
        severity=Severity.S2,
        highest=Severity.S1,
        status=Status.RESOLVED,
        summary=Summary(
            "# Disk full\n- on db-1\n- then db-2\n```\ndf -h <b>\n```\n/close",
            "A log that grows_fast",
            "for the CMOC",
            "for executives",
        ),
        resolved_at=at(40),
        engaged_at=at(2),
        drill=False,
    )
    told: dict[str, Any] = {
        "incident": incident,
        "times": dict.fromkeys(Moment)
        | {
            Moment.IMPACT_START: at(-10),
            Moment.DETECTED: at(0),
            Moment.ENGAGED: at(2),
            Moment.MITIGATED: at(38),
            Moment.IMPACT_END: at(38),
            Moment.RESOLVED: at(40),
        },
        "entries": ENTRIES,
        "left_out": 0,
        "holders": [Holder("EOC", "UEOC", at(2), by_hand=False), Holder("IM", "ULEAD", at(1), by_hand=True)],
        "responders": ["UEOC", "ULEAD"],
        "pages": [
            a_page(state=PageState.ACKNOWLEDGED, answered_by="UEOC", answered_at=at(2)),
            a_page(id=4, responder=None, state=PageState.ESCALATED, raised_at=at(15), level=1),
        ],
        "updates": [
            Update(
                1,
                7,
                "Traffic moves to db-2 | half of it is there",
                Status.FIXING,
                Severity.S2,
                "ULEAD",
                at(15),
                None,
            )
        ],
        "alerts": [an_alert()],
        "follow_ups": [
            FollowUp(
                an_action(title="Add a | node", due=date(2026, 4, 1)),
                "Corrective action",
                Severity.S1,
                "db",
                Severity.S1,
                issue=TrackedIssue(1, "GitLab", "infra/it", 7, "https://gitlab.test/infra/it/-/issues/7"),
            ),
            FollowUp(
                an_action(id=2, title="/close it", done_at=at(60)), "Follow-up", Severity.S2, "", Severity.S1
            ),
        ],
        "actions": [],
        "fields": [
            (FieldType("Customer impact", FieldKind.YES_NO), "yes"),
            (FieldType("Owner", FieldKind.PERSON), "UREP"),
        ],
        "others": [],
        "links": [Link("Dash|board", "https://g.test/d?a=1|2", "ULEAD", at(5))],
    }
    return ReviewFacts(**told | changes)


def an_alert() -> Alert:
    said: dict[str, Any] = dict.fromkeys(("key", "text", "group", "outcome", "rule", "image"), "")
    return Alert(
        id=1,
        source="prometheus",
        title="DiskFull [db-1]",
        severity=None,
        state=State.FIRING,
        labels={},
        links=(),
        readable=True,
        test=False,
        fired=1,
        first_at=at(-4),
        last_at=at(0),
        resolved_at=None,
        incident=7,
        **said,
    )


def an_action(**changes: Any) -> Action:
    said: dict[str, Any] = {
        "id": 1,
        "incident": 7,
        "title": "Add a node",
        "details": "",
        "kind": ActionKind.FOLLOW_UP,
        "assignee": "UEOC",
        "due": None,
        "by": "ULEAD",
        "at": at(30),
    }
    return Action(**said | changes)
