"""Changes of the public status that follow one another at once: the channel has one message of them."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Entry, Kind, posted_at
from bot.integrations.slack.client import Posted, SlackClient
from bot.jobs import DeliveryFailed, Effect
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from storage import posts
from storage.outbox import Delivery
from storage.posts import Post

KIND = "public status"
AT_ONCE = timedelta(minutes=5)
"""So shortly after it a further change takes the place of the one before: what it was is in the timeline."""
_LOOKED_AT = 5
"""How many messages are looked through for the newest that is not Slack's own."""


def alone(found: Sequence[Entry]) -> bool:
    """Say whether a message tells of another public status and nothing else, such as whom that pages."""
    return [one.kind for one in found] == [Kind.PUBLIC_STATUS]


async def tell(
    uow: UnitOfWork,
    slack: SlackClient,
    delivery: Delivery,
    *,
    incident: Incident,
    entry: Entry,
    message: Message,
) -> Effect | None:
    """Say it in the message of the change before, if nobody wrote anything since; else in a new one."""
    assert incident.channel
    before = await uow.read(posts.find, incident.id, KIND)
    if before and before.channel == incident.channel and entry.at - posted_at(before.ts) <= AT_ONCE:
        newest = await is_newest(slack, before)
        if newest and await slack.redraw(delivery, before.channel, before.ts, message):
            return None
    posted = await slack.post(delivery, incident.channel, message)
    return _kept(incident, posted)


def _kept(incident: Incident, posted: Posted) -> Effect:
    return partial(posts.record, post=Post(incident.id, KIND, "", posted.channel, posted.ts))


async def is_newest(slack: SlackClient, post: Post) -> bool:
    """Say whether nothing was posted after it but Slack's own lines, as for a new topic."""
    try:
        answer = await slack.call("conversations.history", channel=post.channel, limit=_LOOKED_AT)
    except DeliveryFailed:
        return False
    written = [one for one in answer["messages"] if not str(one.get("subtype", "")).startswith("channel_")]
    return bool(written) and written[0]["ts"] == post.ts
