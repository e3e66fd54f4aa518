"""The review of an incident in a terminal, asked of a running bot: to be kept in a repository, or sent on."""

import json
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlencode

import click

from bot.cli.by_api import asked, asks, of_incident
from bot.cli.plain import plain_errors
from storage.database import DatabaseUnusable

_KEPT = "\n\t\u200b"


@click.command()
@click.argument("incident")
@click.option("--template", help="Write it anew by a template: gitlab, short, pagerduty or sre.")
@click.option("--version", "number", type=click.IntRange(1), help="A version that somebody saved.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file.")
@asks
def review(
    *,
    incident: str,
    template: str | None,
    number: int | None,
    out: Path | None,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """Print the review of INCIDENT, such as INC-7, as Markdown: the newest version, or as it is written from
    the facts where nobody has edited it.

    The token stands in MUSTER_TOKEN. The command ends with 1 where the bot says no, and with 2 where it
    cannot be asked.
    """
    if template and number:
        raise click.UsageError("Choose --template or --version, one of them.")
    wanted = urlencode({"template": template or "", "version": number or 0})
    found = asked(said, url, f"{of_incident(incident)}/review?{wanted}", scopes="incidents:read")
    if not out:
        click.echo(json.dumps(found, indent=2) if as_json else _harmless(found["text"]), nl=as_json)
        return
    with plain_errors():
        try:
            out.write_text(found["text"], "utf-8")
        except OSError as error:
            raise DatabaseUnusable(f"{out} cannot be written: {error.strerror or error}") from error
    click.echo(f"The review of {found['incident']} is in {out}.")


def _harmless(text: str) -> str:
    """Return the text so that it cannot steer the terminal. What defuses mentions, a space, stays."""
    return "".join(one if one.isprintable() or one in _KEPT else " " for one in text)
