"""Channels that are renamed or archived by people."""

from dataclasses import replace

from bot.domain.timeline import Kind
from storage import incidents, places, timeline
from storage.transaction import Tx


def renamed(tx: Tx, channel: str, name: str) -> None:
    """Follow a channel's new name; an incident's channel may carry any."""
    places.rename(tx, channel, name)
    incident = incidents.in_channel(tx, channel)
    if incident and incident.channel_name != name:
        before = incident.channel_name
        incidents.save(tx, replace(incident, channel_name=name))
        timeline.add(tx, incident.id, Kind.CHANNEL_RENAMED, by=None, told=False, before=before, after=name)


def archived(tx: Tx, channel: str) -> None:
    """Note that nothing can be posted there any more."""
    places.set_archived(tx, channel, True)


def unarchived(tx: Tx, channel: str) -> None:
    """Note that the channel is back, and come back into an incident's: archiving it put us out."""
    places.set_archived(tx, channel, False)
    incident = incidents.in_channel(tx, channel)
    if incident and not incident.private:
        tx.emit("channel.left", incident=incident.id)


def put_out(tx: Tx, channel: str) -> None:
    """Come back into an incident's channel; into a private one only people can bring the bot."""
    incident = incidents.in_channel(tx, channel)
    if not incident or not incident.status.open:
        return
    if not incident.private:
        tx.emit("channel.left", incident=incident.id)
        return
    problem = {
        "what": "Somebody removed me from the incident's channel",
        "why": "I no longer see what is pinned there, nor can I post",
        "cure": "Bring me back: /invite @muster in that channel.",
    }
    timeline.add(tx, incident.id, Kind.PROBLEM, by=None, told=False, **problem)
    tx.emit("problem.told", incident=incident.id, **problem)
