"""What is promised of practice, near misses, pauses, private incidents, secrets, alerts and archives."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.incidents.merging import ARCHIVED_AFTER
from bot.domain.process import Process
from sandbox.slack import Slack
from sandbox.state import Json
from tests.simulation.machine import RECOVERY, Machine
from tests.simulation.request_watch import RequestWatch

Row: TypeAlias = dict[str, Any]

HIGH, OPEN = {"S1", "S2"}, {"Triage", "Investigating", "Fixing", "Monitoring"}
ARCHIVED = {"Closed", "Cancelled", "Declined"}
IN_FLIGHT = 60.0
"""Seconds for which what was decided before may still arrive."""
ROUNDING = 1.0
POSTED = {
    "chat.postMessage",
    "chat.update",
    "chat.scheduleMessage",
    "conversations.setTopic",
    "bookmarks.add",
}
SHORTEST = 6
"""Characters of a name by which a private incident would be known again."""
_KEY = re.compile(r"glpat-\w{20}")
_INSIDE = "SELECT incident, person FROM members WHERE gone = 0"


class Promises:
    """Looks at each commit, and at each call that had an effect."""

    def __init__(
        self, machine: Machine, process: Process, slack: Slack, broken: Callable[[str], None]
    ) -> None:
        self._machine, self._process, self._slack, self._broken = machine, process, slack, broken
        self._last_page = self._last_row = 0
        self._before: dict[int, Row] = {}
        self._ended: dict[int, tuple[str, float]] = {}
        """With which end, and since when, an incident is over."""
        self._private_since: dict[int, float] = {}
        self._words: dict[str, set[int]] = defaultdict(set)
        """The incidents that were ever called so, or had such a summary."""
        self._rooms: dict[str, int] = {}
        self._timers: dict[tuple[int, str], Row] = {}
        self._held: dict[int, list[str]] = {}
        self._confirmed: set[str] = set()
        """What looked like secrets, and somebody said that it is none."""
        self._held_late: dict[int, float] = {}
        self._requests = RequestWatch(machine, process, broken)
        self.seen = self._requests.seen

    # After each commit

    def committed(self, incidents: Mapping[int, Row], pages: Mapping[int, Row]) -> None:
        for incident in incidents.values():
            self._known(incident)
            self._paused(incident)
        for page in pages.values():
            if page["id"] > self._last_page and page["responder"]:
                self._in_practice(page, incidents.get(page["incident"]))
            of = incidents.get(page["incident"])
            waits = page["state"] == "pending" and page["reason"] != "asked"
            if of and of["near_miss"] and waits:
                self._broken(f"INC-{of['id']} is a near miss, and pages")
        self._last_page = max(pages, default=0)
        self._nudged(incidents)
        self._secrets()
        self._alerts()
        self._requests.committed(incidents)
        self._before = dict(incidents)

    def _count(self, what: str, new: object) -> None:
        self.seen[what] += bool(new)

    def _known(self, incident: Row) -> None:
        """Take note of how an incident is called, where it is, and since when it is over or private."""
        number, before = incident["id"], self._before.get(incident["id"], {})
        for word in (incident["name"], incident["summary"]):
            if len(word) >= SHORTEST:
                self._words[word].add(number)
        if incident["channel"]:
            self._rooms[incident["channel"]] = number
        if incident["status"] in ARCHIVED | {"Merged"}:
            if self._ended.get(number, ("",))[0] != incident["status"]:
                self._ended[number] = (incident["status"], self._machine.loop.now)
        else:
            self._ended.pop(number, None)
        if incident["private"]:
            self._count("turned private", before and number not in self._private_since)
            self._private_since.setdefault(number, self._machine.loop.now)
        self._count("near misses", incident["near_miss"] and not before.get("near_miss"))
        self._count("practice", incident["practice"] and not before)

    def _paused(self, incident: Row) -> None:
        paused = incident["waits_until"] and incident["paused_for"] is not None
        if paused and incident["severity"] in HIGH and incident["status"] in OPEN:
            self._broken(f"INC-{incident['id']} is {incident['severity']} and paused")
        self._count("paused", paused and not self._before.get(incident["id"], {}).get("waits_until"))

    def _in_practice(self, page: Row, incident: Row | None) -> None:
        if incident and incident["practice"]:
            self._count("paged in practice", True)
            if page["responder"] not in {*incident["practice"].split(), incident["reporter"]}:
                self._broken(f"page {page['id']} calls {page['responder']}, who takes no part in practice")

    def _nudged(self, incidents: Mapping[int, Row]) -> None:
        """A nudge is sent neither while an incident is paused or over, nor while it is snoozed or stopped."""
        for row in self._look("SELECT * FROM outbox WHERE id > :last ORDER BY id", last=self._last_row):
            self._last_row = row["id"]
            if row["event"] != "Nudged":
                continue
            said = json.loads(row["subject"])
            incident, timer = (
                incidents[said["incident"]],
                self._timers.get((said["incident"], said["nudge"]), {}),
            )
            self._count("nudged", True)
            if incident["status"] not in OPEN or incident["waits_until"] or incident["near_miss"]:
                self._broken(
                    f"INC-{incident['id']} is {incident['status']} or paused, and nudged: {said['nudge']}"
                )
            until = timer.get("snoozed_until")
            if timer.get("stopped") or (until and datetime.fromisoformat(until) > self._now()):
                self._broken(
                    f"INC-{incident['id']} is nudged of {said['nudge']}, which is snoozed or stopped"
                )
        self._timers = {(one["subject"], one["kind"]): one for one in self._look("SELECT * FROM timers")}

    def _now(self) -> datetime:
        return self._machine.clock.now() + timedelta(seconds=ROUNDING + self._machine.clock.back)

    def _secrets(self) -> None:
        for row in self._look("SELECT id, text, decision FROM held_texts"):
            self._held.setdefault(row["id"], _KEY.findall(row["text"]))
            if row["decision"] == "shown":
                self._count("secrets confirmed", not self._confirmed.issuperset(self._held[row["id"]]))
                self._confirmed.update(self._held[row["id"]])

    def _alerts(self) -> None:
        """What is held is decided about once its window is over."""
        for row in self._firing_on():
            since = self._held_late.setdefault(row["id"], self._machine.loop.now)
            healthy = self._machine.loop.now - max(since, self._machine.trouble_at)
            if healthy > RECOVERY:
                self._broken(f"alert {row['key']} is held by a maintenance that is over")

    def _firing_on(self) -> list[Row]:
        now = self._machine.clock.now().isoformat(timespec="microseconds")
        held = self._look(
            "SELECT id, key, outcome FROM alerts WHERE outcome LIKE 'held by%' AND state = 'firing'"
        )
        if not held:
            return []
        self.seen["alerts held"] = max(self.seen["alerts held"], len(held))
        over = {
            row["id"]
            for row in self._look("SELECT id, state, ends_at FROM maintenances")
            if row["state"] != "running" or row["ends_at"] < now
        }
        return [one for one in held if int(re.findall(r"MNT-(\d+)", one["outcome"])[0]) in over]

    # After each call

    def called(self, method: str, args: Json, answer: Json) -> None:
        """Look at a call that Slack took."""
        if method == "conversations.archive":
            self._archived(args["channel"])
        elif method == "conversations.invite":
            self._let_in(args["channel"], args["users"])
        elif method in POSTED:
            where = answer.get("channel") or args.get("channel") or args.get("channel_id") or ""
            place = where if isinstance(where, str) else str(where["id"])
            self._said(method, place, json.dumps(args, ensure_ascii=False))

    def _said(self, method: str, where: str, said: str) -> None:
        for key in _KEY.findall(said):
            if key not in self._confirmed:
                self._broken(f"{method} tells {where} what looks like a secret, and nobody has confirmed it")
        room = self._slack.workspace.channels.get(where)
        if self._private_since and room and not (room.private or room.im):
            for number, word in self._hidden(IN_FLIGHT):
                if word in said:
                    self._broken(f"{method} tells {room.name} of INC-{number}, which is private: {word}")

    def _hidden(self, since: float) -> Iterator[tuple[int, str]]:
        """Return the words that tell of one private incident alone."""
        now = self._machine.loop.now
        old = {number for number, at in self._private_since.items() if now - at > since}
        return (
            (number, word)
            for word, them in self._words.items()
            if len(them) == 1 and (number := next(iter(them))) in old
        )

    def _archived(self, channel: str) -> None:
        number = self._rooms.get(channel)
        incident = self._before.get(number or 0)
        if not incident or (incident["private"] and incident["channel"] != channel):
            return  # the old one of an incident that was made private
        self._count("archived", True)
        ended = self._ended.get(incident["id"])
        after = self._process.archive.private if incident["private"] else self._process.archive.after
        after = ARCHIVED_AFTER if incident["status"] == "Merged" else after
        if not ended or after is None:
            self._broken(f"the channel of INC-{incident['id']}, which is {incident['status']}, is archived")
        elif self._machine.loop.now - ended[1] < after.total_seconds() - ROUNDING:
            self._broken(f"the channel of INC-{incident['id']} is archived too early")

    def _let_in(self, channel: str, users: str) -> None:
        """Into the channel of a private incident come its people."""
        incident = self._before.get(self._rooms.get(channel, 0))
        if not incident or not incident["private"]:
            return
        known = self._look("SELECT person FROM members WHERE incident = :id AND gone = 0", id=incident["id"])
        for person in users.split(","):
            if person not in {one["person"] for one in known}:
                self._broken(f"{person} is let into INC-{incident['id']}, which is private")

    # In the end

    def judge(self, sent: Mapping[str, str]) -> None:
        """Look at what must have come to its end by now."""
        self._left_of_private()
        self._past_maintenance()
        self._every_alert(sent)
        if self._process.heartbeats:
            silent = self._look("SELECT id FROM alerts WHERE source = 'heartbeat' AND state = 'firing'")
            if not silent:
                self._broken("a heartbeat is silent, and nobody notices")
        for row in self._firing_on():
            self._broken(f"alert {row['key']} is held by a maintenance that is over")

    def _left_of_private(self) -> None:
        hidden = list(self._hidden(IN_FLIGHT))
        inside = {(row["incident"], row["person"]) for row in self._look(_INSIDE)}
        for room in self._slack.workspace.channels.values():
            if room.private and not room.im:
                continue
            said = [json.dumps(one, ensure_ascii=False) for one in room.messages if one.get("bot_id")]
            for number, word in hidden:
                if room.im and any((number, one) in inside for one in room.members):
                    continue
                if any(word in one for one in [room.name, room.topic.value, *said]):
                    self._broken(f"{room.name} still tells of INC-{number}, which is private: {word}")

    def _past_maintenance(self) -> None:
        now = (self._machine.clock.now() - timedelta(seconds=5)).isoformat(timespec="microseconds")
        for row in self._look("SELECT * FROM maintenances"):
            if row["state"] == "planned" and row["starts_at"] < now:
                self._broken(f"MNT-{row['id']} has not begun")
            if row["state"] == "running" and row["ends_at"] < now and not row["overran_at"]:
                self._broken(f"MNT-{row['id']} has overrun, and nobody noticed")

    def _every_alert(self, sent: Mapping[str, str]) -> None:
        """Of each alert that was taken something became."""
        rows = {
            one["key"]: one
            for one in self._look("SELECT * FROM alerts WHERE source = 'monitoring' ORDER BY id")
        }
        for key, said in sent.items():
            row = rows.get(key)
            self._count("alerts", True)
            if not row or (row["state"] == "resolved") != (said == "resolve"):
                self._broken(f"alert {key} was taken, and is {row and row['state']} after {said}")
            elif not row["outcome"]:
                self._broken(f"alert {key} was taken, and nothing was made of it")
            elif said == "trigger" and not row["incident"] and not row["outcome"].startswith("held by"):
                self._broken(f"alert {key} fires, and has no incident: {row['outcome']}")

    def _look(self, sql: str, **params: Any) -> list[Row]:
        return self._machine.disk.look(sql, params)
