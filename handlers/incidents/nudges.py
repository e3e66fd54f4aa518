"""Nudges of an incident: which it has, and snoozing, stopping and starting them."""

import re
from datetime import timedelta

from bot.domain import durations
from bot.domain.errors import Malformed, Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.nudges import LONGEST_SNOOZE, SNOOZES, meant, of_all
from bot.domain.incidents.pause import date_first
from bot.domain.incidents.timers import TimerKind
from bot.operations.incidents import timers
from bot.operations.incidents.nudges import asked_now, nudges_of
from bot.operations.oncall.rota import zone_of
from bot.views.commands import Group, PanelButton, Row, Subcommand, opens, unless_gone
from bot.views.incidents import nudges as view_of
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import timers as stored

_HOW = {"snooze": "snooze", "stop": "stop", "start": "start", "resume": "start"}
_ME_IN = re.compile(r"^(?:me\s+)?in\s+|^me\b\s*", re.IGNORECASE)


async def nudges(request: Request) -> None:
    """Show the nudges of the incident, or snooze, stop or start the one that is named."""
    incident = request.here
    how, _, rest = request.plain.partition(" ")
    if not how:
        await show(request)
        return
    how = _HOW.get(how.lower(), "")
    every, length = of_all(rest)
    kind, after = meant(rest)
    if not how or (rest and not (kind or every)):
        raise Refused(
            f"I do not understand `{request.plain.replace('`', '')[:60]}`. Write `snooze`, `stop` or "
            f"`start`, and which: {', '.join(view_of.WORDS.values())}, or `all`. `/inc nudges` shows them.",
            Step("Show the reminders", "nudges", incident.id),
        )
    if every:
        await _each(request, incident, how, await _length(request, length) if how == "snooze" else None)
    elif not kind:
        raise await _which(request, incident, how)
    elif how == "snooze":
        await snooze(request, incident, kind, await _length(request, after))
    elif how == "stop":
        await _stop(request, incident, kind)
    else:
        await _start(request, incident, kind)


async def put_off(request: Request) -> None:
    """Snooze the nudge that is named; else the update's, unless others stand alone: of several ask which."""
    incident = request.here
    every, after = of_all(request.plain)
    if every:
        await _each(request, incident, "snooze", await _length(request, after))
        return
    kind, after = meant(request.plain)
    span = await _length(request, after)
    if not kind:
        found = await request.uow.read(asked_now, incident)
        due = TimerKind.UPDATE in {one.kind for one in found}
        if len(found) > 1 and not due:
            raise Refused(
                f"{len(found)} reminders of INC-{incident.id} stand. Which one do you want to snooze?",
                *(
                    Step(view_of.NAMES[one.kind].capitalize(), _typed(one.kind, after), incident.id)
                    for one in found[:4]
                ),
                Step("All of them", f"snooze all {after}".strip(), incident.id),
            )
        kind = found[0].kind if found and not due else TimerKind.UPDATE
    await snooze(request, incident, kind, span)


def _typed(kind: TimerKind, length: str) -> str:
    return f"snooze {view_of.WORDS[kind]} {length}".strip()


async def show(request: Request) -> None:
    found = await request.uow.read(nudges_of, request.here)
    asked = {one.kind for one in await request.uow.read(asked_now, request.here)}
    await request.answer(view_of.listing(request.here, found, asked))


async def snooze(request: Request, incident: Incident, kind: TimerKind, span: timedelta | None) -> None:
    """Put a nudge off, for the time that its button has unless another was typed."""
    incident = await request.uow.perform(timers.snooze, incident.id, kind, span, by=request.user)
    if timer := await request.uow.read(stored.of, incident.id, kind):
        await request.answer(view_of.put_off(incident, kind, timer))


async def _stop(request: Request, incident: Incident, kind: TimerKind) -> None:
    incident = await request.uow.perform(timers.stop, incident.id, kind, by=request.user)
    await request.answer(view_of.stopped(incident, kind))


