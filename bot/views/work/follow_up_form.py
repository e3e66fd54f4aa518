"""Follow-ups: the forms that add and change one, with hints for its title."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.incidents.incident import Incident, Severity
from bot.domain.work.follow_ups import EXAMPLES, FollowUp, FollowUpRules, warning
from bot.views.blocks import Block, context, section
from bot.views.forms import (
    INPUT,
    checkboxes,
    date_picker,
    input_block,
    modal,
    option,
    people_select,
    select,
    text_input,
)
from bot.views.incidents.state import (
    State,
    chosen,
    chosen_day,
    chosen_person,
    chosen_several,
    typed,
    typed_line,
)
from bot.views.mrkdwn import cut, escape
from bot.views.naming import title_inside as title_of

FORM, EDIT_FORM = "follow_up_form", "follow_up_edit_form"
TITLE, DETAILS, OWNER, KIND, DUE = "title", "details", "owner", "kind", "due"
PRIORITY, SERVICE, PRIVATE = "priority", "service", "private"

LONGEST = 255
"""Characters of a title."""
_PRIORITIES = [option(f"P{one.value[1]}", one.value) for one in Severity]
SMART = "A good title is *specific*, *measurable*, *achievable*, *relevant* and *time-bounded*."


@dataclass(frozen=True, slots=True)
class Entered:
    title: str
    details: str
    owner: str | None
    label: str
    due: date | None
    priority: Severity | None
    service: str
    private: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """What is known before somebody fills the form in; `note` says why they are asked."""

    title: str = ""
    details: str = ""
    owner: str | None = None
    label: str | None = None
    due: date | None = None
    priority: Severity | None = None
    service: str | None = None
    private: bool = False
    note: str = ""


def form(incident: Incident, rules: FollowUpRules, known: Filled) -> dict[str, Any]:
    """Return the form. One that comes back with a warning is sent as it is by the same button."""
    blocks: list[Block] = [context(title_of(incident))]
    warned = warning(known.title) if known.title else None
    if warned:
        blocks.append(section(warned_of(known.title, warned)))
    if known.note:
        blocks.append(section(escape(known.note)))
    blocks += [
        input_block("Title", text_input(TITLE, initial=known.title, max_length=LONGEST, focus=True), TITLE),
        *([] if warned else [context(SMART, "\n".join(_examples()))]),
        input_block(
            "Details",
            text_input(DETAILS, initial=known.details, multiline=True),
            DETAILS,
            optional=True,
            hint="Enough that any engineer of the project can pick it up.",
        ),
        *_questions(rules, known.label or rules.usual, known.owner, known.due),
        *_more(known, incident),
    ]
    metadata = f"{incident.id}:warned" if warned else str(incident.id)
    return modal("Add a follow-up", "Add it all the same" if warned else "Add", FORM, blocks, metadata)


def _questions(rules: FollowUpRules, label: str, owner: str | None, due: date | None) -> list[Block]:
    """Return the fields for the kind, the owner and the day."""
    kinds = [option(one, one) for one in dict.fromkeys([label, *rules.kinds])]
    days = ", ".join(f"P{one.value[1]} {rules.due[one]} days" for one in Severity if one in rules.due)
    who = people_select(OWNER, initial=owner, placeholder="Nobody yet")
    return [
        input_block("Kind", select(KIND, kinds, initial=label), KIND),
        input_block("Owner", who, OWNER, optional=True),
        input_block(
            "Due",
            date_picker(DUE, initial=due),
            DUE,
            optional=True,
            hint=f"By priority, if left empty: {days}.",
        ),
    ]


def _more(known: Filled, incident: Incident) -> list[Block]:
    """Return the fields that follow from the incident unless somebody says otherwise."""
    private = option("Private: its owner, you and the lead; its issue is confidential", PRIVATE)
    initial = (known.priority or incident.severity).value
    return [
        input_block(
            "Priority",
            select(PRIORITY, _PRIORITIES, initial=initial),
            PRIORITY,
            hint="As urgent as the incident was severe, unless you say otherwise.",
        ),
        input_block(
            "Service",
            text_input(SERVICE, initial=known.service or "", max_length=200),
            SERVICE,
            optional=True,
            hint="Left empty, it is what the incident affects.",
        ),
        input_block(
            "Who may know of it?",
            checkboxes(PRIVATE, [private], initial=[PRIVATE] if known.private else []),
            PRIVATE,
            optional=True,
        ),
    ]


def _examples() -> list[str]:
    return [f"Not “{escape(bad)}” but “{escape(better)}”" for bad, better in EXAMPLES]


def warned_of(given: str, example: tuple[str, str]) -> str:
    bad, better = example
    return (
        f":warning: “{escape(cut(given, 100))}” begins as what the handbook calls badly worded: "
        f"“{escape(bad)}”. Better: “{escape(better)}”. Change the title, or send it as it is."
    )


def entered(state: State) -> Entered | dict[str, str]:
    words = typed_line(state, TITLE)
    if not words:
        return {TITLE: "Say in a few words what is to be done."}
    priority = chosen(state, PRIORITY)
    return Entered(
        title=words,
        details=typed(state, DETAILS),
        owner=chosen_person(state, OWNER),
        label=chosen(state, KIND),
        due=chosen_day(state, DUE),
        priority=Severity(priority) if priority in {*Severity} else None,
        service=typed_line(state, SERVICE),
        private=PRIVATE in chosen_several(state, PRIVATE),
    )


def filled(found: Entered) -> Filled:
    return Filled(
        found.title,
        found.details,
        found.owner,
        found.label,
        found.due,
        found.priority,
        found.service,
        found.private,
    )


def edit_form(one: FollowUp, rules: FollowUpRules, back: str) -> dict[str, Any]:
    """Return the form that changes one; `back` names the list to which its person returns."""
    action = one.action
    blocks = [
        # an action that was kept may have a longer one: it is not cut unasked
        input_block(
            "Title",
            text_input(TITLE, initial=action.title, max_length=min(INPUT, max(LONGEST, len(action.title)))),
            TITLE,
        ),
        *_questions(rules, one.label, action.assignee, action.due),
        input_block("Priority", select(PRIORITY, _PRIORITIES, initial=one.priority.value), PRIORITY),
    ]
    return modal("Change the follow-up", "Save", EDIT_FORM, blocks, f"{action.id}:{back}")
