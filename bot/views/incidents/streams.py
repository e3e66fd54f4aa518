"""Streams: the standing message in each one's channel, their list, their forms, and the line on the card."""

from collections.abc import Sequence
from typing import Any

from bot.domain.actors import parsed
from bot.domain.errors import Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import LONGEST, Stream, StreamUpdate
from bot.views.blocks import Block, Element, Message, actions, button, confirm, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, modal, people_select, text_input
from bot.views.incidents.state import State, chosen_person, typed, typed_line
from bot.views.mrkdwn import actor, capital, escape, person, place, quote, quotes, when
from bot.views.naming import title, title_inside, way_in
from bot.views.steps import row

OPEN, FORM = "stream_open", "stream_form"
TAKE_LEAD = "stream_take"
UPDATE_OPEN, UPDATE_FORM = "stream_update_open", "stream_update_form"
CLOSE_OPEN, CLOSE_FORM = "stream_close_open", "stream_close_form"
LEAD_OPEN, LEAD_FORM = "stream_lead_open", "stream_lead_form"
RENAME_OPEN, RENAME_FORM = "stream_rename_open", "stream_rename_form"
NAME, LEAD, TEXT, NOTE = "name", "lead", "text", "note"


def on_card(streams: Sequence[Stream]) -> str:
    """Return the open streams on one line, each with its channel, its lead and its last update."""
    return f"Streams: {' · '.join(map(_short, streams))}"


def _short(stream: Stream) -> str:
    name = f"*{escape(stream.name)}*"
    told = f", updated {when(stream.updated_at)}" if stream.updated_at else ""
    return f"{name} {_where(stream)} ({_led(stream)}{told})"


def _where(stream: Stream) -> str:
    if stream.place:
        return place(stream.place)
    if stream.channel_lost:
        return "without a channel"
    return "its channel is archived" if stream.archived else "its channel is being opened"


def _led(stream: Stream) -> str:
    return person(stream.lead) if stream.lead else "nobody leads"


@says_drill
def standing(stream: Stream, incident: Incident, latest: StreamUpdate | None) -> Message:
    """Return the message that stays in a stream's channel: what it is, of which incident, and who leads."""
    heading = f"*Stream {escape(stream.name)}* of INC-{incident.id}, {way_in(incident)}"
    if not stream.open:
        again = f"`/inc stream {escape(stream.name)}` in the incident's channel opens it again."
        said = f"{heading}\nThis stream is closed. {again if incident.status.open else ''}".rstrip()
        return message(said, section(said))
    lines = [heading, f"Lead: {_led(stream)}"]
    if latest:
        lines.append(f"Last update, {when(latest.at)}:\n{quote(latest.text, 1500)}")
    said = "\n".join(lines)
    hint = (
        "`/inc update` here posts an update of the stream, which goes on the incident's timeline, as pins do."
    )
    return message(said, section(said), actions(*_buttons(stream)), context(hint))


def _buttons(stream: Stream) -> list[Element]:
    return [
        button("Post update", UPDATE_OPEN, stream.id, style="primary"),
        button("Take the lead", TAKE_LEAD, stream.id, confirm=_sure(stream)),
        button("Close stream", CLOSE_OPEN, stream.id),
    ]


def _sure(stream: Stream) -> Element | None:
    if not stream.lead:
        return None
    return confirm("Take the lead?", f"{person(stream.lead)} leads this stream now.", "Take the lead")


@says_drill
def updated(update: StreamUpdate, stream: Stream, incident: Incident, author: str) -> Message:
    """Return an update as the stream's channel sees it; no name of it calls anybody."""
    heading = f"Update of {escape(stream.name)} from {escape(author)}"
    return message(
        f"{heading}:\n{quote(update.text)}", section(f"*{heading}*"), *map(section, quotes(update.text))
    )


def listed(incident: Incident, streams: Sequence[Stream]) -> Message:
    """Return all streams of an incident with what can be done, to one person."""
    if not streams:
        said = f"{title_inside(incident)} has no streams: channels for parts of the work."
        return message(said, section(said), *_new(incident))
    heading = f"*Streams of {title_inside(incident)}*"
    blocks: list[Block] = [section(heading)]
    for one in streams:
        if one.open:
            blocks += [section(_short(one)), actions(*_buttons(one))]
    closed = [escape(one.name) for one in streams if not one.open]
    if closed:
        blocks.append(context(f"Closed: {', '.join(closed)}"))
    return message(heading, *blocks, *_new(incident))


def _new(incident: Incident) -> list[Block]:
    return [actions(button("Open a stream", OPEN, incident.id))] if incident.status.open else []