async def _start(request: Request, incident: Incident, kind: TimerKind) -> None:
    incident = await request.uow.perform(timers.start, incident.id, kind, by=request.user)
    if timer := await request.uow.read(stored.of, incident.id, kind):
        await request.answer(view_of.put_off(incident, kind, timer))


async def _each(request: Request, incident: Incident, how: str, span: timedelta | None) -> None:
    """Do the same with all nudges that the incident has as it stands."""
    incident, kinds = await request.uow.perform(timers.each, incident.id, how, span, by=request.user)
    await request.answer(view_of.all_of_them(incident, how, kinds, span))


async def _which(request: Request, incident: Incident, how: str) -> Refused:
    """Ask which nudge is meant, of those that the incident has."""
    found = await request.uow.read(nudges_of, incident)
    if not found:
        return Refused(f"INC-{incident.id} has no reminders as it stands.")
    steps = [
        Step(view_of.NAMES[one.kind].capitalize(), f"nudges {how} {view_of.WORDS[one.kind]}", incident.id)
        for one in found[:4]
    ]
    if len(found) > 1:
        steps.append(Step("All of them", f"nudges {how} all", incident.id))
    return Refused(f"Which reminder do you want to {how}?", *steps)


async def _length(request: Request, text: str) -> timedelta | None:
    """Return for how long to snooze, None for as long as the button does; a number alone counts minutes.

    Refuses what is no length and no date.
    """
    text = _ME_IN.sub("", text)
    if not text:
        return None
    span = durations.read(text, minutes=True) or timedelta()
    if not span:
        zone, now = await request.uow.read(zone_of, request.user), request.uow.clock.now()
        at, rest = date_first(text, zone, now) or (now, "")
        span = timedelta() if rest.strip() else at - now
    if not timedelta() < span <= LONGEST_SNOOZE:
        raise Refused(
            f"I do not understand for how long: `{text.replace('`', '')[:60]}`. Write `30m`, `2h`, "
            "`until 14:30`, `until monday` or `1d`, 7 days at most. To let an S3 or S4 rest for "
            "longer: `/inc pause`."
        )
    return span


def _kind(request: Request) -> TimerKind:
    """Return which nudge a button is of. Raises Malformed for what is none."""
    if request.rest not in {kind.value for kind in SNOOZES}:
        raise Malformed
    return TimerKind(request.rest)


@of_incident
async def snooze_pressed(request: Request) -> None:
    """Put the nudge off."""
    await snooze(request, request.here, _kind(request), None)


@of_incident
async def stop_pressed(request: Request) -> None:
    """Stop the nudge."""
    await _stop(request, request.here, _kind(request))


@of_incident
async def start_pressed(request: Request) -> None:
    """Start the nudge again."""
    await _start(request, request.here, _kind(request))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            nudges,
            usage="nudges [snooze, stop or start] [which] [how long]",
            brief="which reminders come when",
            help="See the reminders of the incident and when they come; snooze, stop or start one, or `all`: "
            "update, unacknowledged, lead, summary, fields, monitoring, open.",
            example="/inc nudges snooze summary 2h",
            place=(Group.INFORM, 65),
            aliases=("nudge", "reminders"),
        ),
        Subcommand(
            put_off,
            usage="snooze [which] [how long]",
            brief="put a reminder off",
            help="Put off the reminder of an update, or the one that asks you something now, for as long "
            "as its button does or as you say; of several you are asked which. Named, it may be any that "
            "`/inc nudges` lists; `all` puts off all of them.",
            example="/inc snooze summary 2h",
            place=(Group.INFORM, 60),
        ),
    ),
    listeners=(
        Listener("action", view_of.OPEN, of_incident(show)),
        Listener("action", view_of.SNOOZE, snooze_pressed),
        Listener("action", view_of.STOP, stop_pressed),
        Listener("action", view_of.START, start_pressed),
    ),
    buttons=(PanelButton((Row.FACTS, 83), opens("Reminders", view_of.OPEN), unless_gone),),
)
