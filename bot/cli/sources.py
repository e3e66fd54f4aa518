"""Makes a source of alerts or a heartbeat: its key, what muster.yml says of it, and what its sender needs."""

import hashlib
import secrets
from pathlib import Path
from urllib.parse import quote

import click

from bot.cli.plain import config_file, plain_errors, setting
from bot.config import load
from bot.config.values import LONGEST_NAME
from bot.domain.text import one_line
from bot.intake import FORMATS, MAPPED

HEARTBEAT = "heartbeat"
KINDS = (*FORMATS, HEARTBEAT)

SENDERS = {
    "alertmanager": """In alertmanager.yml:

        receivers:
          - name: muster
            webhook_configs:
              - url: {url}/v1/alerts/{name}
                http_config: {{authorization: {{credentials: {key}}}}}""",
    "pagerduty": """In whatever sends PagerDuty's Events API v2, such as Alertmanager's pagerduty_configs:

        url: {url}/v2/enqueue
        routing_key: {key}""",
    "grafana": """In Grafana, a contact point *Webhook*:

        URL                                   {url}/v1/alerts/{name}
        Authorization header, scheme          Bearer
        Authorization header, credentials     {key}""",
    "opsgenie": """In whatever sends to Opsgenie's alert API:

        address   {url}/   (Grafana: {url}/v2/alerts)
        API key   {key}""",
    "sentry": """In Sentry, an internal integration with *Alert Rule Action* and the resource *issue*:

        Webhook URL   {url}/v1/alerts/{name}/{key}""",
    "datadog": """In Datadog, a webhook of the integration *Webhooks*; docs/alert-sources.md has its payload:

        URL              {url}/v1/alerts/{name}
        Custom Headers   {{"Authorization": "Bearer {key}"}}""",
    "sns": """In Amazon SNS, a subscription of the topic by HTTPS, with raw message delivery off:

        Endpoint   {url}/v1/alerts/{name}/{key}""",
    "gitlab": """In whatever sends to an HTTP endpoint of GitLab's alerts:

        URL                 {url}/v1/alerts/{name}
        Authorization key   {key}""",
    "healthchecks": """In healthchecks, an integration *Webhook* by POST; docs/alert-sources.md has its body:

        URL            {url}/v1/alerts/{name}
        Request header Authorization: Bearer {key}""",
    "uptime-kuma": """In Uptime Kuma, a notification *Webhook* with the request body JSON:

        Post URL             {url}/v1/alerts/{name}
        Additional Headers   {{"Authorization": "Bearer {key}"}}""",
    "zabbix": """In Zabbix, a media type *Webhook*; docs/alert-sources.md has its script and parameters:

        url   {url}/v1/alerts/{name}
        key   {key}""",
    "nagios": """In Nagios or Icinga; docs/alert-sources.md has the whole commands:

        curl -fsS --retry 5 -m 20 -H "Authorization: Bearer {key}" ... {url}/v1/alerts/{name}""",
    MAPPED: """In whatever sends it; `muster alert try FILE --source {plain}` says what it would do:

        curl -fsS -H "Authorization: Bearer {key}" \\
          -d '{{"id": "7", "title": "Disk full"}}' {url}/v1/alerts/{name}""",
    HEARTBEAT: """In what is to be heard of, such as at the end of a script, by GET or POST:

        curl -fsS --retry 5 -m 20 {url}/v1/heartbeat/{key}""",
}
"""What each sender needs, by the format of its source."""

_MORE = {
    "sentry": ["secret: ${SENTRY_SECRET}   # the client secret of the integration, in a variable"],
    "sns": ["topics: []   # such as arn:aws:sns:eu-west-1:123456789012:alerts; empty takes any"],
    MAPPED: ["map:   # where an alert stands in the JSON, as JMESPath", "  title: title", "  key: id"],
}

address = setting(
    "--url",
    "url",
    variable="MUSTER_PUBLIC_URL",
    default="https://your.host",
    text="Where senders reach the bot.",
)


@click.group()
def source() -> None:
    """Sources of alerts, and heartbeats."""


@source.command()
@click.argument("name")
@click.argument("form", metavar="FORMAT", type=click.Choice(KINDS))
@address
@config_file
def add(*, name: str, form: str, url: str, path: Path | None) -> None:
    """Make the source NAME, or a heartbeat, and print all that is needed for it.

    FORMAT is what it sends: `heartbeat` for what is to be heard of regularly. The key is shown this once:
    muster.yml has its hash alone. No file is written.
    """
    _see_that_it_is_new(name, form, path)
    made = _made(name, form)
    told = {"url": url.rstrip("/"), "name": quote(name, safe=""), "plain": name, "key": made}
    snippet = SENDERS[form].format(**told).replace("\n        ", "\n    ")
    click.echo(f"\n{snippet}\n\nThen restart Muster.")


@source.command()
@click.argument("name", default="prometheus")
@click.option("--format", "form", type=click.Choice(KINDS), default="alertmanager", show_default=True)
def key(name: str, form: str) -> None:
    """Make a key for the source NAME, and print what to write into muster.yml.

    The key is shown this once. Muster keeps its hash alone. `muster source add` says what a sender needs too.
    """
    _made(name, form)


def _see_that_it_is_new(name: str, form: str, path: Path | None) -> None:
    if not name.strip() or name != one_line(name) or len(name) > LONGEST_NAME:
        raise click.BadParameter(f"expected 1 to {LONGEST_NAME} characters on one line.", param_hint="NAME")
    if not path:
        return
    with plain_errors():
        process = load(path, {}, sends=False).process
    section, there = (
        ("heartbeats", process.heartbeats) if form == HEARTBEAT else ("sources", process.alert_sources)
    )
    if name in there or f"alerts.{section}.{name}" in process.set_aside:
        raise click.BadParameter(
            f"{path} has alerts.{section}.{name} already. Choose another name, or make a new key for it with "
            f"`muster source key {name} --format {form}`.",
            param_hint="NAME",
        )


def _made(name: str, form: str) -> str:
    """Make a key, and print it with what muster.yml is to say."""
    made = secrets.token_hex(16)
    digest = hashlib.sha256(made.encode()).hexdigest()
    click.echo(f"The key of {name}, for its sender. It is not shown again:\n\n    {made}\n")
    click.echo("For muster.yml:\n")
    click.echo("\n".join(_entry(name, form, digest)))
    return made


def _entry(name: str, form: str, digest: str) -> list[str]:
    section = "heartbeats" if form == HEARTBEAT else "sources"
    plain = name.isascii() and name.replace("-", "").replace("_", "").isalnum() and not name[:1].isdigit()
    written = name if plain else "'" + name.replace("'", "''") + "'"
    first = "every: 10m   # how often it is expected" if form == HEARTBEAT else f"format: {form}"
    lines = [first, f'key: "sha256:{digest}"', *_MORE.get(form, ())]
    return ["alerts:", f"  {section}:", f"    {written}:", *(f"      {line}" for line in lines)]
