"""Nudges as messages: whether one is still asked, what it says now, and how one replaces another."""

from collections.abc import Callable

from bot.domain.incidents.incident import Incident
from bot.domain.incidents.nudges import KEPT_AS, SNOOZES
from bot.domain.incidents.timers import TimerKind
from bot.integrations.slack.client import Posted, SlackClient
from bot.operations.incidents.nudges import asked_of, standing
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import nudges
from storage import incidents, posts
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

IN_CHANNEL = "channel"
"""Stands where a person does, for a nudge that the channel sees."""
_GONE = ("message_not_found", "channel_not_found", "cant_delete_message")

KINDS = {KEPT_AS[kind]: kind for kind in SNOOZES if kind not in {TimerKind.UPDATE, TimerKind.FIELDS}}
"""As what the messages of each nudge are kept. Updates and fields have messages of their own."""


def kept_as(kind: TimerKind) -> str:
    return KEPT_AS[kind]


def due(tx: Tx, delivery: Delivery) -> tuple[Incident, str, Message] | None:
    """Return an incident, who is nudged now, and the nudge, if it is still asked."""
    incident, kind = incidents.get(tx, delivery.subject["incident"]), TimerKind(delivery.subject["nudge"])
    asked, _ = standing(tx, incident, kind)
    return (incident, asked_of(tx, incident, kind), nudges.asked(incident, kind)) if asked else None


def drawn(tx: Tx, incident: Incident, row: Post) -> tuple[Message, bool, bool]:
    """Return what a nudge says now, whether it is over, and whether it is asked no more.

    One that was snoozed is asked no more, and is not over: its message asks again.
    """
    kind = KINDS[row.kind]
    asked, timer = standing(tx, incident, kind)
    led = row.place in {IN_CHANNEL, incident.lead}
    over = timer is None or timer.stopped or not led
    message = nudges.asked(incident, kind) if asked and led else nudges.over(incident, kind, timer, led=led)
    return message, over, over or not asked


async def in_place(
    slack: SlackClient, delivery: Delivery, channel: str, message: Message, earlier: Post | None
) -> Posted:
    """Ask again in a channel: there is one message, which is edited."""
    if earlier and await slack.redraw(delivery, earlier.channel, earlier.ts, message):
        return Posted(earlier.channel, earlier.ts)
    return await slack.post(delivery, channel, message)


async def replacing(
    slack: SlackClient, delivery: Delivery, person: str, message: Message, earlier: Post | None
) -> Posted:
    """Ask a person again: an edit makes no sound, so the message is a new one and the earlier one goes."""
    posted = await slack.post(delivery, person, message, readable=False)
    if earlier and earlier.ts != posted.ts:
        await slack.tolerate(*_GONE, method="chat.delete", channel=earlier.channel, ts=earlier.ts)
    return posted


def earlier(kind: str, incident_id: int, whom: str) -> Callable[[Tx], Post | None]:
    """Return what finds the message with which somebody was asked before, of those that stand."""

    def found(tx: Tx) -> Post | None:
        rows = (one for one in posts.of(tx, incident_id) if one.kind == kind)
        return next((one for one in rows if one.place.partition(":")[0] == whom), None)

    return found


async def sent(
    uow: UnitOfWork, slack: SlackClient, delivery: Delivery, found: tuple[Incident, str, Message]
) -> tuple[str, Posted] | None:
    """Send a nudge to whom it is for. Return where its message stands, or nothing where there is no place."""
    incident, person, message = found
    whom = person or IN_CHANNEL
    before = await uow.read(earlier(kept_as(TimerKind(delivery.subject["nudge"])), incident.id, whom))
    if person:
        return whom, await replacing(slack, delivery, person, message, before)
    if not incident.channel:
        return None
    return whom, await in_place(slack, delivery, incident.channel, message, before)
