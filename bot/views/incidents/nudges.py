"""Nudges: what each asks, what is left of it, the list of them, and what is answered."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from bot.domain.errors import Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.nudges import SNOOZES
from bot.domain.incidents.timers import Timer, TimerKind
from bot.views.blocks import Block, Element, Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.incidents import life
from bot.views.mrkdwn import lasting, listed, place, when
from bot.views.naming import lead, title, title_inside
from bot.views.paging import escalate
from bot.views.steps import row
from bot.views.timeline.work_entries import NUDGES
from bot.views.work import summary, update

NAMES = NUDGES

OPEN = "nudges_open"
SNOOZE, STOP, START = "nudge_snooze", "nudge_stop", "nudge_start"

WORDS: Mapping[TimerKind, str] = {
    TimerKind.UPDATE: "update",
    TimerKind.UNACKNOWLEDGED: "unacknowledged",
    TimerKind.ONLY_REPORTER: "lead",
    TimerKind.SUMMARY: "summary",
    TimerKind.FIELDS: "fields",
    TimerKind.MONITORING: "monitoring",
    TimerKind.STILL_OPEN: "open",
}
"""What each is called after `/inc nudges`."""


@says_drill
def asked(incident: Incident, kind: TimerKind) -> Message:
    """Return a nudge, with the next sensible step first."""
    text = ASKED[kind](incident)
    where = f" Channel: {place(incident.channel)}." if incident.channel and kind in _IN_PRIVATE else ""
    return message(f"{text}{where}", section(f"{text}{where}"), _buttons(incident, kind))


@says_drill
def over(incident: Incident, kind: TimerKind, timer: Timer | None, *, led: bool = True) -> Message:
    """Return what is left of a nudge: it was put off or stopped, somebody else leads, or it is done."""
    about = f"A reminder about {title(incident)}: {NAMES[kind]}."
    if not incident.status.active or timer is None:
        return message(f"{about} That is over: `/inc INC-{incident.id}` shows how it stands.")
    if not led:
        return message(f"{about} You do not lead it any more. Lead: {lead(incident)}.")
    if timer.stopped:
        return message(f"{about} It was stopped.")
    return message(f"{about} It comes again {when(timer.at)}.")


def put_off(incident: Incident, kind: TimerKind, timer: Timer) -> Message:
    text = f"All right. The reminder for INC-{incident.id} ({NAMES[kind]}) comes again {when(timer.at)}."
    return message(text)


def stopped(incident: Incident, kind: TimerKind) -> Message:
    again = f"`/inc nudges start {WORDS[kind]}` starts them again."
    return message(f"No more reminders for INC-{incident.id} ({NAMES[kind]}). {again}")


def all_of_them(
    incident: Incident, how: str, kinds: Sequence[TimerKind], span: timedelta | None = None
) -> Message:
    """Say what became of all nudges of an incident together, with the way back."""
    which = listed(NAMES[one] for one in kinds)
    count = "Its one reminder" if len(kinds) == 1 else f"All {len(kinds)} reminders"
    did = {"stop": "stopped", "start": "started again", "snooze": "put off"}[how]
    long = f" for {lasting(span)}" if span else ""
    later = "" if how == "start" else " One that begins later, such as for Monitoring, still comes."
    text = f"INC-{incident.id}: {count} {'is' if len(kinds) == 1 else 'are'} {did}{long} ({which}).{later}"
    back = Step("Start them again", "nudges start all", incident.id)
    steps = [Step("Show the reminders", "nudges", incident.id)]
    return message(text, section(text), *row(steps if how == "start" else [back, *steps]))


def _together(incident: Incident, found: Sequence[Timer]) -> list[Block]:
    """Return what can be done with all of several nudges."""
    if len(found) < 2:
        return []
    steps = []
    if any(not one.stopped for one in found):
        steps += [
            Step("Snooze all", "snooze all", incident.id),
            Step("Stop all", "nudges stop all", incident.id),
        ]
    if any(one.stopped or one.snoozed_until for one in found):
        steps.append(Step("Start all again", "nudges start all", incident.id))
    return row(steps)


def listing(incident: Incident, found: Sequence[Timer], asked: Collection[TimerKind] = ()) -> Message:
    """Return the nudges that an incident has as it stands, each with its buttons. Those `asked` have a
    message that waits for something to be done.
    """
    heading = f"*Reminders for {title_inside(incident)}*"
    if not found:
        why = f"*It is paused until {when(incident.waits_until)}.*" if incident.waits_until else ""
        return message(f"{heading}\nNone as it stands. {why}".strip())
    rows: list[Block] = []
    for timer in found:
        rows += [section(_line(timer, asked)), _controls(incident, timer)]
    how = "Also: `/inc snooze summary 2h`, `/inc nudges stop summary`, `/inc snooze all 1h`."
    lines = [_line(timer, asked) for timer in found]
    return message(
        "\n".join([heading, *lines]), section(heading), *rows, *_together(incident, found), context(how)
    )


def _line(timer: Timer, asked: Collection[TimerKind]) -> str:
    how = "stopped" if timer.stopped else when(timer.at)
    how = f"snoozed until {how}" if timer.snoozed_until and not timer.stopped else how
    how = f"asked, again {how}" if timer.kind in asked else how
    return f"{NAMES[timer.kind].capitalize()}: {how}"


def _controls(incident: Incident, timer: Timer) -> Block:
    value = f"{incident.id}:{timer.kind}"
    if timer.stopped:
        return actions(button("Start again", START, value))
    return actions(_snooze(value, timer.kind), button("Stop", STOP, value))


def _snooze(value: str, kind: TimerKind) -> Element:
    return button(f"Snooze {lasting(SNOOZES[kind])}", SNOOZE, value)


def _buttons(incident: Incident, kind: TimerKind) -> Block:
    value = f"{incident.id}:{kind}"
    first = _FIRST[kind](incident) if kind in _FIRST else []
    return actions(*first, _snooze(value, kind), button("Stop", STOP, value))


def _monitored(incident: Incident) -> str:
    return (
        f"*{title(incident)} has been in Monitoring for a while.* If the impact is over, resolve it; if not, "
        "say what you watch."
    )


def _still_open(incident: Incident) -> str:
    days = f"since {when(incident.declared_at)}"
    rest = " It can also be paused until a date: `/inc pause`." if not incident.severity.high else ""
    return f"*{title(incident)} is still open, {days}.* Go on, or end it: what is missing?{rest}"


ASKED = {
    TimerKind.UNACKNOWLEDGED: lambda incident: (
        f"*Nobody has acknowledged {title(incident)} yet.* The pages go on. Call somebody who can help, or "
        "page another team."
    ),
    TimerKind.ONLY_REPORTER: lambda incident: (
        f"*{title(incident)} is led by its reporter alone*: {lead(incident)}. Who takes the lead? Whoever "
        "has it keeps it by the same button."
    ),
    TimerKind.SUMMARY: lambda incident: (
        f"*{title(incident)} has no summary yet.* Two lines on what is broken, and for whom, help everybody "
        "who joins."
    ),
    TimerKind.MONITORING: _monitored,
    TimerKind.STILL_OPEN: _still_open,
}
_IN_PRIVATE = ASKED.keys() - {TimerKind.ONLY_REPORTER}


def _update(incident: Incident) -> Element:
    return button("Update", update.OPEN, incident.id)


_FIRST = {
    TimerKind.UNACKNOWLEDGED: lambda incident: [
        button("Escalate", escalate.OPEN, incident.id, style="primary")
    ],
    TimerKind.ONLY_REPORTER: lambda incident: [life.take_lead(incident)],
    TimerKind.SUMMARY: lambda incident: [
        button("Write the summary", summary.OPEN, incident.id, style="primary")
    ],
    TimerKind.MONITORING: lambda incident: [*life.next_step(incident), _update(incident)],
    TimerKind.STILL_OPEN: lambda incident: [_update(incident), *life.next_step(incident)],
}
