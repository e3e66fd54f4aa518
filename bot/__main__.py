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
    "backup": "bot.cli.keeping:backup",
    "blocked": "bot.cli.blocked:blocked",
    "check": "bot.cli.check:check",
    "import": "bot.cli.beginning:import_export",
    "init": "bot.cli.beginning:init",
    "manifest": "bot.cli.manifest:write_manifest",
    "migrate": "bot.cli.keeping:migrate",
    "move": "bot.cli.keeping:move_database",
    "oncall": "bot.cli.oncall:on_call",
    "restore": "bot.cli.keeping:put_back",
    "run": "bot.cli.run:run",
    "sandbox": "bot.cli.sandbox:sandbox",
    "simulate": "bot.cli.simulate:simulate",
}
"""Where each command is."""


class Program(click.Group):
    """The commands. What click says of a wrong argument, and Python of a bug, is redacted too."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module, _, name = COMMANDS.get(cmd_name, "").partition(":")
        return _loaded(module, name) if module else None

    def invoke(self, ctx: click.Context) -> object:
        redact = redaction()
        sys.excepthook = partial(_told, redact)
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            one_line = isinstance(error, click.BadParameter) and not isinstance(error, click.MissingParameter)
            said = redact(error.format_message())
            raise click.UsageError(said, ctx=None if one_line else error.ctx) from None


def _loaded(module: str, name: str) -> click.Command:
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
