"""The form that plans a maintenance or changes its plan."""

import re
from typing import Any

from bot.domain.errors import Malformed
from bot.domain.maintenance.maintenance import LONGEST_LINK, MOST_LINKS, Criticality, Maintenance, Plan
from bot.domain.oncall.spans import Span
from bot.domain.text import LONGEST_NAME
from bot.views.blocks import Block, context, section
from bot.views.forms import (
    input_block,
    modal,
    option,
    people_select,
    radio,
    select,
    several_people_select,
    text_input,
)
from bot.views.incidents.state import (
    State,
    chosen,
    chosen_people,
    chosen_person,
    number,
    one_of,
    typed,
    typed_line,
)
from bot.views.mrkdwn import cut, escape
from bot.views.oncall.fields import FROM, UNTIL, entered_span, moments

FORM = "maintenance_form"
NAME, CRITICALITY, OWNER, PEOPLE = "name", "criticality", "owner", "people"
SHOWN = 60
"""How much of a time that was not understood is quoted."""
SERVICES, LINKS = "services", "links"
ALERTS, HELD, PAGING = "alerts", "held", "paging"
_ALERTS = [
    option("Page as ever", PAGING),
    option("Hold them", HELD, "In the window they are kept and shown, and page nobody"),
]
_MEANINGS = {
    Criticality.C1: "Very high risk: those on call are told 30 minutes before",
    Criticality.C2: "High risk",
    Criticality.C3: "Moderate risk",
    Criticality.C4: "Low risk, done often",
}


def form(
    *,
    name: str,
    criticality: Criticality | None,
    window: Span | None,
    owner: str,
    people: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    holds: bool = False,
    changes: Maintenance | None = None,
    unclear: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """Return the form with what is known already; with `changes` it is of that one. `unclear` is a time
    that was typed and not understood, and the day that may be meant.
    """
    grades = [option(one, one, _MEANINGS[one]) for one in Criticality]
    named = text_input(NAME, initial=name, max_length=LONGEST_NAME, placeholder="Upgrade PostgreSQL")
    of = text_input(SERVICES, initial=", ".join(services), placeholder="api, web")
    addresses = text_input(LINKS, initial="\n".join(links), multiline=True, placeholder="https://")
    blocks = [
        *([_asked(*unclear)] if unclear[0] else []),
        context("It is announced as it is planned, begins, overruns and ends."),
        input_block("What is done", named, NAME),
        input_block("Criticality", select(CRITICALITY, grades, initial=criticality), CRITICALITY),
        *moments(initial=window),
        input_block(
            "Owner",
            people_select(OWNER, initial=owner),
            OWNER,
            hint="Is the IM of an incident that it causes.",
        ),
        input_block("Who else does it", several_people_select(PEOPLE, initial=people), PEOPLE, optional=True),
        input_block("Services", of, SERVICES, optional=True, hint="Their names, with commas between them."),
        input_block("Their alerts", radio(ALERTS, _ALERTS, initial=HELD if holds else PAGING), ALERTS),
        input_block("Links", addresses, LINKS, optional=True, hint=f"Up to {MOST_LINKS}, one on each line."),
    ]
    title = f"Change MNT-{changes.id}" if changes else "Plan a maintenance"
    return modal(title, "Save" if changes else "Plan", FORM, blocks, str(changes.id) if changes else "new")


def _asked(time: str, day: str) -> Block:
    meant = f" Did you mean {day}?" if day else ""
    return section(
        f":warning: *I did not understand the time* “{escape(cut(time, SHOWN))}”.{meant} Choose it below "
        "and take it out of the name. In one line: `tomorrow 9-11`, `sat 22:00 for 2h`."
    )


def of_plan(seen: Maintenance) -> dict[str, Any]:
    """Return the form with the plan of a maintenance."""
    plan = seen.plan
    return form(
        name=plan.name,
        criticality=plan.criticality,
        window=plan.window,
        owner=plan.owner,
        people=plan.people,
        services=plan.services,
        links=plan.links,
        holds=plan.holds,
        changes=seen,
    )


def entered(state: State) -> Plan | dict[str, str]:
    """Return the plan that was entered, or what is missing, by field."""
    owner, window = chosen_person(state, OWNER), entered_span(state)
    if not owner or not window:
        missing = {OWNER: "Choose a person."} if not owner else {}
        return missing | ({UNTIL: "Choose from when until when."} if not window else {})
    if not (name := typed_line(state, NAME)):
        return {NAME: "Say what is done."}
    links = tuple(typed(state, LINKS).split())
    if any(len(one) > LONGEST_LINK for one in links):
        return {LINKS: f"A link has at most {LONGEST_LINK} characters."}
    services = (" ".join(one.split()) for one in re.split(r"[,\n;]", typed(state, SERVICES)))
    return Plan(
        name=name,
        criticality=one_of(Criticality, state, CRITICALITY),
        window=window,
        owner=owner,
        people=tuple(chosen_people(state, PEOPLE)),
        services=tuple(filter(None, services)),
        links=links,
        holds=chosen(state, ALERTS) == HELD,
    )


def changed_one(metadata: str) -> int | None:
    """Return the number of the maintenance that a form changes, or None where it plans one."""
    if not metadata:
        raise Malformed
    return None if metadata == "new" else number(metadata)


FIRST = FROM
"""The field beneath which a refusal of the whole plan is shown."""
