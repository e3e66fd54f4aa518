"""Streams: opened, led, told of, closed; and what becomes of them when their incident changes."""

from dataclasses import replace

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.facts import (
    StreamChannelOpened,
    StreamClosed,
    StreamLeadChanged,
    StreamMoved,
    StreamOpened,
    StreamPeopleAdded,
    StreamRenamed,
    StreamTurnedPrivate,
    StreamUpdated,
)
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import (
    MOST_OPEN,
    Stream,
    free_name,
    renamed,
    same,
    still_open,
    stream_name,
    taking_streams,
)
from bot.domain.paging.practice import taking_part
from bot.domain.rights import Right
from bot.operations.paging.placing import let_in
from bot.operations.rights import refuse_removed, visible
from bot.operations.workspace.channel import problem
from bot.operations.workspace.people import refuse_for_role
from bot.secret_scan import refuse_secrets
from storage import incidents, members, posts, streams
from storage.posts import Post
from storage.transaction import Tx

POST = "stream"
"""The kind of the standing message in a stream's channel; its place is the stream's number."""


def visible_stream(tx: Tx, stream_id: int, by: Actor, right: Right = Right.WORK) -> tuple[Stream, Incident]:
    """Return a stream with its incident to whoever may know of it; else raise NotFound."""
    stream = streams.visible(tx, stream_id, by)
    return stream, visible(tx, stream.incident, by, right)


def streams_of(tx: Tx, incident_id: int, by: str) -> list[Stream]:
    """Return the streams of an incident to whoever may know of it."""
    return streams.of(tx, visible(tx, incident_id, by, Right.UPDATE).id)


def open_stream(
    tx: Tx, incident_id: int, name: str, *, by: str, lead: str | None = None, sure: str = ""
) -> Stream:
    """Open a stream, led by who opens it or by `lead`. One that was closed goes on where it was."""
    incident = taking_streams(visible(tx, incident_id, by))
    name, lead = stream_name(name), lead or by
    refuse_secrets(name, sure=sure)
    known = streams.of(tx, incident_id)
    before = next((one for one in reversed(known) if same(one.name, name)), None)
    _refuse_open(incident, known, before)
    _refuse_as_lead(tx, incident, lead)
    if before:
        kept = before.place is not None
        stream = replace(before, lead=lead, closed_at=None, channel_lost=False)
        if not kept:
            _forget_message(tx, before)
            stream = replace(stream, channel=None, channel_name=None, archived=False)
        streams.save(tx, stream)
    else:
        stream = Stream(0, incident_id, name, lead, by, tx.now)
        stream = replace(stream, id=streams.add(tx, stream))
    fact = StreamOpened(
        incident=incident_id, by=by, stream=stream.id, name=stream.name, lead=lead, again=bool(before)
    )
    tx.record(fact)
    _bring(tx, stream, by, lead)
    return stream


def post_stream_update(tx: Tx, stream_id: int, text: str, *, by: str, sure: str = "") -> Stream:
    """Post an update of a stream: in its channel, and as an entry of the incident's timeline."""
    stream, _ = visible_stream(tx, stream_id, by, Right.UPDATE)
    still_open(stream)
    if not text:
        raise Refused("An update needs a text: what was found, and what comes next?")
    refuse_secrets(text, sure=sure)
    update = streams.add_update(tx, stream, text, by, tx.now)
    stream = replace(stream, updated_at=tx.now)
    streams.save(tx, stream)
    tx.record(
        StreamUpdated(
            incident=stream.incident, by=by, text=text, stream=stream.id, name=stream.name, update=update
        )
    )
    return stream


def lead_stream(tx: Tx, stream_id: int, to: str, *, by: str) -> Stream:
    """Give the lead of a stream to a person: the lead hands over, anyone may take it."""
    stream, incident = visible_stream(tx, stream_id, by)
    still_open(stream)
    _refuse_as_lead(tx, incident, to)
    if stream.lead == to:
        whose = "You lead" if to == by else f"<@{to}> leads"
        raise Refused(f"{whose} the stream {stream.name} already.")
    now = replace(stream, lead=to)
    streams.save(tx, now)
    tx.record(_led(stream, to, by))
    _bring(tx, now, to)
    return now


def rename_stream(tx: Tx, stream_id: int, name: str, *, by: str, sure: str = "") -> Stream:
    """Give a stream another name. What its timeline has said of it so far stays as it was."""
    stream, incident = visible_stream(tx, stream_id, by)
    now = renamed(stream, name, streams.of(tx, incident.id))
    refuse_secrets(now.name, sure=sure)
    streams.save(tx, now)
    tx.record(
        StreamRenamed(incident=incident.id, by=by, stream=stream.id, before=stream.name, after=now.name)
    )
    return now


def close_stream(tx: Tx, stream_id: int, note: str, *, by: str, sure: str = "") -> Stream:
    """Close a stream, with a last note if there is one."""
    stream, _ = visible_stream(tx, stream_id, by)
    still_open(stream)
    refuse_secrets(note, sure=sure)
    closed = replace(stream, closed_at=tx.now)
    streams.save(tx, closed)
    tx.record(StreamClosed(incident=stream.incident, by=by, text=note, stream=stream.id, name=stream.name))
    return closed


