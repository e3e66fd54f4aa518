"""`/inc simulate`: an incident is rehearsed, and whoever asks reads who would be called when."""

import re
from contextlib import suppress
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot.domain.errors import Malformed, Refused
from bot.domain.oncall.spans import moment
from bot.domain.process import Process
from bot.domain.rights import Right
from bot.operations.oncall.rota import zone_of
from bot.operations.rights import allow
from bot.rehearsing import Rehearsals, Wish, may_be_silent, script_of
from bot.views.commands import Group, Subcommand
from bot.views.incidents.state import chosen, chosen_moment, chosen_several
from bot.views.mrkdwn import harmless
from bot.views.paging import simulate as view
from bot.views.rehearsal import Script, texts
from handlers.refusals import answers_in_form
from handlers.request import Feature, Listener, Request, Submission

HOW = "An example: `/inc simulate S1 tomorrow 03:10 no-answer EOC, IM for 2h`. Alone it opens a form."
_SILENT = re.compile(r"\b(?:no[- ]answer|without):? +(.+?)(?= +(?:at|for|nobody|S[1-4])\b|$)", re.IGNORECASE)
_NOBODY = re.compile(r"\bnobody(?: answers)?\b", re.IGNORECASE)
_HOURS = re.compile(r"\bfor (\d{1,3}) ?h(?:ours?)?\b", re.IGNORECASE)
_SEVERITY = re.compile(r"\b(S[1-4])\b", re.IGNORECASE)


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
    script = await uow.read(script_of, typed(request.plain, uow.process, zone, now), zone)
    found = await _told(request.rehearsals, script, view.ROOM_IN_MESSAGE)
    await request.answer(view.story(found))


def typed(text: str, process: Process, zone: ZoneInfo, now: datetime) -> Wish:
    """Return what somebody wants to have rehearsed. Refuses a word that says none of it."""
    silent: list[str] = []
    if found := _SILENT.search(text):
        silent = [one.strip() for one in re.split(r",| and ", found[1]) if one.strip()]
        text = text.replace(found[0], " ", 1)
    if found := _NOBODY.search(text):
        silent, text = [view.NOBODY], text.replace(found[0], " ", 1)
    hours = severity = None
    if hours := _HOURS.search(text):
        text = text.replace(hours[0], " ", 1)
    if severity := _SEVERITY.search(text):
        text = text.replace(severity[0], " ", 1)
    kind, rest = _type(" ".join(text.split()), process)
    try:
        at = moment(rest.removeprefix("at "), zone, now) if rest else None
    except Refused as refused:
        raise Refused(f"{refused} {HOW}") from None
    return Wish(
        kind, severity[1].upper() if severity else "S1", at, tuple(silent), int(hours[1]) if hours else 1
    )


def _type(text: str, process: Process) -> tuple[str, str]:
    """Return the incident type that is named, and the text without it."""
    for name in sorted(process.types, key=len, reverse=True):
        named = re.compile(rf"(?<!\S){re.escape(name)}(?!\S)", re.IGNORECASE)
        if named.search(text):
            return name, " ".join(named.sub(" ", text, count=1).split())
    return "", text


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
            usage="simulate [severity] [when] [no-answer who]",
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
