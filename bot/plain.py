"""What the operator has to mend, said in plain lines without secrets."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.config import ConfigInvalid
from bot.redaction import Redaction, given
from bot.web import PortInUse
from storage.database import DatabaseUnusable


class Program(click.Group):
    """The commands. What click says of a wrong argument is redacted too."""

    def invoke(self, ctx: click.Context) -> object:
        redact = redaction()
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            raise click.UsageError(redact(error.format_message()), ctx=error.ctx) from None


def redaction() -> Redaction:
    """Return what takes out of a text the secrets that this process was started with."""
    return Redaction(given(os.environ, sys.argv[1:]))


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what the operator has to mend, a line each, and end with 2; a bug with its trace, and 1."""
    redact = redaction()  # before tokens are withheld from the libraries
    try:
        yield
    except ConfigInvalid as error:
        lines, code = error.problems, 2
    except (DatabaseUnusable, PortInUse) as error:
        lines, code = [str(error)], 2
    except Exception:
        lines, code = ["this is a bug, please report it:", *traceback.format_exc().splitlines()], 1
    else:
        return
    for line in lines:
        click.echo(f"muster: {redact(line)}", err=True)
    sys.exit(code)
