"""The commands for webhooks: listed, tried out, enabled again, and a secret for one."""

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bot.cli.plain import any_database, config_file, env_file, plain_errors
from bot.clock import SystemClock
from bot.config import Config, load
from bot.config.webhooks import PREFIX, WebhookSettings
from bot.domain.errors import Refused
from bot.domain.webhooks import Standing, fingerprint
from bot.integrations.webhooks.trial import tried
from bot.jobs import DeliveryFailed
from bot.operations.webhooks import enable_webhook
from storage import webhooks
from storage.copying import looked_into, written_beside
from storage.database import DatabaseUnusable


@click.group()
def webhook() -> None:
    """Webhooks to other tools, as in muster.yml."""


@webhook.command()
def secret() -> None:
    """Print a new secret for a webhook: for Muster's environment, and for the tool."""
    click.echo(PREFIX + base64.b64encode(secrets.token_bytes(32)).decode())


@webhook.command("list")
@config_file
@env_file
@any_database
def show(*, path: Path | None, said: Sequence[str], database: str) -> None:
    """Show each webhook: where it is, what it is told, and how it stands."""
    config = _config(path, said)
    with plain_errors(), looked_into(database, config.process, SystemClock().now()) as tx:
        standing = [webhooks.of(tx, one.name, fingerprint(one.url)) for one in config.webhooks]
    for one, state in zip(config.webhooks, standing, strict=True):
        private = "; private incidents too" if one.private else ""
        click.echo(f"{one.name}: {one.host}; {', '.join(one.events)}{private}; {_state(state)}")
    if not config.webhooks:
        click.echo("No webhook is configured. Name one under webhooks in muster.yml.")


@webhook.command("test")
@click.argument("name")
@config_file
@env_file
def try_out(*, name: str, path: Path | None, said: Sequence[str]) -> None:
    """Send the webhook NAME a test event, once, and say what came of it."""
    found = _named(_config(path, said), name)
    try:
        asyncio.run(tried(found, SystemClock()))
    except DeliveryFailed as failure:
        click.echo(f"muster: {name} at {found.host} did not take it: {failure.reason}.", err=True)
        sys.exit(1)
    click.echo(f"{name} at {found.host} took it.")


@webhook.command()
@click.argument("name")
@config_file
@env_file
@any_database
def enable(*, name: str, path: Path | None, said: Sequence[str], database: str) -> None:
    """Send events to the webhook NAME again, which was disabled."""
    config = _config(path, said)
    found = _named(config, name)
    with plain_errors(), written_beside(database, config.process, SystemClock().now()) as tx:
        try:
            enable_webhook(tx, name, fingerprint(found.url))
        except Refused as refused:
            raise DatabaseUnusable(str(refused)) from refused
    click.echo(f"{name} is enabled. What was given up meanwhile: muster outbox resend --job webhook.{name}")


def _config(path: Path | None, said: Sequence[str]) -> Config:
    for line in said:
        click.echo(f"muster: {line}", err=True)
    with plain_errors():
        config = load(path, os.environ)
    for line in (one for one in config.warnings if "webhooks" in one):
        click.echo(f"muster: {line}", err=True)
    return config


def _named(config: Config, name: str) -> WebhookSettings:
    found = next((one for one in config.webhooks if one.name == name), None)
    if not found:
        there = ", ".join(one.name for one in config.webhooks) or "none"
        raise click.BadParameter(f"'{name}' is no webhook. Webhooks: {there}.", param_hint="NAME")
    return found


def _state(standing: Standing) -> str:
    if standing.disabled_at:
        return f"disabled since {standing.disabled_at:%Y-%m-%d %H:%M} UTC: {standing.error}"
    if standing.failing_from:
        return f"failing since {standing.failing_from:%Y-%m-%d %H:%M} UTC: {standing.error}"
    return "works"
