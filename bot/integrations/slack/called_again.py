"""Calls that are repeated: the channel has one message of them. While somebody is at work on the incident
it is edited; while nobody has answered each is heard, so the message is a new one and the earlier one goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain.actors import BOT
from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Entry, Kind, posted_at
from bot.integrations.slack.client import Posted, SlackClient
from bot.integrations.slack.consecutive import is_newest
from bot.operations.paging.alarm import with_numbers
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.paging import told
from storage import incidents, pages, posts, timeline
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

AGAIN = "called again"
"""The kind of its row; the place is the first entry that the message tells of."""
LOUD = "called loudly again"
"""The kind of the row of the newest message that calls everybody there."""
_GONE = ("message_not_found", "channel_not_found", "cant_delete_message")
SOON = timedelta(hours=1)
"""So long a message tells of further calls also where others wrote after it."""


def alone(found: Sequence[Entry]) -> bool:
    """Say whether a decision tells of calls that are repeated, and of nothing else."""
    return bool(found) and all(map(_repeated, found))


def loud(found: Sequence[Entry]) -> bool:
    """Say whether a decision tells of calls that are repeated as nobody has answered, and of nothing else."""
    return bool(found) and all(_again(one) and not one.data.get("quiet") for one in found)


def _repeated(entry: Entry) -> bool:
    return _again(entry) and bool(entry.data.get("quiet"))


def _again(entry: Entry) -> bool:
    return entry.kind is Kind.ESCALATED and entry.data["round"] > 1 and entry.by in {None, BOT}


async def call_loudly(
    uow: UnitOfWork, slack: SlackClient, delivery: Delivery, incident: Incident, message: Message
) -> Posted:
    """Post the message anew: an edit makes no sound. That of the calls before goes."""
    before = await uow.read(posts.find, incident.id, LOUD)
    posted = await slack.post(delivery, incident.channel or "", message)
    if before and before.channel == posted.channel and before.ts != posted.ts:
        await slack.tolerate(*_GONE, method="chat.delete", channel=before.channel, ts=before.ts)
    return posted


def called_loudly(tx: Tx, incident_id: int, posted: Posted) -> None:
    """Remember the message, for the next one to take its place."""
    posts.record(tx, Post(incident_id, LOUD, "", posted.channel, posted.ts))


async def tell(
    uow: UnitOfWork, slack: SlackClient, delivery: Delivery, incident: Incident, found: Sequence[Entry]
) -> tuple[str, Posted]:
    """Edit the message of the calls before if it can be seen still, or post another; return where it is."""
    before = await uow.read(_latest, incident.id)
    if before and before.channel == incident.channel:
        soon = found[-1].at - posted_at(before.ts) < SOON
        shown, *_ = await uow.read(drawn, incident.id, int(before.place))
        if (soon or await is_newest(slack, before)) and await slack.redraw(
            delivery, before.channel, before.ts, shown
        ):
            return before.place, Posted(before.channel, before.ts)
    first = min(one.id for one in found)
    shown, *_ = await uow.read(drawn, incident.id, first)
    return str(first), await slack.post(delivery, incident.channel or "", shown)


def drawn(tx: Tx, incident_id: int, first: int) -> tuple[Message, bool, bool]:
    """Return the message that begins with an entry as it should be now, whether it is over, and stale.

    It shows the latest call of each path, until another message tells of them.
    """
    incident = incidents.get(tx, incident_id)
    end = min((one for one in _begun(tx, incident_id) if one > first), default=None)
    latest: dict[str, Entry] = {}
    for one in filter(_repeated, timeline.of_kinds(tx, incident_id, Kind.ESCALATED)):
        if one.id >= first and (end is None or one.id < end):
            before = latest.pop(one.data["wanted"], one)
            times = before.data.get("times", 0) + 1
            since = before.data.get("since", one.at.isoformat())
            latest[one.data["wanted"]] = replace(one, data={**one.data, "times": times, "since": since})
    found = [with_numbers(tx, one) for one in latest.values()]
    known = {one.data["page"]: pages.call_of(tx, one.data["page"]) for one in found}
    stale = not incident.status.open or any(not page.pending for page in known.values())
    return told.told(found, known, incident), told.over(found, known, incident), stale


def _begun(tx: Tx, incident_id: int) -> list[int]:
    return [int(one.place) for one in posts.of(tx, incident_id) if one.kind == AGAIN]


def _latest(tx: Tx, incident_id: int) -> Post | None:
    first = max(_begun(tx, incident_id), default=None)
    return posts.find(tx, incident_id, AGAIN, str(first)) if first else None
