"""What everybody can read of an incident that turned private: the bot's own messages are deleted.

Announcements themselves are edited by their own jobs, in their lanes, so that no older edit comes after.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.domain.facts import TurnedPrivate
from bot.domain.text import channel_name
from bot.integrations.slack.client import SlackClient
from bot.jobs import Job, Subjects
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.incidents.privacy import left_behind
from storage import incidents, places, posts
from storage.outbox import Delivery
from storage.transaction import Tx

_STAYS = ("message_not_found", "cant_delete_message")
"""Answers to a deletion of what is gone, or of one of Slack's own lines."""


def taking_back(uow: UnitOfWork, slack: SlackClient) -> list[Job]:
    clear = partial(_clear_place, uow, slack)
    close = partial(_close_channel, uow, slack)
    return [
        Job("slack.close_channel", {TurnedPrivate}, close, "close:{incident}", _failed, about=_old_channel),
        # Behind the updates in the same thread, of which some may still be under way.
        Job("slack.clear_place", {TurnedPrivate}, clear, "thread:{incident}:{place}", _failed, about=_places),
    ]


async def _close_channel(uow: UnitOfWork, slack: SlackClient, delivery: Delivery) -> None:
    await empty_channel(uow, slack, delivery)


async def empty_channel(
    uow: UnitOfWork, slack: SlackClient, delivery: Delivery, called: str = "moved"
) -> None:
    """Take out of an old channel what is ours, say where it goes on, and archive it."""
    number, channel = delivery.subject["incident"], delivery.subject["channel"]
    incident = await uow.read(incidents.get, number)
    there = await slack.tolerate("channel_not_found", method="conversations.info", channel=channel)
    if not there.get("ok") or there["channel"].get("is_archived"):
        return
    for one in (await slack.call("bookmarks.list", channel_id=channel))["bookmarks"]:
        await slack.tolerate(
            "not_found", method="bookmarks.remove", channel_id=channel, bookmark_id=one["id"]
        )
    await slack.call("conversations.setTopic", channel=channel, topic=f"INC-{number} is private now")
    name = channel_name(number, called)
    await slack.tolerate("name_taken", method="conversations.rename", channel=channel, name=name)
    said = False
    for _ in range(2):  # what was on its way as it turned private may have arrived meanwhile
        for message in await _history(slack, channel):
            ours = slack.of_ours(message)
            if ours and ours.get("job") == delivery.job:
                said = True  # by an earlier attempt
            elif ours:
                await _delete(slack, channel, message)
    if not said:
        await slack.post(delivery, channel, left_behind(incident))
    await slack.tolerate("already_archived", method="conversations.archive", channel=channel)


async def _clear_place(uow: UnitOfWork, slack: SlackClient, delivery: Delivery) -> None:
    """Delete what was posted about the incident in a channel where it was announced, and below that."""
    number, channel, ts = (delivery.subject[key] for key in ("incident", "channel", "ts"))
    declared_at = (await uow.read(incidents.get, number)).declared_at.timestamp()
    # What was posted there first has Slack's own time: our clock may have been ahead of it.
    since = min(declared_at, float(ts or declared_at)) - 60
    for message in await _history(slack, channel, oldest=f"{since:.6f}"):
        if message["ts"] != ts and (slack.of_ours(message) or {}).get("incident") == number:
            await _delete(slack, channel, message)
    if not ts:  # nothing was announced
        return
    below: dict[str, Any] = {"channel": channel, "ts": ts, "include_all_metadata": True}
    for message in await slack.pages_of("conversations.replies", "messages", **below):
        if message["ts"] != ts and slack.of_ours(message):
            await _delete(slack, channel, message)


async def _history(slack: SlackClient, channel: str, **limits: str) -> list[Mapping[str, Any]]:
    asked: dict[str, Any] = {"channel": channel, "include_all_metadata": True, **limits}
    answer = await slack.tolerate("not_in_channel", method="conversations.history", limit=1, **asked)
    if not answer.get("ok"):
        await slack.call("conversations.join", channel=channel)
    return await slack.pages_of("conversations.history", "messages", **asked)


async def _delete(slack: SlackClient, channel: str, message: Mapping[str, Any]) -> None:
    await slack.tolerate(*_STAYS, method="chat.delete", channel=channel, ts=message["ts"])


def _old_channel(tx: Tx, fact: TurnedPrivate) -> Subjects:
    return ({"incident": fact.incident, "channel": fact.channel},) if fact.channel else ()


def _places(tx: Tx, fact: TurnedPrivate) -> Subjects:
    found = [
        {"incident": one.incident, "place": one.place, "channel": one.channel, "ts": one.ts}
        for one in posts.of(tx, fact.incident)
        if one.kind in {"announcement", "triage", "executives"}
    ]
    there = {one["place"] for one in found}
    # A silent EOC is asked there too, perhaps before the announcement was taken.
    announced = tx.process.type_of(incidents.get(tx, fact.incident).type).announce
    others = {name: places.named(tx, name) for name in announced if name not in there}
    return [
        *found,
        *(
            {"incident": fact.incident, "place": name, "channel": place.id, "ts": ""}
            for name, place in others.items()
            if place
        ),
    ]


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "What was posted before it turned private could not be taken back everywhere"
    problem(tx, delivery.subject["incident"], what, reason, "Ask an admin to delete it by hand.")
