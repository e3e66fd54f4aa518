"""What each room of the handlers offers reaches the router and Bolt."""

import importlib
import pkgutil
from collections import Counter

import handlers
from handlers import inc
from handlers.features import FEATURES
from handlers.register import LISTENERS
from handlers.request import Feature


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
