"""docs/sandbox.md says what there is."""

import json
import re
from pathlib import Path

import pytest

from sandbox.catalogue import METHODS
from sandbox.slack import Slack
from sandbox.switchboard import KINDS
from sandbox.world import CHANNEL, GROUP, PERSON, read_world

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
SWITCHES = [json.loads(found) for found in re.findall(r"^\| `(\{.*?\})` \|", PAGE, re.MULTILINE)]
SIGN_IN = {"openid.connect.token", "openid.connect.userInfo"}


def test_the_methods_are_all_there() -> None:
    rows = re.findall(r"^\| `(\w+\.)` \| (.*) \|$", PAGE, re.MULTILINE)

    listed = {family + name for family, names in rows for name in re.findall(r"`([\w.]+)`", names)}

    assert listed == set(METHODS) | SIGN_IN


def test_the_world_can_be_loaded_and_every_key_is_named(tmp_path: Path) -> None:
    about = PAGE.split("## The world")[1].split("## ")[0]
    (text,) = re.findall(r"```yaml\n(.*?)```", about, re.DOTALL)
    path = tmp_path / "world.yml"
    path.write_text(text)

    world = read_world(path)

    assert world["people"][0]["handle"] == "ana"
    assert [key for key in {**PERSON, **CHANNEL, **GROUP} if not re.search(rf"\b{key}\b", about)] == []


def test_every_kind_of_fault_is_named() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE and f'"{kind}"' not in PAGE] == []


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
async def test_every_switch_can_be_turned(slack: Slack, switch: dict[str, object]) -> None:
    await slack.switchboard.turn(switch)


def test_there_are_switches() -> None:
    assert len(SWITCHES) >= 7
