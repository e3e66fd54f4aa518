"""What the operator has to mend, said in plain lines without secrets."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.config import ConfigInvalid
from bot.config.environment import misspelled, read_secret_files, withhold_links
from bot.config.files import read_env_file
from bot.redaction import redaction
from bot.web.listening import PortInUse
from storage.database import DatabaseBusy, DatabaseUnusable

C = TypeVar("C", bound=Callable[..., Any] | click.Command)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what the operator has to mend, a line each, and end with 2."""
    redact = redaction()  # before tokens are withheld from the libraries
    try:
        yield
    except ConfigInvalid as error:
        lines = error.problems
    except (DatabaseUnusable, DatabaseBusy, PortInUse) as error:
        lines = [str(error)]
    except PermissionError as error:
        if not error.filename:
            raise
        lines = [
            f"{error.filename}: permission denied. Let this user use it and its folder, or be its owner."
        ]
    else:
        return
    for line in lines:
        click.echo(f"muster: {redact(line)}", err=True)
    sys.exit(2)


def _environment(_context: click.Context, _option: click.Parameter, path: Path | None) -> list[str]:
    """Bring the environment in order before anything is read from it, and return what is to be said."""
    with plain_errors():
        said = withhold_links(os.environ)
        if path:
            read_env_file(path, os.environ)
        if problems := list(read_secret_files(os.environ)):
            raise ConfigInvalid(problems)
    return [*said, *misspelled(os.environ)]


def setting(*names: str, variable: str, text: str, default: object = None, **how: Any) -> Callable[[C], C]:
    """Return an option that a variable of the environment sets too."""
    shown = default is not None
    return click.option(
        *names, envvar=variable, show_envvar=True, default=default, show_default=shown, help=text, **how
    )


DEFAULT_CONFIG = Path("muster.yml")

_EXAMPLES = (
    Path(__file__).parents[2] / "muster.example.yml",
    Path(sys.prefix) / "share" / "muster" / "muster.example.yml",
)
"""Where the example is in a checkout, and where it is installed."""

config_file = setting(
    "--config",
    "path",
    variable="MUSTER_CONFIG",
    text="The configuration (default: muster.yml if there is one, else the handbook's process).",
    type=click.Path(path_type=Path),
    callback=lambda _context, _option, path: path or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else None),
)
env_file = setting(
    "--env-file",
    "said",
    variable="MUSTER_ENV_FILE",
    text="A file of NAME=value lines for what the environment does not say.",
    type=click.Path(path_type=Path),
    is_eager=True,  # other options take their values from it
    callback=_environment,
)
database_file = partial(setting, "--database", variable="MUSTER_DATABASE", default="muster.db")
any_database = database_file(text="The SQLite file that holds the state, or postgresql://user@host/name.")


def no_config(path: Path | None) -> tuple[str, ...]:
    """Return what is to be said where no configuration was found."""
    if path:
        return ()
    example = next(place for place in _EXAMPLES if place.exists() or place == _EXAMPLES[-1])
    return (
        f"There is no {DEFAULT_CONFIG} in {Path.cwd()}: the handbook's defaults are in force, with nobody on "
        f"call. Begin with the example (cp {example} {DEFAULT_CONFIG}), or name another file with --config.",
    )
