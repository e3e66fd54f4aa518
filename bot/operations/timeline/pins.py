"""Messages that people pin become the timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain.errors import Refused
from bot.domain.facts import MessagePinned, MessageUnpinned, PinUnlinked, SecretDecided
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream
from bot.domain.rights import Right
from bot.domain.timeline.entries import Entry, posted_at
from bot.domain.timeline.pictures import Offered
from bot.domain.work.held import Decision, HeldText, Place, kinds
from bot.operations.rights import allow
from bot.operations.timeline.masking import hold_masked
from bot.operations.timeline.pictures import wanted
from bot.secret_scan import hidden, mark_of
from storage import held_texts, incidents, members, pins, streams, timeline
from storage.transaction import Tx


def pin(tx: Tx, channel: str, ts: str, *, by: str, source: str, at: datetime) -> None:
    """Put a message on the timeline, unless it was taken off after `at`.

    `source` is "reaction" or "pin": each person's reaction counts alone.
    """
    incident, stream = _marked(tx, channel, by)
    if not incident:
        return
    first = not pins.any_left(tx, incident.id, ts)
    if pins.mark(tx, incident.id, ts, _source(source, by), at, gone=False) and first:
        timeline.pin(tx, incident.id, ts, posted_at(ts), by, stream=stream.name if stream else "")
        tx.record(MessagePinned(incident=incident.id, ts=ts, stream=stream.id if stream else 0))


def unpin(tx: Tx, channel: str, ts: str, *, by: str, source: str, at: datetime) -> None:
    """Take a message off the timeline when its last reaction and its pin are gone, and did not come back."""
    incident, stream = _marked(tx, channel, by)
    if not incident:
        return
    pins.mark(tx, incident.id, ts, _source(source, by), at, gone=True)
    entry = timeline.pinned(tx, incident.id, ts)
    if entry and not pins.any_left(tx, incident.id, ts):
        timeline.hide(tx, entry.id)
        tx.record(MessageUnpinned(incident=incident.id, ts=ts, stream=stream.id if stream else 0))


def filled(
    tx: Tx,
    incident_id: int,
    ts: str,
    *,
    by: str | None,
    text: str,
    permalink: str,
    thread: str | None = None,
    files: Sequence[str],
    pictures: Sequence[Offered] = (),
    stream: int = 0,
) -> None:
    """Write what a pinned message says: the pin came first, the words are fetched after."""
    entry = timeline.pinned(tx, incident_id, ts)
    if not entry:
        return
    changed = {mark: True for mark in ("edited", "deleted") if entry.data.get(mark)}
    of = {"stream": entry.data["stream"]} if entry.data.get("stream") else {}
    data = {"ts": ts, "permalink": permalink, "files": list(files)} | of | changed
    if entry.text and changed:  # an edit came first, and was looked through then
        data |= {mark: entry.data[mark] for mark in ("secret", "sure") if mark in entry.data}
        timeline.rewrite(tx, entry.id, by=by, text=entry.text, data=data)
    else:
        _write(tx, replace(entry, by=by), ts, text, data)
    wanted(tx, incident_id, ts, pictures)
    if not permalink:
        tx.record(PinUnlinked(incident=incident_id, ts=ts, thread=thread, stream=stream))


def linked(tx: Tx, incident_id: int, ts: str, *, permalink: str) -> None:
    if entry := timeline.pinned(tx, incident_id, ts):
        data = {**entry.data, "permalink": permalink}
        timeline.rewrite(tx, entry.id, by=entry.by, text=entry.text, data=data)


def edited(tx: Tx, channel: str, ts: str, text: str) -> None:
    """Follow the edit of a message that is on the timeline, or was."""
    if entry := _kept(tx, channel, ts):
        _write(tx, entry, ts, text, {**entry.data, "edited": True})


def shown_in_full(tx: Tx, incident_id: int, held: HeldText) -> None:
    """Show a pinned message as it was written: what looked like a secret in it is none."""
    if not held.ts or not (entry := timeline.pinned(tx, incident_id, held.ts)):
        raise Refused("The message is not on the timeline any more.")
    data = {key: value for key, value in entry.data.items() if key != "secret"}
    data["sure"] = mark_of([held.text])
    timeline.rewrite(tx, entry.id, by=entry.by, text=held.text, data=data)


def _write(tx: Tx, entry: Entry, ts: str, text: str, data: Mapping[str, Any]) -> None:
    """Write the words of a message, without what looks like a secret and nobody has confirmed.

    Its author and whoever pinned it are asked once; what an edit takes out is no matter any more.
    """
    shown, found = hidden(text)
    data = {key: value for key, value in data.items() if key != "secret"}
    earlier = held_texts.of_message(tx, entry.incident, ts)
    if earlier and not earlier.decision and earlier.text != text:
        held_texts.decide(tx, earlier, Decision.KEPT, None)
        tx.record(
            SecretDecided(
                incident=entry.incident,
                place=Place.PIN.value,
                what=earlier.what,
                held=earlier.id,
                decision=Decision.KEPT.value,
            )
        )
    if not found or entry.data.get("sure") == mark_of([text]):
        timeline.rewrite(tx, entry.id, by=entry.by, text=text, data=data)
        return
    timeline.rewrite(tx, entry.id, by=entry.by, text=shown, data={**data, "secret": ", ".join(kinds(found))})
    if earlier and earlier.text == text:
        return  # it is asked about already
    pinner = entry.data.get("marked_by") or (earlier.marked_by if earlier else None)
    if asked := entry.by if isinstance(entry.by, str) else pinner:
        incident = incidents.get(tx, entry.incident)
        hold_masked(tx, incident, Place.PIN, (text, shown), found, by=asked, marked_by=pinner, ts=ts)


def deleted(tx: Tx, channel: str, ts: str) -> None:
    """Keep our copy of a deleted message and mark it."""
    if entry := _kept(tx, channel, ts):
        timeline.rewrite(tx, entry.id, by=entry.by, text=entry.text, data={**entry.data, "deleted": True})


def _marked(tx: Tx, channel: str, by: str) -> tuple[Incident | None, Stream | None]:
    """Return the incident of a channel in which somebody who may set marks on messages has set one, and the
    stream, if it is the channel of one.

    Slack tells of marks in channels that their setters are in; who left meanwhile keeps what they set.
    """
    try:
        allow(tx, by, Right.PIN)
    except Refused:
        return None, None
    incident, stream = streams.incident_of(tx, channel)
    if not incident or by in members.gone(tx, incident.id):
        return None, None
    if stream and incident.private and by not in members.of(tx, incident.id):
        return None, None  # brought into the stream's channel by hand
    return incident, stream


def _kept(tx: Tx, channel: str, ts: str) -> Entry | None:
    incident, _ = streams.incident_of(tx, channel)
    return timeline.pinned(tx, incident.id, ts) if incident else None


def _source(source: str, by: str) -> str:
    return f"reaction:{by}" if source == "reaction" else "pin"
