"""What follows when an incident's channel opens, or cannot be opened."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import facts
from bot.domain.actors import Actor
from bot.domain.incidents.incident import Incident
from storage import incidents, members, timeline
from storage.transaction import Tx


def channel_opened(tx: Tx, incident_id: int, channel: str, name: str) -> None:
    """Note the channel and set in motion all that waited for it."""
    before = incidents.get(tx, incident_id)
    if before.channel:
        return
    incident = replace(before, channel=channel, channel_name=name)
    incidents.save(tx, incident)
    members.opened(tx, incident_id)
    tx.record(facts.PeopleAdded(incident=incident_id, people=members.of(tx, incident_id)))
    tx.record(facts.ChannelOpened(incident=incident_id))
    for entry in timeline.to_tell(tx, incident_id):
        tx.tell(incident_id, entry)


def channel_lost(tx: Tx, incident_id: int, why: str) -> None:
    """Go on without a channel: announce all the same, and say so where people look."""
    incidents.lose_channel(tx, incident_id)
    what = "The incident's channel could not be opened"
    cure = "Make a channel by hand and invite the people the page names."
    problem(tx, incident_id, what, why, cure)
    tx.record(facts.ChannelLost(incident=incident_id))
    tx.record(facts.ProblemUnheard(incident=incident_id, what=what, why=why, cure=cure))


def channel_deleted(tx: Tx, incident: Incident) -> None:
    """Go on without a channel that somebody deleted: say so where people look, and to the lead once."""
    incidents.lose_channel(tx, incident.id)
    tx.record(facts.ChannelDeleted(incident=incident.id))
    what, why = "Its channel was deleted", "nothing can be posted there any more"
    cure = "Pages go on. Go on in any other channel: commands such as `/inc update` work there too."
    kind = tx.process.types.get(incident.type)
    if kind and kind.announce and not incident.private:
        cure += " Updates are still posted under the announcements."
    problem(tx, incident.id, what, why, cure)
    if incident.status.open:
        tx.record(facts.ProblemUnheard(incident=incident.id, what=what, why=why, cure=cure))


def channel_renamed(tx: Tx, incident_id: int, name: str) -> None:
    """Note the name that Slack gave the channel."""
    incident = incidents.get(tx, incident_id)
    incidents.save(tx, replace(incident, channel_name=name))
    tx.record(facts.ChannelFollowed(incident=incident_id, before=incident.channel_name))


def problem(tx: Tx, incident_id: int, what: str, why: str, cure: str, *, told: bool = True) -> None:
    """Write down something that failed for good, so that people of the incident know."""
    tx.record(facts.ProblemNoted(incident=incident_id, told=told, what=what, why=why, cure=cure))


def not_posted(tx: Tx, incident_id: int, what: str, why: str, text: str, *, by: Actor) -> None:
    """Give what somebody wrote back to them: the channel does not take it."""
    if isinstance(by, str):
        tx.record(facts.TextRefused(incident=incident_id, person=by, what=what, why=why, words=text))


def not_invited(tx: Tx, incident_id: int, refused: Mapping[str, str]) -> None:
    """Note who could not be brought into the channel, and why: `refused` is each person's reason."""
    for person in refused:
        members.remove(tx, incident_id, person)
    for why in dict.fromkeys(refused.values()):
        names = ", ".join(f"<@{person}>" for person, reason in refused.items() if reason == why)
        problem(tx, incident_id, f"Could not invite {names}", why, "Invite them by hand.")
