"""What must hold once nothing goes wrong any more: all comes to rest, and nothing is lost."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from bot.domain.paging.pages import Page
from bot.integrations.slack.cards import _card, _scene
from bot.operations.paging.calling import called
from bot.views.blocks import Message
from bot.views.incidents.given import given as given_view
from bot.views.paging import page as page_view
from sandbox.slack import Slack
from storage import posts
from storage.transaction import Tx
from tests.simulation.audit_watch import AuditWatch
from tests.simulation.deeds import Deeds
from tests.simulation.machine import Machine
from tests.simulation.people import Declared, People
from tests.simulation.watcher import Watcher
from tests.tally import Tally

TO_REST = 420.0
"""Seconds after which all that was held up must be done: the longest wait between two tries, and some."""
LATENESS = 5.0

_LEFT_OVER = """SELECT * FROM outbox WHERE state = 'dead' OR finished_at IS NULL
    AND NOT (job IN ('reconcile', 'slack.make_sure') AND state = 'pending')"""
"""What was given up or is still to be sent, but for a look at something a while after it was made."""
_FORGOTTEN = """
    SELECT 'the channel of INC' AS what, id FROM incidents WHERE channel IS NULL AND channel_lost = 0
    UNION ALL SELECT 'page', id FROM pages WHERE state = 'pending' AND responder IS NOT NULL
        AND id NOT IN (SELECT page FROM notification_pages WHERE contact_method = 'slack' AND shown = 1)"""
"""What is at Slack and not in the database: its delivery ended without its effect."""


class Ending:
    """Looks at the end of a run, in health."""

    def __init__(
        self,
        slack: Slack,
        machine: Machine,
        watcher: Watcher,
        people: People,
        audit: AuditWatch,
        *,
        deeds: Deeds,
    ) -> None:
        self._slack, self._machine, self._watcher, self._people = slack, machine, watcher, people
        self._audit, self._deeds = audit, deeds
        self.healed = 0.0

    async def watch(self, seconds: float, *, triage: bool) -> None:
        """Let time pass without trouble, have one more incident declared, and look at how it ends.

        With `triage` it is reported first, and accepted after a while.
        """
        self.healed = self._machine.loop.now
        await asyncio.sleep(TO_REST)
        self._audit.well = True
        await self._the_last_one_is_paged_at_once(triage=triage)
        await asyncio.sleep(seconds)
        await self._rest()
        self._late()
        self._outbox()
        await self._drawn()
        self._audit.judge(self._watcher)

    async def _the_last_one_is_paged_at_once(self, *, triage: bool) -> None:
        before = len(self._people.declared)
        await self._people.declare("The last one", "S3", triage=triage)
        if len(self._people.declared) == before or not self._people.declared[-1].accepted:
            self._watcher.broken("nobody can declare, though nothing is wrong")
            return
        begun: float | None = self._people.declared[-1].at
        if triage:
            begun = await self._people.decide("The last one", 10)
        if begun is None:
            self._watcher.broken("nobody can accept what was reported, though nothing is wrong")
            return
        await asyncio.sleep(1)
        sent = self._look(
            """SELECT outbox.id FROM outbox JOIN pages ON pages.id = json_extract(outbox.subject, '$.page')
                JOIN escalations ON escalations.id = pages.escalation
                JOIN incidents ON incidents.id = escalations.incident
            WHERE job = 'slack.send_page' AND incidents.name = 'The last one' ORDER BY outbox.id LIMIT 1"""
        )
        arrived = self._watcher.arrivals.get(sent[0]["id"]) if sent else None
        if not arrived or not -0.5 < arrived[0].at - begun < 0.5:
            self._watcher.broken("a page did not leave at once")

    async def _rest(self) -> None:
        """Wait for a moment in which nothing is on its way: pages go on for ever."""
        for _ in range(60):
            if not self._look(
                """SELECT id FROM outbox
                WHERE finished_at IS NULL AND job NOT IN ('reconcile', 'slack.make_sure')"""
            ):
                return
            await asyncio.sleep(0.5)

    def _late(self) -> None:
        for at, late in self._watcher.seen_late:
            if at > self.healed + LATENESS and late > LATENESS + max(0, self.healed + LATENESS - at):
                self._watcher.broken(f"a level was raised {late:.1f} s late at {at:.1f}, in health")
        now = self._machine.clock.now().isoformat(timespec="microseconds")
        for row in self._look(f"SELECT id FROM escalations WHERE state = 'running' AND due_at < '{now}'"):
            self._watcher.broken(f"escalation {row['id']} is past its deadline, and nothing happens")

    def _outbox(self) -> None:
        for row in self._look(_FORGOTTEN):
            self._watcher.broken(f"{row['what']} {row['id']} was made, and nobody remembers where")
        for row in self._look(_LEFT_OVER):
            said = f"{row['job']} {row['subject']}: {row['state']}, {row['error']}"
            if row["state"] != "dead" or not _no_use(row["error"]):
                self._watcher.broken(f"left over: {said}")

    async def _drawn(self) -> None:
        """Compare what people see with what is."""
        muster = self._machine.muster
        assert muster
        parts = {row["channel"] for row in self._look("SELECT channel FROM streams")}
        for incident in self._look("SELECT id, channel FROM incidents"):
            room = self._slack.workspace.channels.get(incident["channel"] or "")
            if room and room.archived:
                continue  # minutes after its end, and what Slack's troubles held up came too late
            scene = await muster.uow.read(_scene, incident["id"])
            post = await muster.uow.read(posts.find, incident["id"], "card")
            if post:
                wanted = await muster._slack.quiet(_card(scene))
                self._compare(post.channel, post.ts, wanted, f"the card of INC-{incident['id']}", str.__eq__)
            elif scene.incident.channel:
                self._watcher.broken(f"INC-{incident['id']} has a channel without a card")
            rooms = [
                one.name
                for one in self._slack.workspace.channels.values()
                if one.name.startswith(f"inc-{incident['id']}-")
                and "-moved" not in one.name
                and one.id not in parts
            ]
            if len(rooms) != 1:
                self._watcher.broken(f"INC-{incident['id']} has the channels {rooms}")
        for row in self._look("SELECT * FROM notifications WHERE ts IS NOT NULL AND digest = 0"):
            page, message = await muster.uow.read(_page_message, row["id"])
            self._compare(row["channel"], row["ts"], message, f"page {page.id}", _alike)

    def _compare(
        self, channel: str, ts: str, wanted: Message, what: str, same: Callable[[str, str], bool]
    ) -> None:
        room = self._slack.workspace.channels.get(channel)
        shown = room.find(ts) if room else None
        said = (shown or {}).get("text", "")
        if not same(said, wanted.text):
            self._watcher.broken(f"{what} shows {said!r}, not {wanted.text!r}")

    def tally(self) -> Tally:
        """Count what became of the declares, by the page that each must lead to."""
        stored = {row["name"]: row for row in self._look("SELECT form, id, name, status FROM incidents")}
        by_people = self._look("SELECT name FROM incidents WHERE reporter NOT LIKE '%:%'")
        names = [row["name"] for row in by_people]
        tally = Tally(attempted=len(self._people.declared))
        for form in self._people.declared:
            if not form.accepted:
                continue
            answered, again = self._led_to_a_page(form, stored)
            tally += Tally(acknowledged=1, ok=int(answered), lost=int(not answered), recovered=int(again))
            if not answered:
                self._watcher.broken(f"{form.name} was accepted, and nobody was paged")
        attempts = {form.name for form in self._people.declared} | self._deeds.names
        unexpected = len([name for name in names if name not in attempts and "again" not in name])
        twice = sum(
            len(arrived) - 1
            for arrived in self._watcher.arrivals.values()
            if len(arrived) > 1 and arrived[0].channel.startswith("D")
        )
        return tally + Tally(unexpected=unexpected, duplicated=twice)

    def _led_to_a_page(self, form: Declared, stored: dict[str, Any]) -> tuple[bool, bool]:
        """Say whether somebody was paged for an accepted form, and whether it took more than one try."""
        incident = stored.get(form.name)
        if incident is None:
            # It may have been renamed since.
            return True, False
        if form.triage and incident["status"] in ("Triage", "Declined", "Merged"):
            return True, False
        rows = self._look(
            f"""SELECT outbox.id, outbox.attempt, pages.id AS page, pages.round, pages.state,
                covers.notification AS message
            FROM pages JOIN escalations ON escalations.id = pages.escalation
                LEFT JOIN notification_pages AS covers
                    ON covers.page = pages.id AND covers.contact_method = 'slack'
                LEFT JOIN outbox ON json_extract(outbox.subject, '$.notification') = covers.notification
                    AND outbox.job IN ('slack.send_page', 'slack.remind')
            WHERE escalations.incident = {incident["id"]}"""
        )
        arrived = [row for row in rows if self._watcher.arrivals.get(row["id"])]
        ended = [row for row in rows if row["state"] in ("acknowledged", "cancelled")]
        if any(row["state"] == "pending" and not self._reached(row) for row in rows):
            return False, False
        return bool(arrived or ended), any(row["attempt"] > 1 for row in arrived)

    def _reached(self, row: Any) -> bool:
        """Say whether a page that waits has reached its responder, by the message that covers it.

        One that joined a message is shown in it; one that calls again rings at a contact method, too.
        """
        rung = row["round"] > 1 and any(one.arrived for one in self._watcher.rung[row["page"]])
        return row["message"] is None or self._watcher.arrived(row["page"], row["message"]) or rung

    def _look(self, sql: str) -> list[dict[str, Any]]:
        return self._machine.disk.look(sql)


def _page_message(tx: Tx, notification: int) -> tuple[Page, Message]:
    seen = called(tx, notification)
    assert seen
    if seen.incident and seen.given and seen.given.data["person"] == seen.page.responder:
        data, giver = seen.given.data, str(seen.given.by)
        return seen.page, given_view(seen.incident, data["role"], giver, to=data["person"])
    return seen.page, page_view.page(seen.page, seen.incident, calls=seen.calls, end=seen.end)


def _alike(one: str, other: str) -> bool:
    """Compare what two messages say of a page; how its incident is called and stands is told elsewhere."""
    first, second = (re.split(r":| of INC-", text, maxsplit=1)[0] for text in (one, other))
    return first == second


def _no_use(error: str) -> bool:
    """Say whether a delivery was rightly given up: its channel may be archived minutes after the end."""
    codes = ("expired_trigger", "is_archived", "is_inactive", "not_in_channel")
    return any(code in (error or "") for code in codes)
