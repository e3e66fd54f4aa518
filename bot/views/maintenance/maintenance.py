"""Scheduled maintenance: its announcement, what its thread and its people are told, and the list."""

from collections.abc import Iterator, Sequence

from bot.domain.actors import Actor, parsed
from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import LAPSES_AFTER, Criticality, Maintenance, State, Warned
from bot.views.blocks import Block, Element, Message, actions, button, confirm, context, message, section
from bot.views.drill import says_drill
from bot.views.mrkdwn import (
    actor,
    capital,
    cut,
    escape,
    lasting,
    link,
    listed,
    people,
    period,
    person,
    quote,
    when,
)
from bot.views.naming import way_in

START, END, CANCEL = "maintenance_start", "maintenance_end", "maintenance_cancel"
EXTEND, EXTEND_MORE = "maintenance_extend", "maintenance_extend_more"
EDIT, NEW = "maintenance_edit", "maintenance_new"
MINUTES = {EXTEND: 30, EXTEND_MORE: 60}
"""By how many minutes each button lets it end later."""
_NAME, _LINK = 150, 60
_SHOWN = 10
_HEADINGS = {
    State.PLANNED: "Maintenance is planned",
    State.RUNNING: "Maintenance is running",
    State.OVER: "Maintenance is over",
    State.CANCELLED: "Maintenance is cancelled",
}


def called(one: Maintenance) -> str:
    """Return what it is called, ready for mrkdwn."""
    return f"MNT-{one.id} {escape(cut(one.name, _NAME))}"


def announced(one: Maintenance) -> Message:
    """Return the announcement, posted once and then edited in place."""
    heading = f"*{_heading(one)}: {called(one)}* ({one.criticality})"
    text = "\n".join([heading, _times(one), *_details(one)])
    return message(f"{heading}\n{_times(one)}", section(text), *_buttons(one))


def told_by(one: Maintenance, by: Actor, what: str, warned: Sequence[Warned] = ()) -> Message:
    """Return what the thread is told of something that happened; `what` is the name of the fact."""
    return message(HAPPENED[what](one, by, warned))


def begins(one: Maintenance, roles: Sequence[str]) -> Message:
    """Tell somebody on call that a maintenance comes near, as the handbook has it for a C1."""
    text = (
        f"*Maintenance {called(one)} ({one.criticality})* {_begins(one)}.\n"
        f"You are told as {listed(map(escape, roles))} on call. Treat it as an incident that is "
        f"not declared: {person(one.owner)} answers for it, and is the IM of an incident that it causes."
    )
    return message(text, section("\n".join([text, _times(one), *_details(one)])))


def owned(one: Maintenance, by: Actor) -> Message:
    """Tell somebody that they are responsible for a maintenance."""
    return message(
        f"{capital(actor(by))} made you the owner of maintenance *{called(one)}*: "
        f"{period(one.starts_at, one.ends_at)}. In an incident that it causes you are the IM. "
        "To change it: `/inc maintenance`."
    )


def told_owner(one: Maintenance, by: Actor, what: str) -> Message:
    """Tell the owner what somebody else did with their maintenance."""
    return message(f"*Your maintenance {called(one)}:* {HAPPENED[what](one, by, ())}")


def unheard(one: Maintenance, why: str) -> Message:
    """Tell whoever planned it that it could not be announced."""
    return message(
        f"*Maintenance {called(one)} is planned, and could not be announced:* {escape(why)}. Tell people "
        "of it yourself. The operator can name another channel under `maintenance.announce` in `muster.yml`."
    )


def unended(one: Maintenance, *, again: bool = False) -> Message:
    """Ask the owner whether it is over; edited once that is known, or they are asked `again`."""
    if not (one.running and one.overran_at):
        return message(f"*{_heading(one)}: {called(one)}*\n{_times(one)}")
    if again:
        return message(f"*Is {called(one)} over?* You are asked again below.")
    text = f"*Is {called(one)} over?* Its window ended {when(one.ends_at)}, and nobody has said so."
    return message(text, section(text), *_buttons(one))


@says_drill
def leave_call(one: Maintenance, incident: Incident) -> Message:
    """Ask somebody who does the maintenance to leave the shared call to an incident."""
    which = "Another incident" if incident.private else f"INC-{incident.id} ({incident.severity})"
    where = "" if incident.private else f" · {way_in(incident)}"
    return message(
        f"*Please leave the shared call:* {which} needs it, and is not related to your maintenance "
        f"{called(one)}. Go on elsewhere.{where}"
    )


@says_drill
def call_needed(incident: Incident) -> Message:
    """Return what the thread is told of that."""
    which = "Another incident" if incident.private else f"INC-{incident.id} ({incident.severity})"
    return message(f"{which} is not related to it: its people were asked to leave the shared call.")


def listing(found: Sequence[Maintenance]) -> Message:
    """List what is running and planned, each with what can be done with it."""
    new = actions(button("Plan a maintenance", NEW))
    if not found:
        said = "No maintenance is running or planned. To plan one: `/inc maintenance new`."
        return message(said, section(said), new)
    lines = [f"*{called(one)}* ({one.criticality}) · {_standing(one)}\n{_times(one)}" for one in found]
    blocks: list[Block] = []
    for one, line in zip(found[:_SHOWN], lines, strict=False):
        blocks += [section("\n".join([line, *_details(one)])), *_buttons(one)]
    more = [context(f"And {len(found) - _SHOWN} more.")] if len(found) > _SHOWN else []
    heading = "*Maintenance that is running or planned:*"
    return message("\n".join([heading, *lines]), section(heading), *blocks, *more, new)


