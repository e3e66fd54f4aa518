"""The summary: four parts, written as they become known."""

from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, card, inc, presses, sends, shown, told, whole_panel


async def test_the_form_has_four_parts_and_starts_with_what_is_known(world: World):
    await world.declare(summary="Writes fail since noon")

    dev = await inc(world, "dev", "summary")

    assert dev.modal
    form = [block for block in dev.modal["blocks"] if block["type"] == "input"]
    labels = [block["label"]["text"] for block in form]
    assert labels == ["Summary", "Causes", "Summary for CMOC notice", "Exec summary"]
    assert form[0]["element"]["initial_value"] == "Writes fail since noon"


async def test_the_channel_sees_what_changed_and_the_card_shows_the_summary(world: World):
    await world.declare(summary="Writes fail since noon")
    dev = await inc(world, "dev", "summary")

    assert await sends(world, dev, summary="Writes fail, reads work", causes="A full disk <!here>") == {}

    said = told(dev)[-1]
    assert "dev wrote the summary (Summary, Causes)" in said
    assert "Writes fail, reads work" in said
    assert "A full disk &lt;!here&gt;" in said
    assert "*Summary*\n> Writes fail, reads work" in shown(card(dev))
    assert "Writes fail, reads work" in shown(dev.messages("incidents")[-1])
    again = await inc(world, "dev", "summary")
    assert "A full disk" in str(again.modal)


async def test_a_form_that_changes_nothing_says_nothing(world: World):
    await world.declare(summary="Writes fail since noon")
    dev = await inc(world, "dev", "summary")
    before = told(world.person("dev"))

    assert await sends(world, dev) == {}

    assert told(world.person("dev")) == before


async def test_an_empty_summary_is_asked_for_a_sentence(world: World):
    await world.declare()
    dev = await inc(world, "dev", "summary")

    problems = await sends(world, dev, summary="  ")

    assert list(problems) == ["summary"]


async def test_two_people_write_different_parts_at_once(world: World):
    await world.declare(summary="Writes fail")
    await world.person("ren").join(CHANNEL)
    dev, ren = await inc(world, "dev", "summary"), await inc(world, "ren", "summary")

    await sends(world, dev, causes="A full disk")
    await sends(world, ren, cmoc="Some changes cannot be saved")

    form = str((await inc(world, "dev", "summary")).modal)
    for words in ("Writes fail", "A full disk", "Some changes cannot be saved"):
        assert words in form


async def test_the_panel_opens_the_form_too(world: World):
    dev = await world.declare()

    await presses(world, dev, await whole_panel(world, "dev"), "Summary")

    assert dev.modal
    assert dev.modal["title"]["text"] == "Summary"


async def test_what_is_typed_after_the_command_stands_in_the_form(world: World):
    await world.declare()
    dev = await inc(world, "dev", "summary The disk is full")

    assert await sends(world, dev) == {}

    assert "*Summary*\n> The disk is full" in shown(card(dev))


async def test_what_is_typed_follows_what_is_written_already(world: World):
    await world.declare(summary="Writes fail since noon")
    dev = await inc(world, "dev", "summary The disk is full")

    assert await sends(world, dev) == {}

    assert "> Writes fail since noon\n> The disk is full" in shown(card(dev))


async def test_what_no_longer_fits_is_given_back(world: World):
    await world.declare(summary="w" * 2990)

    said = shown(await asks(world, "dev", "summary The disk is full"))

    assert "over 3000 characters" in said
    assert "The disk is full" in said
