"""World files and manifests: what is completed, and how what is wrong is said."""

import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.app import read_manifest, read_manifest_file
from sandbox.errors import Unusable
from sandbox.slack import Slack
from sandbox.world import WORLD, read_world
from tests.sandbox.conftest import MANIFEST, FakeClock

SMALL = """
people:
  - handle: zoe
  - handle: max.power
    tz: Asia/Tokyo
channels:
  - name: lobby
    members: [zoe, max.power]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "world.yml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str) -> list[str]:
    path = written(folder, text)
    with pytest.raises(Unusable) as refusal:
        read_world(path)
    return [problem.removeprefix(f"{path}:") for problem in refusal.value.problems]


def test_the_default_world_is_in_order() -> None:
    assert read_world()["team"]["name"] == "Tanuki"


def test_a_few_lines_are_a_world(tmp_path: Path, manifest: dict[str, Any], clock: FakeClock) -> None:
    slack = Slack(manifest, clock, read_world(written(tmp_path, SMALL)))

    lobby = slack.workspace.channel("lobby")
    assert [slack.workspace.users[member].real_name for member in lobby.members] == ["Zoe", "Max Power"]
    assert slack.workspace.user("zoe").id == "U0ZOE00001"
    assert slack.workspace.team["name"] == "Sandbox"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "1: found nothing, expected keys with values"),
        ("- a\n", "1: found ['a'], expected keys with values"),
        ("channels: []\n", "1: has no people"),
        ("people: []\n", "1: people: nobody is there; expected at least one person who is not deleted"),
        ("people: [{handle: a, deleted: true}]\n", "1: people: nobody is there; expected"),
        (
            "people:\n  - handle: a\n    tz: Mars/North\n",
            "3: people[0].tz: found 'Mars/North', expected a time zone",
        ),
        ("people:\n  - {handle: a}\n  - {handle: a}\n", "3: people[1].handle: found 'a' a second time"),
        ("people:\n  - {handle: Big Al}\n", "2: people[0].handle: found 'Big Al', expected small letters"),
        ("people:\n  - {handle: 7}\n", "2: people[0].handle: found 7, expected text"),
        ("people:\n  - {handel: a}\n", "2: people[0].handel: is not known here; expected one of id, handle"),
        ("people:\n  - {handle: a, guest: 1}\n", "2: people[0].guest: found 1, expected true or false"),
        ("people: [{handle: a}]\nteam: Tanuki\n", "2: team: found 'Tanuki', expected keys with values"),
        (
            "people: [{handle: a}]\nchannels:\n  - name: x\n    members:\n      - b\n",
            "5: channels[0].members[0]: found 'b', expected the handle of one of the people",
        ),
        (
            "people: [{handle: a}]\nchannels:\n  - {name: x, creator: b}\n",
            "3: channels[0].creator: found 'b', expected the handle",
        ),
        (
            "people: [{handle: a}]\nchannels:\n  - {name: Big Room}\n",
            "3: channels[0].name: found 'Big Room', expected small letters, digits, - and _",
        ),
        ("people: [\n", "2: not YAML: "),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    assert said in problems(tmp_path, text)[0]


def test_everything_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "people:\n  - {handle: 7}\n  - {nobody: x}\nrooms: []\n")) == 4


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="there is no such file"):
        read_world(tmp_path / "none.yml")


def test_a_manifest_is_read_as_slack_takes_it(tmp_path: Path) -> None:
    path = written(tmp_path, '{"display_information": {"name": "Ping"}}')

    app = read_manifest(read_manifest_file(path))

    assert (app.name, app.socket_mode, app.commands) == ("Ping", False, {})
    assert read_manifest(read_manifest_file(MANIFEST)).name == "muster"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("settings: {}\n", "1: the app has no name; expected display_information.name"),
        ("display_information: 7\n", "1: display_information: found 7, expected keys with values"),
        (
            "display_information: {name: x}\nfeatures:\n  slash_commands:\n    - {description: y}\n",
            "4: features.slash_commands[0]: has no command",
        ),
        (
            "display_information: {name: x}\noauth_config:\n  scopes:\n    bot: chat:write\n",
            "4: oauth_config.scopes.bot: found 'chat:write', expected a list",
        ),
        ("just text\n", "1: found 'just text', expected keys with values"),
    ],
)
def test_a_manifest_that_is_wrong_is_refused_with_the_line(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, text)

    with pytest.raises(Unusable) as refusal:
        read_manifest_file(path)

    assert refusal.value.problems[0].removeprefix(f"{path}:").startswith(said)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in itertools.pairwise("abcdefghijk")
)


@pytest.mark.parametrize("read", [read_world, read_manifest_file])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "there are more than 200,000 values, aliases included"),
        ("people: &p\n  - *p\n", "an alias (*) stands inside of what it repeats"),
        ("people: &p {handle: *p}\n", "an alias (*) stands inside of what it repeats"),
        ("[" * 40 + "]" * 40, "1: is nested more than 32 levels deep"),
        ("[" * 400_000, "1: is nested more than 32 levels deep"),
        ("# " + "x" * 1_000_000, " has more than 1,000,000 bytes"),
        ("begin: 2026-13-45\n", " not YAML: month must be in 1..12"),
    ],
)
def test_what_would_take_for_ever_is_refused_at_once(
    tmp_path: Path, read: Callable[[Path], Any], text: str, said: str
) -> None:
    path = written(tmp_path, text)

    with pytest.raises(Unusable) as refusal:
        read(path)

    assert said in refusal.value.problems[0]
    assert len(refusal.value.problems) == 1


def test_an_alias_that_repeats_little_is_as_good_as_written_out(tmp_path: Path) -> None:
    text = (
        "people: [{handle: zoe}]\nchannels:\n  - {name: a, members: &m [zoe]}\n  - {name: b, members: *m}\n"
    )

    world = read_world(written(tmp_path, text))

    assert [one["members"] for one in world["channels"]] == [["zoe"], ["zoe"]]


OTHERS: tuple[Any, ...] = (7, None, True, "x", [], [[]], {"x": []})


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, held in inner:
        yield from places(held, (*place, key))


@pytest.mark.parametrize(
    ("path", "read"),
    [(MANIFEST, lambda path: read_manifest(read_manifest_file(path))), (WORLD, read_world)],
    ids=["manifest", "world"],
)
def test_a_value_of_any_other_kind_is_read_or_refused_in_words(
    tmp_path: Path, path: Path, read: Callable[[Path], Any]
) -> None:
    whole = yaml.safe_load(path.read_text("utf-8"))
    few = [place for place in places(whole) if place and not any(key in range(2, 99) for key in place)]
    for place in few:
        for other in OTHERS:
            changed = deepcopy(whole)
            inside = reduce(lambda found, key: found[key], place[:-1], changed)
            inside[place[-1]] = other
            with suppress(Unusable):
                read(written(tmp_path, json.dumps(changed, default=str)))
