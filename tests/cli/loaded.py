"""The program's commands, as they are loaded when they are called."""

import click

from bot.__main__ import main


def command(name: str) -> click.Command:
    _, found, _ = main.resolve_command(click.Context(main), [name])
    assert found
    return found
