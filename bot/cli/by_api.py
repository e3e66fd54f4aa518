"""What the commands that ask a running bot have in common: their options, their lists, what they print."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import click

from bot.cli.asking import ask
from bot.cli.plain import env_file, plain_errors, setting
from bot.domain.incidents.incident import Severity

C = TypeVar("C", bound=Callable[..., Any] | click.Command)
API = "/api/v1"
A_PAGE = 100
"""So many the API answers at most at once."""

SEVERITY = click.Choice([one.value for one in Severity], case_sensitive=False)
_url = setting("--url", variable="MUSTER_URL", text="The address of the running bot.")
_json = click.option("--json", "as_json", is_flag=True, help="Print what the API answers, as JSON.")
_limit = click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
)
_cursor = click.option("--cursor", help="Go on where a list ended: what it said then.")


def asks(command: C) -> C:
    """Give a command what all of these take."""
    return _url(env_file(_json(command)))


def lists(command: C) -> C:
    """Give a command what those take that list."""
    return _limit(_cursor(asks(command)))


def asked(said: Sequence[str], url: str | None, path: str, **how: Any) -> Any:
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        return ask(url, API + path, **how)


def listed(
    said: Sequence[str],
    url: str | None,
    path: str,
    wanted: Mapping[str, str],
    *,
    limit: int,
    cursor: str | None,
    scopes: str,
) -> Any:
    """Return up to `limit` of a list as one answer of the API, page after page, and say where it goes on."""
    found: list[Any] = []
    while True:
        size = min(A_PAGE, limit - len(found))
        query = {name: value for name, value in {**wanted, "cursor": cursor}.items() if value}
        page = asked(
            () if found else said, url, f"{path}?{urlencode({**query, 'limit': size})}", scopes=scopes
        )
        found += page["data"]
        cursor = page["next_cursor"]
        if not cursor or len(found) >= limit:
            break
    if cursor:
        click.echo(f"muster: There are more: --cursor {cursor}", err=True)
    return {"data": found, "next_cursor": cursor}


def changed(said: Sequence[str], url: str | None, path: str, body: Any, **how: Any) -> Any:
    """Send what changes something, with a key of its own: it is done once, also if it is sent again."""
    how = {"method": "POST", "key": secrets.token_urlsafe(16)} | how
    return asked(said, url, path, body=body, **how)


def of_incident(incident: str) -> str:
    return f"/incidents/{quote(incident, safe='')}"


def show_answer(found: Any, as_json: bool, lines: Sequence[str] | Iterator[str]) -> None:
    """Print an answer. What people wrote cannot steer the terminal."""
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for line in lines:
        click.echo(printable(line))


def printable(text: str) -> str:
    return "".join(one if one.isprintable() else " " for one in text)
