"""The form that pages a team because somebody asks for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import Malformed
from bot.domain.incidents.incident import Incident
from bot.domain.paging.escalations import OnCall
from bot.domain.paging.pages import Page
from bot.domain.process import Process
from bot.views.blocks import Block, context, section
from bot.views.forms import input_block, modal, multi_select, option, people_select, select, text_input
from bot.views.incidents.state import State, chosen, chosen_person, chosen_several, number, typed
from bot.views.mrkdwn import escape, people, time_of_day
from bot.views.naming import in_role, plain_title, standing, title
from bot.views.paging.page import hides

OPEN = "escalate_open"
FORM = "escalate_form"

TEAMS, PERSON, MESSAGE, INCIDENT = "teams", "person", "message", "incident"

_TEAMS_IN_LINES = 8
"""As many teams are listed a line each; more would push the rest of the form out of sight."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was entered. `in_channel` says whether the answer shows in the incident's own channel."""

    teams: tuple[str, ...]
    people: tuple[str, ...]
    message: str
    incident: int | None
    in_channel: bool


def form(
    process: Process,
    on_call: OnCall,
    incidents: Sequence[Incident] = (),
    *,
    incident: Incident | None = None,
    team: str | None = None,
    person: str | None = None,
    message: str = "",
) -> dict[str, Any]:
    """Return the form. Outside an incident's channel one of the open `incidents` can be chosen, or none."""
    blocks = [
        *_whom(process, {} if incident and incident.drill else on_call, team, person),
        input_block(
            "Notification message",
            text_input(
                MESSAGE,
                initial=message,
                multiline=True,
                placeholder="What is wrong, and what do you need?",
                focus=bool(team or person),
            ),
            MESSAGE,
            optional=incident is not None,
            hint="The person who is paged reads this first.",
        ),
    ]
    if incident:
        blocks.insert(0, context(f"For {title(incident)} ({standing(incident)})"))
    elif incidents:
        blocks.append(_incidents(incidents))
    return modal(
        "Escalate", "Page", FORM, blocks, json.dumps({"incident": incident.id if incident else None})
    )


def _whom(process: Process, on_call: OnCall, team: str | None, person: str | None) -> list[Block]:
    """Return the fields for whom to page. A drill calls nobody `on_call`."""
    options = [
        option(name, name, None if on_call.get(name) or not on_call else "Nobody on call now")
        for name in process.teams
    ]
    return [
        input_block(
            "On-call teams",
            multi_select(TEAMS, options, initial=[team] if team else [], placeholder="Whom do you need?"),
            TEAMS,
            optional=True,
        ),
        context(_on_call(on_call) if on_call else "Only those who take part are called, whatever the team."),
        input_block(
            "Or a person",
            people_select(PERSON, initial=person, placeholder="Whose knowledge do you need?"),
            PERSON,
            optional=True,
            hint="They alone are paged. If they do not answer in 15 minutes, you are told.",
        ),
    ]


def _incident_in(metadata: str) -> int | None:
    """Return the incident of the form, if it was opened for one."""
    try:
        found = json.loads(metadata or "{}")
    except (ValueError, RecursionError):
        raise Malformed from None
    here = found.get("incident") if isinstance(found, dict) else None
    return None if here is None else number(str(here))


def asked(state: State, metadata: str) -> Asked | dict[str, str]:
    """Return what was entered, or what is wrong with it, by field."""
    teams = tuple(chosen_several(state, TEAMS))
    person = chosen_person(state, PERSON)
    if not teams and not person:
        return {TEAMS: "Choose at least one team to page, or a person below."}
    here = _incident_in(metadata)
    text = typed(state, MESSAGE)
    if not text and here is None:
        return {MESSAGE: "Write in a few words what is wrong and what you need."}
    picked = chosen(state, INCIDENT)
    return Asked(
        teams,
        (person,) if person else (),
        text,
        here or (number(picked) if picked else None),
        here is not None,
    )


def paged(pages: Sequence[Page], masked: Sequence[str] = ()) -> dict[str, Any]:
    """Return the sheet that says who is being paged, for somebody who sees no incident's channel, and what
    was `masked` in the message.
    """
    notes = [section(hides(masked))] if masked else []
    return modal("Escalate", None, "", [section("\n".join(_called(page) for page in pages)), *notes])


def _called(page: Page) -> str:
    if not page.responder:
        return (
            f"*{escape(page.escalation.team)}: nobody is on call, at no level.* "
            "Please call somebody by hand; I keep trying."
        )
    if page.by_name:
        return (
            f"*{people(page.called)}* is paged until they answer. If they have not by "
            f"{time_of_day(page.escalation.due_at)}, I tell you: nobody else is called."
        )
    level = "" if page.level_team == page.escalation.team else f", {in_role(page.role, page.level_team)}"
    return (
        f"*{escape(page.escalation.team)}*: paging {people(page.called)}{level}. They have until "
        f"{time_of_day(page.escalation.due_at)} to answer; after that the next level is paged."
    )


def _incidents(incidents: Sequence[Incident]) -> Block:
    options = [option(plain_title(each), each.id, f"{each.severity} · {each.status}") for each in incidents]
    return input_block(
        "Incident",
        select(INCIDENT, options, placeholder="None"),
        INCIDENT,
        optional=True,
        hint="Leave it out to page without an incident.",
    )


def _on_call(on_call: OnCall) -> str:
    who = [f"{escape(team)}: {people(them) if them else 'nobody'}" for team, them in on_call.items()]
    return "*On call now*\n" + ("\n" if len(who) <= _TEAMS_IN_LINES else " · ").join(who)
