"""What must hold of contact methods: whoever Slack does not reach is called there, and nobody for nothing."""

import re
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from bot.domain.process import Contact, Process
from bot.web.links import ACKNOWLEDGE_PATH, Links
from tests.simulation.contact_methods import ContactMethods, Handed
from tests.simulation.machine import RECOVERY, Machine
from tests.simulation.watcher import PAGES, Watcher

Row: TypeAlias = dict[str, Any]

UNDELIVERED_AFTER = timedelta(seconds=60)
TICK = 3.0
"""Seconds within which a contact method is used that is due: a look at the deadlines, and the way there."""
AGAIN = "(perhaps again)"
_LINK = re.compile(rf"https?://\S+{ACKNOWLEDGE_PATH}\S+")
ROUNDING = timedelta(milliseconds=1)
"""By so much the bot's clock, which adds seconds to the time of boot, may differ from the machine's."""


class ContactMethodWatch:
    """Sees each text that is handed over at a method, and looks after each page when a method is due."""

    def __init__(
        self,
        machine: Machine,
        process: Process,
        watcher: Watcher,
        contact_methods: ContactMethods,
        links: Links,
    ) -> None:
        self._machine, self._process, self._watcher = machine, process, watcher
        self._contact_methods, self._links = contact_methods, links
        self._texts: dict[tuple[int, str], list[Handed]] = defaultdict(list)
        self._of_call: dict[int, list[Handed]] = defaultdict(list)
        self.seen: Counter[str] = Counter()
        watcher.on_called = self._look_later
        contact_methods.on_handed = self.handed

    # When a text is handed over

    def handed(self, handed: Handed) -> None:
        """Hold a text against the page that it is about."""
        page, person = self.page_of(handed.text)
        row = self._page(page)
        self._texts[page, handed.contact_method].append(handed)
        for covered in self._covered_with(row, handed.contact_method):
            self._watcher.rung[covered["id"]].append(handed)
        self.seen["handed over"] += 1
        if row["state"] != "pending":
            self._broken(row, f"left by {handed.contact_method}, though it is {row['state']}")
        if (
            row["responder"] != person
            or self._contact(row).addresses.get(handed.contact_method) != handed.address
        ):
            self._broken(row, f"left by {handed.contact_method} for somebody else")
        self._not_for_nothing(row, handed)
        self._marked(row, handed)

    def page_of(self, text: str) -> tuple[int, str]:
        """Return the page that a text is about, and its person, by the link in it."""
        named = self._links.page_and_person(self.link_in(text).rpartition("/")[2])
        assert named, text
        return named

    def link_in(self, text: str) -> str:
        """Return the link in a text, with which one acknowledges."""
        link = _LINK.search(text)
        assert link, text
        return link[0]

    def _not_for_nothing(self, row: Row, handed: Handed) -> None:
        """A method is used at its step, for what Slack does not deliver, and when nobody answered at all."""
        covered = self._covered_with(row, handed.contact_method)
        waiting = [one for one in covered if one["state"] == "pending"] or [row]
        undelivered = any(one["undelivered"] for one in waiting)
        if any(one["round"] > 1 for one in waiting) or undelivered or self._reminds(row, handed):
            return
        why = {self._too_early(one, handed.contact_method) for one in waiting}
        if None not in why:  # of the pages that it stands for none has come to its time
            self._broken(row, f"left by {handed.contact_method} {' and '.join(sorted(filter(None, why)))}")

    def _too_early(self, row: Row, contact_method: str) -> str | None:
        """Say why a page may not leave by a method yet, by its own step."""
        clock = self._machine.clock
        now = clock.now() + timedelta(seconds=clock.back)
        raised = datetime.fromisoformat(row["raised_at"]) - ROUNDING
        step = self._step(row, contact_method)
        if step is not None and self._earlier_failed(row, step):
            return None
        if now < raised + (UNDELIVERED_AFTER if step is None else min(step, UNDELIVERED_AFTER)):
            return "before its time"
        told = self._watcher.recorded_at.get(row["id"])
        stepped = step is not None and now >= raised + step
        if told and told < raised + UNDELIVERED_AFTER and not (stepped or clock.back):
            return "though Slack had delivered it"
        return None

    def _earlier_failed(self, row: Row, step: timedelta) -> bool:
        """Say whether an attempt at an earlier step of a page failed: its next one leaves at once then."""
        return any(
            one.failed(self._machine.loop.now)
            for one in self._watcher.rung[row["id"]]
            if (earlier := self._step(row, one.contact_method)) is not None and earlier < step
        )

    def _reminds(self, row: Row, handed: Handed) -> bool:
        """Say whether this is a reminder: of those there are no more than were due."""
        called = self._deliveries(row, handed.contact_method)
        reminded = sum(int(one["reminded"]) for one in self._covered_with(row, handed.contact_method))
        return 0 < reminded >= len(called) - 1

    def _deliveries(self, row: Row, contact_method: str) -> list[Row]:
        """Return the calls of a page by a method, each with how often it was tried, the latest last."""
        return self._machine.disk.look(
            """SELECT outbox.id, outbox.attempt FROM outbox JOIN notifications
                ON notifications.id = json_extract(outbox.subject, '$.notification')
            WHERE outbox.job = 'contact_method.send_page' AND notifications.id = (SELECT notification
                FROM notification_pages WHERE page = :page AND contact_method = :contact_method)
            ORDER BY outbox.id""",
            {"page": row["id"], "contact_method": contact_method},
        )

    def _covered_with(self, row: Row, contact_method: str) -> list[Row]:
        """Return the pages that the same text stands for."""
        return self._machine.disk.look(
            f"""SELECT * FROM ({PAGES}) WHERE id IN (SELECT page FROM notification_pages
                WHERE notification = (SELECT notification FROM notification_pages
                    WHERE page = :page AND contact_method = :contact_method))""",
            {"page": row["id"], "contact_method": contact_method},
        )

    def _marked(self, row: Row, handed: Handed) -> None:
        """Of what may have arrived before only repeats that say so are handed over."""
        call = self._deliveries(row, handed.contact_method)[-1]
        texts = self._of_call[call["id"]]
        texts.append(handed)
        if AGAIN not in handed.text and any(one.arrived for one in texts[:-1]):
            self._broken(row, f"left twice by {handed.contact_method}, and not marked")
        if len(texts) > call["attempt"]:
            self._broken(
                row, f"left {len(texts)} times by {handed.contact_method} in {call['attempt']} attempts"
            )

    # When a contact method is due

    def _look_later(self, page: Row) -> None:
        """See to it that a page's person is called: Slack has a minute from now on."""
        if page["responder"] and self._contact(page).addresses:
            since, clock = self._machine.loop.now, self._machine.clock.now()
            self._at(UNDELIVERED_AFTER.total_seconds() + TICK, page["id"], since, clock)

    def _at(self, seconds: float, page: int, since: float, clock: datetime) -> None:
        self._machine.loop.call_later(seconds, self._look, page, since, clock)

    def _look(self, page: int, since: float, clock: datetime) -> None:
        row = self._page(page)
        if row["state"] != "pending":
            return
        due = UNDELIVERED_AFTER.total_seconds() + TICK
        passed = min(self._machine.loop.now - since, (self._machine.clock.now() - clock).total_seconds())
        wait = max(due - passed, self._troubled_until(row) - self._machine.loop.now)
        if wait > 0:
            self._at(wait + 0.01, page, since, clock)
            return
        self._called(row, since, max(since + due, self._troubled_until(row)))

    def _called(self, row: Row, since: float, by: float) -> None:
        """Hold what arrived against what should have."""
        self.seen["looked at"] += 1
        if any(at <= by for at in self._watcher.message_arrivals.get(row["message"], ())):
            return
        self.seen["owed a contact method"] += 1
        for contact_method in self._contact(row).addresses:
            if self._told_by_another(row, contact_method, since):
                continue
            # A text may stand for pages of several incidents, with the link of one of them.
            covered = self._covered_with(row, contact_method) or [row]
            texts = [text for one in covered for text in self._texts[one["id"], contact_method]]
            if not texts:
                self._broken(row, f"was not delivered in Slack, and did not leave by {contact_method}")
            elif not any(one.arrived for one in texts):
                self._broken(row, f"did not arrive by {contact_method}, which works")

    def _troubled_until(self, row: Row) -> float:
        """Return until when something other than Slack may hold this up."""
        ill = any(
            contact_method in self._contact_methods.manners for contact_method in self._contact(row).addresses
        )
        contact_methods = [self._machine.loop.now if ill else 0.0, *self._contact_methods.ill_at.values()]
        return max(self._machine.trouble_at, *contact_methods) + RECOVERY

    def _told_by_another(self, row: Row, contact_method: str, since: float) -> bool:
        """Say whether another page of the incident, waiting then, told the same person by this method."""
        others = self._machine.disk.look(
            """SELECT pages.id FROM pages JOIN escalations ON escalations.id = pages.escalation
            WHERE incident = :incident AND responder = :responder AND pages.id <> :id""",
            row,
        )
        return any(
            self._texts.get((other["id"], contact_method)) and self._watcher.waited(other["id"], since)
            for other in others
        )

    def _step(self, row: Row, contact_method: str) -> timedelta | None:
        level = self._process.teams[row["team"]].path[row["level"]]
        return next(
            (notice.after for notice in level.notify if notice.contact_method == contact_method), None
        )

    def _contact(self, row: Row) -> Contact:
        (known,) = self._machine.disk.look("SELECT email FROM people WHERE id = :responder", row)
        return self._process.contact(row["responder"], known["email"])

    def _page(self, page: int) -> Row:
        (row,) = self._machine.disk.look(f"SELECT * FROM ({PAGES}) WHERE id = :page", {"page": page})
        return row

    def _broken(self, row: Row, what: str) -> None:
        self._watcher.broken(f"page {row['id']} {what}")
