"""Says whether everybody can be paged, now or in the days ahead."""

import asyncio
import os
import stat
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from bot.cli.asked import asked_workspace
from bot.cli.calendars import with_calendars
from bot.cli.checks.beside import beside_findings
from bot.cli.checks.pagers import pager_findings
from bot.cli.checks.workspace import examine
from bot.cli.coverage import cover, days, failing
from bot.cli.findings import Finding, Level
from bot.cli.manifest import BACK_PATH
from bot.cli.oncall import ahead
from bot.cli.plain import no_config, plain_errors
from bot.cli.settings import bot_options, read_settings
from bot.clock import SystemClock
from bot.config import Secrets, load
from bot.config.environment import CLIENT, withhold_from_libraries
from bot.integrations.calendars import read_all
from bot.integrations.slack.sign_in import EXTRA, can_sign_in
from bot.redaction import redaction
from bot.web.listening import see_that_it_is_ours
from storage.copying import workspace_of
from storage.engines import file_of, is_postgres, look_at

_BESIDE = ("", "-wal", "-shm", ".lock", ".reserve")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@click.command()
@bot_options
@click.option(
    "--coverage",
    metavar="DAYS",
    callback=days,
    help="Instead, look so far ahead for hours at which a page reaches too few people, such as 30d.",
)
def check(*, coverage: timedelta | None, **given_as: Any) -> None:
    """Say whether everybody can be paged: tokens, scopes, people, channels. It reads all that run does.

    Ends with 0 when a page can reach somebody, 1 when it cannot or an entry of the configuration is set aside
    since it is broken, 2 when the configuration is unusable.
    With --coverage it needs no tokens, and ends with 1 when a page reaches nobody, one person or only the
    last level.
    """
    redact = redaction()
    if coverage:
        _check_coverage(given_as["path"], given_as["database"], coverage)
        return
    with plain_errors():
        settings = read_settings(**given_as, startable=False)
        place = settings.place
        look_at(place.database)
        if not settings.secrets.app_token:  # Slack comes by this port
            see_that_it_is_ours(place.host, place.port)
        said = [*settings.said, *withhold_from_libraries(os.environ, settings.secrets.api_url)]
        rows = workspace_of(place.database).get("contact_methods", ())
        reached = {row["person"] for row in rows if row["verified_at"]}
        findings = asyncio.run(examine(settings.config, settings.secrets, reached=reached))
        findings += asyncio.run(pager_findings(settings.config, SystemClock()))
        findings += asyncio.run(beside_findings(settings.config, place.host, place.port, SystemClock()))
        findings += too_open(place.database)
        findings += in_the_browser(settings.secrets, place.public_url, installed=can_sign_in())
        now = SystemClock().now()
        calendars = asyncio.run(read_all(settings.config.process, now))
        findings += ahead(settings.config.process, place.database, now, calendars)
    for finding in (*(Finding(Level.WARNING, text) for text in said), *findings):
        click.echo(redact(finding.line))
    sys.exit(any(finding.level in {Level.FATAL, Level.ERROR} for finding in findings))


def _check_coverage(path: Path | None, database: str, ahead: timedelta) -> None:
    with plain_errors():
        process = load(path, os.environ, sends=False).process
        start = SystemClock().now().replace(minute=0, second=0, microsecond=0)
        workspace, used, wrong = with_calendars(process, asked_workspace(database), start, ahead)
    for line in (*no_config(path), *(one.said for one in used)):
        click.echo(f"muster: {line}", err=True)
    found = [*wrong, *cover(process, workspace, start, ahead)]
    for finding in found:
        click.echo(finding.line)
    sys.exit(failing(found))


NO_PAGES = "There are no pages in the browser."


def in_the_browser(secrets: Secrets, url: str | None, *, installed: bool) -> list[Finding]:
    """Say whether people can use the pages, or what is missing for that where something is there."""
    at = urlsplit(url or "")
    if secrets.set_aside.keys() & set(CLIENT):
        return []  # said with all that is set aside
    if not secrets.client:
        off = "There are no pages in the browser: MUSTER_SLACK_CLIENT_ID and its secret are not set."
        return [Finding(Level.HINT, off, "docs/web.md says how.")] if url else []
    if not url:
        off = "There are no pages in the browser: MUSTER_PUBLIC_URL is not set."
        return [Finding(Level.WARNING, off, "Set it to the https address at which people reach the bot.")]
    if not installed:
        return [Finding(Level.WARNING, NO_PAGES, f"{EXTRA}.")]
    if at.scheme != "https" and at.hostname not in {"127.0.0.1", "localhost"}:
        off = f"Slack leads nobody back to {url}, so nobody can sign in to the pages in the browser."
        return [Finding(Level.WARNING, off, "Set MUSTER_PUBLIC_URL to an https address.")]
    back = f"{url}{BACK_PATH} has to be a redirect URL of the Slack app."
    return [Finding(Level.OK, f"Pages in the browser: {url}. {back}")]


def too_open(database: str) -> list[Finding]:
    found = []
    files = () if is_postgres(database) else (f"{file_of(database)}{ending}" for ending in _BESIDE)
    for file in files:
        with suppress(OSError):
            mode = stat.S_IMODE(Path(file).stat().st_mode)
            if mode & _OTHERS:
                what = f"{file} may be used by others than its owner (mode {mode:03o}), and it names people."
                found.append(Finding(Level.WARNING, what, f"Run: chmod 600 {file}"))
    return found
