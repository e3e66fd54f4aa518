"""The timeline: read in private, and what people write on it."""

from bot.domain.errors import Malformed, Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.rights import Right
from bot.domain.timeline.entries import Entry
from bot.domain.timeline.notes import lacks_words, taking_notes, timed
from bot.domain.work.held import LooksSecret
from bot.domain.work.held import Place as TypedIn
from bot.operations.oncall.rota import zone_of
from bot.operations.timeline import notes
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents.state import chosen, number, typed
from bot.views.timeline import note as note_view
from bot.views.timeline import timeline as view_of
from bot.views.timeline.timeline import LAST, Place, pages_of, rows_of
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, as_read, with_names
from handlers.work.asking import ask_author
from storage import incidents, timeline
from storage.transaction import Tx

ALL = "all"
EDIT = frozenset({"edit", "hide", "change", "re-time", "retime"})
"""Alone after the command, each asks which note is to be changed."""
TAKES = "nothing, `all`, or an incident's number"


async def show(request: Request) -> None:
    """Show the end of the timeline: the highlights, or with "all" everything."""
    everything = request.plain.lower() == ALL
    incident = request.here if everything else await words.incident(request, takes=TAKES)
    place = Place(incident.id, highlights=not everything, page=LAST)
    await request.answer(await request.uow.read(_page, incident, place))


@of_incident
async def turned(request: Request) -> None:
    """Show the page that a button leads to, in the place of the one before."""
    await request.answer(await request.uow.read(_page, request.here, Place.of(request.value)))


async def note(request: Request) -> None:
    """Write what was typed on the timeline, or open the form."""
    incident = taking_notes(request.here)
    text = as_read(await with_names(request.text, request.uow))
    if not text or lacks_words(text):
        await request.open(note_view.form(incident, text))
        return
    if text.lower() in EDIT:
        await edit(request)
        return
    text, at = timed(text, await request.uow.read(zone_of, request.user), request.uow.clock.now())
    try:
        await request.once(notes.note, incident.id, text, by=request.user, at=at)
    except LooksSecret:
        await ask_author(request, incident, TypedIn.NOTE, text, at)
        return
    await request.answer(note_view.noted(incident, at))


@answers_in_form(note_view.TEXT)
async def noted(form: Submission) -> None:
    """Write it on the timeline, once."""
    zone, now = await form.uow.read(zone_of, form.user), form.uow.clock.now()
    entered = typed(form.entered, note_view.TEXT)
    if lacks_words(entered):
        await form.wrong({note_view.TEXT: "Write also what happened then."})
        return
    text, at = timed(entered, zone, now)
    await form.once(notes.note, form.number, text, by=form.user, at=at, sure=form.sure)
    await form.close()


async def edit(request: Request) -> None:
    """Ask which note is to be changed."""
    incident = taking_notes(request.here)
    found = await request.uow.read(timeline.notes, incident.id)
    if not found:
        raise Refused("There is no note yet. Write one: `/inc note`.", Step("Add note", "note", incident.id))
    zone = await request.uow.read(zone_of, request.user)
    await request.open(note_view.which_form(incident, found, zone))


@answers_in_form(note_view.WHICH)
async def chosen_note(form: Submission) -> None:
    """Go on to the note that was chosen."""
    found = await form.uow.read(_note, form.number, number(chosen(form.entered, note_view.WHICH)), form.user)
    await form.turn_into(note_view.change_form(found[0], hidden=found[1]))


@answers_in_form(note_view.TEXT)
async def changed(form: Submission) -> None:
    note_id = number(form.metadata.partition(":")[2])
    before, _ = await form.uow.read(_note, form.number, note_id, form.user)
    await form.once(
        notes.change_note,
        form.number,
        note_id,
        text=typed(form.entered, note_view.TEXT),
        at=note_view.happened(form.entered, before),
        hidden=chosen(form.entered, note_view.HIDDEN) == note_view.HIDE,
        by=form.user,
        sure=form.sure,
    )
    await form.close()


def _note(tx: Tx, incident_id: int, note_id: int, by: str) -> tuple[Entry, bool]:
    if found := timeline.note(tx, incidents.visible(tx, incident_id, by).id, note_id):
        return found
    raise Malformed


def _page(tx: Tx, incident: Incident, place: Place) -> Message:
    count = timeline.count(tx, incident.id, place.highlights)
    pages = pages_of(count)
    page = pages if place.page == LAST else min(place.page, pages)
    start, size = rows_of(page, count)
    found = timeline.of(tx, incident.id, place.highlights, start, size)
    more = timeline.count(tx, incident.id) - timeline.count(tx, incident.id, highlights=True)
    return view_of.listing(found, incident, highlights=place.highlights, page=page, pages=pages, more=more)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            show,
            usage="timeline [all]",
            brief="what happened",
            help="Read what happened: the highlights, or everything. Only you see it.",
            example="/inc timeline",
            place=(Group.INFORM, 20),
        ),
        Subcommand(
            note,
            usage="note [text]",
            brief="write on the timeline",
            help="Write on the timeline, of now or `at 14:05 ...`. `/inc note edit` changes or hides a note.",
            example="/inc note The provider confirms the outage",
            place=(Group.INFORM, 25),
            own_way_with_secrets=True,
        ),
    ),
    listeners=(
        *(
            Listener("action", action_id, turned)
            for action_id in (
                view_of.OPEN,
                view_of.HIGHLIGHTS,
                view_of.EVERYTHING,
                view_of.OLDER,
                view_of.NEWER,
            )
        ),
        Listener("action", note_view.OPEN, of_incident(note)),
        Listener("action", note_view.EDIT, of_incident(edit)),
        Listener("view", note_view.FORM, noted),
        Listener("view", note_view.WHICH_FORM, chosen_note),
        Listener("view", note_view.CHANGE_FORM, changed),
    ),
    buttons=(
        PanelButton((Row.FACTS, 40), opens("Timeline", view_of.OPEN), lambda incident, viewer: True, None),
        PanelButton((Row.FACTS, 50), opens("Add note", note_view.OPEN), unless_gone, Right.PIN),
    ),
)
