"""Status, lead, roles, name: the forms that change them, and what is answered."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bot.domain.errors import Step
from bot.domain.incidents.history import Held
from bot.domain.incidents.incident import ENDED_BY_LEAD, FINISHED, Incident, NotTheLead, Status, next_statuses
from bot.domain.paging.engagement import Holder
from bot.domain.paging.pages import Page
from bot.domain.text import LONGEST_NAME, UNTITLED
from bot.views.blocks import (
    Block,
    Element,
    Message,
    actions,
    button,
    confirm,
    context,
    message,
    paragraphs,
    section,
)
from bot.views.forms import checkboxes, input_block, modal, option, people_select, radio, select, text_input
from bot.views.incidents import role_card
from bot.views.incidents.severity import who_is_called
from bot.views.incidents.undo import offering, reopens
from bot.views.mrkdwn import capital, escape, person, quotes, when
from bot.views.naming import lead, led_by
from bot.views.naming import title_inside as title
from bot.views.steps import RUN, fits, row
from bot.views.work import review

STATUS_OPEN, STATUS_FORM = "status_open", "status_form"
LEAD_OPEN, LEAD_FORM = "lead_open", "lead_form"
ROLE_OPEN, ROLE_FORM = "role_open", "role_form"
RENAME_OPEN, RENAME_FORM = "rename_open", "rename_form"
TAKE_LEAD = "lead_take"
LEAD_TO_END = "lead_take_to_end"
CLOSE = "status_close"

STATUS = "status"
PERSON, ROLE, ASK = "person", "role", "ask"
NAME = "name"
HISTORY = "roles_history"
_MOST_NAMED = 20

_MEANING = {
    Status.INVESTIGATING: "Finding out what is wrong",
    Status.FIXING: "The cause is known, and a fix is under way",
    Status.MONITORING: "The fix is in; watching whether it holds",
    Status.RESOLVED: "The impact is over",
    Status.POST_INCIDENT: "Review and follow-ups",
    Status.CLOSED: "Nothing is left to do",
    Status.DECLINED: "It is no incident; nobody is paged",
    Status.CANCELLED: "It was no incident after all; the paging stops",
}
"""What each status says to somebody who meets it for the first time."""


def statuses(incident: Incident, viewer: str) -> tuple[Status, ...]:
    """Return what this person can make of the incident now. Only the lead ends it."""
    leads = viewer == incident.lead
    return tuple(to for to in next_statuses(incident) if leads or to not in ENDED_BY_LEAD)


def status_form(incident: Incident, viewer: str, proposed: Status | None = None) -> dict[str, Any]:
    possible = statuses(incident, viewer)
    options = [option(to, to, _MEANING.get(to)) for to in possible]
    blocks = [
        context(f"{title(incident)} · now {incident.status}"),
        input_block("New status", radio(STATUS, options, initial=proposed), STATUS),
    ]
    if proposed:
        blocks.append(context(f"The impact is over, so {proposed} is proposed. *Cancel* leaves it as it is."))
    if len(possible) < len(next_statuses(incident)):
        only = f"Only the lead, {lead(incident)}, can resolve or cancel."
        blocks.append(context(f"{only} `/inc lead me` takes the lead."))
    return _modal("Change the status", blocks, STATUS_FORM, incident)


def lead_form(incident: Incident) -> dict[str, Any]:
    who = people_select(PERSON, placeholder="Choose a person")
    blocks = [
        context(f"You lead {title(incident)}. The channel sees whom you hand it to."),
        input_block("New lead", who, PERSON),
    ]
    return _modal("Hand over the lead", blocks, LEAD_FORM, incident)


def role_form(
    incident: Incident, roles: Sequence[str], held: Mapping[str, str], role: str = ""
) -> dict[str, Any]:
    blocks = [
        context(f"{title(incident)}: {_holders(roles, held)}"),
        input_block("Role", select(ROLE, [option(one, one) for one in roles], initial=role), ROLE),
        input_block("Person", people_select(PERSON, placeholder="Choose a person"), PERSON),
        input_block(
            "Give it, or ask?",
            checkboxes(ASK, [option("Ask first: until they take it, it stays as it is", ASK)]),
            ASK,
            optional=True,
        ),
    ]
    return _modal("Give somebody a role", blocks, ROLE_FORM, incident)


def rename_form(incident: Incident) -> dict[str, Any]:
    name = "" if incident.name == UNTITLED else incident.name
    hint = "Card, announcements and channel follow."
    words = text_input(NAME, initial=name, focus=True, max_length=LONGEST_NAME)
    blocks = [input_block("New name", words, NAME, hint=hint)]
    return _modal(f"Rename INC-{incident.id}", blocks, RENAME_FORM, incident)


def take_offer(incident: Incident) -> Message:
    text = f"{_leads(incident)} {title(incident)}. Do you take it over? The channel will see it."
    return message(
        text, section(text), actions(button("Take the lead", TAKE_LEAD, incident.id, style="primary"))
    )


def end_offer(refused: NotTheLead, command: str, reason: str = "") -> Message:
    """Say who may end it, and offer to become that person first.

    `command` is what was typed, and is kept; `reason` is its reason as people read it.
    """
    incident, word = refused.incident, command.partition(" ")[0]
    text = (
        f"Only the lead can {word} {title(incident)}, and that is {lead(incident)}. "
        f"{refused.way_on}; the channel will see it."
    )
    typed: list[str] = []
    if not fits(Step("", command, incident.id)):
        text, command, typed = f"{text}\nWhat you typed, to copy it:", word, quotes(reason)
    take = button("Take the lead", LEAD_TO_END, f"{incident.id}:{command}")
    return message("\n".join([text, *typed]), section(text), *map(section, typed), actions(take))


def taken_to_end(incident: Incident, command: str) -> Message:
    """Say that the way to ending it is free, by the command that was refused before."""
    text = f"You lead {title(incident)} now."
    step = Step(f"{command.partition(' ')[0].capitalize()} INC-{incident.id}", command, incident.id)
    return message(text, section(text), *row((step,)))


def take_lead(incident: Incident) -> Element:
    """Return the button that asks once more and then takes it."""
    sure = confirm("Take the lead?", f"{_leads(incident)} now. The channel sees the change.", "Take it")
    return button("Take the lead", TAKE_LEAD, incident.id, confirm=sure)


def _leads(incident: Incident) -> str:
    return f"{capital(lead(incident))} leads"


def next_step(incident: Incident) -> list[Element]:
    """Return the button of the next sensible step towards the end, where there is one."""
    if incident.status in {Status.FIXING, Status.MONITORING}:
        return [button("Resolve", RUN[0], f"{incident.id}:resolve")]
    if incident.status not in FINISHED:
        return []
    after = next_statuses(incident)
    if Status.POST_INCIDENT in after:
        return [button("Begin the review", RUN[0], f"{incident.id}:status {Status.POST_INCIDENT}")]
    if Status.CLOSED in after:
        return [button("Close it", CLOSE, incident.id)]
    return [button("Review", review.OPEN, incident.id)] if incident.status is Status.POST_INCIDENT else []


_THEN = {
    Status.RESOLVED: "It needs a review before it is closed.",
    Status.POST_INCIDENT: "When the review is done, close it.",
}


def moved(incident: Incident, firing: int = 0) -> Message:
    """Say what it is now, and how many of its alerts fire still once it is over."""
    text = f"INC-{incident.id} is now {incident.status}."
    if firing and incident.status in FINISHED:
        alerts = "1 of its alerts fires" if firing == 1 else f"{firing} of its alerts fire"
        text += f" *{alerts} still*: told of again 15 minutes from now, that is a new triage."
    if incident.status is Status.CANCELLED:
        text += " Nobody is paged for it any more."
        return message(text, section(text), actions(reopens(incident)))
    if incident.status not in _THEN:
        shown = message(text)
        return offering(shown, reopens(incident)) if incident.status is Status.CLOSED else shown
    closes = incident.status is Status.RESOLVED and Status.CLOSED in next_statuses(incident)
    text += " When nothing is left to do, close it." if closes else f" {_THEN[incident.status]}"
    resolved = [reopens(incident)] if incident.status is Status.RESOLVED else []
    return message(text, section(text), actions(*next_step(incident), *resolved))


def leads(incident: Incident, viewer: str, *, confirmed: bool = False) -> Message:
    """Say who leads now; a lead who confirmed it stays, whoever acknowledges."""
    if confirmed:
        return message(
            f"You keep the lead of INC-{incident.id}, whoever acknowledges. To pass it on: `/inc lead`."
        )
    who = "You lead" if incident.lead == viewer else f"{person(incident.lead)} leads"
    return message(f"{who} INC-{incident.id} now.")


def holds(incident: Incident, role: str, who: str) -> Message:
    return message(f"{person(who)} is {escape(role)} of INC-{incident.id} now.")


def holder(incident: Incident, role: str, who: str | None) -> Message:
    """Say who holds a role, and offer to give it to somebody."""
    name = escape(role)
    text = (
        f"{person(who)} is {name} of INC-{incident.id}." if who else f"INC-{incident.id} has no {name} yet."
    )
    text += f" To change that: `/inc role {name} @person`, or `me`."
    return message(
        text, section(text), actions(button("Choose a person", ROLE_OPEN, f"{incident.id}:{role}"))
    )


def everybody(
    incident: Incident,
    roles: Sequence[str],
    held: Mapping[str, str],
    company: tuple[Sequence[str], Sequence[str]] = ((), ()),
    before: Mapping[str, str] = MappingProxyType({}),
) -> Message:
    """Say who leads and who holds which role, or was at work in it `before`. `company` are the responders and
    the observers.
    """
    every = dict.fromkeys((*roles, *held))  # also a role that left the configuration meanwhile
    text = f"{title(incident)}\nLead: {led_by(incident)}\n" + _holders([*every], held, "\n")
    text += held_before(before) + with_company(company)
    give = button("Give a role", ROLE_OPEN, incident.id)
    duties = button("My duties", role_card.OPEN, incident.id)
    past = button("History", HISTORY, incident.id)
    return message(text, section(text), actions(give, duties, past))


def held_before(before: Mapping[str, str]) -> str:
    """Return who was at work in a role before it was reopened, or fell silent."""
    said = " · ".join(f"{escape(role)}: {person(who)}" for role, who in before.items())
    return f"\nBefore: {said}" if said else ""


def with_company(company: tuple[Sequence[str], Sequence[str]]) -> str:
    """Return who acts or acted, and who only looks on."""
    named = zip(("Responders", "Observers"), company, strict=True)
    return "".join(f"\n{what}: {_some(those)}" for what, those in named if those)


def _some(those: Sequence[str]) -> str:
    more = f" and {len(those) - _MOST_NAMED} more" if len(those) > _MOST_NAMED else ""
    return ", ".join(map(person, those[:_MOST_NAMED])) + more


def history(incident: Incident, found: Sequence[Held]) -> Message:
    """Say who held what when."""
    heading = f"*Who held what in {title(incident)}*"
    lines = [
        f"{escape(one.role) or 'Lead'}: {person(one.person)}, {when(one.since)} "
        + (f"to {when(one.until)}" if one.until else "until now" if incident.status.open else "to the end")
        for one in found
    ]
    pieces = paragraphs([heading, *lines])
    return message("\n".join([heading, *lines]), *map(section, pieces))


def renamed(incident: Incident) -> Message:
    return message(f"INC-{incident.id} is now called: {escape(incident.name)}")


def accepted(incident: Incident, pending: Sequence[Page], engaged: Sequence[Holder]) -> Message:
    text = f"INC-{incident.id} is accepted and now {incident.status}."
    return message(text + who_is_called(pending, engaged))


def declined(incident: Incident) -> Message:
    return message(f"INC-{incident.id} is declined: it is no incident. Nobody is paged.")


def _holders(roles: Sequence[str], held: Mapping[str, str], between: str = " · ") -> str:
    return between.join(
        f"{escape(role)}: {person(held[role]) if role in held else 'nobody'}" for role in roles
    )


def _modal(name: str, blocks: list[Block], callback_id: str, incident: Incident) -> dict[str, Any]:
    return modal(name, "Save", callback_id, blocks, str(incident.id))
