"""Runs the bot in a workspace."""

import asyncio
import logging
import os
from typing import Any

import click

from bot.cli.plain import plain_errors
from bot.cli.serve import serve
from bot.cli.settings import bot_options, read_settings
from bot.config.environment import withhold_from_libraries
from storage.moving import go_on_with

log = logging.getLogger("muster")


@click.command()
@bot_options
@click.option("--force", is_flag=True, help="Go on with a database that was moved elsewhere.")
def run(*, force: bool, **given_as: Any) -> None:
    """Run the bot in a Slack workspace. Tokens come from the environment."""
    with plain_errors():
        settings = read_settings(**given_as, startable=True)
        if force:
            go_on_with(settings.place.database)
        for said in (*settings.said, *withhold_from_libraries(os.environ, settings.secrets.api_url)):
            log.warning(said)
        asyncio.run(serve(settings.config, settings.secrets, settings.place))
