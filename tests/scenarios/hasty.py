"""The tests' configuration for those who cannot wait."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

from bot.config import Config, load
from bot.config.handbook import DOTCOM_IMOC
from tests.scenarios.conftest import CONFIG

LEVEL, MANAGERS_OWN = timedelta(minutes=2), timedelta(minutes=3)
"""How long people have to answer; the manager's own page has more time than those that come beside it."""


@cache
def hasty() -> Config:
    """Return the tests' configuration with short levels and no reminders: hours add nothing to a story."""
    config = load(CONFIG)
    teams = {
        name: replace(
            team,
            reminders=(),
            path=tuple(
                replace(level, timeout=MANAGERS_OWN if level.team == name == DOTCOM_IMOC else LEVEL)
                for level in team.path
            ),
        )
        for name, team in config.process.teams.items()
    }
    return replace(config, process=replace(config.process, teams=teams))
