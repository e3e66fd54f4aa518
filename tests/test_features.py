"""What each room of the handlers offers reaches the router, Bolt and the documents."""

import importlib
import pkgutil
import re
from collections import Counter
from pathlib import Path

import pytest

import handlers
from bot.cli.manifest import manifest
from bot.views.commands import Group
from handlers import inc
from handlers.features import FEATURES
from handlers.register import LISTENERS
from handlers.request import Feature

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def offered() -> list[Feature]:
    """Return what every module of the handlers exports."""
    names = [found.name for found in pkgutil.walk_packages(handlers.__path__, "handlers.")]
    modules = [importlib.import_module(name) for name in names]
    return [module.FEATURE for module in modules if hasattr(module, "FEATURE")]


def test_what_a_module_offers_is_a_feature_of_the_program() -> None:
    assert sorted(map(id, offered())) == sorted(map(id, FEATURES))


def test_every_word_and_listener_of_a_feature_is_reached() -> None:
    for feature in FEATURES:
        assert set(feature.subcommands) <= set(inc.SUBCOMMANDS.values())
        assert set(map(id, feature.listeners)) <= set(map(id, LISTENERS))


def test_a_word_belongs_to_one_command() -> None:
    words = [command.word for feature in FEATURES for command in feature.subcommands]
    aliases = [alias for command in inc.SUBCOMMANDS.values() for alias in command.aliases]

    assert [word for word, many in Counter([*words, *aliases]).items() if many > 1] == []


def test_no_two_commands_share_a_place() -> None:
    commands = Counter(command.place for command in inc.SUBCOMMANDS.values())

    assert [place for place, many in commands.items() if many > 1] == []
    assert {group for group, _ in commands} == set(Group)


@pytest.mark.parametrize("usage", [command.usage for command in inc.SUBCOMMANDS.values()])
def test_the_readme_names_every_command_as_help_does(usage: str) -> None:
    assert f"`/inc {usage}`" in README


def test_the_readme_and_the_manifest_name_no_command_that_is_not_there() -> None:
    table = re.findall(r"^\| (`/inc[^|]*) \|", README, re.MULTILINE)
    told = [word for row in table for word in re.findall(r"`/inc ([a-z-]+)", row)]
    hints = {command["usage_hint"] for command in manifest()["features"]["slash_commands"]}
    hinted = [word for hint in hints for word in re.findall(r"[a-z-]+", hint)]

    assert len(told) > 20
    assert len(hinted) > 3
    assert {*told, *hinted} <= set(inc.SUBCOMMANDS)
