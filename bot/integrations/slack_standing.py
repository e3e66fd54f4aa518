"""Messages whose buttons have their time: each is edited when it is over, and then forgotten.

Where such a message is, is kept by what it stands for: a timeline entry, a page that rests with somebody, or
the due time of the update that it asks for.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.desk import Desk
from bot.domain.incidents import Incident
from bot.domain.pages import Page
from bot.domain.timeline import Entry
from bot.integrations.slack_client import Posted, SlackClient
from bot.jobs import Effect, Job, OnDead
from bot.operations.alarm import with_numbers
from bot.operations.paging import wanted_role
from bot.views import page as page_view
from bot.views import told, update
from bot.views.blocks import Message
from storage import incidents, pages, posts, roles, timeline, updates
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

TOLD, HELD, NUDGE = "told", "held", "nudge"


@dataclass(frozen=True, slots=True)
class Standing:
    """One message as it should be now, and the rows that say where it is.

    `stale` says that it may show something else; one that is `over` needs no look again.
    """

    rows: tuple[Post, ...]
    message: Message
    over: bool
    stale: bool


class StandingMessages:
    """Edits messages with buttons whose moment has passed."""

    def __init__(self, desk: Desk, slack: SlackClient, on_dead: OnDead) -> None:
        self._desk = desk
        self._slack = slack
        self._on_dead = on_dead

    def jobs(self) -> list[Job]:
        return [
            Job(
                "slack.settle_messages",
                "messages.stale",
                self.settle,
                "messages:{incident}",
                self._on_dead,
                coalesce=True,
            ),
            Job("slack.tell_holder", "page.held", self.tell_holder, "held:{page}", self._on_dead),
        ]

    async def settle(self, delivery: Delivery) -> Effect:
        """Edit every message of an incident that says more than is still true."""
        found = [one for one in await self._desk.read(_standing, delivery.subject["incident"]) if one.stale]
        await asyncio.gather(
            *(self._slack.redraw(delivery, one.rows[0].channel, one.rows[0].ts, one.message) for one in found)
        )
        return partial(_forget, rows=[row for one in found if one.over for row in one.rows])

    async def tell_holder(self, delivery: Delivery) -> Effect | None:
        """Tell somebody who is at work on an incident what is nobody's, and how to call for it."""
        person = delivery.subject["person"]
        page, incident, wanted = await self._desk.read(_held, delivery.subject["page"])
        if not incident.status.open:
            return None
        message = page_view.held(page, incident, wanted, over=False)
        posted = await self._slack.post(delivery, person, message, readable=False)
        return partial(
            kept, incident_id=incident.id, kind=HELD, places=[f"{page.id}:{person}"], posted=posted
        )


def kept(tx: Tx, *, incident_id: int, kind: str, places: Iterable[str], posted: Posted) -> None:
    """Remember where a message with buttons is; if it is over already, it is edited at once."""
    for place in places:
        posts.record(tx, Post(incident_id, kind, place, posted.channel, posted.ts))
    if any(one.stale and one.rows[0].ts == posted.ts for one in _standing(tx, incident_id)):
        tx.emit("messages.stale", incident=incident_id)


def _forget(tx: Tx, *, rows: Sequence[Post]) -> None:
    for row in rows:
        posts.forget(tx, row)


def _standing(tx: Tx, incident_id: int) -> list[Standing]:
    incident, by_message = incidents.get(tx, incident_id), defaultdict(list)
    for row in posts.of(tx, incident_id):
        if row.kind in _DRAWN:
            by_message[row.kind, row.channel, row.ts].append(row)
    return [_DRAWN[kind](tx, incident, tuple(rows)) for (kind, _, _), rows in by_message.items()]


def _told(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    found = [entry for row in rows if (entry := timeline.get(tx, int(row.place)))]
    known = called_in(tx, found)
    shown = told.told([with_numbers(tx, one) for one in found], known, incident)
    stale = not incident.status.open or any(not page.pending for page in known.values())
    return Standing(rows, shown, told.over(found, known, incident), stale)


def called_in(tx: Tx, found: Sequence[Entry]) -> dict[int, Page]:
    """Return the pages whose calls are told in these entries."""
    numbers = dict.fromkeys(one.data["page"] for one in found if one.kind in told.CALLS)
    return {number: pages.get(tx, number) for number in numbers}


def _rests(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    page = pages.get(tx, int(rows[0].place.partition(":")[0]))
    wanted, called = wanted_role(tx, page), {one.team for one in pages.pending_of(tx, incident.id)}
    settled = (page.team in called) if page.rested else (page.team not in called)
    over = not incident.status.active or wanted in roles.of(tx, incident.id) or settled
    return Standing(rows, page_view.held(page, incident, wanted, over=over), over, over)


def asked_for(tx: Tx, incident: Incident) -> str:
    """Return which update is missing: after the latest one, by when."""
    latest = updates.latest(tx, incident.id)
    due = incident.next_update_at.isoformat() if incident.next_update_at else ""
    return f"{latest.id if latest else 0}:{due}"


def _nudge(tx: Tx, incident: Incident, rows: tuple[Post, ...]) -> Standing:
    asked = rows[0].place.partition(":")[2]
    over = not incident.status.active or asked != asked_for(tx, incident)
    return Standing(rows, update.nudged(incident), over, over)


_DRAWN = {TOLD: _told, HELD: _rests, NUDGE: _nudge}


def _held(tx: Tx, page_id: int) -> tuple[Page, Incident, str]:
    page = pages.get(tx, page_id)
    assert page.incident
    return page, incidents.get(tx, page.incident), wanted_role(tx, page)
