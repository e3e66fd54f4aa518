"""Merging a duplicate, and combining several small incidents: each by a form, since much moves with them."""

import re
from dataclasses import replace

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import MOST_WORDS, Listed, Which
from bot.domain.incidents.merging import combinable, could_take, mergeable
from bot.operations.incidents import merging
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, while_open
from bot.views.incidents import merging as view_of
from bot.views.incidents.state import chosen, chosen_several, number
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import confirmed
from storage import incidents, listing
from storage.transaction import Tx

_NUMBER = re.compile(r"(?:inc-?|#)?(\d{1,9})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:,|\s|\band\b)\s*", re.IGNORECASE)
_INTO = re.compile(r"^(?:into|with|to)\s+", re.IGNORECASE)
MOST_STEPS = 4
"""How many incidents that fit an answer offers: each is a button."""
MOST_OFFERED = 100
"""How many choices Slack takes in a drop-down."""


async def merge(request: Request) -> None:
    """Open the form, with the incident chosen whose number was typed."""
    incident, uow = mergeable(request.here), request.uow
    into = await _target(request, incident) if request.plain else None
    if into:
        await uow.read(merging.may_merge, incident.id, into.id, by=request.user)
    known = await uow.read(_others, incident, request.user)
    if not known and not into:
        raise Refused(
            f"No other incident is open that INC-{incident.id} could be merged into. One that has ended is "
            "named by its number: `/inc merge INC-7`."
        )
    await request.open(view_of.form(incident, known, into))


async def combine(request: Request) -> None:
    """Open the form, with those chosen whose numbers were typed."""
    incident = combinable(request.here)
    found = await request.uow.read(_others, incident, request.user)
    known = [one for one in found if one.status.active and not one.severity.high]
    if not known:
        raise Refused(
            "No other S3 or S4 is open to be combined with this one. `/inc severity S2` raises it alone."
        )
    own = {f"INC-{incident.id}", f"#{incident.id}", str(incident.id)}  # it takes the others in, named or not
    typed = [one for one in _BETWEEN.split(request.plain) if one and one.upper() not in own]
    chosen = [await _combined(request, incident, one) for one in typed]
    known += [one for one in chosen if one not in known]
    await request.open(view_of.combine_form(incident, known, [one.id for one in chosen]))


async def _target(request: Request, incident: Incident) -> Incident:
    """Return the incident whose number was typed, or that the words find; refuse where several fit."""
    typed = _INTO.sub("", request.plain)
    if words.is_number(typed):
        return await words.incident(replace(request, text=typed))
    wanted = Listed(which=Which.ALL, words=tuple(typed.split()[:MOST_WORDS]))
    found = await request.uow.read(listing.of, wanted, request.user, MOST_OFFERED)
    fit = [one for one in found if could_take(incident, one)]
    if len(fit) == 1:
        return fit[0]
    quoted = words.quoted(typed)
    if not fit:
        raise Refused(
            f"I find no incident with `{quoted}` that INC-{incident.id} could be merged into. Type other "
            "words of it, or its number.",
            Step("Choose an open one", "merge", incident.id),
        )
    ways = (Step(view_of.candidate(one), f"merge INC-{one.id}", incident.id) for one in fit[:MOST_STEPS])
    raise Refused(f"{len(fit)} incidents fit `{quoted}`. Which one is it?", *ways)


async def _combined(request: Request, incident: Incident, typed: str) -> Incident:
    """Return an incident that was typed, if it can be combined with this one."""
    if not (number := _NUMBER.fullmatch(typed)):
        raise Refused(
            f"`{words.quoted(typed)}` is no incident's number. Name those that belong to it: "
            "`/inc combine INC-7 INC-9`.",
            Step("Choose them", "combine", incident.id),
        )
    found = await request.uow.read(incidents.visible, int(number[1]), request.user)
    await request.uow.read(merging.may_merge, found.id, incident.id, by=request.user)
    return combinable(found)


@answers_in_form(view_of.INTO)
async def submitted(form: Submission) -> None:
    """Merge into the chosen incident, once. One that has ended is reopened only if the form said so."""
    into = number(chosen(form.entered, view_of.INTO))
    opening = form.metadata.partition(":")[2] == str(into)
    await form.once(merging.merge, form.number, into, by=form.user, opening=opening)
    merged = await form.uow.read(incidents.visible, form.number, form.user)
    await confirmed(form, merged, view_of.merged(merged))


@answers_in_form(view_of.WITH)
async def combined(form: Submission) -> None:
    others = [number(one) for one in chosen_several(form.entered, view_of.WITH)]
    await form.once(merging.combine, form.number, others, by=form.user)
    await form.close()


def _others(tx: Tx, incident: Incident, viewer: str) -> list[Incident]:
    """Return the open incidents that this one may be merged into, those first that the person is in."""
    found = incidents.likely(tx, viewer, MOST_OFFERED)
    return [one for one in found if one.id != incident.id and one.private is incident.private]


FEATURE = Feature(
    subcommands=(
        Subcommand(
            merge,
            usage="merge [INC-number] [or words of it]",
            brief="it is a duplicate",
            help="Merge this incident into the one it is a duplicate of: its number, or words to find it. "
            "People, timeline, actions and links go there; its channel is archived a day later.",
            example="/inc merge INC-7",
            place=(Group.MOVE, 55),
        ),
        Subcommand(
            combine,
            usage="combine [INC-numbers]",
            brief="S3 and S4 to one S2",
            help="Merge several S3 and S4 into this one and raise it to S2, which pages as any raise.",
            example="/inc combine INC-7 INC-9",
            place=(Group.MOVE, 57),
            of_incident=False,
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(merge)),
        Listener("action", view_of.COMBINE_OPEN, of_incident(combine)),
        Listener("view", view_of.FORM, submitted),
        Listener("view", view_of.COMBINE_FORM, combined),
    ),
    buttons=(
        PanelButton((Row.PEOPLE, 35), opens("Merge", view_of.OPEN), while_open),
        PanelButton(
            (Row.PEOPLE, 37),
            opens("Combine", view_of.COMBINE_OPEN),
            lambda incident, viewer: incident.status.active and not incident.severity.high,
        ),
    ),
)
