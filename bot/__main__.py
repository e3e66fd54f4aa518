"""The `muster` program: each command is loaded when it is called, and only what it needs."""

import gc
import os
import sys
import traceback
from functools import partial
from importlib import import_module
from typing import Any

import click

from bot.redaction import Redaction, redaction

COMMANDS = {
    "alert": ("bot.cli.alerts:alert", "Say what alerts did and would do, and what came of each source."),
    "alerts": ("bot.cli.incidents:alerts", "List the alerts of a running bot."),
    "backup": ("bot.cli.keeping:backup", "Copy the database, also while the bot runs."),
    "blocked": ("bot.cli.blocked:blocked", "Say which incidents block deployments or feature flags."),
    "check": ("bot.cli.check:check", "Say whether everybody can be paged."),
    "insights": ("bot.cli.insights:insights", "Print what incidents come to over a time."),
    "followups": ("bot.cli.followups:followups", "List, add and end follow-ups of a running bot."),
    "import": ("bot.cli.beginning:import_export", "Turn another product's export into a muster.yml."),
    "incidents": (
        "bot.cli.incidents:incidents",
        "List, declare, update and resolve incidents of a running bot.",
    ),
    "init": ("bot.cli.beginning:init", "Write a first muster.yml."),
    "manifest": ("bot.cli.manifest:write_manifest", "Print the Slack app's manifest."),
    "mcp": ("bot.cli.mcp:mcp", "Serve assistants by MCP."),
    "migrate": ("bot.cli.keeping:migrate", "Bring the database's schema up to this version."),
    "move": ("bot.cli.keeping:move_database", "Move everything to another database."),
    "oncall": ("bot.cli.oncall:on_call", "Print who is on call for each team."),
    "outbox": ("bot.cli.outbox:outbox", "List what was given up; send it again, or drop it."),
    "restore": ("bot.cli.keeping:put_back", "Put a copy back as the database."),
    "review": ("bot.cli.review:review", "Print the review of an incident, as Markdown."),
    "run": ("bot.cli.run:run", "Run the bot in a Slack workspace."),
    "sandbox": ("bot.cli.sandbox:sandbox", "Run the bot with a Slack of its own, to click in."),
    "source": ("bot.cli.sources:source", "Make a source of alerts, or a heartbeat, with its key."),
    "simulate": ("bot.cli.simulate:simulate", "Rehearse an incident; nobody is called."),
    "statuspage": ("bot.cli.statuspage:statuspage", "Export the status page that customers read."),
    "token": ("bot.cli.token:token", "Make, list and revoke tokens of the API."),
    "webhook": ("bot.cli.webhooks:webhook", "List, try out and enable webhooks to other tools."),
}
"""Where each command is, and what the list of all says of it."""


class Program(click.Group):
    """The commands. What click says of a wrong argument, and Python of a bug, is redacted too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return what lists and completes a command; it is loaded when it is called."""
        return click.Command(cmd_name, short_help=COMMANDS[cmd_name][1]) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        return name, _loaded(COMMANDS[name][0]) if name else found, rest

    def invoke(self, ctx: click.Context) -> object:
        redact = redaction()
        sys.excepthook = partial(_told, redact)
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            one_line = isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter)
            said = redact(error.format_message())
            raise click.UsageError(said, ctx=None if one_line else error.ctx) from None


def _loaded(place: str) -> click.Command:
    module, _, name = place.partition(":")
    collecting = gc.isenabled()
    gc.disable()  # what is loaded stays: to look for garbage in it takes an eighth of the time
    try:
        command: click.Command = getattr(import_module(module), name)
    finally:
        if collecting:
            gc.enable()
    return command


def _told(redact: Redaction, *error: Any) -> None:
    """Print the trace of a bug, as Python would if it held no secrets."""
    click.echo(redact("".join(traceback.format_exception(*error))), err=True, nl=False)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muster-bot", prog_name="muster")
@click.pass_context
def main(context: click.Context) -> None:
    """Run incidents in Slack, and page people until somebody answers."""
    before = os.umask(0o077)  # whatever is written is for its owner alone, also what SQLite keeps beside
    context.call_on_close(lambda: os.umask(before))


if __name__ == "__main__":
    main()
