"""A change of shift: what those who go and who come are told, and the note from one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.alerts.alert import Alert, FalseAlarm
from bot.domain.incidents.incident import Incident
from bot.domain.oncall.handover import NOTE_HOLDS, Brief, Duty, Handover
from bot.domain.paging.pages import Page
from bot.domain.timeline.entries import Entry
from bot.domain.work.work import Action, Update
from bot.views.alerts.alert import line
from bot.views.blocks import Block, Message, actions, button, context, message, section
from bot.views.forms import input_block, modal, text_input
from bot.views.mrkdwn import cut, escape, people, person, quote, when
from bot.views.naming import go_on, lead, standing, title, way_in
from bot.views.timeline.entries import sentence

TAKE_OVER, NOT_YET = "handover_take", "handover_not_yet"
OPEN, FORM = "handover_open", "handover_form"
TEXT = "text"
SHOWN, LISTED = 8, 10
"""How many incidents are told of in full, and how many by a line each."""
_SHORT = 300


@dataclass(frozen=True, slots=True)
class Crossing:
    """An incident that crosses the shift, and all that whoever takes it over has to know.

    `holder` has the role now. It `waits` until somebody has taken it over. What people wrote about a private
    incident is not there.
    """

    brief: Brief
    incident: Incident
    holder: str | None
    waits: bool
    pages: Sequence[Page] = ()
    muted: bool = False
    update: Update | None = None
    actions: Sequence[Action] = ()
    tried: Sequence[Entry] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A change of shift as `reader` may know of it: what crosses it, and `others` that are open.

    `asked` are pages outside any incident that wait for the reader; `lasts` says that no later shift began.
    `wrong` are the false alarms of the shift before, `aside` the alerts that were put aside and fire still.
    """

    handover: Handover
    reader: str
    crossing: Sequence[Crossing]
    others: Sequence[Incident] = ()
    asked: Sequence[Page] = ()
    lasts: bool = True
    wrong: Sequence[FalseAlarm] = ()
    aside: Sequence[Alert] = ()

    @property
    def comes(self) -> bool:
        return self.reader in self.handover.now.people

    @property
    def empty(self) -> bool:
        """Say whether there is nothing to tell."""
        note = self.handover.before.note if self.comes else ""
        return not (self.crossing or self.others or self.asked or note or self.wrong or self.aside)


def told(passed: Passed) -> Message:
    """Tell somebody who goes or comes what is open, with buttons for who comes."""
    heading = _heading(passed)
    blocks = [section(heading), *_note(passed.handover.before)]
    for one in passed.crossing[:SHOWN]:
        blocks += _in_full(one, passed)
    others = [*(one.incident for one in passed.crossing[SHOWN:]), *passed.others]
    lines = [
        f"*{title(one)}*" + ("" if one.private else f" · {standing(one)} · lead {lead(one)}")
        for one in others[:LISTED]
    ]
    if lines:
        more = f"\nand {len(others) - LISTED} more: `/inc list`" if len(others) > LISTED else ""
        blocks.append(section("\n".join(["*Also open:*", *lines]) + more))
    if passed.asked:
        teams = ", ".join(escape(page.level_team) for page in passed.asked)
        blocks.append(section(f"*Pages that still wait for your answer:* {teams}. `/inc ack` answers them."))
    blocks += _alerts(passed)
    if passed.lasts and not passed.comes:
        blocks.append(actions(button("Leave a note", OPEN, passed.handover.before.id)))
    elif passed.lasts and any(one.waits for one in passed.crossing):
        blocks.append(actions(button("Not yet", NOT_YET, passed.handover.now.id)))
    titles = [title(one.incident) for one in passed.crossing]
    return message("\n".join([heading, *titles]), *blocks)


def _alerts(passed: Passed) -> list[Block]:
    """Return what the shift before said of alerts: the public GitLab handbook wants the next one to know."""
    lines = []
    for one in passed.wrong:
        changes = ", the alert should be changed" if one.changes else ""
        note = f": {escape(cut(one.note, _SHORT))}" if one.note else ""
        lines.append(f"INC-{one.incident} was a false alarm{changes}, says {person(one.said_by)}{note}")
    lines += [f"Put aside, and fires still: {line(one)}" for one in passed.aside]
    return [section("\n".join(["*Alerts:*", *lines]))] if lines else []


def _heading(passed: Passed) -> str:
    one = passed.handover
    name, at = escape(one.now.schedule), when(one.now.begun_at)
    if passed.comes:
        before = f" Before you, it was {people(one.outgoing)}." if one.outgoing else ""
        return f"*Change of shift on {name}:* you are on call since {at}.{before}"
    are = "are" if one.incoming[1:] else "is"
    return f"*Change of shift on {name}:* your shift ended {at}. {people(one.incoming)} {are} on call now."


def _note(before: Duty) -> list[Block]:
    return [section(f"Note from {person(before.noted_by)}:\n{quote(before.note)}")] if before.noted_by else []