def move_streams(tx: Tx, duplicate: Incident, target: Incident, by: Actor) -> None:
    """Have the open streams of a duplicate be the other incident's: none is merged that other people read."""
    taken = streams.of(tx, target.id)
    for one in streams.of(tx, duplicate.id):
        if not one.open:
            continue
        moved = replace(one, incident=target.id, name=free_name(one.name, duplicate.id, taken))
        streams.save(tx, moved)
        if post := posts.find(tx, duplicate.id, POST, str(one.id)):
            posts.forget(tx, post)
            posts.record(tx, replace(post, incident=target.id))
        tx.record(
            StreamMoved(incident=target.id, by=by, stream=one.id, name=moved.name, duplicate=duplicate.id)
        )


def turn_private(tx: Tx, incident_id: int) -> None:
    """Leave the channels that everybody can read; streams that are open go on in private ones."""
    for one in streams.of(tx, incident_id):
        if not one.channel:
            continue
        posts.forget_in(tx, one.channel)
        streams.save(tx, replace(one, channel=None, channel_name=None, archived=False))
        tx.record(StreamTurnedPrivate(incident=incident_id, stream=one.id, channel=one.channel))


def channel_opened(tx: Tx, stream_id: int, channel: str, name: str) -> None:
    """Note the channel, and bring those in who belong there: who opened, leads or told of it."""
    stream = streams.get(tx, stream_id)
    if stream.channel:
        return
    streams.save(tx, replace(stream, channel=channel, channel_name=name, archived=False))
    tx.record(StreamChannelOpened(incident=stream.incident, stream=stream_id))
    _bring(tx, stream, stream.opened_by, stream.lead, *streams.authors(tx, stream_id), opened=True)


def channel_lost(tx: Tx, stream_id: int, why: str) -> None:
    """Go on without a channel: updates are still taken from the incident's."""
    stream = streams.get(tx, stream_id)
    streams.save(tx, replace(stream, channel_lost=True))
    cure = f"Its updates still work: `/inc stream update {stream.name} <text>`."
    problem(tx, stream.incident, f"The channel of the stream {stream.name} could not be opened", why, cure)


def message_posted(tx: Tx, stream_id: int, channel: str, ts: str) -> None:
    """Remember the standing message of a stream's channel."""
    stream = streams.get(tx, stream_id)
    posts.record(tx, Post(stream.incident, POST, str(stream_id), channel, ts))


def channel_gone(tx: Tx, channel: str, *, deleted: bool) -> None:
    """Close a stream whose channel somebody archived or deleted."""
    stream = streams.in_channel(tx, channel)
    if not stream:
        return
    gone = replace(stream, archived=True)
    if deleted:
        posts.forget_in(tx, channel)
        gone = replace(gone, channel=None, channel_name=None, archived=False)
    streams.save(tx, replace(gone, closed_at=stream.closed_at or tx.now))
    if stream.open:
        ended = "channel_deleted" if deleted else "channel_archived"
        tx.record(StreamClosed(incident=stream.incident, stream=stream.id, name=stream.name, ended=ended))


def channel_renamed(tx: Tx, channel: str, name: str) -> None:
    """Follow a channel's new name; a stream's may carry any."""
    stream = streams.in_channel(tx, channel)
    if stream and stream.channel_name != name:
        streams.save(tx, replace(stream, channel_name=name))


def _refuse_open(incident: Incident, known: list[Stream], before: Stream | None) -> None:
    if before and before.open:
        where = f": <#{before.place}>" if before.place else ""
        raise Refused(
            f"INC-{incident.id} has a stream {before.name} already{where}.",
            Step("Show the streams", "streams", incident.id),
        )
    if sum(one.open for one in known) >= MOST_OPEN:
        raise Refused(
            f"INC-{incident.id} has {MOST_OPEN} open streams, which is the most. Close one first: "
            "`/inc stream close <name>`.",
            Step("Show the streams", "streams", incident.id),
        )


def _refuse_as_lead(tx: Tx, incident: Incident, person: str) -> None:
    refuse_for_role(tx, taking_part(incident, person))
    refuse_removed(tx, incident, person)


def _bring(tx: Tx, stream: Stream, *wanted: str, opened: bool = False) -> None:
    """Have people invited to the stream's channel, once it is open. Whoever leads a stream is let into the
    incident's channel too.
    """
    for one in () if opened else dict.fromkeys(wanted):
        let_in(tx, stream.incident, one)
    there, gone = members.of(tx, stream.incident), members.gone(tx, stream.incident)
    private = incidents.get(tx, stream.incident).private
    people = [
        one for one in dict.fromkeys(wanted) if one and one not in gone and (one in there or not private)
    ]
    if people and (stream.place or opened):
        tx.record(StreamPeopleAdded(incident=stream.incident, stream=stream.id, people=people))


def _led(stream: Stream, to: str, by: Actor) -> StreamLeadChanged:
    return StreamLeadChanged(
        incident=stream.incident, by=by, stream=stream.id, name=stream.name, before=stream.lead, after=to
    )


def _forget_message(tx: Tx, stream: Stream) -> None:
    if post := posts.find(tx, stream.incident, POST, str(stream.id)):
        posts.forget(tx, post)
