"""Updates: the form, the posted message, and the reminder that one is due."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.errors import Malformed
from bot.domain.incidents.incident import FINISHED, UPDATE_EVERY, Incident, Severity, Status, next_statuses
from bot.domain.incidents.timers import Timer
from bot.domain.work.work import Update
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.drill import says_drill
from bot.views.forms import input_block, modal, option, select, text_input
from bot.views.incidents.state import State, chosen, number, one_of, typed
from bot.views.mrkdwn import actor, escape, place, quote, quotes, when
from bot.views.naming import lead, title, title_inside

FORM = "update_form"
OPEN = "update_open"
SNOOZE = "update_snooze"
STOP = "update_stop"

TEXT, STATUS, SEVERITY, NEXT = "text", "status", "severity", "next"

USUAL = "usual"
NO_MORE = "none"
_NEXT = {
    USUAL: "As usual: S1 15 min, S2 30 min, S3 60 min, S4 no reminder",
    "15": "In 15 min",
    "30": "In 30 min",
    "60": "In 1 h",
    "120": "In 2 h",
    "240": "In 4 h",
    NO_MORE: "No reminder",
}


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody wrote into the form. `lowered` is the lower severity chosen, which asks which it is;
    `resolves` says that Resolved was, which asks what ended it.
    """

    text: str
    status: Status
    severity: Severity
    next_in: timedelta | None
    lowered: Severity | None = None
    resolves: bool = False


def form(incident: Incident, latest: Update | None, *, viewer: str, written: str = "") -> dict[str, Any]:
    """Return the update form. It offers only what this person can set now."""
    severities = tuple(Severity) if incident.status.open else (incident.severity,)
    words = text_input(TEXT, initial=written, multiline=True, focus=True)
    status = select(
        STATUS, [option(one, one) for one in _statuses(incident, viewer)], initial=incident.status
    )
    severity = select(SEVERITY, [option(one, one) for one in severities], initial=incident.severity)
    after = select(NEXT, [option(label, key) for key, label in _NEXT.items()], initial=_usual_next(latest))
    blocks = [
        context(_standing(incident, latest, viewer)),
        input_block("What is the current impact, and what are we doing?", words, TEXT),
        input_block("Status", status, STATUS),
        input_block("Severity", severity, SEVERITY),
        input_block("Next update in", after, NEXT),
    ]
    offered = f"{incident.id}:{incident.status}:{incident.severity}"
    return modal("Send an update", "Send", FORM, blocks, offered)


def entered(state: State, metadata: str, now: Incident) -> Entered | dict[str, str]:
    """Return what was entered, or what is wrong, by block. A choice left alone stays as it is `now`.

    Somebody else may raise the severity while this one writes: sending must not take it back.
    """
    words = typed(state, TEXT)
    if not words:
        return {TEXT: "Write a line or two: what is the impact, and what are you doing?"}
    _, status, severity, *_ = [*metadata.split(":"), "", ""]
    to, grade = one_of(Status, state, STATUS), one_of(Severity, state, SEVERITY)
    to, grade = now.status if to == status else to, now.severity if grade == severity else grade
    lowered = grade if now.severity.worse_than(grade) else None
    if lowered and not to.open:
        return {SEVERITY: f"What is {to} keeps its severity. Correct it first: /inc severity {lowered}."}
    grade = now.severity if lowered else grade
    resolves = to is Status.RESOLVED is not now.status
    to = now.status if resolves else to
    return Entered(words, to, grade, _next_in(chosen(state, NEXT), grade), lowered, resolves)


@says_drill
def posted(update: Update, incident: Incident, author: str) -> Message:
    """Return the update as the channel and the announcement's thread see it; no name of it calls anybody."""
    due = f"Next update due {when(update.next_at)}" if update.next_at else "No next update planned"
    heading = f"Update on {title_inside(incident)} from {escape(author)}"
    state = f"{update.severity} · {update.status} · {due}"
    return message(
        f"{heading} ({state}):\n{quote(update.text)}",
        section(f"*{heading}*"),
        *map(section, quotes(update.text)),
        context(state),
    )


def usual_next_in(latest: Update | None, incident: Incident) -> timedelta | None:
    """Return when the next update is due after one that says nothing of it."""
    return _next_in(_usual_next(latest), incident.severity)


