"""What must hold at every moment, whatever goes wrong. It is looked at after each commit and each message."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.process import Process
from sandbox.slack import Slack
from sandbox.state import Json
from tests.simulation.contact_methods import Handed
from tests.simulation.engaged import Engaged
from tests.simulation.machine import Machine
from tests.simulation.promises import Promises
from tests.simulation.rules import Rules

Row: TypeAlias = dict[str, Any]

SENT_AGAIN = "Sent again"
IN_FLIGHT = 60.0
"""Seconds after which nothing that was decided before may still arrive."""
OPEN = {"Triage", "Investigating", "Fixing", "Monitoring"}
TICK = timedelta(microseconds=1)
PAGES = """SELECT pages.*, escalations.incident, escalations.team, escalations.reason, escalations.due_at,
    escalations.state AS walk, escalations.level AS walked_to, escalations.called_at,
    covers.notification AS message, covers.shown, message.state = 'dead' AS undelivered
    FROM pages JOIN escalations ON escalations.id = pages.escalation
        LEFT JOIN notification_pages AS covers ON covers.page = pages.id AND covers.contact_method = 'slack'
        LEFT JOIN notifications AS message ON message.id = covers.notification ORDER BY pages.id"""


@dataclass(frozen=True)
class Arrival:
    """A message that Slack took: when, when the call began, for which row and attempt, how it read."""

    at: float
    begun: float
    row: int
    attempt: int
    channel: str
    ts: str
    marked: bool


class Broken(Exception):
    """An invariant does not hold."""


class Watcher:
    """Sees every commit and every call that had an effect."""

    def __init__(self, machine: Machine, process: Process, slack: Slack) -> None:
        self._machine, self._process = machine, process
        self._states: dict[int, tuple[str, float]] = {}
        self._due: dict[int, str] = {}
        self._leads: dict[int, str] = {}
        self._over_since: dict[int, float] = {}
        self._last_entry, self.promises = 0, Promises(machine, process, slack, self.broken)
        self._told_at: dict[int, datetime] = {}
        self.rules = Rules(process, self.broken)
        self.engaged = Engaged(machine, self.broken)
        self.problems: list[str] = []
        self.arrivals: dict[int, list[Arrival]] = defaultdict(list)
        self.seen_late: list[tuple[float, float]] = []
        """When each page was raised by time, and how late."""
        self.on_called: Callable[[Row], None] = lambda _: None
        """Hears of each page that calls somebody, from then on."""
        self._covered: dict[int, set[int]] = defaultdict(set)
        """The pages that each direct message covers."""
        self._unshown: set[int] = set()
        """Those that a message had to show yet when it came to cover them."""
        self.recorded_at: dict[int, datetime] = {}
        """When, by the machine's clock, it was written down that Slack delivered a page."""
        self.message_arrivals: dict[int, list[float]] = defaultdict(list)
        self.rung: dict[int, list[Handed]] = defaultdict(list)  # by page

    def now(self) -> float:
        return self._machine.loop.now

    def broken(self, what: str) -> None:
        self.problems.append(f"{self.now():.2f} {what}")

    # After each commit

    def committed(self) -> None:
        """Look at everything that was written."""
        incidents = {row["id"]: row for row in self._machine.disk.look("SELECT * FROM incidents")}
        pages = {row["id"]: row for row in self._machine.disk.look(PAGES)}
        for page in pages.values():
            self._page(page, pages, incidents)
        self._escalations(pages, incidents)
        self.rules.committed(incidents, pages, self._roles("by_hand = 1"), self._roles("since IS NOT NULL"))
        self.engaged.committed(incidents, pages)
        self.promises.committed(incidents, pages)
        self._timeline(incidents)
        for incident in incidents.values():
            if incident["status"] in OPEN:
                self._over_since.pop(incident["id"], None)
            else:
                self._over_since.setdefault(incident["id"], self.now())

    def _roles(self, which: str) -> set[tuple[int, str]]:
        found = self._machine.disk.look(f"SELECT incident, role FROM roles WHERE {which}")
        return {(one["incident"], one["role"]) for one in found}

    def _page(self, page: Row, pages: dict[int, Row], incidents: dict[int, Row]) -> None:
        state, _ = self._states.get(page["id"], ("", 0.0))
        if state != page["state"]:
            self._states[page["id"]] = (page["state"], self.now())
        if not state:
            self._raised(page, pages, incidents)
        elif state not in ("pending", page["state"]):
            self.broken(f"page {page['id']} was {state} and became {page['state']}")
        if page["state"] == "pending":
            self._due[page["id"]] = page["due_at"]
            self._deadline(page)
            self._messages(page)

    def _messages(self, page: Row) -> None:
        """Take note of who is called by which message, and of what was delivered."""
        number, covered = page["id"], self._covered[page["message"]]
        if page["message"] and number not in covered:
            covered.add(number)
            self._unshown |= {number} if not page["shown"] else set()
            self.on_called(page)
        if page["shown"] and number not in self.recorded_at:
            self.recorded_at[number] = self._machine.clock.now()

    def arrived(self, page: int, message: int) -> bool:
        """Say whether a page that waits was in a message that arrived, or joined one that stood."""
        joined = page in self.recorded_at and page not in self._unshown
        return joined or any(at >= self._states[page][1] for at in self.message_arrivals[message])

    def waited(self, page: int, since: float) -> bool:
        """Say whether a page was unanswered at some moment since then."""
        state, changed = self._states[page]
        return state == "pending" or changed >= since

    def _raised(self, page: Row, pages: dict[int, Row], incidents: dict[int, Row]) -> None:
        incident = incidents.get(page["incident"])
        if incident and incident["status"] not in OPEN:
            self.broken(f"page {page['id']} was raised for INC-{incident['id']}, {incident['status']}")
        earlier = [
            one
            for one in pages.values()
            if one["escalation"] == page["escalation"]
            and one["id"] < page["id"]
            and one["raised_at"] != page["raised_at"]  # else both are called at once
        ]
        if not earlier:
            return
        before = next((one for one in reversed(earlier) if one["state"] == "escalated"), earlier[-1])
        if before["state"] != "escalated" or any(one["state"] == "pending" for one in earlier):
            self.broken(f"page {page['id']} follows page {before['id']}, which is {before['state']}")
        answered = {one["answered_by"] for one in earlier if one["answered_by"]}
        if page["state"] == "pending" and page["responder"] in answered:
            self.broken(f"page {page['id']} calls {page['responder']}, who has answered this path already")
        path = self._process.teams[page["team"]].path
        walked = [one for one in pages.values() if one["escalation"] == page["escalation"]]
        first = next(one for one in walked if one["raised_at"] == page["raised_at"])  # of it entries tell
        nobody = {entry["team"] for entry in self._entries("skipped", first["id"])}
        passed_over = [level for level in path[before["level"] + 1 : page["level"]] if level.team in nobody]
        step = page["level"] - before["level"] - len(passed_over)
        if not (step == 1 or (step == 0 and page["round"] == before["round"] + 1)):
            self.broken(f"page {page['id']} jumps from level {before['level']} to {page['level']}")
        if not self._asked_for(first, before):
            self._not_early(page, before)

    def _not_early(self, page: Row, before: Row) -> None:
        raised, due = (
            datetime.fromisoformat(page["raised_at"]),
            datetime.fromisoformat(self._due[before["id"]]),
        )
        if raised < due or raised < self._earliest(before):
            self.broken(f"page {page['id']} was raised early: {raised}, not {due}")
        self.seen_late.append((self.now(), (raised - due).total_seconds()))

    def _asked_for(self, page: Row, before: Row) -> bool:
        """Say whether somebody, or a page that could not be delivered, cut the wait short."""
        went_on = [*self._entries("escalated", page["id"]), *self._entries("held", page["id"])]
        if any(one["by"] for one in went_on):
            return True
        if self._entries("undelivered", before["id"]):
            return True
        nobody_called = page["responder"] is None and page["incident"] is not None
        return nobody_called or page["incident"] is None

    def _entries(self, kind: str, page: int) -> list[Json]:
        rows = self._machine.disk.look(
            "SELECT data, by_whom FROM entries WHERE kind = :kind AND json_extract(data, '$.page') = :page",
            {"kind": kind, "page": page},
        )
        return [json.loads(row["data"]) | {"by": row["by_whom"]} for row in rows]

    def _whole(self, page: Row) -> datetime:
        timeout = self._process.teams[page["team"]].path[page["level"]].timeout
        return datetime.fromisoformat(page["raised_at"]) + timeout

    def _earliest(self, page: Row) -> datetime:
        """Return when a page may be raised at the earliest: a merged duplicate may have had less left."""
        carried = self._machine.disk.look(
            """SELECT due_at FROM escalations WHERE team = :team AND level = :level
            AND incident IN (SELECT id FROM incidents WHERE merged_into = :incident)""",
            {name: page[name] for name in ("team", "level", "incident")},
        )
        back = timedelta(seconds=self._machine.clock.back)  # what was cancelled stays when the clock is set
        return min([self._whole(page), *(datetime.fromisoformat(row["due_at"]) - back for row in carried)])

    def _deadline(self, page: Row) -> None:
        aside = self._machine.clock.now() + timedelta(seconds=31 + self._machine.clock.back)
        due = datetime.fromisoformat(page["due_at"])
        if due < self._earliest(page) or due > max(self._whole(page), aside):
            self.broken(f"page {page['id']} is due at {due}, raised at {page['raised_at']}")

    def _escalations(self, pages: dict[int, Row], incidents: dict[int, Row]) -> None:
        last = {page["escalation"]: page for page in pages.values()}
        pending = Counter(page["escalation"] for page in pages.values() if page["state"] == "pending")
        for number, page in last.items():
            running = page["walk"] == "running"
            if page["state"] == "escalated" or (pending[number] > 0) != running:
                self.broken(f"escalation {number}, {page['walk']}, has {pending[number]} open pages")
        for page in pages.values():
            there = (page["level"], page["raised_at"]) == (page["walked_to"], page["called_at"])
            if page["state"] == "pending" and not there:  # one that was answered does not follow the clock
                self.broken(
                    f"escalation {page['escalation']} is at level {page['walked_to']}, its page is not"
                )
            incident = incidents.get(page["incident"])
            if page["state"] == "pending" and incident and incident["status"] not in OPEN:
                self.broken(f"page {page['id']} waits, but INC-{incident['id']} is {incident['status']}")

    def _timeline(self, incidents: dict[int, Row]) -> None:
        rows = self._machine.disk.look(
            "SELECT * FROM entries WHERE id > :last ORDER BY id", {"last": self._last_entry}
        )
        for row in rows:
            self._last_entry = row["id"]
            if row["kind"] in ("pin", "note"):
                continue  # of whatever time somebody says
            at = datetime.fromisoformat(row["at"])
            slack = timedelta(seconds=self._machine.clock.back)
            if at + slack < self._told_at.get(row["incident"], at):
                self.broken(f"entry {row['id']} of INC-{row['incident']} lies before the one before it")
            self._told_at[row["incident"]] = at
            if row["kind"] == "lead":
                said = json.loads(row["data"])
                if self._leads.get(row["incident"], said["before"]) != said["before"]:
                    self.broken(f"INC-{row['incident']} had another lead than {said['before']}")
                self._leads[row["incident"]] = said["after"]
        for incident in incidents.values():
            nobody = not incident["lead"] and ":" not in incident["reporter"]  # a machine leads nothing
            if nobody or self._leads.setdefault(incident["id"], incident["lead"]) != incident["lead"]:
                self.broken(f"INC-{incident['id']} has the lead {incident['lead']}, the timeline another")

    # After each message

    def posted(self, args: Json, answer: Json, begun: float) -> Row | None:
        """Take note of a message, and return the row of the outbox that it came from."""
        payload = (args.get("metadata") or {}).get("event_payload") or {}
        if "delivery" not in payload:
            return None
        row_id = int(str(payload["delivery"]).rpartition("-")[2])
        (row,) = self._machine.disk.look("SELECT * FROM outbox WHERE id = :id", {"id": row_id})
        row["subject"] = json.loads(row["subject"])
        marked = SENT_AGAIN in json.dumps(args.get("blocks"))
        arrival = Arrival(self.now(), begun, row_id, row["attempt"], answer["channel"], answer["ts"], marked)
        self.arrivals[row_id].append(arrival)
        if row["job"] in ("slack.send_page", "slack.remind"):
            self.message_arrivals[row["subject"]["notification"]].append(self.now())
            self._repeated(row)
        if row["job"] in ("slack.send_page", "slack.remind", "slack.make_sure"):
            self._still_wanted(row)
        if not answer["channel"].startswith("D"):
            self._said_twice(row)
        return row

    def _repeated(self, row: Row) -> None:
        arrived = self.arrivals[row["id"]]
        if len([one for one in arrived if not one.marked]) > 1:
            self.broken(f"page {row['subject']['page']} was sent twice, and not marked")
        if len(arrived) > row["attempt"]:
            self.broken(f"page {row['subject']['page']} arrived {len(arrived)} times")

    def _still_wanted(self, row: Row) -> None:
        """A message calls for one of the pages that it covers, at least."""
        covered = self._covered[row["subject"]["notification"]]
        known = [self._states[one] for one in covered if one in self._states]
        since = max((changed for _, changed in known), default=self.now())
        waits = not known or any(state == "pending" for state, _ in known)
        if not waits and self.now() - since > IN_FLIGHT:
            self.broken(f"{row['job']} for pages {covered}, which are over since {since:.0f}")

    def _said_twice(self, row: Row) -> None:
        """Where history can be read nothing is said twice; of two in one attempt the network held one up."""
        arrived = self.arrivals[row["id"]]
        late = any(one.at - one.begun > 5 for one in arrived) or len({one.attempt for one in arrived}) == 1
        if len(arrived) > 1 and not late:
            self.broken(f"{row['job']} {row['id']} was said {len(arrived)} times in {arrived[0].channel}")
