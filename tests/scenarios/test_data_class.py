"""Data classes: what is for its own people offers to be private, and RED data is refused."""

from pathlib import Path

import pytest

from bot.config import Config, load
from storage import incidents
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, buttons, inc, presses, sends, shown


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + "\nfields: {Data class: {required: declare}}\n")
    return load(path)


@pytest.mark.parametrize("everyone", [False, True])
async def test_the_form_proposes_private_and_asks_before_everybody_reads(world: World, everyone: bool):
    dev = await inc(world, "dev", "", "general")
    answers = {"name": "Logs", "severity": "S3", "field:Data class": "RED"}
    refused = await sends(world, dev, **answers)
    assert refused["field:Data class"].startswith("RED data never belongs in an incident")

    assert await sends(world, dev, **{"field:Data class": "ORANGE"}) == {}
    assert "ORANGE data is for the incident's own people" in shown(dev.modal)
    assert await sends(world, dev, **({"visibility_private": "everyone"} if everyone else {})) == {}

    made = await world.muster.uow.read(incidents.get, 1)
    assert made.private is not everyone
    assert dev.modal is None


async def test_the_command_refuses_red_and_offers_to_make_it_private(world: World):
    dev = await world.declare(**{"field:Data class": "GREEN"})

    red = await asks(world, "dev", "field data-class red")
    yellow = await asks(world, "dev", "field data-class yellow")

    assert red["text"].startswith("RED data never belongs in an incident")
    assert buttons(yellow) == ["Make it private", "Undo"]
    await presses(world, dev, yellow, "Make it private")
    assert await sends(world, dev, reason="Customer data") == {}
    assert (await world.muster.uow.read(incidents.get, 1)).private
