"""Follow-ups: the form, one line of words, the lists with their buttons, and actions kept as such."""

from dataclasses import replace
from datetime import date

from bot.domain.errors import Malformed, Refused, Step
from bot.domain.rights import Right
from bot.domain.work import follow_up_words
from bot.domain.work.follow_ups import FollowUp, due_from, warning
from bot.domain.work.work import taking_actions
from bot.operations.oncall.rota import zone_of
from bot.operations.work.actions import Plan
from bot.operations.work.follow_ups import (
    Changes,
    NewFollowUp,
    add_follow_up,
    cancel_follow_up,
    change_follow_up,
    finish_follow_up,
    keep_action,
    keep_all,
    reopen_follow_up,
    visible_follow_up,
)
from bot.views.blocks import Message
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents.state import number
from bot.views.work import action as action_view
from bot.views.work import follow_up as view_of
from bot.views.work import follow_up_form as form_of
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import confirmed
from storage import follow_ups, incidents
from storage.follow_ups import Sought
from storage.transaction import Tx

MINE, OPEN, OVERDUE, ALL = "mine", "open", "overdue", "all"
_SAID = follow_up_words.SAID.replace("`", "")
"""In a note of a form, where people's words may stand too, nothing is code."""
_LISTS = {
    **dict.fromkeys(("mine", "my", "me"), MINE),
    **dict.fromkeys(("open", "everybody", "everyone"), OPEN),
    **dict.fromkeys(("overdue", "late"), OVERDUE),
    **dict.fromkeys(("all", "done", "closed", "everything"), ALL),
}


async def add(request: Request) -> None:
    """Add what was typed if it says for whom; else open the form with what is known already."""
    incident, rules = taking_actions(request.here), request.uow.process.follow_ups
    today = await _today(request)
    first = follow_up_words.read(request.text, rules, today)
    text, person, unknown = await words.for_whom(replace(request, text=first.rest))
    typed = follow_up_words.read(text, rules, today)
    label, priority = first.label or typed.label, first.priority or typed.priority
    due, odd = first.due or typed.due, typed.odd or first.odd
    private = first.private or typed.private
    details = typed.rest if len(typed.rest) > form_of.LONGEST else ""
    if details:
        note = "That is long for a title: all of it is in the details. Say in a few words what is to be done."
    elif odd and not due:
        note = f"I do not know which day “{odd}” is: choose it here, or write {_SAID}."
    else:
        note = f"I do not know exactly one “{unknown}”: choose the owner here." if unknown else ""
    plan = Plan(label, priority, None, private)
    if typed.rest and person and not note:
        new = NewFollowUp(typed.rest, owner=person, due=due, plan=plan)
        made = await request.once(add_follow_up, incident.id, new, by=request.user)
        if made:
            await request.answer(view_of.added(made))
        return
    known = form_of.Filled(
        typed.rest, details, owner=person, label=label, due=due, priority=priority, private=private, note=note
    )
    await request.open(form_of.form(incident, rules, known))


@answers_in_form(form_of.TITLE, person=form_of.OWNER)
async def submitted(form: Submission) -> None:
    """Write it down, once. A title that begins badly is warned of first, and taken the second time."""
    entered = form_of.entered(form.entered)
    if isinstance(entered, dict):
        await form.wrong(entered)
        return
    if entered.due and (odd := await _odd(form, entered.due)):
        await form.wrong({form_of.DUE: odd})
        return
    if warning(entered.title) and not form.metadata.endswith(":warned"):
        incident = await form.uow.read(incidents.visible, form.number, form.user)
        await form.turn_into(form_of.form(incident, form.uow.process.follow_ups, form_of.filled(entered)))
        return
    plan = Plan(entered.label or None, entered.priority, entered.service or None, entered.private)
    new = NewFollowUp(entered.title, entered.details, entered.owner, entered.due, plan)
    made = await form.once(add_follow_up, form.number, new, by=form.user)
    if made and made.action.private:  # nobody else sees it: no message in the channel confirms it
        incident = await form.uow.read(incidents.visible, form.number, form.user)
        await confirmed(form, incident, view_of.added(made))
    else:
        await form.close()


async def _today(by: Request | Submission) -> date:
    """Return the day that it is for whoever asks."""
    zone = await by.uow.read(zone_of, by.user)
    return by.uow.clock.now().astimezone(zone).date()


async def _odd(form: Submission, due: date) -> str:
    """Return why something cannot be due on a day, or nothing."""
    if due < await _today(form):
        return "That day is over. Choose today or a day to come."
    try:
        due_from(due, form.uow.clock.now())
    except Refused as no:
        return str(no)
    return ""


async def show(request: Request) -> None:
    """List follow-ups in private: this incident's, or one's own, or as the word says."""
    said = request.plain.lower().strip(" .")
    named = words.is_number(said)
    if named:
        found = await words.incident(request)
        await _show(request, f"i{found.id}")
        return
    if said and said not in _LISTS:
        raise Refused(
            f"I know no list `{words.quoted(said)}`. There are `mine`, `open`, `overdue`, `all`, and an "
            "incident's number: `/inc followups INC-7`. To add one: "
            f"`/inc followup {words.quoted(request.plain)}`.",
            Step("My follow-ups", "followups mine"),
            Step("Add a follow-up", f"followup {request.text}"),
        )
    inside = request.incident is not None and said in {"", *(w for w, to in _LISTS.items() if to == ALL)}
    if inside and request.incident:
        await _show(request, f"i{request.incident.id}{'all' if said else ''}")
        return
    await _show(request, _LISTS.get(said, MINE))


async def listed(request: Request) -> None:
    """List an incident's, by the button of its panel."""
    await _show(request, f"i{request.here.id}")


