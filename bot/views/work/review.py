"""Reviews: the message with their tasks, which are ticked off there, the forms, and what people are told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.domain.errors import Step
from bot.domain.incidents.incident import FINISHED, Incident, ReviewState, Status, needs_review, next_statuses
from bot.domain.work.reviews import LONGEST_REASON, Review, Task
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import date_picker, input_block, modal, option, people_select, select, text_input
from bot.views.incidents.state import State, chosen, chosen_day, chosen_person, number, typed_line
from bot.views.mrkdwn import actor, cut, entities, link, person, quote, when
from bot.views.naming import title, title_inside, way_in
from bot.views.steps import row

OPEN, TICK, UNTICK = "review_open", "review_tick", "review_untick"
FINISH, CHANGE, WAIVE = "review_finish", "review_change", "review_waive"
REQUEST, SNOOZE = "review_request", "review_snooze"
CLOSE = "review_close"
FORM, WAIVE_FORM = "review_task_form", "review_waive_form"
TASK, OWNER, DUE, REASON = "task", "owner", "due", "reason"
_DONE, _TO_DO = ":white_check_mark:", ":black_square_button:"


@says_drill
def standing(incident: Incident, review: Review, today: date, page: str = "") -> Message:
    """Return the review with its tasks as they stand; the buttons go while it rests, and when it is over.

    `page` is where its document is, if people can read it in a browser.
    """
    works = review.open and incident.status in FINISHED
    heading = f"*Review of {title_inside(incident)}* · {_state(incident, review)}"
    owner = f"Owner: {person(review.owner)}" if review.owner else "Nobody owns it yet: `/inc review @person`"
    document = f" · {link(page, 'Its document, in the browser')}" if page else ""
    blocks: list[Block] = [section(f"{heading}\n{owner}{document}")]
    blocks += [section(_line(review, one, today), _press(one) if works else None) for one in review.tasks]
    if review.reason:
        blocks.append(section(quote(review.reason)))
    if works:
        blocks += [actions(*_buttons(incident, review)), context(_HOW)]
    elif closes := _close(incident):
        blocks.append(actions(*closes))
    lines = [heading, *(_line(review, one, today) for one in review.tasks)]
    return message("\n".join(lines), *blocks)


_HOW = (
    "Tick off what is done; *Change a task* gives one to somebody, or another day. `/inc review @person` "
    "gives them the whole review."
)


def begun(incident: Incident, review: Review, today: date, page: str = "") -> Message:
    """Return the same as it is posted, with its owner mentioned."""
    shown = standing(incident, review, today, page)
    return replace(shown, calls=frozenset({review.owner} if review.owner else ()))


def _state(incident: Incident, review: Review) -> str:
    if review.state is ReviewState.DONE:
        return f"done, by {actor(review.ended_by or '')}"
    if review.state is ReviewState.WAIVED:
        return f"waived, by {actor(review.ended_by or '')}"
    count = f"{len(review.tasks) - len(review.left)} of {_counted(review)} done"
    return count if incident.status in FINISHED else f"{count} · rests while it is {incident.status}"


def _counted(review: Review) -> str:
    number = len(review.tasks)
    return f"{number} task" if number == 1 else f"{number} tasks"


def _line(review: Review, task: Task, today: date) -> str:
    text = entities(task.text)
    if not task.open:
        return f"{_DONE} ~{text}~ · {actor(task.done_by or '')}"
    owner = f"for {person(task.owner)} · " if task.owner else ""
    late = (
        f"*overdue* since {_day(task.due)}" if review.open and task.due < today else f"due {_day(task.due)}"
    )
    return f"{_TO_DO} {text}\n{owner}{late}"


def _press(task: Task) -> Element:
    if task.open:
        return button("Done", TICK, task.id)
    return button("Not done", UNTICK, task.id)


def _buttons(incident: Incident, review: Review) -> list[Element]:
    change = [button("Change a task", CHANGE, incident.id)] if review.left else []
    style = None if review.left else "primary"
    return [
        button("Review done", FINISH, incident.id, style=style),
        *change,
        button("Waive", WAIVE, incident.id),
    ]


def _close(incident: Incident) -> list[Element]:
    """Return the button that closes it, where nothing else is awaited."""
    waits = incident.status in FINISHED and Status.CLOSED in next_statuses(incident)
    return [button("Close the incident", CLOSE, incident.id, style="primary")] if waits else []


def _day(day: date) -> str:
    return f"{day:%a %d %b %Y}"


def none(incident: Incident) -> Message:
    """Say that there is no review yet, and what to do for one."""
    if needs_review(incident):
        text = f"*{title_inside(incident)}* is reviewed once it is resolved. Its tasks are posted then."
        return message(text)
    text = f"*{title_inside(incident)}* needs no review."
    ask = [button("Ask for a review", REQUEST, incident.id)]
    return message(text, section(text), actions(*ask))


def requested(incident: Incident) -> Message:
    where = "Its tasks are in the channel." if incident.review else "It begins when the incident is resolved."
    return message(f"A review of INC-{incident.id} is asked for. {where}")


def given(incident: Incident, who: str) -> Message:
    return message(f"{person(who)} owns the review of INC-{incident.id} now.")


def over(incident: Incident, unapproved: int = 0) -> Message:
    """Confirm that it is done or waived, with the way to close the incident and the one back. `unapproved` is
    the newest version of its document, if nobody approved it.
    """
    text = f"The review of INC-{incident.id} is {incident.review}."
    if unapproved:
        text += f" Nobody has approved version {unapproved} of its document."
    closes = [Step("Close the incident", "close", incident.id)] if _close(incident) else []
    return message(
        text, section(text), *row([*closes, Step("Reopen the review", "review request", incident.id)])
    )


def change_form(incident: Incident, review: Review) -> dict[str, Any]:
    """Return the form that gives a task to somebody, or another day."""
    tasks = [option(f"{_plain(one)} · due {_day(one.due)}", one.id) for one in review.left]
    hint = "Left empty, it stays as it is."
    blocks = [
        context(f"Review of {title_inside(incident)}"),
        input_block("Task", select(TASK, tasks, placeholder="Choose a task"), TASK),
        input_block("Who does it?", people_select(OWNER), OWNER, optional=True, hint=hint),
        input_block("Until when?", date_picker(DUE), DUE, optional=True, hint=hint),
    ]
    return modal("Change a task", "Save", FORM, blocks, str(incident.id))


def _plain(task: Task) -> str:
    return cut(task.text.replace("`", ""), 50)


def changed(state: State) -> tuple[int, str | None, date | None] | dict[str, str]:
    """Return the task, and its new owner and day; None leaves one."""
    owner, due = chosen_person(state, OWNER), chosen_day(state, DUE)
    if not owner and not due:
        return {OWNER: "Choose a person, or another day below."}
    return number(chosen(state, TASK)), owner, due


def waive_form(incident: Incident, review: Review) -> dict[str, Any]:
    reason = text_input(REASON, multiline=True, focus=True, max_length=LONGEST_REASON)
    blocks = [
        context(f"{title_inside(incident)} · {len(review.left)} of {_counted(review)} left"),
        input_block("Why is there no review?", reason, REASON, hint="Everybody in the incident reads it."),
    ]
    return modal("Waive the review", "Waive", WAIVE_FORM, blocks, str(incident.id))


def reason(state: State) -> str:
    return typed_line(state, REASON)


@says_drill
def due(incident: Incident, review: Review, tasks: Sequence[Task], today: date) -> Message:
    """Remind the owner of what is due. Of a private incident it says no more than how many and where."""
    late = sum(one.due < today for one in tasks)
    count = f"{len(tasks)} {'task' if len(tasks) == 1 else 'tasks'}"
    what = f"{count} overdue" if late == len(tasks) else f"{count} due soon" if not late else f"{count} due"
    what += f", {late} of them overdue" if 0 < late < len(tasks) else ""
    top = f"*Review of {title(incident)}:* {what} · {way_in(incident)}"
    lines = [] if incident.private else [_line(review, one, today) for one in tasks]
    buttons = actions(
        button("Show the review", OPEN, incident.id, style="primary"),
        button("Remind me tomorrow", SNOOZE, incident.id),
    )
    return message("\n".join([top, *lines]), section(top), *map(section, lines), buttons)


@says_drill
def due_no_more(incident: Incident, at: datetime | None = None) -> Message:
    """Return what is left of a reminder."""
    then = f"It comes again {when(at)}." if at else f"`/inc review INC-{incident.id}` shows it."
    return message(f"A reminder of the review of {title(incident)}. {then}")


def put_off(incident: Incident, at: datetime) -> Message:
    return message(f"All right. The reminder of the review of INC-{incident.id} comes again {when(at)}.")


@says_drill
def told(incident: Incident, giver: str, task: Task | None) -> Message:
    """Tell somebody that they were given a review, or a task of one."""
    what = "a task of the review" if task else "the review"
    text = f"{actor(giver)} gave you {what} of {title(incident)} · {way_in(incident)}"
    if task and not incident.private:
        text += f"\n{entities(task.text)} · due {_day(task.due)}"
    return message(text, section(text), actions(button("Show the review", OPEN, incident.id)))


@says_drill
def offered(incident: Incident, review: Review | None) -> Message:
    """Ask whoever leads whether it is to be closed now, or say what became of the question."""
    over = review is not None and not review.open
    state = f"is {review.state}" if review and over else "goes on"
    closes = _close(incident) if over else []
    if not closes:
        return message(f"The review of {title(incident)} {state}; the incident is {incident.status}.")
    text = (
        f"*The review of {title(incident)} {state}.* Is nothing left to do? Then close it. {way_in(incident)}"
    )
    return message(text, section(text), actions(*closes))
