"""The `muster` program."""

import asyncio
import json
import logging
import os
import re
import sys
import tempfile
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, reduce
from pathlib import Path
from textwrap import fill
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

import sandbox as sandbox_folder
from bot.cli.beginning import import_export, init
from bot.cli.blocked import blocked
from bot.cli.calendars import with_calendars
from bot.cli.check import Finding, Level, too_open
from bot.cli.coverage import cover, days, failing
from bot.cli.keeping import backup, migrate, move_database, put_back
from bot.cli.manifest import EVENTS_PATH, manifest_for
from bot.cli.oncall import ahead, on_call
from bot.cli.plain import (
    Program,
    any_database,
    config_file,
    env_file,
    no_config,
    plain_errors,
    redaction,
    setting,
)
from bot.cli.serve import Place, examine, play, play_without_bot, serve
from bot.cli.simulate import simulate
from bot.clock import SystemClock
from bot.config import Config, ConfigInvalid, Secrets, load
from bot.config.environment import public_address, withhold_from_libraries
from bot.health.logs import LogFormat, configure
from bot.integrations.calendars import read_all
from bot.redaction import given
from bot.web.server import see_that_it_is_ours
from sandbox.serving import Place as SandboxPlace
from sandbox.serving import accounts
from storage.copying import workspace_of
from storage.engines import look_at
from storage.moving import go_on_with

log = logging.getLogger("muster")

T = TypeVar("T")

SANDBOX_CONFIG = Path(sandbox_folder.__file__).parent / "muster.yml"
ANYWHERE = ("127.0.0.1:8055", "AC0", "unknown")
"""What to read the configuration with before the page has an address and an account of its own, so that what
is wrong is said first."""
SANDBOX_API = "http://127.0.0.1/api/"
SANDBOX_LINKS = "http://127.0.0.1:{port}"
ROTATIONS_BEGIN = "2026-01-05"
KEPT = "muster-sandbox.json"

STORY = Path(sandbox_folder.__file__).parent / "page" / "story.json"
"""The first minutes, told by the page's tour and the README in the same words."""

_FILE: Any = click.Path(path_type=Path)
_log_format = setting(
    "--log-format",
    variable="MUSTER_LOG_FORMAT",
    text="How log lines look.",
    default=LogFormat.TEXT.value,
    type=click.Choice([form.value for form in LogFormat]),
)


class _Port(click.IntRange):
    """A port; what is none is told with what was expected."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"`{value}` is no port. Expected a number from 0 to 65535.", param, ctx)


_PORT = _Port(0, 65535)


def _serving(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command all that the bot is started with."""
    options = (
        config_file,
        env_file,
        any_database,
        setting("--host", variable="MUSTER_HOST", text="The address to listen on.", default="127.0.0.1"),
        setting(
            "--port",
            variable="MUSTER_PORT",
            text="The port for /healthz, /readyz, /metrics and, over HTTP, /slack/events.",
            default=3000,
            type=_PORT,
        ),
        setting(
            "--public-url",
            variable="MUSTER_PUBLIC_URL",
            text="Where people's phones reach this server, such as https://muster.example.com, for links in "
            "pages.",
        ),
        _log_format,
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="muster-bot", prog_name="muster")
@click.pass_context
def main(context: click.Context) -> None:
    """Run incidents in Slack, and page people until somebody answers."""
    before = os.umask(0o077)  # whatever is written is for its owner alone, also what SQLite keeps beside
    context.call_on_close(lambda: os.umask(before))


main.add_command(backup)
main.add_command(put_back)
main.add_command(move_database)
main.add_command(migrate)
main.add_command(simulate)
main.add_command(on_call)
main.add_command(blocked)
main.add_command(init)
main.add_command(import_export)


@main.command()
@_serving
@click.option("--force", is_flag=True, help="Go on with a database that was moved elsewhere.")
def run(*, force: bool, **given_as: Any) -> None:
    """Run the bot in a Slack workspace. Tokens come from the environment."""
    with plain_errors():
        settings = _settings(**given_as, startable=True)
        if force:
            go_on_with(settings.place.database)
        for said in (*settings.said, *withhold_from_libraries(os.environ, settings.secrets.api_url)):
            log.warning(said)
        asyncio.run(serve(settings.config, settings.secrets, settings.place))


