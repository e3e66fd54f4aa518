"""`/inc` and `/incident`: the first word says what is wanted."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk import Desk
from bot.domain.errors import Refused
from bot.views import declare as declare_view
from bot.views import help as help_view
from handlers import (
    acknowledge,
    action,
    declare,
    escalate,
    life,
    lists,
    ownership,
    panel,
    summary,
    timeline,
    triage,
    trial,
    update,
)
from handlers.refusals import answers_refusals
from handlers.request import Listener, Request, Subcommand, plain_text
from storage import incidents


async def explain(request: Request) -> None:
    """Explain one command, or list them all."""
    word = request.plain.lower().removeprefix("/inc ").strip()
    if not word:
        shown = [_explained(each) for each in SUBCOMMANDS.values()]
        await request.answer(help_view.overview(shown))
        return
    found = _WORDS.get(word)
    if not found:
        meant = _meant(word)
        hint = f" Did you mean `/inc help {meant}`?" if meant else " `/inc help` lists all commands."
        raise Refused(f"I know no command `{word.replace('`', '')[:40]}`.{hint}")
    await request.answer(help_view.about(_explained(found)))


@answers_refusals
async def inc(
    ack: AsyncAck, command: dict[str, Any], client: AsyncWebClient, respond: AsyncRespond, desk: Desk
) -> None:
    """Hand the command to whom its first word names; other words name a new incident."""
    await ack()
    request = Request(
        text=(command.get("text") or "").strip(),
        user=command["user_id"],
        channel=command["channel_id"],
        trigger_id=command["trigger_id"],
        client=client,
        respond=respond,
        desk=desk,
        incident=await desk.read(incidents.in_channel, command["channel_id"]),
    )
    await _route(request)


async def _route(request: Request) -> None:
    first, *rest = request.text.split(maxsplit=1) or [""]
    if found := _WORDS.get(first.lower()):
        await found.run(replace(request, text=rest[0] if rest else ""))
    elif not first and request.incident:
        await panel.panel(request)
    elif not rest and (meant := _meant(first.lower())):
        await request.answer(declare_view.ask(plain_text(first), meant))
    else:
        await declare.declare(request)


def _meant(word: str) -> str | None:
    """Return the command that a mistyped word resembles."""
    return next(iter(get_close_matches(word, _WORDS, n=1, cutoff=0.7)), None)


def _explained(command: Subcommand) -> help_view.Explained:
    return help_view.Explained(command.usage, command.help, command.example, command.aliases)


def _by_word(commands: Mapping[str, Subcommand]) -> dict[str, Subcommand]:
    aliases = {alias: command for command in commands.values() for alias in command.aliases}
    return aliases | dict(commands)


SUBCOMMANDS: Mapping[str, Subcommand] = {
    **declare.SUBCOMMANDS,
    **escalate.SUBCOMMANDS,
    **update.SUBCOMMANDS,
    **summary.SUBCOMMANDS,
    **action.SUBCOMMANDS,
    **acknowledge.SUBCOMMANDS,
    **timeline.SUBCOMMANDS,
    **lists.SUBCOMMANDS,
    **life.SUBCOMMANDS,
    **triage.SUBCOMMANDS,
    **ownership.SUBCOMMANDS,
    **trial.SUBCOMMANDS,
    "help": Subcommand(
        explain,
        usage="help [command]",
        help="Explain all commands, or one with an example.",
        example="/inc help escalate",
        aliases=("?",),
    ),
}

_WORDS = _by_word(SUBCOMMANDS)

LISTENERS = (
    Listener("command", "/inc", inc),
    Listener("command", "/incident", inc),
)
