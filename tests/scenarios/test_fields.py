"""Custom fields: set by a form and in one line, shown on the card, told by the timeline."""

from pathlib import Path

import pytest

from bot.config import Config, load
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import (
    acknowledged,
    asks,
    buttons,
    card,
    inc,
    presses,
    sends,
    shown,
    told,
    whole_panel,
)

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
    await presses(world, dev, await whole_panel(world, "dev"), "Fields")
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

    refused = await asks(world, "dev", f"field {typed}")

    assert said in shown(refused)
    assert len(buttons(refused)) == 1

    assert "Customer impact" not in shown(card(dev))


async def test_fields_survive_a_death_and_stay_once_it_is_cancelled(world: World):
    dev = await world.declare()
    await inc(world, "dev", "field customer-impact yes")
    await world.stop()
    await world.start()

    await inc(world, "dev", "field externally-facing no")
    assert (await asks(world, "dev", "field externally-facing -"))["text"].endswith("is now: *empty*")
    await inc(world, "dev", "cancel A test")

    assert "its fields and links stay as they are" in shown(
        await asks(world, "dev", "field customer-impact no")
    )
    assert "Customer impact: yes" in shown(card(dev))


async def test_without_customers_outside_the_eoc_leads_or_is_offered_a_lead_chosen_by_hand(world: World):
    dev = await world.declare(severity="S2")
    ana = await acknowledged(world)
    await acknowledged(world, "ines")

    await inc(world, "dev", "field externally-facing no")
    assert any("leads now; before, it was" in one for one in told(dev))
    await inc(world, "dev", "field externally-facing yes")
    await inc(world, "ines", "lead me")
    offered = await asks(world, "ana", "field externally-facing no")
    assert "Take the lead" in buttons(offered)
    await inc(world, "dev", "field externally-facing yes")
    kept = await asks(world, "ines", "field externally-facing no")
    assert "leads: a person chose so." in shown(kept)
    await presses(world, world.person("ines"), kept, "Hand it over")

    assert any("ines handed the lead to" in one for one in told(ana))
    assert "Lead: ana" in shown(card(dev))


NEEDED = """
fields:
  Region: {kind: choice, choices: [EU, US], required: declare, severities: [S3]}
  Service: {required: declare, types: [Dedicated]}
  Cause: {required: resolve}
"""


@pytest.fixture
async def needs(tmp_path: Path, world: World) -> World:
    """Have a bot that was started with required fields."""
    path = tmp_path / "needs.yml"
    path.write_text(CONFIG.read_text() + NEEDED)
    world.config = load(path)
    await started_anew(world)
    return world


async def started_anew(world: World) -> None:
    await world.stop()
    await world.start()


async def test_the_form_that_declares_asks_for_what_is_required_there(needs: World):
    dev = needs.person("dev")
    await dev.slash("/inc", "", channel="general")
    await needs.settle()
    assert await sends(needs, dev, name="Disk full", severity="S3") == {"field:Region": "This is needed."}
    await dev.press("declare_type", value="Dedicated")
    await needs.settle()
    assert "Service" in shown(dev.modal)
    await dev.press("declare_type", value="GitLab.com")
    await needs.settle()
    assert "Service" not in shown(dev.modal)

    assert await sends(needs, dev, **{"field:Region": "EU"}) == {}

    assert "Region: EU" in shown(card(dev))


async def test_whoever_leads_is_asked_once_for_what_is_missing_until_it_is_set(needs: World):
    dev = await needs.declare(severity="S2")
    await inc(needs, "dev", "lead me")
    assert await sends(needs, await inc(needs, "dev", "severity S3"), which="never", reason="A test") == {}
    for who in ("ana", "ines", "carla"):
        await inc(needs, who, "ack", channel="general")
    await inc(needs, "dev", "status monitoring")
    await started_anew(needs)

    await needs.pass_minutes(16)

    asked = next(one for one in dev.dm() if "lacks: Region" in shown(one))
    assert buttons(asked) == ["Set fields", "Stop asking"]
    await presses(needs, dev, asked, "Set fields")
    assert await sends(needs, dev, **{"field:Region": "US"}) == {}
    assert any(shown(one) == "Every required field of INC-1 Disk full is set." for one in dev.dm())
    await needs.pass_minutes(60 * 25)
    assert not any("lacks" in shown(one) for one in dev.dm())


async def test_resolving_asks_for_what_is_required_and_goes_on_without_it(needs: World):
    dev = await needs.declare(severity="S4")
    await inc(needs, "dev", "resolve fix")
    assert "Cause" in shown(dev.modal)

    assert await sends(needs, dev) == {}

    assert "Resolved" in shown(card(dev))
    await needs.pass_minutes(16)
    asked = next(one for one in dev.dm() if "lacks: Cause" in shown(one))
    await presses(needs, dev, asked, "Stop asking")
    assert any("You are not asked for fields of INC-1 Disk full any more" in shown(one) for one in dev.dm())
    await inc(needs, "dev", "close")
    assert not any("Stop asking" in buttons(one) for one in dev.dm())
