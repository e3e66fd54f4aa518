"""Reviews: how one stands, its tasks, who owns it, and its end."""

import asyncio
from functools import partial

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import FINISHED, Incident, ReviewState, Status
from bot.domain.reviews.leaving import LeavesPrivate
from bot.operations.incidents.lifecycle import change_status
from bot.operations.reviews.canvases import ask_for_canvas
from bot.operations.reviews.documents import NewVersion, saved_first, shelf, unapproved_version
from bot.operations.work.review_reminders import snooze_review
from bot.operations.work.reviews import (
    TaskChanges,
    change_task,
    finish_review,
    give_review,
    may_work_on_review,
    request_review,
    tick_task,
    untick_task,
    waive_review,
)
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens
from bot.views.incidents import life
from bot.views.work import review as view_of
from bot.views.work.review_canvas import CANVAS, with_canvas
from bot.views.work.review_canvas import asked as canvas_asked
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.reviews import read
from storage import incidents, reviews
from storage.transaction import Tx

_REQUEST = ("request", "ask", "again", "reopen", "begin", "start")
_DONE = ("done", "finish", "finished", "complete", "completed")
_WAIVE = ("waive", "waived", "skip")
_SNOOZE = ("snooze", "later")
_CANVAS = "canvas"
_ANYWAY = ("anyway", "all the same")
_KNOWN = "`request`, `done`, `waive <reason>`, `canvas`, `snooze` and `@person`"


async def review(request: Request) -> None:
    """Show the review, or do with it what the word says."""
    incident = request.here
    first, _, rest = request.plain.partition(" ")
    word, rest = first.lower().rstrip(".!"), rest.strip()
    if not word:
        await _show(request, incident)
    elif word in _WAIVE:
        await _waive(request, incident, rest)
    elif request.mentioned or request.crowd or word == words.ME or word.startswith("@"):
        await _give(request, incident)
    elif word in _REQUEST and not rest:
        await _request(request, incident)
    elif word in _DONE and rest.lower().rstrip(".!") in {"", *_ANYWAY}:
        await _finish(request, incident, anyway=bool(rest))
    elif word == _CANVAS:
        await _as_canvas(request, incident, sure=rest)
    elif word in _SNOOZE and not rest:
        await _snooze(request, incident)
    else:
        raise Refused(
            f"I do not understand `{words.quoted(request.plain)}`. After `/inc review` can follow {_KNOWN}; "
            "alone it shows the review with its tasks.",
            Step("Show the review", "review", incident.id),
        )


async def _show(request: Request, incident: Incident) -> None:
    await request.answer(await request.uow.read(_shown, incident.id, request.user))


def _shown(tx: Tx, incident_id: int, viewer: str) -> Message:
    incident = incidents.visible(tx, incident_id, viewer)
    found = reviews.review_of(tx, incident_id)
    shown = view_of.standing(incident, found, tx.now.date()) if found else view_of.none(incident)
    kept = shelf(tx, incident_id, by=viewer)
    newest = kept.latest.number if kept.latest else 0
    return with_canvas(shown, incident, kept.canvas, newest) if kept.to_canvas else shown


async def _as_canvas(request: Request, incident: Incident, sure: str = "") -> None:
    """Have the newest version written as a canvas. What nobody has edited is saved first, as it is now.
    `sure` confirms what is private in it.
    """
    try:
        await _asked_for_canvas(request, incident, sure)
    except LeavesPrivate as no:
        anyway = Step("It may be read there", f"review canvas {no.sure}", incident.id)
        raise Refused(str(no), anyway) from None
    await request.answer(canvas_asked(incident))


async def _asked_for_canvas(request: Request, incident: Incident, sure: str) -> None:
    operation = partial(ask_for_canvas, sure=sure)
    url = request.links.to_incident(incident.id) or ""
    found = await request.uow.read(read, incident.id, request.user, url)
    if last := found.shelf.latest:
        await request.once(operation, incident.id, last.number, by=request.user)
    else:
        shown = await asyncio.to_thread(found.shown, "")
        new = NewVersion(shown.text, 0, shown.template, shown.text)
        await request.once(saved_first, incident.id, new, operation, by=request.user)


async def _request(request: Request, incident: Incident) -> None:
    asked = await request.once(request_review, incident.id, by=request.user)
    if asked:
        await request.answer(view_of.requested(asked))


async def _give(request: Request, incident: Incident) -> None:
    who = await words.reviewer(request)
    given = await request.once(give_review, incident.id, who, by=request.user)
    if given:
        await request.answer(view_of.given(incident, who))


