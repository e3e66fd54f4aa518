"""Runs the bot with a Slack of its own, to click in."""

import asyncio
import json
import os
import re
import socket
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any
from urllib.parse import urlsplit

import click

import sandbox as sandbox_folder
from bot.cli.manifest import manifest as own_manifest
from bot.cli.plain import plain_errors
from bot.cli.serve import running, told_to_stop
from bot.cli.settings import PORT, Place, fit_to_start, log_format_option
from bot.cli.templates import with_template
from bot.clock import ShiftedClock, SystemClock
from bot.config import Config, ConfigInvalid, Secrets, load
from bot.config.environment import WebClient, withhold_from_libraries
from bot.config.trackers import GitlabSettings
from bot.health.logs import LogFormat, configure
from bot.redaction import given
from bot.web.listening import PortInUse
from handlers.paging.rehearsal_page import choices, rehearsed
from sandbox.app import read_manifest_file
from sandbox.errors import CannotListen, Unusable
from sandbox.serving import Place as SandboxPlace
from sandbox.serving import accounts, alone, environment, served

SANDBOX_CONFIG = Path(sandbox_folder.__file__).parent / "muster.yml"
BESIDE = SANDBOX_CONFIG.with_name("beside.yml")
STATUS_PORT = 8090
"""Where its status page is, unless something else is there."""
HERE = "127.0.0.1:8055"
ANYWHERE = (HERE, {**accounts(HERE, "AC0", "unknown"), "GITLAB_TOKEN": "unknown"})
"""What to read the configuration with before the page has an address and an account of its own, so that what
is wrong is said first."""
SANDBOX_API = "http://127.0.0.1/api/"
SANDBOX_LINKS = "http://127.0.0.1:{port}"
ROTATIONS_BEGIN = "2026-01-05"
KEPT = "muster-sandbox.json"

STORY = Path(sandbox_folder.__file__).parent / "page" / "story.json"
"""The first minutes, told by the page's tour and the README in the same words."""

_FILE: Any = click.Path(path_type=Path)


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="The address that page and bot listen on."
)
@click.option("--port", default=8055, show_default=True, type=PORT, help="The port of the page.")
@click.option(
    "--bot-port",
    default=0,
    show_default=True,
    type=PORT,
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
@log_format_option
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
        own = None if path else _sandbox_text(kept=keep is not None)
        configured = partial(_sandbox_config, path or folder / "muster.yml", own)
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


def _sandbox_text(*, kept: bool) -> str:
    """Return the sandbox's own configuration with rotations that began yesterday, as its story has them.

    In one that is kept they begin on Monday: each other day would be told as a change of them. It has no
    GitLab: that forgets its issues, and Muster does not.
    """
    today = SystemClock().now().date()
    begun = today - timedelta(days=today.weekday() if kept else 1)
    rota, beside = (one.read_text(encoding="utf-8") for one in (SANDBOX_CONFIG, BESIDE))
    if kept:
        beside = beside.partition("\ngitlab:")[0] + "\n"
    beside = beside.replace(f":{STATUS_PORT}", f":{_free(STATUS_PORT)}")
    return rota.replace(ROTATIONS_BEGIN, begun.isoformat()) + beside


def _free(port: int) -> int:
    """Return this port, or another one where it is taken."""
    for one in (port, 0):
        with suppress(OSError), socket.create_server(("127.0.0.1", one)) as found:
            return int(found.getsockname()[1])
    return port


def _sandbox_config(path: Path, own: str | None, address: str, known: Mapping[str, str]) -> Config:
    """Return the configuration for a sandbox whose page is at `address`, with its accounts there.

    What is our `own` is written to the path first, with that address.
    """
    if own:
        path.write_text(own.replace(HERE, address), encoding="utf-8")
    environ = {**os.environ, "MUSTER_SANDBOX": address, **known}
    return with_template(fit_to_start(load(path, environ)))


def _only_without_bot(no_bot: bool, given: dict[str, object]) -> None:
    for option, value in given.items():
        if value and not no_bot:
            raise click.UsageError(f"{option} is for another app: give --no-bot with it.")


def _beside(config: Config, base: str) -> str:
    """Say where else there is something to see."""
    page, tracker = config.statuspage, config.tracker
    lines = [f"Muster's own pages, for whoever you sign in as: {base}/"]
    if config.process.admins:
        lines.append(f"Its operator's page, for {', '.join(config.process.admins)}: {base}/operator")
    if page and page.listen and page.url:
        lines.append(f"The status page, as customers see it: {page.url}")
    if tracker and tracker.token and isinstance(tracker, GitlabSettings):
        lines.append(f"The issues in GitLab: {tracker.url}/{tracker.project}/-/issues")
    return "\n".join(["", *(f"  {line}" for line in lines)])


async def play(
    configured: Callable[[str, Mapping[str, str]], Config],
    place: Place,
    sandbox: SandboxPlace,
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Run the bot with a Slack of its own; `ready` hears the address of its page.

    `configured` returns the configuration for a page at that host and port, as people's phones are there, and
    for those accounts at its Twilio and GitLab, which tell the bot where it listens.

    Raises DatabaseUnusable, PortInUse and, for a file of the sandbox's, ConfigInvalid.
    """
    clock = ShiftedClock()
    stop = told_to_stop()
    with _plain_refusals(sandbox):
        async with served(own_manifest(), clock, sandbox, clock.advance) as slack:
            client = WebClient(slack.sign_in.client_id, slack.sign_in.client_secret)
            tokens = slack.bot_token, slack.app_token, slack.signing_secret
            secrets = Secrets(*tokens, slack.api_url, client=client)
            config = configured(urlsplit(slack.url).netloc, environment(slack))
            async with running(config, secrets, place, clock, stop) as muster:

                async def skip(seconds: float) -> None:
                    await muster.advance(clock, seconds)

                slack.on_advance, slack.pace.hold = skip, clock.hold
                slack.simulation.offer(
                    choices(config.process), partial(rehearsed, muster.uow, muster.rehearsals)
                )
                slack.gitlab.hook_url = f"{muster.links.base}/v1/gitlab"
                slack.twilio.sms_url = f"{muster.links.base}/twilio/sms"
                slack.sign_in.redirects = (str(muster.links.base),)
                slack.simulation.pages = f"{muster.links.base}/"
                if not stop.is_set():
                    await muster.say_that_it_runs()
                    click.echo(_beside(config, str(muster.links.base)))
                    await ready(slack.url)
                await stop.wait()
                await slack.pace.close()


async def play_without_bot(
    manifest_file: Path | None,
    sandbox: SandboxPlace,
    request_url: str | None,
    ready: Callable[[str], Awaitable[None]],
) -> None:
    """Run a Slack for an app that runs elsewhere. Raises PortInUse and ConfigInvalid."""
    stop = told_to_stop()
    with _plain_refusals(sandbox):
        told = read_manifest_file(manifest_file) if manifest_file else own_manifest()
        async with alone(told, sandbox, request_url) as slack:
            await ready(slack.url)
            await stop.wait()


@contextmanager
def _plain_refusals(sandbox: SandboxPlace) -> Iterator[None]:
    try:
        yield
    except Unusable as error:
        raise ConfigInvalid(error.problems) from error
    except CannotListen as error:
        by = f'--host and --port; with make: make sandbox ARGS="--port {sandbox.port + 1}"'
        raise PortInUse(sandbox.host, sandbox.port, error.reason, by) from error


def _display() -> bool:
    """Guess whether somebody sits in front of this machine."""
    graphical = sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return graphical and sys.stdout.isatty()