def sent(incident: Incident) -> Message:
    """Say to whoever typed an update what became of it, and offer what the form can do besides."""
    due = f"The next one is due {when(incident.next_update_at)}." if incident.next_update_at else ""
    text = f"Your update on INC-{incident.id} is posted. {due}".strip()
    change = button("Another, with status or severity", OPEN, incident.id)
    return message(text, section(text), actions(change))


def changed(incident: Incident) -> Message:
    """Say to whoever sent an update how it has the incident now."""
    now = f"INC-{incident.id} is now {incident.severity}, {incident.status}"
    return message(f"Your update is posted, and {now}. Undo leaves the update as it is.")


@says_drill
def nudge(incident: Incident) -> Message:
    asked = (
        f"*Update overdue:* {title_inside(incident)}. People outside are waiting: "
        "what is the impact now, and what are you doing?"
    )
    return message(asked, section(asked), _nudge_buttons(incident))


@says_drill
def nudged(incident: Incident, timer: Timer | None = None) -> Message:
    """Return what is left of a reminder that is over. `timer` is of the same missing update."""
    if timer:
        snoozed = f"The reminder was snoozed until {when(timer.at)}." if timer.snoozed_until else ""
        became = "The reminders were stopped." if timer.stopped else snoozed or "The reminders go on below."
        return message(f"An update on {title(incident)} was overdue. {became}")
    over = f"That is over: `/inc INC-{incident.id}` shows how it stands."
    return message(f"An update on {title(incident)} was overdue. {over}")


@says_drill
def led_by_another(incident: Incident) -> Message:
    """Return what is left of a reminder to whoever does not lead any more."""
    return message(
        f"You do not lead {title(incident)} any more, and need not update it. Lead: {lead(incident)}."
    )


@says_drill
def nudge_lead(incident: Incident) -> Message:
    where = f" Channel: {place(incident.channel)}." if incident.channel else ""
    asked = f"*You lead {title(incident)}, and an update is overdue.* Two lines are enough.{where}"
    return message(asked, section(asked), _nudge_buttons(incident))


def snoozed(incident: Incident) -> Message:
    due = when(incident.next_update_at) if incident.next_update_at else "later"
    return message(f"All right. The next reminder for an update on INC-{incident.id} comes {due}.")


def stopped(incident: Incident) -> Message:
    return message(
        f"No more reminders for updates on INC-{incident.id}. "
        "They start again with the next update: `/inc update`."
    )


def _nudge_buttons(incident: Incident) -> dict[str, Any]:
    value = str(incident.id)
    return actions(
        button("Send update", OPEN, value, style="primary"),
        button("Snooze 15 min", SNOOZE, value),
        button("Stop", STOP, value),
    )


def _statuses(incident: Incident, viewer: str) -> list[Status]:
    """Return what an update can leave the incident in. Reopening has its own form: it needs a reason."""
    later = [to for to in next_statuses(incident) if to in FINISHED or to.active]
    if incident.status in FINISHED:
        later = [to for to in later if to in FINISHED]
    if viewer != incident.lead:
        later = [to for to in later if to is not Status.RESOLVED]
    return [incident.status, *later]


def _standing(incident: Incident, latest: Update | None, viewer: str) -> str:
    last = f"Last update {when(latest.at)} by {actor(latest.by)}." if latest else "No update yet."
    due = f" Next one due {when(incident.next_update_at)}." if incident.next_update_at else ""
    barred = incident.status.active and viewer != incident.lead
    resolving = f" Only the lead, {lead(incident)}, can resolve." if barred else ""
    return f"{title_inside(incident)} · {last}{due}{resolving}"


def _usual_next(latest: Update | None) -> str:
    """Return the choice for the next update: the rhythm that the last one set by hand, or the usual one."""
    if latest is None or latest.next_at is None:
        return USUAL
    after = latest.next_at - latest.at
    minutes = str(int(after.total_seconds() // 60))
    return minutes if after != UPDATE_EVERY[latest.severity] and minutes in _NEXT else USUAL


def _next_in(after: str, severity: Severity) -> timedelta | None:
    if after in {"", USUAL}:
        return UPDATE_EVERY[severity]
    if after != NO_MORE and after not in _NEXT:
        raise Malformed
    return None if after == NO_MORE else timedelta(minutes=number(after))
