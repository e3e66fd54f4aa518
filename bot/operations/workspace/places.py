"""Channels that people rename, archive, or put the bot out of; and what is due when they are back."""

from collections.abc import Collection
from dataclasses import replace

from bot.domain import facts
from bot.operations.incidents import streams
from bot.operations.workspace.channel import channel_deleted, problem
from storage import incidents, outbox, places, posts
from storage.transaction import Tx


def renamed(tx: Tx, channel: str, name: str) -> None:
    """Follow a channel's new name; an incident's channel may carry any."""
    places.rename(tx, channel, name)
    tx.record(facts.PlaceRenamed(channel=channel))
    streams.channel_renamed(tx, channel, name)
    incident = incidents.in_channel(tx, channel)
    if incident and incident.channel_name != name:
        before = incident.channel_name
        incidents.save(tx, replace(incident, channel_name=name))
        tx.record(facts.ChannelRenamed(incident=incident.id, told=False, before=before, after=name))


def archived(tx: Tx, channel: str) -> None:
    """Note that nothing can be posted there any more."""
    if (incident := incidents.in_channel(tx, channel)) and incident.channel_name:
        places.record(tx, [places.Place(channel, incident.channel_name, archived=True)])
    places.set_archived(tx, channel, True)
    streams.channel_gone(tx, channel, deleted=False)


def deleted(tx: Tx, channel: str) -> None:
    """Go on without a channel that is gone for good: an incident's own, or one with announcements."""
    places.forget(tx, channel)
    streams.channel_gone(tx, channel, deleted=True)
    lost = posts.forget_in(tx, channel)
    if incident := incidents.in_channel(tx, channel):
        channel_deleted(tx, incident)
        return
    for post in lost:
        what, why = f"The announcement in #{post.place} is gone", "the channel was deleted"
        problem(tx, post.incident, what, why, "Post a link to this channel elsewhere by hand.")


def refused(tx: Tx, incident_id: int, reason: str) -> bool:
    """Say whether a refusal means that the incident's channel was deleted; note it if nobody told us.

    A private channel that Slack does not find may have put us out as well.
    """
    incident = incidents.get(tx, incident_id)
    if incident.channel and not incident.private and "channel_not_found" in reason:
        deleted(tx, incident.channel)
        return True
    return incident.channel_deleted


def unarchived(tx: Tx, channel: str) -> None:
    """Note that the channel is back, and come back into an incident's: archiving it put us out."""
    places.set_archived(tx, channel, False)
    incident = incidents.in_channel(tx, channel)
    if incident and not incident.private:
        tx.record(facts.BotPutOut(incident=incident.id))
    else:
        back(tx, channel)


def back(tx: Tx, channel: str) -> None:
    """Bring up to date a channel in which nothing could be posted for a while, and can again.

    What was refused meanwhile is told now; card and topic show the present state.
    """
    tx.record(facts.ChannelBack(channel=channel))
    incident = incidents.in_channel(tx, channel)
    if not incident:
        return
    for lane in ("told:{}", "actions:{}", "people:{}", "pinned:{}:%", "mark:{}:%"):
        outbox.revive(tx, lane.format(incident.id))


def took_nothing(tx: Tx, channel: str) -> bool:
    """Say whether something may have been refused in a channel that we are in now. We come into one that we
    have just made too: its card is still to be posted, and nothing was given up.
    """
    incident = incidents.in_channel(tx, channel)
    fresh = incident and outbox.unsent(tx, "slack.post_card", f"card:{incident.id}")
    return not fresh or bool(incident and outbox.given_up(tx, f"%:{incident.id}%"))


def all_back(tx: Tx, channels: Collection[str]) -> None:
    """Do that with each of these channels."""
    for channel in channels:
        back(tx, channel)


def away(tx: Tx) -> list[str]:
    """Return the channels in which something was given up: of open incidents, and for announcements."""
    open_ones = {str(one.id): one.channel for one in incidents.everyone(tx) if one.status.open}
    found: set[str | None] = set()
    for lane in outbox.without_a_channel(tx):
        kind, number, *name = lane.split(":", 2)
        if kind in ("announce", "triage"):
            place = places.named(tx, *name)
            found.add(place.id if place else None)
        else:
            found.add(open_ones.get(number))
    return sorted(filter(None, found))


def found_again(tx: Tx, channel: str, *, member: bool) -> None:
    """Bring up to date a channel that is back, as nobody told us; come into it where we are not."""
    if not member:
        unarchived(tx, channel)
        return
    places.set_archived(tx, channel, False)
    back(tx, channel)


def put_out(tx: Tx, channel: str) -> None:
    """Come back into an incident's channel; into a private one only people can bring the bot."""
    incident = incidents.in_channel(tx, channel)
    if not incident or not incident.status.open:
        return
    if not incident.private:
        tx.record(facts.BotPutOut(incident=incident.id))
        return
    what = "Somebody removed me from the incident's channel"
    why = "I no longer see what is pinned there, nor can I post"
    cure = "Bring me back: /invite @muster in that channel."
    tx.record(facts.ProblemNoted(incident=incident.id, told=False, what=what, why=why, cure=cure))
    tx.record(facts.ProblemUnheard(incident=incident.id, what=what, why=why, cure=cure))
