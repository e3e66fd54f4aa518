"""Incidents and alerts in a terminal, asked of a running bot: for scripts, and for when Slack is away."""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import click

from bot.cli.asking import ask
from bot.cli.plain import env_file, plain_errors, setting
from bot.domain.incidents.incident import Severity, Status

C = TypeVar("C", bound=Callable[..., Any] | click.Command)
API = "/api/v1"
_READ, _WRITE = "incidents:read", "incidents:read,incidents:write"

_url = setting("--url", variable="MUSTER_URL", text="The address of the running bot.")
_json = click.option("--json", "as_json", is_flag=True, help="Print what the API answers, as JSON.")
_severity = click.Choice([one.value for one in Severity], case_sensitive=False)
_status = click.Choice([one.value for one in Status], case_sensitive=False)


def _asks(command: C) -> C:
    """Give a command what all of these take."""
    return _url(env_file(_json(command)))


@click.group()
def incidents() -> None:
    """Incidents of a running bot, by its API: it pages also while Slack is away.

    The token stands in MUSTER_TOKEN. A command ends with 1 where the bot says no, and with 2 where it cannot
    be asked.
    """


@incidents.command("list")
@click.option("--status", "statuses", multiple=True, type=_status, help="Only of this status.")
@click.option("--severity", "severities", multiple=True, type=_severity, help="Only of this severity.")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@_asks
def show_list(
    *,
    statuses: Sequence[str],
    severities: Sequence[str],
    everything: bool,
    limit: int,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """List the open incidents, the newest first."""
    wanted = {"limit": str(limit), "status": ",".join(statuses), "severity": ",".join(severities)}
    if not everything and not statuses:
        wanted["open"] = "true"
    query = urlencode({name: value for name, value in wanted.items() if value})
    found = _asked(said, url, f"/incidents?{query}", scopes=_READ)
    _print(found, as_json, _lines(found["data"], "No incident is open." if "open" in wanted else "None."))


@incidents.command()
@click.argument("incident")
@_asks
def show(*, incident: str, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """Show INCIDENT, such as INC-7."""
    found = _asked(said, url, _path(incident), scopes=_READ)
    _print(found, as_json, _whole(found))


@incidents.command()
@click.option("--name", default="", help="What it is called.")
@click.option("--severity", type=_severity, required=True, help="How bad it is. S1 is the worst.")
@click.option("--type", "kind", default="", help="An incident type of muster.yml (default: the first one).")
@click.option("--summary", default="", help="What is known.")
@click.option("--triage", is_flag=True, help="Not known to be an incident yet.")
@click.option("--private", is_flag=True, help="Only people in its channel know of it.")
@click.option(
    "--practice",
    multiple=True,
    metavar="PERSON",
    help="It is a drill, and pages only this person; repeatable.",
)
@click.option("--key", default="", help="The same key again within a day declares nothing new.")
@_asks
def declare(
    *,
    name: str,
    severity: str,
    kind: str,
    summary: str,
    triage: bool,
    private: bool,
    practice: Sequence[str],
    key: str,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """Declare an incident, and page for it at once."""
    body = {"name": name, "severity": severity, "type": kind, "summary": summary, "triage": triage}
    body |= {"private": private} | ({"practice": [*practice]} if practice else {})
    found = _asked(
        said,
        url,
        "/incidents",
        scopes=_WRITE,
        method="POST",
        body=body,
        key=key or secrets.token_urlsafe(16),
    )
    who = "Only who takes part is paged." if practice else "Whoever is on call is paged."
    _print(found, as_json, [_line(found), *([] if triage else [who])])


@incidents.command()
@click.argument("incident")
@click.argument("text")
@click.option("--status", type=_status, help="The status that it is in now.")
@click.option("--severity", type=_severity, help="The severity that it has now.")
@_asks
def update(
    *,
    incident: str,
    text: str,
    status: str | None,
    severity: str | None,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """Post an update TEXT of INCIDENT: what the impact is, and what is being done."""
    body = {"text": text} | {n: v for n, v in (("status", status), ("severity", severity)) if v}
    found = _change(said, url, f"{_path(incident)}/updates", body)
    _print(found, as_json, [f"Posted, {found['severity']} · {found['status']}."])


@incidents.command()
@click.argument("incident")
@click.option("--reason", default="", help="What ended it.")
@click.option("--summary", default="", help="Is added to the summary.")
@_asks
def resolve(
    *, incident: str, reason: str, summary: str, url: str | None, said: Sequence[str], as_json: bool
) -> None:
    """Resolve INCIDENT, as its lead or as what declared it while nobody leads it."""
    body = {"reason": reason, "summary": summary}
    found = _change(said, url, f"{_path(incident)}/resolve", body)
    _print(found, as_json, [_line(found)])


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True)
@_asks
def alerts(*, everything: bool, limit: int, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """List the alerts of a running bot that fire, the newest first."""
    query = urlencode({"limit": str(limit), "open": "false" if everything else "true"})
    found = _asked(said, url, f"/alerts?{query}", scopes="alerts:read")
    lines = [
        f"A-{one['id']}  {one['severity'] or '--'}  {one['state']}  {one['title']}  ({one['source']}"
        f"{', ' + one['incident'] if one['incident'] else ''}, fired {one['fired']} times)"
        for one in found["data"]
    ]
    _print(found, as_json, lines or ["No alert fires."])


def _asked(said: Sequence[str], url: str | None, path: str, **how: Any) -> Any:
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        return ask(url, API + path, **how)


def _change(said: Sequence[str], url: str | None, path: str, body: Mapping[str, Any]) -> Any:
    key = secrets.token_urlsafe(16)
    return _asked(said, url, path, scopes=_WRITE, method="POST", body=body, key=key)


def _path(incident: str) -> str:
    return f"/incidents/{quote(incident, safe='')}"


def _print(found: Any, as_json: bool, lines: Sequence[str] | Iterator[str]) -> None:
    """Print an answer. What people wrote cannot steer the terminal."""
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for line in lines:
        click.echo("".join(one if one.isprintable() else " " for one in line))


def _lines(found: Sequence[Mapping[str, Any]], none: str) -> list[str]:
    return [_line(one) for one in found] or [none]


def _line(one: Mapping[str, Any]) -> str:
    lead = (one["lead"] or {}).get("name") or (one["lead"] or {}).get("id") or "nobody"
    private = ", private" if one["private"] else ""
    drill = "DRILL · " if one.get("drill") else ""
    return f"{drill}{one['id']}  {one['severity']}  {one['status']}  {one['name']}  (lead: {lead}{private})"


def _whole(one: Mapping[str, Any]) -> Iterator[str]:
    yield _line(one)
    yield f"Type: {one['type']}. Declared by {one['reporter']['name'] or one['reporter']['id']}."
    happened = ["happened_at"] if one.get("happened_at") != one["declared_at"] else []
    for name in (*happened, "declared_at", "acknowledged_at", "updated_at", "next_update_at", "resolved_at"):
        if one[name]:
            yield f"{name.removesuffix('_at').replace('_', ' ').capitalize()}: {one[name]}"
    if one["labels"]:
        yield f"Labels: {', '.join(one['labels'])}"
    yield from (f"  {line}" for line in one["summary"].splitlines())
