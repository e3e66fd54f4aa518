"""How a story ended: what is stored, without the numbers and times that may differ from run to run."""

from collections import Counter
from typing import Any, TypeAlias

from storage.database import Database

Ending: TypeAlias = dict[str, list[tuple[Any, ...]]]

_WHICH = "(SELECT COUNT(*) FROM incidents WHERE incidents.id <= {}.incident) AS which"
"""Incidents are counted: the number of one that was never kept may be used up."""
_ASKED = {
    "incidents": """SELECT name, severity, highest, status, lead, private, near_miss, causes,
        merged_into IS NULL AS own, public_status, noticed_at IS NULL AS untold, waits_until,
        paused_for, impact_began_at,
        REPLACE(channel_name, 'inc-' || id || '-', '') AS channel FROM incidents""",
    "pages": f"""SELECT {_WHICH.format("escalations")}, team, pages.level, level_team, responder, pages.state,
        reason, answered_by, reminded, pages.round, escalations.state AS walk
        FROM pages JOIN escalations ON escalations.id = pages.escalation""",
    "roles": f"SELECT {_WHICH.format('roles')}, role, person FROM roles",
    "members": f"SELECT {_WHICH.format('members')}, person FROM members",
    # a call breaks off with the process that answers it, and the timeline says so
    "entries": f"""SELECT {_WHICH.format("entries")}, kind, by_whom FROM entries
        WHERE hidden = 0 AND kind <> 'unanswered'""",
    "marks": f"SELECT {_WHICH.format('pins')}, source FROM pins WHERE gone = 0",
    "updates": f"SELECT {_WHICH.format('updates')}, text, status, severity FROM updates",
    "actions": f"SELECT {_WHICH.format('actions')}, title, assignee, done_by FROM actions",
    "briefs": f"SELECT {_WHICH.format('briefs')}, role, outgoing, taken_by FROM briefs",
    "alerts": f"SELECT {_WHICH.format('alerts')}, key, state, fired, incident IS NULL AS nowhere FROM alerts",
    "maintenances": "SELECT name, state, holds, owner FROM maintenances",
    "notices": f"SELECT {_WHICH.format('public_notices')}, text, written_by FROM public_notices",
    "confirmed": f"SELECT {_WHICH.format('public_confirmations')}, role, person FROM public_confirmations",
    "executives": f"SELECT {_WHICH.format('executive_notices')}, summary, written_by FROM executive_notices",
    "changes": f"SELECT {_WHICH.format('changes')}, thing, by_whom, undone FROM changes",
    "timers": "SELECT kind, stopped, snoozed_until IS NULL AS now FROM timers",
    "fields": f"SELECT {_WHICH.format('fields')}, name, value FROM fields",
    "links": f"SELECT {_WHICH.format('links')}, name, added_by FROM links",
    "streams": f"SELECT {_WHICH.format('streams')}, name, lead, closed_at IS NULL AS open FROM streams",
    "stream updates": "SELECT text, by_whom FROM stream_updates",
    "followers": f"SELECT {_WHICH.format('subscriptions')}, target, kind FROM subscriptions",
    "ticked off": f"SELECT {_WHICH.format('checklist_items')}, checklist, item FROM checklist_items",
    "let in": f"SELECT {_WHICH.format('access_requests')}, person, granted FROM access_requests",
    "posts": f"SELECT {_WHICH.format('posts')}, kind FROM posts",
    "unsent": "SELECT job, state FROM outbox WHERE state <> 'sent' AND job <> 'reconcile'",
}


def ending(database: Database) -> Ending:
    """Return what a database holds, each table sorted."""
    with database.transaction(writing=False) as connection:
        return {
            name: sorted((tuple(row.values()) for row in connection.query(asked, {})), key=repr)
            for name, asked in _ASKED.items()
        }


def differences(ending: Ending, expected: Ending) -> dict[str, tuple[list[Any], list[Any]]]:
    """Return for each table what is missing, and what is there though it should not be."""
    found = {
        name: (_without(expected[name], ending[name]), _without(ending[name], expected[name]))
        for name in expected
    }
    return {name: both for name, both in found.items() if any(both)}


def _without(some: list[Any], others: list[Any]) -> list[Any]:
    return list((Counter(some) - Counter(others)).elements())
