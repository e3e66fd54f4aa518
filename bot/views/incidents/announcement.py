"""What other channels see of an incident: its announcement, and the question whether it is one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.actors import BOT, Actor
from bot.domain.incidents.incident import Incident, Status
from bot.domain.incidents.timers import triage_limit
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry
from bot.views.blocks import Block, Message, actions, context, message, section
from bot.views.drill import says_drill
from bot.views.incidents.privacy import unannounced
from bot.views.incidents.triage import all_buttons
from bot.views.mrkdwn import actor, escape, lasting, link, people, person, quote, when
from bot.views.naming import lead, standing, title, way_in
from bot.views.paging.page import after, waiting
from bot.views.timeline.entries import sentence


@says_drill
def announcement(
    incident: Incident, roles: Mapping[str, str], engaged: Page | None, *, own: str, page: str = ""
) -> Message:
    """Return the announcement: posted once, then edited in place. `own` is the role of the type's team, and
    `page` where the incident is read in a browser.
    """
    if incident.private:
        return unannounced(incident)
    heading = f"*{standing(incident)}*\n> *{title(incident)}*"
    where = f"Lead {lead(incident)} · {way_in(incident)}"
    summary = _summary(incident, 600)
    facts = [_answer(incident, roles, engaged, own), _origin(incident)]
    last = context(" · ".join([*facts, *([link(page, "Open in the browser")] if page else [])]))
    text = "\n".join([f"{title(incident)}: {standing(incident)}, in {way_in(incident)}", *summary])
    return message(text, section(f"{heading}\n{where}"), *map(section, summary), last)


@says_drill
def triage(  # noqa: PLR0917 - all that the message shows
    incident: Incident,
    decision: Entry | None = None,
    on_call: Sequence[str] = (),
    page: Page | None = None,
    alerts: Sequence[Block] = (),
    related: Sequence[Incident] = (),
) -> Message:
    """Ask in the triage channel whether this is an incident, whoever is `on_call` before all.

    `page` calls for a decision when nobody decided in time.
    It may be a part of a `related` one. Afterwards say who decided what, and when.
    """
    if incident.private:
        return unannounced(incident)
    heading = f"*Is this an incident?*\n> {title(incident)}\n{standing(incident)} · {way_in(incident)}"
    if incident.status is not Status.TRIAGE:
        made = f" {when(decision.at)}:* {sentence(decision)}" if decision else ":*"
        now = "" if incident.status is Status.DECLINED and decision else f" It is {incident.status} now."
        heading = f"*Decided{made}{now}\n> {title(incident)}\n{way_in(incident)}"
    summary = _summary(incident, 1500)
    # an alert says itself what its incident's summary was made of
    blocks = [section(heading), *(alerts or map(section, summary))]
    calls: frozenset[str] = frozenset()
    if incident.status is Status.TRIAGE:
        if page:
            asked = _who_decides(page)
            heading = f"{heading}\n{asked}"
            blocks.append(section(asked))
        elif on_call:
            limit = lasting(triage_limit(incident.severity))
            asked = (
                f"{people(on_call)}, please accept or decline. Without a decision in {limit} you are paged."
            )
            heading, calls = f"{heading}\n{asked}", frozenset(on_call)
            blocks.append(section(asked))
        blocks += _decision(incident, related)
    shown = message("\n".join([heading, *summary]), *blocks, context(_origin(incident)))
    return replace(shown, calls=calls)


@says_drill
def answer_wanted(incident: Incident, silent: Sequence[str], *, reached: bool, by: Actor = BOT) -> Message:
    """Ask the EOC, where incidents are announced, why their page stays unanswered, or tell them of it.

    `by` is who did not wait for their answer.
    """
    what = "got no answer from you" if reached else "could not be delivered to you"
    what = f"was escalated by {actor(by)} without waiting for you" if by != BOT and reached else what
    text = (
        f"{people(silent)}, the page for {title(incident)} {what} and has gone to the "
        "Incident Manager. Are you available, or do you need assistance? "
        f"Please answer in {way_in(incident)}."
    )
    return replace(message(text), calls=frozenset(silent))


def _who_decides(page: Page) -> str:
    if page.pending:
        return f"{waiting(page)}. Whoever can decide before: please accept or decline."
    return f"{person(page.answered_by or '')} acknowledged the page and decides: accept or decline."


def _summary(incident: Incident, limit: int) -> list[str]:
    return [quote(incident.summary.summary, limit)] if incident.summary.summary else []


def _decision(incident: Incident, related: Sequence[Incident]) -> list[Block]:
    note = "Accept makes it an incident and pages the on-call people. Decline closes it; nobody is paged."
    return [actions(*all_buttons(incident, related)), context(note)]


def _answer(incident: Incident, roles: Mapping[str, str], engaged: Page | None, own: str) -> str:
    if engaged and engaged.answered_by:
        return f"{person(engaged.answered_by)} acknowledged after {lasting(after(engaged))}"
    if not incident.status.active:
        return f"The incident is {incident.status}"
    if own in roles:
        return f"{escape(own)}: {person(roles[own])}"
    if not incident.watched:
        return (
            "A near miss: nobody is paged" if incident.near_miss else "Nobody is paged to merge or correct it"
        )
    if incident.waits_until:
        return f"It waits until {when(incident.waits_until)}; nobody has acknowledged yet"
    return "Nobody has acknowledged yet"


def _origin(incident: Incident) -> str:
    reported = "reported" if incident.status in {Status.TRIAGE, Status.DECLINED} else "declared"
    declared = f"{reported} by {actor(incident.reporter)} {when(incident.declared_at)}"
    happened = f"happened {when(incident.happened_at)}, " if incident.retrospective else ""
    return f"{escape(incident.type)}, {happened}{declared}"
