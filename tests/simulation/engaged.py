"""Nobody who is at work on an incident is called for it again, and nothing loud is said while somebody is."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from tests.simulation.machine import Machine

Row: TypeAlias = dict[str, Any]

_HELD = """SELECT roles.* FROM roles LEFT JOIN people ON people.id = roles.person
    JOIN incidents ON incidents.id = roles.incident
    WHERE roles.since IS NOT NULL AND COALESCE(people.active, 1) = 1 AND incidents.private = 0"""


class Engaged:
    """Looks at each commit: whom it calls, and what it has the channel told."""

    def __init__(self, machine: Machine, broken: Callable[[str], None]) -> None:
        self._machine, self._broken = machine, broken
        self._last_page = self._last_entry = 0
        self._before: dict[int, set[str]] = {}

    def committed(self, incidents: Mapping[int, Row], pages: Mapping[int, Row]) -> None:
        """Compare who is called, and how loudly, with who was at work before and still is."""
        now: dict[int, set[str]] = defaultdict(set)
        for row in self._machine.disk.look(_HELD):
            now[row["incident"]].add(row["person"])
        for page in pages.values():
            if page["id"] > self._last_page and page["state"] == "pending":
                self._called(page, now[page["incident"]] & self._before.get(page["incident"], set()))
        self._one_call_each(pages)
        self._said(now, incidents)
        self._last_page, self._before = max(pages, default=0), dict(now)

    def _called(self, page: Row, at_work: set[str]) -> None:
        if page["level"] > 0 and page["responder"] in at_work and page["reason"] != "asked":
            self._broken(f"page {page['id']} calls {page['responder']}, who is at work on it already")

    def _one_call_each(self, pages: Mapping[int, Row]) -> None:
        messages = {
            (page["incident"], page["responder"], page["message"])
            for page in pages.values()
            if page["state"] == "pending"
            and page["incident"]
            and page["responder"]
            and not page["undelivered"]
        }
        calls = Counter((incident, person) for incident, person, _ in messages)
        for (incident, person), number in calls.items():
            if number > 1:
                self._broken(f"{person} is called {number} times at once for INC-{incident}")

    def _said(self, now: Mapping[int, set[str]], incidents: Mapping[int, Row]) -> None:
        rows = self._machine.disk.look(
            "SELECT * FROM entries WHERE id > :last AND kind IN ('nobody', 'escalated') ORDER BY id",
            {"last": self._last_entry},
        )
        for row in rows:
            self._last_entry, said = row["id"], json.loads(row["data"])
            at_work = now.get(row["incident"], set()) & self._before.get(row["incident"], set())
            if (
                said["round"] > 1
                and not said["quiet"]
                and at_work
                and not incidents[row["incident"]]["private"]
            ):
                self._broken(f"entry {row['id']} is loud while {sorted(at_work)} are at work")