async def _finish(request: Request, incident: Incident, *, anyway: bool = False) -> None:
    ended = await request.once(finish_review, incident.id, by=request.user, anyway=anyway)
    if ended:
        newest = await request.uow.read(unapproved_version, incident.id, by=request.user)
        await request.answer(view_of.over(ended, newest))


async def _waive(request: Request, incident: Incident, reason: str) -> None:
    ended = await request.once(waive_review, incident.id, reason, by=request.user)
    if ended:
        await request.answer(view_of.over(ended))


async def _snooze(request: Request, incident: Incident) -> None:
    timer = await request.uow.perform(snooze_review, incident.id, by=request.user)
    await request.answer(view_of.put_off(incident, timer.at))


@of_incident
async def shown(request: Request) -> None:
    await _show(request, request.here)


@of_incident
async def asked_for(request: Request) -> None:
    await _request(request, request.here)


@of_incident
async def canvas_pressed(request: Request) -> None:
    await _as_canvas(request, request.here)


@of_incident
async def finished(request: Request) -> None:
    await _finish(request, request.here)


@of_incident
async def put_off(request: Request) -> None:
    await _snooze(request, request.here)


@of_incident
async def closed(request: Request) -> None:
    incident = await request.uow.perform(change_status, request.here.id, Status.CLOSED, by=request.user)
    await request.answer(life.moved(incident))


@of_incident
async def change_opened(request: Request) -> None:
    found = await request.uow.read(may_work_on_review, request.here.id, by=request.user)
    if not found[1].left:
        raise Refused("Every task is done. `/inc review done` ends the review.")
    await request.open(view_of.change_form(*found))


@of_incident
async def waive_opened(request: Request) -> None:
    found = await request.uow.read(may_work_on_review, request.here.id, by=request.user)
    await request.open(view_of.waive_form(*found))


@pressed
async def ticked(request: Request) -> None:
    task = await request.uow.perform(tick_task, request.number, by=request.user)
    await _redrawn(request, task.incident)


@pressed
async def unticked(request: Request) -> None:
    task = await request.uow.perform(untick_task, request.number, by=request.user)
    await _redrawn(request, task.incident)


async def _redrawn(request: Request, incident_id: int) -> None:
    """Draw a private answer anew; the message in the channel follows by itself."""
    if request.in_private:
        await request.answer(await request.uow.read(_shown, incident_id, request.user))


@answers_in_form(view_of.TASK, person=view_of.OWNER)
async def change_sent(form: Submission) -> None:
    entered = view_of.changed(form.entered)
    if isinstance(entered, dict):
        await form.wrong(entered)
        return
    task, owner, due = entered
    if due and due < form.uow.clock.now().date():
        await form.wrong({view_of.DUE: "That day is over. Choose today or a day to come."})
        return
    await form.once(change_task, task, TaskChanges(owner, due), by=form.user)
    await form.close()


@answers_in_form(view_of.REASON)
async def waive_sent(form: Submission) -> None:
    await form.once(waive_review, form.number, view_of.reason(form.entered), by=form.user)
    await form.close()


def _once_over(incident: Incident, viewer: str) -> bool:
    """Offer it once it is over; while the incident waits for its review that is the first button already."""
    waits = incident.status is Status.POST_INCIDENT and incident.review is ReviewState.OPEN
    return incident.status in FINISHED and not waits


FEATURE = Feature(
    subcommands=(
        Subcommand(
            review,
            usage="review [request, done, waive <reason> or @person]",
            brief="what is left of the review",
            help="Show the review of the incident with its tasks, ask for one, say that it is done, waive it "
            "with a reason, or give it to somebody.",
            example="/inc review waive The same as INC-3, which was reviewed",
            place=(Group.INFORM, 56),
            aliases=("post-mortem", "postmortem"),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, shown),
        Listener("action", CANVAS, canvas_pressed),
        Listener("action", view_of.TICK, ticked),
        Listener("action", view_of.UNTICK, unticked),
        Listener("action", view_of.FINISH, finished),
        Listener("action", view_of.CHANGE, change_opened),
        Listener("action", view_of.WAIVE, waive_opened),
        Listener("action", view_of.REQUEST, asked_for),
        Listener("action", view_of.SNOOZE, put_off),
        Listener("action", view_of.CLOSE, closed),
        Listener("view", view_of.FORM, change_sent),
        Listener("view", view_of.WAIVE_FORM, waive_sent),
    ),
    buttons=(PanelButton((Row.FACTS, 33), opens("Review", view_of.OPEN), _once_over, None),),
)
