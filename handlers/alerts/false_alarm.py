"""Saying that what alerts opened was nothing: in one line, or by a form that asks about the alert."""

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident, Status
from bot.operations.alerts.judging import false_alarm
from bot.views.alerts import false_alarm as view_of
from bot.views.commands import Group, PanelButton, Row, Subcommand
from bot.views.incidents.state import chosen, typed
from handlers import words
from handlers.pressed import of_incident
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from handlers.undoable import confirmed

_CHANGE, _KEEP = "change", "keep"


async def say(request: Request) -> None:
    """Say it at once if the first word says what becomes of the alert; else ask that in the form."""
    incident, text = request.incident, request.plain
    if not incident and words.is_number(text):
        incident, text = await words.incident(request), ""
    incident = incident or request.here
    text = "" if words.is_number(text) else text
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only an open one turns out to be a false alarm."
        )
    word, _, note = text.partition(" ")
    if word.lower() not in {_CHANGE, _KEEP}:
        await request.open(view_of.form(incident, text))
        return
    changes = word.lower() == _CHANGE
    ended = await request.uow.perform(false_alarm, incident.id, note, changes=changes, by=request.user)
    await request.answer(view_of.said(ended, changes=changes))


@answers_in_form(view_of.NOTE)
async def submitted(form: Submission) -> None:
    changes, note = chosen(form.entered, view_of.CHANGES) == view_of.YES, typed(form.entered, view_of.NOTE)
    ended = await form.uow.perform(false_alarm, form.number, note, changes=changes, by=form.user)
    await confirmed(form, ended, view_of.said(ended, changes=changes))


def _offered(incident: Incident, viewer: str) -> bool:
    """Offer it for what an alert opened, to whoever may say so."""
    waits = incident.status is Status.TRIAGE or (incident.status.active and incident.lead == viewer)
    return waits and not isinstance(incident.reporter, str)


FEATURE = Feature(
    subcommands=(
        Subcommand(
            say,
            usage="false-alarm [INC-number] [change or keep] [note]",
            brief="an alert was wrong",
            help="Say that what an alert opened was nothing: a triage is declined, an incident cancelled by "
            "its lead. `change` says that the alert should be changed; the note is for the next shift. It "
            "counts as noise.",
            example="/inc false-alarm INC-7 change The threshold is too low",
            place=(Group.MOVE, 92),
            aliases=("falsealarm",),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(say)),
        Listener("view", view_of.FORM, submitted),
    ),
    buttons=(PanelButton((Row.WORK, 30), view_of.press, _offered),),
)
