"""Streams: opened, told of, led and closed, in the incident's channel and in each one's own."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incidents.streams import (
    CLOSE,
    LEAD,
    RENAME,
    UPDATE,
    VERBS,
    Stream,
    begun_with,
    still_open,
    taking_streams,
)
from bot.domain.rights import Right
from bot.domain.work.held import LooksSecret
from bot.operations.incidents import streams as operations
from bot.operations.incidents.streams import visible_stream
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import streams as view_of
from bot.views.incidents.state import chosen_person
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read
from storage import streams


async def stream(request: Request) -> None:
    """Open the stream that is named, do something with one, or open the form."""
    verb, _, _ = request.plain.partition(" ")
    if verb.lower() in VERBS:
        await _done_with_one(request, verb.lower())
        return
    incident = request.here
    if not request.plain:
        if request.stream:
            await show(request, request.stream)
            return
        await _form(request)
        return
    taking_streams(incident)
    if request.crowd:
        raise Refused("A group cannot lead a stream: name one person, as in `/inc stream database @ana`.")
    name, lead, unknown = await words.for_whom(request)
    if unknown:
        raise Refused(
            f"I do not know who `{unknown.replace('`', '')}` is. Choose a person from Slack's list, as in "
            "`/inc stream database @ana`."
        )
    try:
        opened = await request.once(operations.open_stream, incident.id, name, by=request.user, lead=lead)
    except LooksSecret:
        await _form(request, name, lead or "")
        return
    if opened:
        await request.answer(view_of.opened(opened))


async def show(request: Request, of: Stream) -> None:
    """Show how the stream stands in whose channel somebody asks, and what they can do."""
    latest = await request.uow.read(streams.latest, of.id)
    await request.answer(view_of.about(of, request.here, latest, request.user))


async def _form(request: Request, name: str = "", lead: str = "") -> None:
    incident = taking_streams(request.here)
    known = await request.uow.read(operations.streams_of, incident.id, request.user)
    await request.open(view_of.form(incident, known, name, lead))


async def _done_with_one(request: Request, verb: str) -> None:
    """Do what the first word says with this channel's stream, or with the one that is named after it."""
    _, _, rest = request.text.strip().partition(" ")
    meant = request.stream
    if not meant:
        known = await request.uow.read(operations.streams_of, request.here.id, request.user)
        known.sort(key=lambda one: not one.open)
        found = begun_with(rest, known)
        if not found:
            there = ", ".join(one.name for one in known if one.open) or "none"
            raise Refused(f"Which stream do you mean? Open streams of INC-{request.here.id}: {there}.")
        meant, rest = found
    typed = replace(request, text=rest.strip())
    if verb == UPDATE:
        await update(typed, meant, as_read(rest))
    elif verb == LEAD:
        await lead(typed, meant)
    elif verb == RENAME:
        name = as_read(rest).strip()
        await _rename(typed, meant, name if request.stream else name.removeprefix("to ").strip())
    elif verb == CLOSE:
        await _close(typed, meant, as_read(rest))


async def update(request: Request, of: Stream, text: str) -> None:
    """Post an update of a stream, or open the form; what looks like a secret is asked about in the form."""
    if text:
        try:
            posted = await request.once(operations.post_stream_update, of.id, text, by=request.user)
        except LooksSecret:
            await request.open(view_of.update_form(of, text))
            return
        if posted:
            await request.answer(view_of.posted(posted))
        return
    found, _ = await request.uow.read(visible_stream, of.id, request.user, Right.UPDATE)
    await request.open(view_of.update_form(found))


async def lead(request: Request, of: Stream) -> None:
    """Hand the lead of a stream over, or take it."""
    found, _ = await request.uow.read(visible_stream, of.id, request.user)
    if not request.plain and found.lead == request.user:
        await request.open(view_of.lead_form(found))
        return
    to = await words.lead(request) if request.plain else request.user
    now = await request.uow.perform(operations.lead_stream, of.id, to, by=request.user)
    await request.answer(view_of.leads(now))


async def _rename(request: Request, of: Stream, name: str) -> None:
    """Give a stream the name that was typed, or open the form."""
    found, _ = await request.uow.read(visible_stream, of.id, request.user)
    if not name:
        await request.open(view_of.rename_form(still_open(found)))
        return
    try:
        now = await request.once(operations.rename_stream, of.id, name, by=request.user)
    except LooksSecret:
        await request.open(view_of.rename_form(found, name))
        return
    if now:
        await request.answer(view_of.renamed(now))


async def _close(request: Request, of: Stream, note: str) -> None:
    """Close a stream with the note that was typed, or without one."""
    try:
        closed = await request.once(operations.close_stream, of.id, note, by=request.user)
    except LooksSecret:
        await request.open(view_of.close_form(of, note))
        return
    if closed:
        await request.answer(view_of.closed(closed))