@main.command()
@_serving
@click.option(
    "--coverage",
    metavar="DAYS",
    callback=days,
    help="Instead, look so far ahead for hours at which a page reaches too few people, such as 30d.",
)
def check(*, coverage: timedelta | None, **given_as: Any) -> None:
    """Say whether everybody can be paged: tokens, scopes, people, channels. It reads all that run does.

    Ends with 0 when a page can reach somebody, 1 when it cannot, 2 when the configuration is unusable.
    With --coverage it needs no tokens, and ends with 1 when a page reaches nobody, one person or only the
    last level.
    """
    redact = redaction()
    if coverage:
        _check_coverage(given_as["path"], given_as["database"], coverage)
        return
    with plain_errors():
        settings = _settings(**given_as, startable=False)
        look_at(settings.place.database)
        see_that_it_is_ours(settings.place.host, settings.place.port)
        said = [*settings.said, *withhold_from_libraries(os.environ, settings.secrets.api_url)]
        rows = workspace_of(settings.place.database).get("contact_methods", ())
        reached = {row["person"] for row in rows if row["verified_at"]}
        findings = asyncio.run(examine(settings.config, settings.secrets, reached=reached))
        findings += too_open(settings.place.database)
        now = SystemClock().now()
        calendars = asyncio.run(read_all(settings.config.process, now))
        findings += ahead(settings.config.process, settings.place.database, now, calendars)
    for finding in (*(Finding(Level.WARNING, text) for text in said), *findings):
        click.echo(redact(finding.line))
    sys.exit(any(finding.level is Level.FATAL for finding in findings))


def _check_coverage(path: Path | None, database: str, ahead: timedelta) -> None:
    with plain_errors():
        process = load(path, os.environ, sends=False).process
        start = SystemClock().now().replace(minute=0, second=0, microsecond=0)
        workspace, used, wrong = with_calendars(process, workspace_of(database), start)
    for line in (*no_config(path), *(one.said for one in used)):
        click.echo(f"muster: {line}", err=True)
    found = [*wrong, *cover(process, workspace, start, ahead)]
    for finding in found:
        click.echo(finding.line)
    sys.exit(failing(found))


@main.command("manifest")
@click.option(
    "--url", help="Where Slack reaches this server, such as https://muster.example.com: not Socket Mode."
)
def write_manifest(*, url: str | None) -> None:
    """Print the Slack app's manifest, for Socket Mode or for a public URL."""
    with plain_errors():
        try:
            address = public_address(url)
        except ConfigInvalid:
            address = "none"
        path = urlsplit(address or "").path
        if url is not None and (
            not address or not address.startswith("https://") or path not in {"", EVENTS_PATH}
        ):
            wanted = "an https:// address and nothing after the host, such as https://muster.example.com"
            raise ConfigInvalid([f"--url: `{url}` is not what Slack sends to. Expected {wanted}."])
        click.echo(manifest_for(address), nl=False)


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address that page and bot listen on."
)
@click.option("--port", default=8055, show_default=True, type=_PORT, help="The port of the page.")
@click.option(
    "--bot-port",
    default=0,
    show_default=True,
    type=_PORT,
    help="The port of the bot's own server; 0 takes a free one.",
)
@click.option("--config", "path", type=_FILE, help="The configuration (default: the sandbox's own people).")
@click.option("--database", help="A database to keep (default: a temporary one, removed at the end).")
@click.option(
    "--keep",
    type=_FILE,
    is_flag=False,
    flag_value=KEPT,
    help=f"Keep everything between runs, in this file and a database beside it (without a name: {KEPT}).",
)
@click.option("--world", type=_FILE, help="A YAML file with people and channels (default: Tanuki's).")
@click.option("--no-bot", is_flag=True, help="Only the Slack, for an app that runs elsewhere.")
@click.option("--manifest", type=_FILE, help="With --no-bot: that app's manifest (default: Muster's).")
@click.option("--request-url", help="With --no-bot: where an app without Socket Mode listens.")
@click.option("--allow-host", "names", multiple=True, help="A further host name by which it may be reached.")
@click.option("--open/--no-open", "open_page", default=None, help="Open the page in a browser.")
@_log_format
def sandbox(
    *,
    path: Path | None,
    database: str | None,
    host: str,
    port: int,
    bot_port: int,
    keep: Path | None,
    world: Path | None,
    no_bot: bool,
    manifest: Path | None,
    request_url: str | None,
    names: tuple[str, ...],
    open_page: bool | None,
    log_format: str,
) -> None:
    """Run the bot with a Slack of its own, to click in. Nothing leaves this machine."""
    _only_without_bot(no_bot, {"--manifest": manifest, "--request-url": request_url})
    slack = SandboxPlace(port, host, world, keep, names)

    async def ready(url: str) -> None:
        click.echo(_to_try(url) if not no_bot else "")
        if _display() if open_page is None else open_page:
            await asyncio.to_thread(webbrowser.open, url)

    with plain_errors(), ExitStack() as stack:
        configure(LogFormat(log_format), secrets=given(os.environ, sys.argv[1:]))
        if no_bot:
            asyncio.run(play_without_bot(manifest, slack, request_url, ready))
            return
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="muster-")))
        configured = partial(_sandbox_config, path or _sandbox_file(folder, kept=keep is not None))
        configured(*ANYWHERE)
        withhold_from_libraries(os.environ, SANDBOX_API)
        database = database or (str(keep.with_suffix(".db")) if keep else None)
        if database is None:
            database = str(folder / "muster.db")
        bot = Place(database, host, bot_port, SANDBOX_LINKS)
        asyncio.run(play(configured, bot, slack, ready))


