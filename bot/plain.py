"""What the operator has to mend, said in plain lines."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.config import ConfigInvalid
from bot.web import PortInUse
from storage.database import DatabaseUnusable


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what the operator has to mend, a line each, and end with 2."""
    try:
        yield
    except ConfigInvalid as error:
        lines = error.problems
    except (DatabaseUnusable, PortInUse) as error:
        lines = [str(error)]
    else:
        return
    for line in lines:
        click.echo(f"muster: {line}", err=True)
    sys.exit(2)
