"""Incidents and alerts in a terminal, asked of a running bot: for scripts, and for when Slack is away."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from bot.cli.by_api import SEVERITY, asked, asks, changed, listed, lists, of_incident, show_answer
from bot.domain.incidents.incident import Status
from bot.domain.text import counted

_READ, _WRITE = "incidents:read", "incidents:read,incidents:write"
_status = click.Choice([one.value for one in Status], case_sensitive=False)


@click.group()
def incidents() -> None:
    """Incidents of a running bot, by its API: it pages also while Slack is away.

    The token stands in MUSTER_TOKEN. A command ends with 1 where the bot says no, and with 2 where it cannot
    be asked.
    """


@incidents.command("list")
@click.option("--status", "statuses", multiple=True, type=_status, help="Only of this status.")
@click.option("--severity", "severities", multiple=True, type=SEVERITY, help="Only of this severity.")
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@lists
def show_list(
    *,
    statuses: Sequence[str],
    severities: Sequence[str],
    everything: bool,
    limit: int,
    cursor: str | None,
    url: str | None,
    said: Sequence[str],
    as_json: bool,
) -> None:
    """List the open incidents, the newest first."""
    wanted = {"status": ",".join(statuses), "severity": ",".join(severities)}
    if not everything and not statuses:
        wanted["open"] = "true"
    found = listed(said, url, "/incidents", wanted, limit=limit, cursor=cursor, scopes=_READ)
    show_answer(
        found, as_json, _lines(found["data"], "No incident is open." if "open" in wanted else "None.")
    )


@incidents.command()
@click.argument("incident")
@asks
def show(*, incident: str, url: str | None, said: Sequence[str], as_json: bool) -> None:
    """Show INCIDENT, such as INC-7."""
    found = asked(said, url, of_incident(incident), scopes=_READ)
    show_answer(found, as_json, _whole(found))


@incidents.command()
@click.option("--name", default="", help="What it is called.")
@click.option("--severity", type=SEVERITY, required=True, help="How bad it is. S1 is the worst.")
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
@asks
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
    how = {"scopes": _WRITE} | ({"key": key} if key else {})
    found = changed(said, url, "/incidents", body, **how)
    who = "Only who takes part is paged." if practice else "Whoever is on call is paged."
    show_answer(found, as_json, [_line(found), *([] if triage else [who])])


@incidents.command()
@click.argument("incident")
@click.argument("text")
@click.option("--status", type=_status, help="The status that it is in now.")
@click.option("--severity", type=SEVERITY, help="The severity that it has now.")
@asks
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
    found = changed(said, url, f"{of_incident(incident)}/updates", body, scopes=_WRITE)
    show_answer(found, as_json, [f"Posted, {found['severity']} · {found['status']}."])


@incidents.command()
@click.argument("incident")
@click.option("--reason", default="", help="What ended it.")
@click.option("--summary", default="", help="Is added to the summary.")
@asks
def resolve(
    *, incident: str, reason: str, summary: str, url: str | None, said: Sequence[str], as_json: bool
) -> None:
    """Resolve INCIDENT, as its lead or as what declared it while nobody leads it."""
    body = {"reason": reason, "summary": summary}
    found = changed(said, url, f"{of_incident(incident)}/resolve", body, scopes=_WRITE)
    show_answer(found, as_json, [_line(found)])


@click.command()
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@lists
def alerts(
    *, everything: bool, limit: int, cursor: str | None, url: str | None, said: Sequence[str], as_json: bool
) -> None:
    """List the alerts of a running bot that fire, the newest first."""
    wanted = {"open": "false" if everything else "true"}
    found = listed(said, url, "/alerts", wanted, limit=limit, cursor=cursor, scopes="alerts:read")
    lines = [
        f"A-{one['id']}  {one['severity'] or '--'}  {one['state']}  {one['title']}  ({one['source']}"
        f"{', ' + one['incident'] if one['incident'] else ''}, fired {counted(one['fired'], 'time')})"
        for one in found["data"]
    ]
    show_answer(found, as_json, lines or ["No alert fires."])


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