def _to_try(url: str) -> str:
    """Say where the page is, and what to do there first."""
    story = json.loads(STORY.read_text(encoding="utf-8"))
    steps = [f"{n}. {title} {text}" for n, (title, text) in enumerate(story["steps"], 1)]
    told = [
        fill(re.sub(r"\*\*|`", "", one), 100, initial_indent="  ", subsequent_indent=indent)
        for one, indent in [*((step, " " * 5) for step in steps), (story["good"], " " * 2)]
    ]
    return "\n".join(["", f"  Muster's sandbox is at {url}", "", *told, "", "  Ctrl-C ends it.", ""])


def _sandbox_file(folder: Path, *, kept: bool) -> Path:
    """Write the sandbox's own configuration with rotations that began yesterday, as its story has them.

    In one that is kept they begin on Monday: each other day would be told as a change of them.
    """
    today = SystemClock().now().date()
    begun = today - timedelta(days=today.weekday() if kept else 1)
    file = folder / "muster.yml"
    written = SANDBOX_CONFIG.read_text(encoding="utf-8").replace(ROTATIONS_BEGIN, begun.isoformat())
    file.write_text(written, encoding="utf-8")
    return file


def _sandbox_config(path: Path, address: str, sid: str, token: str) -> Config:
    """Return the configuration for a sandbox whose page is at `address`, with its account at Twilio."""
    environ = {**os.environ, "MUSTER_SANDBOX": address, **accounts(address, sid, token)}
    return _startable(load(path, environ))


def _only_without_bot(no_bot: bool, given: dict[str, object]) -> None:
    for option, value in given.items():
        if value and not no_bot:
            raise click.UsageError(f"{option} is for another app: give --no-bot with it.")


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a start reads, and what was odd about the environment."""

    config: Config
    secrets: Secrets
    place: Place
    said: tuple[str, ...]


def _settings(
    *,
    path: Path | None,
    said: Sequence[str],
    database: str,
    host: str,
    port: int,
    public_url: str | None,
    log_format: str,
    startable: bool,
) -> Settings:
    """Return what the bot is started with, or raise ConfigInvalid with everything that is wrong in it."""
    problems: list[str] = []

    def tried(read: Callable[[], T]) -> T | None:
        try:
            return read()
        except ConfigInvalid as error:
            problems.extend(error.problems)
            return None

    without = no_config(path)
    config = tried(lambda: _startable(load(path, os.environ)) if startable else load(path, os.environ))
    secrets = tried(lambda: Secrets.from_environment(os.environ))
    public = tried(lambda: public_address(public_url))
    if config is None or secrets is None or problems:
        raise ConfigInvalid([*said, *without, *problems])
    withheld = (*given(os.environ, sys.argv[1:]), *secrets.all, *config.withheld)
    configure(LogFormat(log_format), secrets=withheld)
    return Settings(config, secrets, Place(database, host, port, public), (*said, *without))


def _startable(config: Config) -> Config:
    if config.fatal:
        raise ConfigInvalid(config.fatal)
    return config


def _display() -> bool:
    """Guess whether somebody sits in front of this machine."""
    graphical = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return graphical and sys.stdout.isatty()


if __name__ == "__main__":
    main()
