"""Follow-ups in a terminal, asked of a running bot: for scripts, exports and pipelines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from bot.cli.by_api import SEVERITY, asks, changed, listed, lists, of_incident, printable, show_answer
from bot.views.browser.exports import as_csv, in_cell

_READ, _WRITE = "follow_ups:read", "follow_ups:read,follow_ups:write"
_COLUMNS = (
    *("id", "incident", "title", "kind", "priority", "severity", "service", "owner", "due", "overdue"),
    *("state", "private", "issue", "by", "at", "ended_by", "ended_at"),
)


@click.group()
def followups() -> None:
    """Follow-ups of a running bot, by its API.

    The token stands in MUSTER_TOKEN. A command ends with 1 where the bot says no, and with 2 where it cannot
    be asked.
    """


@followups.command("list")
@click.option("--incident", default="", help="Only of this incident, such as INC-7.")
@click.option("--owner", default="", help="Only of this person: a Slack user id or an e-mail address.")
@click.option("--kind", default="", help="Only of this kind, such as corrective.")
@click.option("--priority", type=SEVERITY, help="Only of this priority.")
@click.option("--overdue", is_flag=True, help="Only open ones whose day is over.")
@click.option("--all", "everything", is_flag=True, help="Also those that are done or cancelled.")
@click.option("--csv", "csv_form", is_flag=True, help="Print a table for a spreadsheet.")
@lists
def show_list(
    *,
    incident: str,
    owner: str,
    kind: str,
    priority: str | None,
    overdue: bool,
    everything: bool,
    csv_form: bool,
    limit: int,
    cursor: str | None,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """List the open follow-ups, the newest first."""
    if csv_form and as_json:
        raise click.UsageError("Choose --csv or --json, one of them.")
    wanted = {"incident": incident, "owner": owner, "kind": kind, "priority": priority or ""}
    wanted |= {"overdue": "true" if overdue else "", "open": "" if everything else "true"}
    found = listed(said, url, "/follow-ups", wanted, limit=limit, cursor=cursor, scopes=_READ)
    if csv_form:
        rows = [[printable(in_cell(_flat(one)[name])) for name in _COLUMNS] for one in found["data"]]
        click.echo(f"\ufeff{as_csv([_COLUMNS, *rows])}", nl=False)
        return
    show_answer(found, as_json, [_line(one) for one in found["data"]] or ["There is none."])


@followups.command()
@click.argument("incident")
@click.argument("title")
@click.option("--details", default="", help="What is to be done, in more words.")
@click.option("--owner", default="", help="Who does it: a Slack user id or an e-mail address.")
@click.option("--due", default="", metavar="DAY", help="Such as 2026-12-31 (default: by its priority).")
@click.option("--kind", default="", help="A kind of muster.yml, such as corrective (default: the first one).")
@click.option("--priority", type=SEVERITY, help="How soon (default: the incident's severity).")
@click.option(
    "--private", is_flag=True, help="Only its owner, who adds it and the incident's lead know of it."
)
@click.option("--issue", default="", metavar="ADDRESS", help="Its issue, if it has one already.")
@click.option("--key", default="", help="The same key again within a day adds nothing new.")
@asks
def add(
    *,
    incident: str,
    title: str,
    details: str,
    owner: str,
    due: str,
    kind: str,
    priority: str | None,
    private: bool,
    issue: str,
    key: str,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """Add a follow-up TITLE to INCIDENT, such as INC-7."""
    given = {
        "details": details,
        "owner": owner,
        "due": due,
        "kind": kind,
        "priority": priority,
        "issue": issue,
    }
    body = {"title": title, "private": private} | {name: value for name, value in given.items() if value}
    how = {"scopes": _WRITE} | ({"key": key} if key else {})
    found = changed(said, url, f"{of_incident(incident)}/follow-ups", body, **how)
    show_answer(found, as_json, [_line(found), *([found["hint"]] if found["hint"] else [])])


@followups.command()
@click.argument("number", type=click.IntRange(1))
@asks
def done(*, number: int, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """Mark the follow-up NUMBER as done."""
    _put(number, "done", url, said, as_json)


@followups.command()
@click.argument("number", type=click.IntRange(1))
@asks
def cancel(*, number: int, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """End the follow-up NUMBER as what will not be done."""
    _put(number, "cancelled", url, said, as_json)


@followups.command()
@click.argument("number", type=click.IntRange(1))
@asks
def reopen(*, number: int, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """Have the follow-up NUMBER be open again."""
    _put(number, "open", url, said, as_json)


def _put(number: int, state: str, url: str | None, said: Sequence[str], as_json: bool) -> None:
    found = changed(said, url, f"/follow-ups/{number}", {"state": state}, scopes=_WRITE, method="PATCH")
    show_answer(found, as_json, [_line(found)])


def _line(one: Mapping[str, Any]) -> str:
    return f"{one['id']}  {one['priority']}  {one['state']}  {one['title']}  ({', '.join(_beside(one))})"


def _beside(one: Mapping[str, Any]) -> Iterator[str]:
    yield one["incident"]
    yield one["kind"]
    yield f"owner: {_name(one['owner']) or 'nobody'}"
    if one["due"]:
        yield f"due {one['due']}" + (", overdue" if one["overdue"] else "")
    if one["private"]:
        yield "private"
    if one["issue"]:
        yield one["issue"]["url"]


def _flat(one: Mapping[str, Any]) -> dict[str, Any]:
    people = {name: _name(one[name]) for name in ("owner", "by", "ended_by")}
    return {**one, **people, "issue": (one["issue"] or {}).get("url")}


def _name(who: Mapping[str, str] | None) -> str:
    return (who["name"] or who["id"]) if who else ""
