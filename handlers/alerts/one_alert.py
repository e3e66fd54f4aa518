"""One alert: looked at, attached to an incident or detached, put aside and taken back."""

import re
from datetime import timedelta

from bot.domain.alerts.alert import Alert, Shelved
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.operations.alerts import judging
from bot.operations.incidents import merging
from bot.views.alerts import one_alert as view_of
from bot.views.incidents import merging as merging_view
from bot.views.incidents import triage
from bot.views.incidents.state import chosen, number
from handlers import words
from handlers.pressed import pressed
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission
from storage import incidents, judged_alerts
from storage.transaction import Tx

_ALERT = re.compile(r"a-?(\d{1,15})", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,4})\s*(m|min|h|hours?|d|days?)", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST_OFFERED = 100


def meant(text: str) -> int | None:
    """Return the alert that a text names, as A-12, and nothing else."""
    found = _ALERT.fullmatch(text.strip())
    return int(found[1]) if found else None


async def show(request: Request, alert_id: int) -> None:
    alert, incident, aside = await request.uow.read(_known, alert_id, request.user)
    await request.answer(view_of.whole(alert, incident, aside))


async def attach(request: Request, rest: str) -> None:
    """Attach an alert to the incident that is typed or to this channel's; else ask to which."""
    first, _, into = rest.partition(" ")
    alert = _needed(first, "attach A-12 INC-7")
    target = words.first_number(into)
    if into.strip() and (not target or target[1]):
        raise Refused(f"`{into.strip()[:40]}` is no incident's number: `/inc alerts attach A-{alert} INC-7`.")
    incident_id = target[0] if target else request.incident.id if request.incident else None
    if incident_id is None:
        await _ask(request, alert)
        return
    await _attached(request, alert, incident_id)


async def detach(request: Request, rest: str) -> None:
    found = await request.uow.perform(judging.detach, _needed(rest, "detach A-12"), by=request.user)
    await request.answer(view_of.detached(found))


async def shelve(request: Request, rest: str) -> None:
    """Put an alert aside for an hour, or for as long as is typed after it."""
    first, _, long = rest.partition(" ")
    await _shelve(request, _needed(first, "shelve A-12 1h"), _span(long.strip()))


async def unshelve(request: Request, rest: str) -> None:
    found = await request.uow.perform(judging.unshelve, _needed(rest, "unshelve A-12"), by=request.user)
    await request.answer(view_of.unshelved(found))


@pressed
async def show_pressed(request: Request) -> None:
    await show(request, request.number)


@pressed
async def attach_pressed(request: Request) -> None:
    await _ask(request, request.number)


@pressed
async def detach_pressed(request: Request) -> None:
    await detach(request, f"A-{request.number}")


@pressed
async def shelve_pressed(request: Request) -> None:
    await _shelve(request, request.number, judging.SHELVED_FOR)


@pressed
async def unshelve_pressed(request: Request) -> None:
    await unshelve(request, f"A-{request.number}")


@answers_in_form(view_of.INCIDENT)
async def attach_submitted(form: Submission) -> None:
    into = number(chosen(form.entered, view_of.INCIDENT))
    await form.once(judging.attach, form.number, into, by=form.user)
    await form.close()


@pressed
async def add_pressed(request: Request) -> None:
    """Merge a triage into the incident that its button names."""
    into = number(request.rest)
    await request.once(merging.merge, request.number, into, by=request.user)
    merged = await request.uow.read(incidents.visible, request.number, request.user)
    await request.answer(merging_view.merged(merged))


async def _attached(request: Request, alert_id: int, incident_id: int) -> None:
    alert = await request.uow.perform(judging.attach, alert_id, incident_id, by=request.user)
    incident = await request.uow.read(incidents.visible, incident_id, request.user)
    await request.answer(view_of.attached(alert, incident))


async def _ask(request: Request, alert_id: int) -> None:
    alert, known = await request.uow.read(_with_open, alert_id, request.user)
    if not known:
        raise Refused("No incident is open to which it could be attached. `/inc declare` makes one.")
    await request.open(view_of.attach_form(alert, known))


async def _shelve(request: Request, alert_id: int, span: timedelta) -> None:
    until = await request.uow.perform(judging.shelve, alert_id, span, by=request.user)
    alert, _, _ = await request.uow.read(_known, alert_id, request.user)
    await request.answer(view_of.shelved(alert, until))


def _needed(text: str, example: str) -> int:
    found = meant(text)
    if found is None:
        raise Refused(f"Which alert? `/inc alerts` shows their numbers: `/inc alerts {example}`.")
    return found


def _span(text: str) -> timedelta:
    if not text:
        return judging.SHELVED_FOR
    found = _SPAN.fullmatch(text.removeprefix("for ").strip())
    if not found:
        raise Refused(f"`{text[:40]}` is no time. Write it as 30m, 2h or 1d: `/inc alerts shelve A-12 2h`.")
    return timedelta(**{_UNITS[found[2][0].lower()]: int(found[1])})


def _known(tx: Tx, alert_id: int, by: str) -> tuple[Alert, Incident | None, Shelved | None]:
    alert = judging.known_alert(tx, alert_id, by=by)
    incident = incidents.visible(tx, alert.incident, by) if alert.incident else None
    return alert, incident, judged_alerts.shelved(tx, alert.source, alert.key)


def _with_open(tx: Tx, alert_id: int, by: str) -> tuple[Alert, list[Incident]]:
    alert = judging.known_alert(tx, alert_id, by=by)
    return alert, [one for one in incidents.likely(tx, by, MOST_OFFERED) if one.id != alert.incident]


FEATURE = Feature(
    listeners=(
        Listener("action", view_of.SHOW, show_pressed),
        Listener("action", view_of.ATTACH, attach_pressed),
        Listener("action", view_of.DETACH, detach_pressed),
        Listener("action", view_of.SHELVE, shelve_pressed),
        Listener("action", view_of.UNSHELVE, unshelve_pressed),
        *(Listener("action", name, add_pressed) for name in triage.ADD),
        Listener("view", view_of.ATTACH_FORM, attach_submitted),
    ),
)
