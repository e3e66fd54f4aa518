"""Figures of the whole, for whoever watches from outside: numbers only, no names, nothing of one incident."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import Clock
from bot.domain.incidents.incident import Severity
from bot.domain.paging.pages import PageState
from storage import dead_letters, failures, webhooks
from storage.alert_figures import AlertFigures, alert_figures
from storage.transaction import Tx, moment


@dataclass(frozen=True, slots=True)
class Figures:
    """How it stands. `overdue` is how late the latest escalation is; `oldest_urgent` waits to be sent.

    `skew` is by how much the database's clock is ahead of this machine's; `unreached` counts the pages that
    could reach nobody, `given_up` deliveries by the kind of their job.
    """

    pages: Mapping[str, int]
    overdue: timedelta
    outbox: Mapping[tuple[str, bool], int]
    oldest_urgent: timedelta
    incidents: Mapping[str, int]
    near_misses: Mapping[str, int]
    skew: timedelta
    alerts: AlertFigures
    unreached: int = 0
    given_up: Mapping[str, int] = field(default_factory=dict)
    webhooks_disabled: int = 0


KINDS = ("slack", "contact_method", "gitlab", "github", "jira", "webhook")
"""How the names of jobs begin."""
OPEN_STATES = ("pending", "sending", "retry", "ambiguous")


def figures(tx: Tx, here: Clock) -> Figures:
    """Count what there is, each from an index."""
    skew = tx.now - here.now()
    return Figures(
        pages=_pages(tx),
        overdue=_overdue(tx),
        outbox=_outbox(tx),
        oldest_urgent=_oldest_urgent(tx),
        incidents=_open(tx, near_miss=False),
        near_misses=_open(tx, near_miss=True),
        skew=skew,
        alerts=alert_figures(tx),
        unreached=failures.count(tx),
        given_up=dict.fromkeys(KINDS, 0) | dead_letters.counts(tx),
        webhooks_disabled=webhooks.disabled(tx),
    )


def _pages(tx: Tx) -> dict[str, int]:
    """Count the ended ones and the others apart: one index of all states would draw other questions to it."""
    rows = [
        *tx.all("SELECT state, COUNT(*) AS n FROM pages WHERE state <> 'pending' GROUP BY state"),
        *tx.all("SELECT 'pending' AS state, COUNT(*) AS n FROM pages WHERE state = 'pending'"),
    ]
    return {state.value: 0 for state in PageState} | {row["state"]: row["n"] for row in rows}


def _overdue(tx: Tx) -> timedelta:
    row = tx.one("SELECT MIN(due_at) AS first FROM escalations WHERE state = 'running'")
    return _since(tx, row["first"] if row else None)


def _outbox(tx: Tx) -> dict[tuple[str, bool], int]:
    rows = tx.all(
        "SELECT state, urgent, COUNT(*) AS n FROM outbox WHERE finished_at IS NULL GROUP BY state, urgent"
    )
    none = {(state, urgent): 0 for state in OPEN_STATES for urgent in (False, True)}
    return none | {(row["state"], bool(row["urgent"])): row["n"] for row in rows}


def _oldest_urgent(tx: Tx) -> timedelta:
    row = tx.one("SELECT MIN(created_at) AS first FROM outbox WHERE finished_at IS NULL AND urgent = 1")
    return _since(tx, row["first"] if row else None)


def _open(tx: Tx, *, near_miss: bool) -> dict[str, int]:
    """Count what is open by severity. A drill is kept out of figures; a near miss did no harm, and is counted
    apart.
    """
    rows = tx.all(
        """SELECT severity, COUNT(*) AS n FROM incidents
        WHERE status IN ('Triage', 'Investigating', 'Fixing', 'Monitoring') AND drill = 0
            AND near_miss = :near_miss GROUP BY severity""",
        {"near_miss": int(near_miss)},
    )
    return {severity.value: 0 for severity in Severity} | {row["severity"]: row["n"] for row in rows}


def _since(tx: Tx, first: str | None) -> timedelta:
    try:
        then = moment(first)
    except ValueError:  # the audit reports what is no time
        then = None
    return max(timedelta(), tx.now - then) if then else timedelta()
