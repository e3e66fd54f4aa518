"""What is promised of those who are asked or told: access, roles, and a C1 maintenance that comes near."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.process import Process
from tests.simulation.machine import RECOVERY, Machine

Row: TypeAlias = dict[str, Any]

OPEN = {"Triage", "Investigating", "Fixing", "Monitoring"}
EVERY, NOTICE = timedelta(minutes=15), timedelta(minutes=30)
"""How often somebody may ask for access, and how long before a C1 those on call are told."""
ROUNDING = timedelta(seconds=1)


class RequestWatch:
    """Looks at each commit: nobody is asked or told too often, too early or too late."""

    def __init__(self, machine: Machine, process: Process, broken: Callable[[str], None]) -> None:
        self._machine, self._process, self._broken = machine, process, broken
        self._requests: dict[int, Row] = {}
        self._last_row = self._last_entry = 0
        self._told: dict[tuple[int, str], set[str]] = defaultdict(set)
        """By maintenance and its start, who was told of it."""
        self._asked: dict[tuple[int, str], str] = {}
        """By incident and person, the role they are asked for and have not answered."""
        self._ever_asked: set[tuple[str, str]] = set()
        self._untold_since: dict[int, float] = {}
        self.seen: dict[str, int] = defaultdict(int)

    def committed(self, incidents: Mapping[int, Row]) -> None:
        """Look at what was written."""
        self._access()
        self._maintenance()
        self._roles(incidents)

    def _access(self) -> None:
        """Somebody asks for access to an incident at most every 15 minutes, and is answered once."""
        for row in self._look("SELECT * FROM access_requests ORDER BY id"):
            before = self._requests.get(row["id"])
            if before is None:
                self.seen["access asked"] += 1
                self._not_too_often(row)
            elif before["granted"] is None:
                self.seen["access answered"] += row["granted"] is not None
            elif (row["granted"], row["answered_by"]) != (before["granted"], before["answered_by"]):
                self._broken(f"access request {row['id']} was answered twice")
            self._requests[row["id"]] = row

    def _not_too_often(self, row: Row) -> None:
        at, whose = datetime.fromisoformat(row["asked_at"]), (row["incident"], row["person"])
        for other in self._requests.values():
            apart = at - datetime.fromisoformat(other["asked_at"])
            if (other["incident"], other["person"]) == whose and apart < EVERY - ROUNDING:
                self._broken(f"{row['person']} asked for access to INC-{row['incident']} {apart} ago")

    def _maintenance(self) -> None:
        """Those on call are told of a C1 half an hour before it, once, and soon where that is past."""
        now = self._machine.clock.now()
        c1 = {one["id"]: one for one in self._look("SELECT * FROM maintenances WHERE criticality = 'C1'")}
        for one in c1.values():
            starts = datetime.fromisoformat(one["starts_at"])
            near = now >= starts - NOTICE and now < datetime.fromisoformat(one["ends_at"])
            if one["told_at"] or one["state"] not in ("planned", "running") or not near:
                self._untold_since.pop(one["id"], None)
                continue
            since = self._untold_since.setdefault(one["id"], self._machine.loop.now)
            if self._machine.loop.now - max(since, self._machine.trouble_at) > RECOVERY:
                self._broken(f"MNT-{one['id']} is near, and nobody on call is told")
        told: dict[int, set[str]] = defaultdict(set)
        for row in self._look(
            "SELECT id, subject FROM outbox WHERE id > :last AND job = 'slack.warn_of_maintenance'",
            last=self._last_row,
        ):
            self._last_row, said = row["id"], json.loads(row["subject"])
            told[said["maintenance"]].update(said["roles"])
            self._told_once(c1.get(said["maintenance"]), said["maintenance"], said["person"], now)
        wanted = {self._process.teams[name].role for name in self._process.maintenance.tell}
        for number, roles in told.items():
            self.seen["maintenances told"] += 1
            if roles != wanted:
                self._broken(f"of MNT-{number} {sorted(roles)} are told, not {sorted(wanted)}")

    def _told_once(self, one: Row | None, number: int, person: str, now: datetime) -> None:
        if not one:
            self._broken(f"{person} is told of MNT-{number}, which is not C1")
            return
        starts = datetime.fromisoformat(one["starts_at"])
        if not one["started_at"] and now + ROUNDING < starts - NOTICE:
            self._broken(f"{person} is told of MNT-{number} too early")
        self.seen["maintenances told ahead"] += not one["started_at"]
        told = self._told[number, one["starts_at"]]
        if person in told:
            self._broken(f"{person} is told of MNT-{number} twice")
        told.add(person)

    def _roles(self, incidents: Mapping[int, Row]) -> None:
        """Somebody who is asked for a role is not asked again until that is answered or over."""
        for key in [one for one in self._asked if incidents[one[0]]["status"] not in OPEN]:
            del self._asked[key]
        for row in self._look(
            "SELECT id, incident, kind, data FROM entries WHERE id > :last ORDER BY id", last=self._last_entry
        ):
            self._last_entry, said = row["id"], json.loads(row["data"])
            if row["kind"] == "role_asked":
                self._asks(row["incident"], said["person"], said["role"])
            elif row["kind"] == "role_declined":
                self.seen["roles declined"] += 1
                self._asked.pop((row["incident"], said["person"]), None)
                if (said["person"], said["role"]) not in self._ever_asked:
                    self._broken(f"{said['person']} declined {said['role']}, and was not asked")
            elif "role" in said:
                self._given(row["incident"], said)

    def _asks(self, incident: int, person: str, role: str) -> None:
        self.seen["roles asked"] += 1
        if (incident, person) in self._asked:
            self._broken(f"{person} is asked for a role of INC-{incident} again, unanswered")
        self._asked[incident, person] = role
        self._ever_asked.add((person, role))

    def _given(self, incident: int, said: Row) -> None:
        """With a role that somebody got, nobody is asked for it any more."""
        for key, role in list(self._asked.items()):
            if key[0] == incident and role == said["role"]:
                self.seen["roles taken when asked"] += key[1] == said.get("person")
                del self._asked[key]

    def _look(self, sql: str, **params: Any) -> list[Row]:
        return self._machine.disk.look(sql, params)