def _in_full(one: Crossing, passed: Passed) -> list[Block]:
    incident, brief = one.incident, one.brief
    named = f"*{title(incident)}* · {standing(incident)} · {way_in(incident)}"
    if brief.taken_by and brief.taken_at:
        taken = f"*Taken over* by {person(brief.taken_by)} {when(brief.taken_at)}: {escape(brief.role)}"
        return [section(f"{named}\n{taken}, from {person(brief.outgoing)}.")]
    if not one.waits:
        now = f"{escape(brief.role)} is {person(one.holder) if one.holder else 'nobody'}."
        return [section(f"{named}\n{now if incident.status.open else ''} Nothing is left to take over.")]
    shown = section("\n".join([named, _who(one), *_facts(one)]))
    if not passed.lasts:
        return [shown, context("Nobody took it over. The next shift has begun, and is asked.")]
    if passed.comes:
        return [shown, actions(button("Take over", TAKE_OVER, brief.id, style="primary"))]
    asked = people(passed.handover.incoming)
    return [shown, context(f"{asked} can take it over. Until then it stays with {person(brief.outgoing)}.")]


def _who(one: Crossing) -> str:
    """Say who has what is to be taken over: the role, the pages that wait, and the lead."""
    outgoing, role = person(one.brief.outgoing), escape(one.brief.role)
    leads = one.incident.lead == one.brief.outgoing
    has = f"{role} is {outgoing}" if one.holder == one.brief.outgoing else f"{outgoing} is paged as {role}"
    return f"{has}, who leads it too." if leads else f"{has}. It is led by {lead(one.incident)}."


def _facts(one: Crossing) -> list[str]:
    said = []
    if one.update:
        said.append(f"Last update {when(one.update.at)}:\n{quote(one.update.text, _SHORT)}")
    elif not one.incident.private:
        said.append("No update yet.")
    if one.muted:
        said.append("Its reminders of updates are stopped: `/inc update` sets the next one.")
    if one.pages:
        waiting = (f"{_called(page)} as {escape(page.role)}, {when(page.raised_at)}" for page in one.pages)
        said.append(f"Paged, and not answered: {'; '.join(waiting)}.")
    if one.actions:
        work = (
            f"{escape(cut(each.title, 100))} ({person(each.assignee) if each.assignee else 'nobody yet'})"
            for each in one.actions[:LISTED]
        )
        said.append(f"Open actions: {'; '.join(work)}.")
    if one.tried:
        said += ["What was noted last:", *(sentence(each) for each in one.tried)]
    return said


def _called(page: Page) -> str:
    return person(page.responder) if page.responder else "nobody on call"


def asked_again(passed: Passed) -> Message:
    """Ask somebody once more to take over."""
    left = [one for one in passed.crossing if one.waits]
    lines = [f"{title(one.incident)}: {_who(one)}" for one in left[:SHOWN]]
    how = "Press *Take over* in the message above; or *Not yet*, to be asked 15 minutes later."
    return message("\n".join(["*It still waits for you to take it over:*", *lines, how]))


def unanswered(passed: Passed) -> Message:
    """Tell somebody who manages the schedule that nobody has taken over."""
    one = passed.handover
    lines = [f"{title(each.incident)}: {_who(each)}" for each in passed.crossing if each.waits]
    who, are = people(one.incoming), "are" if one.incoming[1:] else "is"
    head = f"*Nobody has taken over on {escape(one.now.schedule)} in half an hour.*"
    since = f"{who} {are} on call since {when(one.now.begun_at)}, and {are} asked twice. Speak to them;"
    return message(
        "\n".join([head, *lines[:SHOWN], f"{since} `/inc role` in the incident's channel names somebody."])
    )


def taken(incident: Incident, brief: Brief) -> Message:
    """Answer whoever took over."""
    leads = " and lead it" if incident.lead == brief.taken_by else ""
    now = f"You are {escape(brief.role)} of {title(incident)}{leads} now"
    return message(f"{now}. {go_on(incident)}; `/inc update` there tells everybody how it stands.")


def put_off() -> Message:
    return message("You are asked again in 15 minutes. *Take over* above works all the time.")


def form(duty: Duty, left: Duty | None) -> dict[str, Any]:
    """Return the form of the note; `left` has what those before have left."""
    hint = "What is odd, what was changed or silenced, what to watch. Empty takes the note back."
    text = text_input(TEXT, initial=duty.note, multiline=True, max_length=NOTE_HOLDS, focus=True)
    blocks = _note(left) if left else []
    field = input_block("What should the next one know?", text, TEXT, optional=True, hint=hint)
    return modal("Hand over your shift", "Keep", FORM, [*blocks, field], str(duty.id))


def noted(duty: Duty) -> Message:
    name = escape(duty.schedule)
    if not duty.note:
        return message(f"Your note for who comes next on {name} is taken back.")
    return message(
        f"Whoever comes next on {name} reads this when their shift begins:\n{quote(duty.note)}\n"
        "`/inc handover` changes it."
    )