def answered(one: Maintenance, said: str) -> Message:
    """Say to whoever did something with it how it stands now."""
    text = f"*{called(one)}* ({one.criticality}) {said}"
    return message(text, section("\n".join([text, _times(one), *_details(one)])), *_buttons(one))


def line(running: Sequence[Maintenance]) -> list[Block]:
    """Return one small line about what is running, or nothing."""
    if not running:
        return []
    shown = [f"{called(one)} ({one.criticality}) until {when(one.ends_at)}" for one in running[:3]]
    more = [f"{len(running) - 3} more"] if len(running) > 3 else []
    return [context(f"Maintenance is running: {'; '.join([*shown, *more])} · `/inc maintenance`")]


def _heading(one: Maintenance) -> str:
    if one.running and one.overran_at:
        return "Maintenance has overrun"
    return _HEADINGS[one.state]


def _standing(one: Maintenance) -> str:
    return "has overrun" if one.running and one.overran_at else str(one.state)


def _times(one: Maintenance) -> str:
    begun = one.started_at or one.starts_at
    match one.state:
        case State.PLANNED:
            return period(one.starts_at, one.ends_at)
        case State.RUNNING if one.overran_at:
            return f"Since {when(begun)}; it was to end {when(one.ends_at)}"
        case State.RUNNING:
            return f"Since {when(begun)}, until {when(one.ends_at)}"
        case State.OVER:
            return period(begun, one.ended_at or one.ends_at)
        case State.CANCELLED:
            why = f"\nReason:\n{quote(one.reason, 600)}" if one.reason else ""
            return f"It was planned for {period(one.starts_at, one.ends_at)}{why}"


def _details(one: Maintenance) -> Iterator[str]:
    others = f" · with {people(one.people)}" if one.people else ""
    yield f"Owner: {person(one.owner)}{others}"
    if one.services:
        held = " · their alerts are held in the window: shown, and paging nobody" if one.holds else ""
        yield f"Services: {', '.join(map(escape, one.services))}{held}"
    if one.links:
        yield " · ".join(link(url, cut(url.partition("://")[2], _LINK)) for url in one.links)
    if one.criticality is Criticality.C1 and one.state.open:
        yield "A C1 is treated as an incident that is not declared."


def _begins(one: Maintenance) -> str:
    if one.running:
        return f"has begun {when(one.started_at or one.starts_at)}"
    return f"begins {when(one.starts_at)}"


def _buttons(one: Maintenance) -> list[Block]:
    if one.state is State.PLANNED:
        return [actions(_edit(one), _start(one), _cancel(one))]
    if one.running:
        end = "From now on it is over: incidents are not asked about it any more."
        over = button(
            "It is over",
            END,
            one.id,
            style="primary",
            confirm=confirm("Is it over?", end, "It is over", "Not yet"),
        )
        return [actions(over, _extend(one, EXTEND), _extend(one, EXTEND_MORE), _edit(one))]
    return []


def _edit(one: Maintenance) -> Element:
    return button("Edit", EDIT, one.id)


def _start(one: Maintenance) -> Element:
    early = f"It is planned for {when(one.starts_at)}."
    return button("Start now", START, one.id, confirm=confirm("Start it now?", early, "Start it", "Wait"))


def _cancel(one: Maintenance) -> Element:
    off = "It does not take place. To plan it for another time, choose Edit instead."
    return button(
        "Cancel it", CANCEL, one.id, confirm=confirm("Cancel this maintenance?", off, "Cancel it", "Keep it")
    )


def _extend(one: Maintenance, action_id: str) -> Element:
    return button(f"{MINUTES[action_id]} min more", action_id, one.id)


def _who(by: Actor) -> str:
    return capital(actor(by))


def _by_person(by: Actor) -> bool:
    return isinstance(parsed(str(by)), str)


def _near(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    there = [f"{people(team.people)} ({escape(team.role)})" for team in warned if team.people]
    nobody = [escape(team.team) for team in warned if not team.people]
    told = f"It {_begins(one)}. Told: {listed(there)}." if there else f"It {_begins(one)}."
    return f"{told} *Nobody is on call for {listed(nobody)}.*" if nobody else told


def _started(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    who = f"{_who(by)} began it early" if _by_person(by) else "It has begun"
    return f"{who}. It runs until {when(one.ends_at)}."


def _changed(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    return f"{_who(by)} changed the plan. It is now: {called(one)} ({one.criticality}), {_times(one)}."


def _extended(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    return f"{_who(by)} extended it until {when(one.ends_at)}."


def _overran(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    asked = "Whoever answers for it is asked whether it is over."
    return f"It has overrun: its window ended {when(one.ends_at)}. {asked}"


def _ended(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    if one.state is State.CANCELLED:
        why = f" Reason:\n{quote(one.reason, 600)}" if one.reason else ""
        return f"{_who(by)} cancelled it.{why}"
    return f"{_who(by)} says that it is over."


def _lapsed(one: Maintenance, by: Actor, warned: Sequence[Warned]) -> str:
    return f"Nobody has said that it is over. {lasting(LAPSES_AFTER)} after its window it counts as over."


HAPPENED = {
    "near": _near,
    "started": _started,
    "changed": _changed,
    "extended": _extended,
    "overran": _overran,
    "ended": _ended,
    "lapsed": _lapsed,
}
"""What is said of each thing that happens to a maintenance."""