async def listed(request: Request) -> None:
    """List the streams of an incident."""
    incident = await words.incident(request)
    found = await request.uow.read(operations.streams_of, incident.id, request.user)
    await request.answer(view_of.listed(incident, found))


@pressed
async def lead_taken(request: Request) -> None:
    """Take the lead of a stream."""
    now = await request.uow.perform(operations.lead_stream, request.number, request.user, by=request.user)
    await request.answer(view_of.leads(now))


@pressed
async def update_opened(request: Request) -> None:
    """Open the form of an update."""
    found, _ = await request.uow.read(visible_stream, request.number, request.user, Right.UPDATE)
    await request.open(view_of.update_form(found))


@pressed
async def lead_opened(request: Request) -> None:
    """Open the form that hands the lead of a stream over."""
    found, _ = await request.uow.read(visible_stream, request.number, request.user)
    await request.open(view_of.lead_form(still_open(found)))


@pressed
async def rename_opened(request: Request) -> None:
    """Open the form that renames a stream."""
    found, _ = await request.uow.read(visible_stream, request.number, request.user)
    await request.open(view_of.rename_form(still_open(found)))


@pressed
async def close_opened(request: Request) -> None:
    """Open the form that closes a stream."""
    found, _ = await request.uow.read(visible_stream, request.number, request.user)
    await request.open(view_of.close_form(found))


@answers_in_form(view_of.NAME, view_of.LEAD)
async def submitted(form: Submission) -> None:
    """Open the stream, once."""
    name, lead = view_of.entered(form.entered)
    await form.once(operations.open_stream, form.number, name, by=form.user, lead=lead, sure=form.sure)
    await form.close()


@answers_in_form(view_of.TEXT)
async def update_submitted(form: Submission) -> None:
    """Post the update of the stream, once."""
    text = view_of.written(form.entered)
    await form.once(operations.post_stream_update, form.number, text, by=form.user, sure=form.sure)
    await form.close()


@answers_in_form(view_of.NOTE)
async def close_submitted(form: Submission) -> None:
    """Close the stream with its last note, once."""
    note = view_of.noted(form.entered)
    await form.once(operations.close_stream, form.number, note, by=form.user, sure=form.sure)
    await form.close()


@answers_in_form(view_of.NAME)
async def rename_submitted(form: Submission) -> None:
    """Rename the stream, once."""
    name = view_of.named(form.entered)
    await form.once(operations.rename_stream, form.number, name, by=form.user, sure=form.sure)
    await form.close()


@answers_in_form(view_of.LEAD)
async def lead_submitted(form: Submission) -> None:
    """Hand the lead of the stream to the person chosen."""
    to = chosen_person(form.entered, view_of.LEAD)
    if not to:
        raise Refused("Choose a person.")
    await form.uow.perform(operations.lead_stream, form.number, to, by=form.user)
    await form.close()


FEATURE = Feature(
    subcommands=(
        Subcommand(
            stream,
            usage="stream [name] [@lead]",
            brief="a channel for a part",
            help="Open a channel with a lead of its own for a part of the work. In it `/inc update`, "
            "`/inc lead` and pins are the stream's; its updates go on the incident's timeline. "
            "`/inc stream close [name] [last note]` closes it; `/inc stream update <name> <text>` and "
            "`/inc stream lead <name> @person` work from the incident's channel, and so does "
            "`/inc stream rename <name> to <new name>`. Bare `/inc` in its channel shows how it stands.",
            example="/inc stream database @ana",
            place=(Group.PEOPLE, 37),
            own_way_with_secrets=True,
        ),
        Subcommand(
            listed,
            usage="streams [INC-number]",
            brief="list the streams",
            help="See the streams of the incident: who leads each, and when it was last told of.",
            example="/inc streams",
            place=(Group.PEOPLE, 38),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(_form)),
        Listener("action", view_of.TAKE_LEAD, lead_taken),
        Listener("action", view_of.UPDATE_OPEN, update_opened),
        Listener("action", view_of.CLOSE_OPEN, close_opened),
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.UPDATE_FORM, update_submitted),
        Listener("view", view_of.CLOSE_FORM, close_submitted),
        Listener("action", view_of.LEAD_OPEN, lead_opened),
        Listener("view", view_of.LEAD_FORM, lead_submitted),
        Listener("action", view_of.RENAME_OPEN, rename_opened),
        Listener("view", view_of.RENAME_FORM, rename_submitted),
    ),
    buttons=(PanelButton((Row.PEOPLE, 39), opens("Open a stream", view_of.OPEN), while_open),),
)
