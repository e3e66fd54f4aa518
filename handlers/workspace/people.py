"""What Slack tells of people and channels: who came and went, what was renamed or archived."""

from typing import Any

from slack_bolt.context.async_context import AsyncBoltContext

from bot.domain.timeline.entries import posted_at
from bot.operations.once import once
from bot.operations.workspace import membership, people, places
from bot.unit_of_work import Guarded, UnitOfWork
from handlers.request import Feature, Listener


async def member_joined(
    event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext, uow: UnitOfWork
) -> None:
    """Note who came into a channel. When it is the bot, it catches up with what it could not post there.

    Neither does more when Slack tells it again, so nothing is kept of that.
    """
    channel, who = event["channel"], event["user"]
    if who == context.bot_user_id:
        if await uow.read(places.took_nothing, channel):
            await uow.perform_for_all(places.all_back, channel)
    else:
        # An invitation brings several people in at once. What is noted of each is guarded by its time.
        await uow.perform_for_all(
            Guarded(membership.all_joined), (channel, who, posted_at(event["event_ts"]))
        )


async def member_left(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Note who left a channel."""
    channel, who, at = event["channel"], event["user"], posted_at(event["event_ts"])
    await uow.perform(once, body["event_id"], membership.left, channel, who, at=at)


async def channel_renamed(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Follow a channel's new name."""
    channel = event["channel"]
    await uow.perform(once, body["event_id"], places.renamed, channel["id"], channel["name"])


async def put_out(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Come back when somebody removes the bot from an incident's channel."""
    await uow.perform(once, body["event_id"], places.put_out, event["channel"])


async def channel_archived(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Note that a channel takes no more messages."""
    await uow.perform(once, body["event_id"], places.archived, event["channel"])


async def channel_unarchived(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Note that a channel is back."""
    await uow.perform(once, body["event_id"], places.unarchived, event["channel"])


async def channel_deleted(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Go on without a channel."""
    await uow.perform(once, body["event_id"], places.deleted, event["channel"])


async def person_changed(event: dict[str, Any], body: dict[str, Any], uow: UnitOfWork) -> None:
    """Follow a person who is new, renamed or gone: paging looks them up."""
    await uow.perform(once, body["event_id"], people.changed, event["user"])


FEATURE = Feature(
    listeners=(
        Listener("event", "member_joined_channel", member_joined),
        Listener("event", "member_left_channel", member_left),
        Listener("event", "channel_rename", channel_renamed),
        Listener("event", "channel_archive", channel_archived),
        Listener("event", "channel_unarchive", channel_unarchived),
        Listener("event", "channel_deleted", channel_deleted),
        Listener("event", "group_deleted", channel_deleted),
        Listener("event", "channel_left", put_out),
        Listener("event", "group_left", put_out),
        Listener("event", "group_rename", channel_renamed),
        Listener("event", "group_archive", channel_archived),
        Listener("event", "group_unarchive", channel_unarchived),
        Listener("event", "user_change", person_changed),
        Listener("event", "team_join", person_changed),
    ),
)
