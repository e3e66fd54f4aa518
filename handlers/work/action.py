"""Actions and follow-ups: the form, Done, Take it, and the list."""

from dataclasses import replace

from bot.domain.rights import Right
from bot.domain.work.work import Action, ActionKind, taking_actions
from bot.operations.work.actions import add_action, finish_action, return_action, take_action
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents.state import number
from bot.views.work import action as view_of
from handlers import words
from handlers.pressed import of_incident, pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import actions, incidents, people


async def add(request: Request) -> None:
    """Add what was typed for the person named at its end or start; without one open the form."""
    incident = taking_actions(request.here)
    text, person, unknown = await words.for_whom(request)
    if not person or not text:
        text, whose = (text, None) if person or unknown else await _whose(request, text)
        await request.open(view_of.form(incident, text, unknown, whose))
        return
    await request.once(
        add_action,
        incident.id,
        title=text,
        details="",
        kind=ActionKind.ACTION if incident.status.open else ActionKind.FOLLOW_UP,
        assignee=person,
        due=None,
        by=request.user,
    )
    name = await request.uow.read(people.name_of, person)
    await request.answer(view_of.added(text, name))


async def _whose(request: Request, text: str) -> tuple[str, str | None]:
    """Return the one person of whom a text ends, or begins, with the name, and the text without it.

    The form proposes them: a name without "@" may be any word.
    """
    near = await words.near(request)
    first, _, after = text.partition(" ")
    before, _, last = text.rpartition(" ")
    for name, rest in ((last, before), (first.rstrip(":,"), after)):
        found = await request.uow.read(people.meant, name, near) if rest else []
        if len(found) == 1:
            return rest, found[0]
    return text, None


async def show(request: Request) -> None:
    """List the actions in private; a button leads to a page of the list."""
    incident = await words.incident(request)
    found = await request.uow.read(actions.of, incident.id)
    await request.answer(view_of.listing(found, incident, number(request.rest or "1")))


@answers_in_form(view_of.TITLE, person=view_of.ASSIGNEE)
async def submitted(form: Submission) -> None:
    """Write the action down, once."""
    found = view_of.entered(form.entered)
    if isinstance(found, dict):
        await form.wrong(found)
        return
    await form.once(
        add_action,
        form.number,
        title=found.title,
        details=found.details,
        kind=found.kind,
        assignee=found.assignee,
        due=found.due,
        by=form.user,
    )
    await form.close()


@pressed
async def finished(request: Request) -> None:
    """Mark an action as done."""
    await _list_again(request, await request.uow.perform(finish_action, request.number, by=request.user))


@pressed
async def taken(request: Request) -> None:
    """Give an action to whoever takes it."""
    await _list_again(request, await request.uow.perform(take_action, request.number, by=request.user))


@pressed
async def returned(request: Request) -> None:
    """Leave an action to anybody else."""
    await request.uow.perform(return_action, request.number, by=request.user)


async def _list_again(request: Request, action: Action) -> None:
    """Redraw a private list; the channel's message is redrawn by itself."""
    if request.in_private:
        incident = await request.uow.read(incidents.visible, action.incident, request.user)
        await show(replace(request, incident=incident))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            add,
            usage="action <thing to do> [@person]",
            brief="give somebody a task",
            help="Add an action to do during the incident, or a follow-up for after it.",
            example="/inc action Drain the broken node @ana",
            place=(Group.INFORM, 40),
        ),
        Subcommand(
            show,
            usage="actions",
            brief="what there is to do",
            help="List the actions and follow-ups, the open ones first.",
            example="/inc actions",
            place=(Group.INFORM, 50),
        ),
    ),
    listeners=(
        Listener("action", view_of.ADD, of_incident(add)),
        Listener("action", view_of.DONE, finished),
        Listener("action", view_of.TAKE, taken),
        Listener("action", view_of.RETURN, returned),
        Listener("action", view_of.LIST, of_incident(show)),
        Listener("action", view_of.PREVIOUS, of_incident(show)),
        Listener("action", view_of.NEXT, of_incident(show)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(
        PanelButton((Row.FACTS, 20), opens("Add action", view_of.ADD), unless_gone, Right.ACTION),
        PanelButton((Row.FACTS, 30), opens("Actions", view_of.LIST), unless_gone, None),
    ),
)
