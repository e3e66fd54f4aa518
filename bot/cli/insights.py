"""The figures of a time in a terminal, asked of a running bot: for reports and pipelines."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import click

from bot.cli.by_api import asked, asks, printable, show_answer
from bot.views.browser.exports import as_csv, in_cell
from bot.views.browser.insights_export import COLUMNS
from bot.views.mrkdwn import lasting


@click.command()
@click.option("--since", metavar="DAY", help="The first day (default: the first of the month).")
@click.option("--until", metavar="DAY", help="The last day (default: today).")
@click.option("--zone", default="UTC", show_default=True, help="Where days begin, such as Europe/Berlin.")
@click.option("--csv", "csv_form", is_flag=True, help="Print a table for a spreadsheet.")
@asks
def insights(
    *,
    since: str | None,
    until: str | None,
    zone: str,
    csv_form: bool,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """Print what incidents come to over a time, and in brackets what it was in as many days before.

    The token stands in MUSTER_TOKEN. The command ends with 1 where the bot says no, and with 2 where it
    cannot be asked.
    """
    if csv_form and as_json:
        raise click.UsageError("Choose --csv or --json, one of them.")
    given = {"since": since, "until": until, "zone": zone}
    wanted = urlencode({name: text for name, text in given.items() if text})
    found = asked(said, url, f"/insights?{wanted}", scopes="incidents:read")
    if csv_form:
        rows = [[printable(in_cell(one[name])) for name in COLUMNS] for one in found["figures"]]
        click.echo(f"\ufeff{as_csv([COLUMNS, *rows])}", nl=False)
        return
    days = found["period"]
    heading = f"{days['first']} to {days['last']}, {days['zone']} (in brackets: the time before)"
    show_answer(found, as_json, [heading, *map(_line, found["figures"])])


def _line(one: Mapping[str, Any]) -> str:
    """Return a figure in words: how many of how many, or a median and what nine of ten did not exceed."""
    said = _many(one["count"], one["of"])
    if one["median_seconds"] is not None:
        said += f", median {_length(one['median_seconds'])}"
    if one["p90_seconds"] is not None:
        said += f", nine of ten within {_length(one['p90_seconds'])}"
    before = _many(one["count_before"], one["of_before"])
    if one["median_before"] is not None:
        before += f", median {_length(one['median_before'])}"
    known = one["count_before"] is not None
    return f"{one['section']}: {one['name'] or 'not set'}: {said}" + (f" ({before})" if known else "")


def _many(count: float | None, of: int | None) -> str:
    said = "not known" if count is None else f"{count:g}"
    return said + (f" of {of}" if of is not None else "")


def _length(seconds: float) -> str:
    return lasting(timedelta(seconds=seconds))