def about(stream: Stream, incident: Incident, latest: StreamUpdate | None, viewer: str) -> Message:
    """Say to one person, in a stream's channel, how it stands and what they can do."""
    to_incident = row([Step(f"Panel of INC-{incident.id}", "", incident.id)])
    heading = f"*Stream {escape(stream.name)}* of {title_inside(incident)}"
    if not stream.open:
        again = [Step("Open it again", f"stream {stream.name}", incident.id)] if incident.status.open else []
        said = f"{heading}\nThis stream is closed."
        back = [*again, Step(f"Panel of INC-{incident.id}", "", incident.id)]
        return message(said, section(said), *row(back))
    lines = [heading, f"Lead: {_led(stream)}"]
    lines.append(
        f"Last update, {when(latest.at)}:\n{quote(latest.text, 1500)}" if latest else "No update yet."
    )
    said = "\n".join(lines)
    update, take, close = _buttons(stream)
    hand_over = button("Hand over the lead", LEAD_OPEN, stream.id)
    mine = hand_over if stream.lead == viewer else take
    does = actions(update, mine, button("Rename", RENAME_OPEN, stream.id), close)
    return message(said, section(said), does, *to_incident)


@says_drill
def given(stream: Stream, incident: Incident, giver: str) -> Message:
    """Tell somebody in private that they lead a stream now."""
    which = f"a stream of {title(incident)}"
    if not incident.private:
        which = f"the stream {escape(stream.name)} of {title(incident)}"
    where = f" in {place(stream.place)}" if stream.place else ""
    return message(
        f"*{capital(actor(parsed(giver)))} made you the lead of {which}.* Say what you find with "
        f"`/inc update`{where}; `/inc lead @person` there hands it over."
    )


def form(incident: Incident, streams: Sequence[Stream], name: str = "", lead: str = "") -> dict[str, Any]:
    """Return the form that opens a stream."""
    there = ", ".join(escape(one.name) for one in streams if one.open)
    named = text_input(NAME, initial=name, max_length=LONGEST, placeholder="database", focus=True)
    who = people_select(LEAD, initial=lead or None, placeholder="You")
    blocks = [
        context(f"{title(incident)} · Open streams: {there or 'none'}"),
        input_block("Name", named, NAME, hint="Its channel is named after it."),
        input_block("Lead", who, LEAD, optional=True),
    ]
    return modal("Open a stream", "Open", FORM, blocks, str(incident.id))


def entered(state: State) -> tuple[str, str | None]:
    return typed_line(state, NAME), chosen_person(state, LEAD)


def update_form(stream: Stream, written: str = "") -> dict[str, Any]:
    words = text_input(TEXT, initial=written, multiline=True, focus=True)
    blocks = [
        context(
            f"Stream {escape(stream.name)} of INC-{stream.incident} · It goes on the incident's timeline."
        ),
        input_block("What was found, and what comes next?", words, TEXT),
    ]
    return modal("Update of a stream", "Post", UPDATE_FORM, blocks, str(stream.id))


def written(state: State) -> str:
    return typed(state, TEXT)


def close_form(stream: Stream, note: str = "") -> dict[str, Any]:
    words = text_input(NOTE, initial=note, multiline=True, focus=True)
    blocks = [
        context(f"Stream {escape(stream.name)} of INC-{stream.incident} · Its channel stays to be read."),
        input_block("Last note", words, NOTE, optional=True, hint="What came of it, for the timeline."),
    ]
    return modal("Close the stream", "Close it", CLOSE_FORM, blocks, str(stream.id))


def noted(state: State) -> str:
    return typed(state, NOTE)


def lead_form(stream: Stream) -> dict[str, Any]:
    who = people_select(LEAD, placeholder="Choose a person")
    blocks = [
        context(f"Stream {escape(stream.name)} of INC-{stream.incident} · Lead: {_led(stream)}"),
        input_block("New lead", who, LEAD),
    ]
    return modal("Hand over the stream", "Hand over", LEAD_FORM, blocks, str(stream.id))


def rename_form(stream: Stream, name: str = "") -> dict[str, Any]:
    named = text_input(NAME, initial=name or stream.name, max_length=LONGEST, focus=True)
    blocks = [
        context(f"Stream {escape(stream.name)} of INC-{stream.incident}"),
        input_block("New name", named, NAME, hint="Its channel is named after it."),
    ]
    return modal("Rename the stream", "Rename", RENAME_FORM, blocks, str(stream.id))


def named(state: State) -> str:
    return typed_line(state, NAME)


def renamed(stream: Stream) -> Message:
    follows = " Its channel follows." if stream.place else ""
    return message(f"The stream of INC-{stream.incident} is called *{escape(stream.name)}* now.{follows}")


def opened(stream: Stream) -> Message:
    where = place(stream.place) if stream.place else "its channel opens in a moment, and you are invited"
    return message(
        f"The stream *{escape(stream.name)}* of INC-{stream.incident} is open: {where}. "
        f"{_led(stream)} leads it."
    )


def posted(stream: Stream) -> Message:
    where = "" if not stream.place else f" in {place(stream.place)} and"
    return message(
        f"Your update of *{escape(stream.name)}* is{where} on the timeline of INC-{stream.incident}."
    )


def leads(stream: Stream) -> Message:
    return message(f"{_led(stream)} leads the stream *{escape(stream.name)}* of INC-{stream.incident}.")


def closed(stream: Stream) -> Message:
    return message(
        f"The stream *{escape(stream.name)}* of INC-{stream.incident} is closed. "
        f"`/inc stream {escape(stream.name)}` opens it again."
    )
