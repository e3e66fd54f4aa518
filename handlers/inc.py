"""`/inc` and `/incident`: the first word says what is wanted."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.streams import Stream
from bot.domain.timeline.entries import Kind, posted_at
from bot.domain.work.held import LooksSecret
from bot.rehearsal.asked import Rehearsals
from bot.secret_scan import refuse_secrets
from bot.unit_of_work import UnitOfWork
from bot.views import help as help_view
from bot.views import steps
from bot.views.commands import Group, Subcommand
from bot.views.incidents import guide
from bot.views.incidents.listing import elsewhere
from bot.web.links import Links
from handlers import role_words, spelling, unknown, words
from handlers.features import FEATURES
from handlers.incidents import declare, panel
from handlers.incidents import streams as streams_of
from handlers.pressed import pressed
from handlers.refusals import answers_refusals, concerning
from handlers.request import Listener, NotHere, Request, as_read, labelled, remove
from storage import incidents, streams
from storage import timeline as timeline_of

_TO_SOMEBODY = re.compile(r"(?:(?:the\s+)?lead\s+)?to\s+", re.IGNORECASE)
_NUMBER = "[INC-number]"
MOST_MEANT = 4
"""How many incidents one answer offers for a command that was typed elsewhere."""


async def explain(request: Request) -> None:
    """Explain one command, or list them all."""
    word = request.plain.lower().removeprefix("/inc ").strip()
    if not words.bare(word) or word == words.ME:
        await request.answer(help_view.overview(SUBCOMMANDS.values()))
        return
    found = _WORDS.get(word)
    if not found:
        near = next(iter(spelling.meant(word, "", _WORDS)), "").partition(" ")[0]
        hint = f" Did you mean `/inc help {near}`?" if near else " `/inc help` lists all commands."
        raise Refused(f"I know no command `{word.replace('`', '')[:40]}`.{hint}")
    more = guide.whole() if found is SUBCOMMANDS["severity"] else ()
    await request.answer(help_view.about(found, *more))


@answers_refusals
async def inc(  # noqa: PLR0917 - Bolt passes what is named
    ack: AsyncAck,
    command: dict[str, Any],
    client: AsyncWebClient,
    respond: AsyncRespond,
    uow: UnitOfWork,
    links: Links,
    rehearsals: Rehearsals,
) -> None:
    """Hand the command to whom its first word names; other words name a new incident."""
    await ack()
    # also what a refusal gives back to copy
    command["text"] = await labelled((command.get("text") or "").strip(), uow)
    incident, stream = await _here(command, uow)
    request = Request(
        text=command["text"],
        user=command["user_id"],
        channel=command["channel_id"],
        trigger_id=command["trigger_id"],
        client=client,
        respond=respond,
        uow=uow,
        incident=incident,
        stream=stream,
        links=links,
        rehearsals=rehearsals,
        response_url=command.get("response_url") or "",
    )
    await _route(await _of_its_number(request))


async def _here(command: Mapping[str, Any], uow: UnitOfWork) -> tuple[Incident | None, Stream | None]:
    """Return the incident of a command's channel, and perhaps its stream. Help needs none, and so
    works without the database.
    """
    if _WORDS.get(command["text"].partition(" ")[0].lower()) is _HELP:
        return None, None
    return await uow.read(streams.here, command["channel_id"], command["user_id"])


@pressed
async def step_pressed(request: Request) -> None:
    """Run the command of a button, then take the question away that offered it."""
    step, stream = steps.pressed(request.value), None
    if step.incident:
        incident: Incident | None = await request.uow.read(incidents.visible, step.incident, request.user)
    else:
        incident, stream = await request.uow.read(streams.here, request.channel, request.user)
    typed = replace(request, text=step.command, incident=incident, stream=stream, body={}, sure=step.sure)
    await _ask_again(typed, request.body)
    await _route(typed)
    if request.in_private:
        await remove(request.respond)


async def _ask_again(request: Request, body: Mapping[str, Any]) -> None:
    """Refuse, once, words that were typed before the incident ended: they may say what is over.

    What everybody sees, as the card, is drawn anew at the end: its buttons stand for what it shows.
    """
    container = body.get("container") or {}
    incident, asked = request.incident, container.get("is_ephemeral") and container.get("message_ts")
    word, _, text = request.text.partition(" ")
    if not incident or incident.status.open or not text or word == "declare" or not asked:
        return
    ended = await request.uow.read(timeline_of.latest, incident.id, Kind.STATUS)
    if word == "status" and text == incident.status:
        return  # it is what they want already, and the command says so
    if ended and ended.at > posted_at(asked):
        stands = f"INC-{incident.id} is {incident.status} since you were asked."
        shown = as_read(f"/inc {request.text}")
        label = shown if len(shown) <= unknown.SHORT else f"/inc {word} …"
        raise Refused(
            f"{stands} If you still mean it, press once more.", Step(label, request.text, incident.id)
        )


async def _of_its_number(request: Request) -> Request:
    """Return a command for the incident whose number stands before or after its word; all else is kept."""
    text = spelling.spelt(request.text)
    bare = words.bare_numbered(text)  # "500 errors" is a name: only a command makes the number an incident's
    if leading := words.numbered(text) or (bare if bare and _of_incident(bare[1]) else None):
        number, rest = leading[0], spelling.spelt(leading[1])
        word = rest.split(maxsplit=1)[0].lower() if rest else ""
        role = role_words.role_command(rest, request.uow.process)
        if word and not role and not _of_incident(word):
            return request
    else:
        word, _, after = text.partition(" ")
        found, command = words.numbered(after.lstrip()), _of_incident(word)
        if not found or not command:
            return request
        number, rest = found[0], f"{word} {found[1]}"
        if _NUMBER in command.usage and not found[1]:
            return request
        here = request.incident
        if here and here.id != number and _NUMBER not in command.usage:
            raise Refused(
                f"This is the channel of INC-{here.id}, and you named INC-{number}. Which one do you mean?",
                Step(f"INC-{number}", rest, number),
                Step(f"INC-{here.id}", text, here.id),
            )
    incident = await request.uow.read(incidents.visible, number, request.user)
    return replace(request, text=rest.strip(), incident=incident, stream=None)


def _of_incident(word: str) -> Subcommand | None:
    """Return a command that concerns one incident."""
    found = _WORDS.get(word.lower())
    return found if found and found.of_incident else None


async def _route(request: Request) -> None:
    first, *rest = spelling.spelt(request.text).split(maxsplit=1) or [""]
    text = rest[0] if rest else ""
    word = first.lower()
    if request.incident and word not in _WORDS:  # "update: it is back", "ack!"
        word = word.rstrip(":,;.!")
    if found := _WORDS.get(word):
        await _run(found, replace(request, text=text), word)
    elif not first and request.incident:
        bare = replace(request, of_incident=True)
        await (streams_of.show(bare, request.stream) if request.stream else panel.panel(bare))
    elif role := role_words.role_command(request.text, request.uow.process):
        await _run(SUBCOMMANDS["role"], replace(request, text=role), "role")
    elif request.incident or not text or words.numbered(text):
        await unknown.unknown(request, first, text, _WORDS)
    else:
        await declare.declare(request)


async def _run(command: Subcommand, request: Request, word: str) -> None:
    """Run a command; one of an incident, typed elsewhere, is offered for the incidents that may be meant."""
    _refuse_close_of(command, request)
    _refuse_handover_of(command, request)
    if not (command.own_way_with_secrets or request.sure):
        _refuse_secrets(request, word)
    typed = f"{word} {request.text}".strip()
    try:
        with concerning(request.incident if command.of_incident else None, typed):
            await command.run(replace(request, of_incident=command.of_incident))
    except NotHere:
        found = await request.uow.read(incidents.likely, request.user, MOST_MEANT)
        raise elsewhere(found, typed) from None


def _refuse_secrets(request: Request, word: str) -> None:
    """Refuse a command in which something looks like a secret; its author may say that it is none."""
    try:
        refuse_secrets(as_read(request.text), sure="")
    except LooksSecret as found:
        incident = request.incident.id if request.incident else None
        go_on = Step("It is no secret: go on", f"{word} {request.text}", incident, sure=True)
        raise Refused(
            f"This looks like it holds a secret ({', '.join(found.what)}), and nothing was done. Take it "
            "out, and revoke it if others may have seen it.",
            go_on,
        ) from None


def _refuse_handover_of(command: Subcommand, request: Request) -> None:
    """Ask what is meant where somebody hands over to a person in an incident's channel: most likely the lead,
    and not their shift.
    """
    to = _TO_SOMEBODY.match(request.text)
    if command.word == "handover" and request.incident and to:
        whom = request.text[to.end() :]
        raise Refused(
            "`/inc handover` is about shifts. To hand over the lead of this incident: `/inc lead @person`; a "
            "role: `/inc role IM @person`.",
            Step("Hand over the lead", f"lead {whom}"),
        )


def _refuse_close_of(command: Subcommand, request: Request) -> None:
    """Ask what is meant where somebody closes something in a stream's channel: most likely the stream."""
    stream, incident = request.stream, request.incident
    if command.word == "close" and stream and stream.open and incident and incident.status.open:
        raise Refused(
            f"This is the channel of the stream {stream.name}. `/inc stream close` closes it; "
            f"`/inc close INC-{incident.id}` closes the incident.",
            Step("Close the stream", f"stream close {request.plain}".strip()),
        )


_HELP = Subcommand(
    explain,
    usage="help [command]",
    brief="explain one command",
    help="Explain all commands, or one with an example.",
    example="/inc help escalate",
    place=(Group.PEOPLE, 60),
    aliases=("?",),
    of_incident=False,
)

_ALL = (*(command for feature in FEATURES for command in feature.subcommands), _HELP)
SUBCOMMANDS = {command.word: command for command in _ALL}
_WORDS = {alias: command for command in _ALL for alias in command.aliases} | SUBCOMMANDS

LISTENERS = (
    Listener("command", "/inc", inc),
    Listener("command", "/incident", inc),
    *panel.LISTENERS,
    *(Listener("action", action_id, step_pressed) for action_id in steps.RUN),
)
