"""What the bot is started with: flags, environment and configuration, read and refused together."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.cli.plain import any_database, config_file, env_file, no_config, setting
from bot.cli.templates import with_template
from bot.config import Config, ConfigInvalid, Secrets, load
from bot.config.environment import PUBLIC_URL, public_address
from bot.health.logs import LogFormat, configure
from bot.redaction import given

T = TypeVar("T")

DEFAULT_PORT = 3000


class _Port(click.IntRange):
    """A port; what is none is told with what was expected."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"`{value}` is no port. Expected a number from 0 to 65535.", param, ctx)


PORT = _Port(0, 65535)


def _set_aside(
    wrong: click.BadParameter, instead: T, param: click.Parameter | None, ctx: click.Context | None
) -> T:
    """Note what is wrong in the environment, as no page needs it, and say what counts `instead`. Raises what
    is `wrong` where somebody typed it as a flag.
    """
    if not ctx or not param or ctx.get_parameter_source(str(param.name)) is not _ENVIRONMENT:
        raise wrong
    said = f"{param.envvar}: {wrong.message} It counts as {instead}."
    ctx.meta.setdefault(_ASIDE, {})[str(param.envvar)] = said
    return instead


class _SparedPort(_Port):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as wrong:
            return _set_aside(wrong, DEFAULT_PORT, param, ctx)


class _Format(click.Choice[str]):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as wrong:
            return _set_aside(wrong, LogFormat.TEXT.value, param, ctx)


_ENVIRONMENT = click.core.ParameterSource.ENVIRONMENT
_ASIDE = "bot.cli.settings.set_aside"


log_format_option = setting(
    "--log-format",
    variable="MUSTER_LOG_FORMAT",
    text="How log lines look.",
    default=LogFormat.TEXT.value,
    type=_Format([form.value for form in LogFormat]),
)


def bot_options(command: Callable[..., None]) -> Callable[..., None]:
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
            default=DEFAULT_PORT,
            type=_SparedPort(0, 65535),
        ),
        setting(
            "--public-url",
            variable="MUSTER_PUBLIC_URL",
            text="Where people's phones reach this server, such as https://muster.example.com, for links in "
            "pages.",
        ),
        log_format_option,
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the bot keeps its state and listens, and at which address people's phones reach it."""

    database: str
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a start reads, and what was odd about the environment."""

    config: Config
    secrets: Secrets
    place: Place
    said: tuple[str, ...]


def read_settings(
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

    def read() -> Config:
        return load(path, os.environ)

    without = no_config(path)
    config = tried(lambda: with_template(fit_to_start(read()) if startable else read()))
    secrets = tried(lambda: Secrets.from_environment(os.environ))
    public, unlinked = _public(public_url)
    if config is None or secrets is None or problems:
        raise ConfigInvalid([*said, *without, *problems])
    withheld = (*given(os.environ, sys.argv[1:]), *secrets.all, *config.withheld)
    configure(LogFormat(log_format), secrets=withheld)
    config = config.without({**secrets.set_aside, **unlinked, **_misread()})
    return Settings(config, secrets, Place(database, host, port, public), (*said, *without))


def _public(written: str | None) -> tuple[str | None, dict[str, str]]:
    """Return the address for links, and what is wrong with it by its name."""
    try:
        return public_address(written), {}
    except ConfigInvalid as error:
        return None, {PUBLIC_URL: " ".join([*error.problems, "No page has a link, and nobody can sign in."])}


def _misread() -> dict[str, str]:
    """Return what was wrong with variables of the options of this command, by their names."""
    ctx = click.get_current_context(silent=True)
    return dict(ctx.meta.get(_ASIDE, {})) if ctx else {}


def fit_to_start(config: Config) -> Config:
    if config.fatal:
        raise ConfigInvalid(config.fatal)
    return config