async def turned(request: Request) -> None:
    await _show(request, *_back(request.rest))


async def _show(request: Request, back: str, page: int = 1, ended: FollowUp | None = None) -> None:
    await request.answer(await request.uow.read(_listing, back, request.user, page, ended))


def _listing(tx: Tx, back: str, viewer: str, page: int, ended: FollowUp | None) -> Message:
    today = tx.now.astimezone(zone_of(tx, viewer)).date()
    heading, none, sought = _sought(tx, back, viewer, today)
    found = follow_ups.visible(tx, viewer, sought)
    return view_of.listing(found, heading, today, page=page, back=back, none=none, ended=ended)


def _sought(tx: Tx, back: str, viewer: str, today: date) -> tuple[str, str, Sought]:
    """Return the heading of a list, what is said where it is empty, and what is in it."""
    more = "Those of everybody: `/inc followups open`."
    if back == MINE:
        return "Your open follow-ups", more, Sought(owner=viewer)
    if back == OVERDUE:
        return "Overdue follow-ups", more, Sought(overdue_on=today)
    if back == ALL:
        return "All follow-ups", "", Sought(only_open=False)
    if back == OPEN:
        return "Open follow-ups", "Also those that are over: `/inc followups all`.", Sought()
    if not back.startswith("i"):
        raise Malformed
    every = back.endswith("all")
    incident = incidents.visible(tx, number(back[1:].removesuffix("all")), viewer)
    hint = f"Add one: `/inc followup Add a redundant node @ana due in 3 weeks`. {more}"
    what = "All follow-ups" if every else "Open follow-ups"
    return f"{what} of INC-{incident.id}", hint, Sought(incident.id, only_open=not every)


def _back(rest: str) -> tuple[str, int]:
    """Return the list, and its page, that a button carries after the first colon."""
    back, _, page = rest.partition(":")
    return back or MINE, number(page or "1")


@pressed
async def finished(request: Request) -> None:
    found = await request.uow.perform(finish_follow_up, request.number, by=request.user)
    await _ended(request, found)


@pressed
async def cancelled(request: Request) -> None:
    found = await request.uow.perform(cancel_follow_up, request.number, by=request.user)
    await _ended(request, found)


async def _ended(request: Request, found: FollowUp) -> None:
    """Draw the list anew, or where there is none say what was done: either has the way to undo it."""
    if request.rest and request.in_private:
        await _show(request, *_back(request.rest), ended=found)
    else:
        await request.answer(view_of.over(found, request.rest))


@pressed
async def reopened(request: Request) -> None:
    await request.uow.perform(reopen_follow_up, request.number, by=request.user)
    await _show(request, *_back(request.rest))


@pressed
async def edited(request: Request) -> None:
    found = await request.uow.read(visible_follow_up, request.number, request.user)
    await request.open(form_of.edit_form(found, request.uow.process.follow_ups, request.rest))


@answers_in_form(form_of.TITLE, person=form_of.OWNER)
async def changed(form: Submission) -> None:
    entered = form_of.entered(form.entered)
    if isinstance(entered, dict):
        await form.wrong(entered)
        return
    before = await form.uow.read(visible_follow_up, form.number, form.user)
    if entered.due and entered.due != before.action.due and (odd := await _odd(form, entered.due)):
        await form.wrong({form_of.DUE: odd})
        return
    moved = entered.due if entered.due != before.action.due else None
    changes = Changes(
        owner=entered.owner or "",
        due=moved,
        label=entered.label or None,
        priority=entered.priority,
        title=entered.title,
    )
    await form.once(change_follow_up, form.number, changes, by=form.user)
    await form.close()


@pressed
async def kept(request: Request) -> None:
    """Keep an action as a follow-up, by its button."""
    found = await request.uow.perform(keep_action, request.number, by=request.user)
    await request.answer(view_of.kept([found]))


async def every_kept(request: Request) -> None:
    """Keep all actions that are open."""
    found = await request.uow.perform(keep_all, request.here.id, by=request.user)
    await request.answer(view_of.kept(found))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            add,
            usage="followup <title> [@person] [due <day>] [as <kind>]",
            brief="work for after it",
            help="Add a follow-up or a corrective action: work for after it, with an owner and a day.",
            example="/inc followup Add a redundant node @ana due in 3 weeks as corrective action",
            place=(Group.INFORM, 52),
            aliases=("follow-up", "corrective-action"),
        ),
        Subcommand(
            show,
            usage="followups [mine, open, overdue or all]",
            brief="what is left to do",
            help="List follow-ups: this incident's, yours, all that are open, or those that are overdue.",
            example="/inc followups overdue",
            place=(Group.INFORM, 54),
            aliases=("follow-ups",),
        ),
    ),
    listeners=(
        Listener("action", view_of.ADD, of_incident(add)),
        Listener("action", action_view.KEEP, kept),
        Listener("action", view_of.KEEP_ALL, of_incident(every_kept)),
        Listener("action", view_of.LIST, of_incident(listed)),
        Listener("action", view_of.PREVIOUS, pressed(turned)),
        Listener("action", view_of.NEXT, pressed(turned)),
        Listener("action", view_of.DONE, finished),
        Listener("action", view_of.CANCEL, cancelled),
        Listener("action", view_of.REOPEN, reopened),
        Listener("action", view_of.EDIT, edited),
        Listener("view", form_of.FORM, submitted),
        Listener("view", form_of.EDIT_FORM, changed),
    ),
    buttons=(
        PanelButton((Row.FACTS, 31), opens("Follow-ups", view_of.LIST), unless_gone, None),
        PanelButton((Row.FACTS, 32), opens("Add follow-up", view_of.ADD), unless_gone, Right.ACTION),
    ),
)
