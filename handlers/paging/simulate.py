"""`/inc simulate`: an incident is rehearsed, and whoever asks reads who would be called when."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot.domain.errors import Malformed, Refused
from bot.domain.oncall.spans import DAY, MOMENT, moment
from bot.domain.process import Process
from bot.domain.rights import Right
from bot.operations.oncall.rota import zone_of
from bot.operations.rights import allow
from bot.rehearsal.asked import Rehearsals, Wish, may_be_silent, script_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import chosen, chosen_moment, chosen_several
from bot.views.mrkdwn import harmless
from bot.views.paging import simulate as view
from bot.views.rehearsal import Script, texts
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission, plain_text

_MENTION = re.compile(r"<@(\w+)[^>]*>")
_SILENT = re.compile(r"\b(?:no[- ]answer|without):? ([^\n]+)", re.IGNORECASE)
_NOBODY = re.compile(r"\bnobody(?: answers)?\b", re.IGNORECASE)
_HOURS = re.compile(r"\bfor (\d{1,3}) ?h(?:ours?)?\b", re.IGNORECASE)
_SEVERITY = re.compile(r"(?<!\S)(?:severity:? )?(S[1-4])(?![^\s,])", re.IGNORECASE)
_WHEN = re.compile(rf"(?<!\S)(?:at |on )?({MOMENT})(?![^\s,])", re.IGNORECASE)
_DAY = re.compile(rf"(?<!\S)(?:{DAY})(?!\S)", re.IGNORECASE)


async def simulate(request: Request) -> None:
    """Tell the story of what was typed, or open the form."""
    uow = request.uow
    zone, now = await uow.read(zone_of, request.user), uow.clock.now()
    await uow.read(allow, request.user, Right.WORK)
    if not request.plain:
        process = uow.process
        at = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
        await request.open(view.form([*process.types], may_be_silent(process), at, zone))
        return
    text = plain_text(_MENTION.sub(r"\1", request.text))
    script = await uow.read(script_of, typed(text, uow.process, zone, now), zone)
    found = await _told(request.rehearsals, script, view.ROOM_IN_MESSAGE)
    await request.answer(view.story(found))


def typed(text: str, process: Process, zone: ZoneInfo, now: datetime) -> Wish:
    """Return what is to be rehearsed. Refuses, and names, every word that says none of it."""
    hours, text = _taken(_HOURS, " ".join(text.split()))
    severity, text = _taken(_SEVERITY, text)
    when, text = _taken(_WHEN, text)
    nobody, text = _taken(_NOBODY, text)
    silent, text = _taken(_SILENT, text)
    kind, text = _type(text, process)
    names = [one.strip(" @") for one in re.split(r",| and ", silent[1] if silent else "")]
    if not kind and names[-1].lower() not in map(str.lower, may_be_silent(process)):
        kind, names[-1] = _type(names[-1], process)
    if unknown := [one.strip(" ,") for one in text.split("\n") if one.strip(" ,")]:
        raise Refused(_not_understood(unknown, process))
    return Wish(
        kind,
        severity[1].upper() if severity else "S1",
        moment(when[1], zone, now) if when else None,
        (view.NOBODY,) if nobody else tuple(one.strip() for one in names if one.strip()),
        int(hours[1]) if hours else 1,
    )


def _taken(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str] | None, str]:
    """Return what is found, and the text with a new line in its place, so that no words meet there."""
    found = pattern.search(text)
    return found, f"{text[: found.start()]}\n{text[found.end() :]}" if found else text


def _type(text: str, process: Process) -> tuple[str, str]:
    """Return the incident type that is named, and the text without it."""
    for name in sorted(process.types, key=len, reverse=True):
        found, rest = _taken(
            re.compile(rf"(?<!\S)(?:type:? )?{re.escape(name)}(?![^\s,])", re.IGNORECASE), text
        )
        if found:
            return name, rest
    return "", text


def _not_understood(unknown: Sequence[str], process: Process) -> str:
    """Return which words say nothing, and what each may be."""
    said = ", ".join(f"`{one.replace('`', '')[:60]}`" for one in unknown)
    types = {name.lower(): name for name in process.types}
    near = (get_close_matches(one.lower().removeprefix("type "), types, 1, 0.6) for one in unknown)
    meant = next((f" Did you mean the type {types[found[0]]}?" for found in near if found), "")
    day = next((found[0] for one in unknown if (found := _DAY.search(one))), "")
    meant = f" A day needs a time: `{day} 03:10`." if day else meant
    return (
        f"I do not understand {said}.{meant} Write in any order, each once: a type "
        f"({', '.join(process.types)}), a severity (S1 to S4), when (`tomorrow 03:10`), `for 2h`, and who "
        "does not answer (`no-answer EOC, IM`, or `nobody`). Alone `/inc simulate` opens a form."
    )


async def _told(rehearsals: Rehearsals, script: Script, room: int) -> list[str]:
    story = await rehearsals.tell(script)
    return texts(script, story.said, story.left, room)


@answers_in_form(view.SILENT)
async def submitted(form: Submission) -> None:
    """Put the story in the place of the form; until it is told, say so."""
    zone = await form.uow.read(zone_of, form.user)
    at, hours = chosen_moment(form.entered, view.AT), chosen(form.entered, view.HOURS)
    if not at or not hours.isdecimal():
        raise Malformed
    wish = Wish(
        chosen(form.entered, view.TYPE),
        chosen(form.entered, view.SEVERITY),
        at,
        tuple(chosen_several(form.entered, view.SILENT)),
        int(hours),
    )
    script = await form.uow.read(script_of, wish, zone)
    await form.turn_into(view.sheet(["Rehearsing …"]))
    try:
        found = await _told(form.rehearsals, script, view.ROOM_IN_FORM)
    except Refused as refused:
        found = [harmless(str(refused))]
    with suppress(SlackApiError):  # it was closed meanwhile
        await form.client.views_update(view_id=form.view["id"], view=view.sheet(found))


FEATURE = Feature(
    subcommands=(
        Subcommand(
            simulate,
            usage="simulate [type] [severity] [when] [no-answer who]",
            brief="rehearse an incident",
            help="Rehearse an incident: who would be called when, by what and why. Nobody is called. Alone "
            "it opens a form.",
            example="/inc simulate S1 tomorrow 03:10 no-answer EOC",
            place=(Group.PEOPLE, 58),
            of_incident=False,
        ),
    ),
    listeners=(Listener("view", view.FORM, submitted),),
)
