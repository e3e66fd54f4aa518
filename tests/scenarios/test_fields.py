"""Custom fields: set by a form and in one line, shown on the card, told by the timeline."""

from pathlib import Path

import pytest

from bot.config import Config, load
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import answer, asks, card, inc, presses, sends, shown, told

FIELDS = """
fields:
  Affected services: {kind: several choices, choices: [Git, API, Pages]}
  Expert: {kind: person}
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + FIELDS)
    return load(path)


async def test_a_field_is_set_in_one_line_and_shown_where_it_matters(world: World):
    dev = await world.declare()
    before = told(dev)

    said = await asks(world, "dev", "field blocks-deployments yes")
    await inc(world, "dev", "field services api, git")
    await inc(world, "dev", "field expert @ana")

    assert said["text"] == "Blocks Deployments of INC-1 is now: *yes*"
    assert "Blocks Deployments: yes · Affected services: API, Git · Expert: ana" in shown(card(dev))
    assert "`blocks deployments` · `blocks feature-flags`" in shown(card(dev))
    assert told(dev) == before
    timeline = shown(await asks(world, "dev", "timeline all"))
    assert "set Blocks Deployments to *yes* (was: automatic)." in timeline
    assert (await asks(world, "dev", "field blocks automatic"))["text"].endswith("is now: *automatic*")
    assert "Blocks Deployments" not in shown(card(dev))


async def test_the_form_changes_what_was_touched_and_nothing_that_another_set(world: World):
    dev = await world.declare()
    await inc(world, "dev", "field customer-impact no")
    await presses(world, dev, await asks(world, "dev"), "Fields")
    await inc(world, "ana", "field customer-impact yes")

    assert (
        await sends(world, dev, **{"field:Affected services": ["Pages"], "field:Externally facing": "no"})
        == {}
    )

    assert "Externally facing: no · Customer impact: yes · Affected services: Pages" in shown(card(dev))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("colour red", "I know no field `colour`. Fields: Keep GitLab Issue Confidential, Blocks"),
        ("blocks-deployments perhaps", "“Blocks Deployments” is automatic, yes or no."),
        ("affected-services git, mail", "with commas between them: Git, API, Pages."),
        ("expert @nobody", "“Expert” is a person, mentioned."),
    ],
)
async def test_what_was_meant_wrongly_is_told_with_what_was_expected(world: World, typed: str, said: str):
    dev = await world.declare()

    assert said in shown(await asks(world, "dev", f"field {typed}"))

    assert "Customer impact" not in shown(card(dev))


async def test_fields_survive_a_death_and_stay_once_it_is_cancelled(world: World):
    dev = await world.declare()
    await inc(world, "dev", "field customer-impact yes")
    await world.stop()
    await world.start()

    await inc(world, "dev", "cancel A test")

    assert "its fields and links stay as they are" in shown(
        await asks(world, "dev", "field customer-impact no")
    )
    assert "Customer impact: yes" in shown(card(dev))
    assert answer(dev)
