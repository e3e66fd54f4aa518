"""The document of a review as a canvas in Slack: made once, kept current, never over what people wrote."""

import asyncio
from dataclasses import replace

import pytest

from sandbox.faults import Fault
from sandbox.person import CannotDo
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.browser.test_review import PAGE, REVIEW, saved, words_of
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, Json, answer, asks, buttons, inc, presses, shown, told

CANVAS = f"{REVIEW}/canvas"
TEXT = "# Ours\n\n#### deep <b>\n\n| a | b |\n|---|---|\n| [x](https://e.org) | @everyone |"


async def begun(reader: Reader, text: str = TEXT, **declared: str) -> World:
    """Have an incident whose review dev has edited."""
    await reader.world.declare(**declared)
    await reader.world.settle_down()
    sit_down(reader, "dev")
    await saved(reader, text)
    return reader.world


async def pressed(reader: Reader, version: int = 1) -> None:
    """Press the button, which has to be there."""
    assert f'action="{CANVAS}"' in (await reader.get(REVIEW)).text
    given = await reader.send(REVIEW, CANVAS, version=str(version), template="short")
    assert given.to == REVIEW
    await reader.world.pass_minutes(2)


def tabs(world: World, who: str = "dev", channel: str = CHANNEL) -> list[Json]:
    return world.person(who).canvases(channel)


def problems(world: World, what: str, who: str = "dev", channel: str = CHANNEL) -> list[str]:
    return [one for one in told(world.person(who), channel) if what in one]


async def test_it_is_made_once_and_kept_current_by_a_press(reader: Reader):
    world = await begun(reader)
    assert "As a canvas in Slack" in (await reader.get(REVIEW)).text

    await pressed(reader)

    (tab,) = tabs(world)
    page = await reader.get(REVIEW)
    assert (tab["title"], tab["writes"]) == ("Review of INC-1", False)
    assert tab["text"].startswith("> Version 1 of the review in Muster. Edit it on [the review's page](http")
    assert "### deep \\<b\\>" in tab["text"]
    assert "| x (https://e.org) | @everyone |" in tab["text"]
    address = f"https://tanuki.slack.com/docs/{world.slack.workspace.team['id']}/{tab['id']}"
    assert f'href="{address}"' in page.text
    assert "The canvas in the channel has version 1." in seen(page)
    assert f'action="{CANVAS}"' not in page.text
    assert len(problems(world, "Version 1 of the review's document is in its")) == 1

    await saved(reader, "# Ours, mended")
    assert "has version 1, which is not the newest" in seen(await reader.get(REVIEW))
    await pressed(reader, 2)

    (again,) = tabs(world)
    assert (again["id"], "# Ours, mended" in again["text"], "deep" in again["text"]) == (
        tab["id"],
        True,
        False,
    )
    assert "in its canvas" in seen(await reader.get(f"{PAGE}?show=all"))


@pytest.mark.faults
@pytest.mark.parametrize(
    "fault",
    [
        Fault("canvases.create", "drop_after"),
        Fault("canvases.create", "status_after", 503),
        pytest.param(Fault("canvases.create", "late", 20), marks=pytest.mark.proof),  # takes a minute
    ],
    ids=lambda fault: fault.kind,
)
async def test_a_lost_answer_makes_no_second_one(reader: Reader, fault: Fault):
    world = await begun(reader)
    world.slack.faults.append(replace(fault, times=1))

    await pressed(reader)

    assert len(tabs(world)) == 1
    assert "The canvas in the channel has version 1." in seen(await reader.get(REVIEW))
    await saved(reader, "# Mended")
    await pressed(reader, 2)
    (tab,) = tabs(world)
    assert "# Mended" in tab["text"]


@pytest.mark.faults
@pytest.mark.parametrize("method", ["auth.test", "canvases.access.set", "canvases.getContent"])
async def test_a_failure_after_it_was_made_makes_no_second_one(reader: Reader, method: str):
    world = await begun(reader)
    world.slack.faults.append(Fault(method, "status", 503, times=1))

    await pressed(reader)

    assert len(tabs(world)) == 1
    assert "The canvas in the channel has version 1." in seen(await reader.get(REVIEW))


@pytest.mark.faults
@pytest.mark.parametrize("method", ["canvases.create", "canvases.access.set", "canvases.getContent"])
async def test_a_bot_that_dies_meanwhile_goes_on_with_the_same_one(reader: Reader, method: str):
    world = await begun(reader)
    world.slack.faults.append(Fault(method, "hang", times=1))
    await reader.send(REVIEW, CANVAS, version="1", template="short")
    await world.until(lambda: asyncio.sleep(0, bool(world.slack.calls(method))))
    world.public_url = world.muster.links.base  # the same address, as an installation has it
    await world.stop()
    world.slack.faults.clear()

    await world.start()
    await world.pass_minutes(2)

    assert len(tabs(world)) == 1
    assert problems(world, "Version 1 of the review's document is in its")


@pytest.mark.faults
async def test_a_lost_answer_of_a_change_is_not_taken_for_somebody_elses(reader: Reader):
    world = await begun(reader)
    await pressed(reader)
    await saved(reader, "# Mended\n\n- a\n- b")
    world.slack.faults.append(Fault("canvases.edit", "drop_after", times=1))

    await pressed(reader, 2)

    assert "The canvas in the channel has version 2." in seen(await reader.get(REVIEW))
    assert len(world.slack.calls("canvases.edit")) == 1


async def test_what_people_wrote_stays_and_another_one_is_offered(reader: Reader):
    world = await begun(reader)
    await pressed(reader)
    (tab,) = tabs(world)
    world.slack.workspace.canvases[tab["id"]].access[tab_channel(world)] = "write"
    await world.person("ana").write_canvas(tab["id"], "Ana saw it too.")
    await saved(reader, "# Mended")

    await pressed(reader, 2)

    (kept,) = tabs(world)
    assert kept["text"].endswith("Ana saw it too.")
    assert "Mended" not in kept["text"]
    assert len(problems(world, "stays as it is.* People wrote in it")) == 1
    page = await reader.get(REVIEW)
    assert "People may have written in it, so it stays as it is." in seen(page)
    assert "As a new canvas in Slack" in page.text
    await pressed(reader, 2)
    old, new = tabs(world)
    assert old == kept
    assert (new["title"], "# Mended" in new["text"]) == ("Review of INC-1, canvas 2", True)


def tab_channel(world: World) -> str:
    return world.slack.workspace.channel(CHANNEL).id


async def test_people_read_it_and_write_on_the_page(reader: Reader):
    world = await begun(reader)
    await pressed(reader)

    with pytest.raises(CannotDo, match="restricted_action"):
        await world.person("ana").write_canvas(tabs(world)[0]["id"], "Ana was here.")


async def test_one_that_was_deleted_is_told_of_and_can_be_made_again(reader: Reader):
    world = await begun(reader)
    await pressed(reader)
    world.slack.workspace.canvases[tabs(world)[0]["id"]].deleted = True
    await saved(reader, "# Mended")

    await pressed(reader, 2)

    assert len(problems(world, "The canvas of the review is gone")) == 1
    assert tabs(world) == []
    await pressed(reader, 2)
    assert "# Mended" in tabs(world)[0]["text"]


@pytest.mark.faults
@pytest.mark.parametrize(
    ("error", "cure"),
    [
        ("canvas_disabled_user_team", "Have an owner of it allow them"),
        ("free_team_canvas_tab_already_exists", "Delete that canvas"),
        ("restricted_action", "Mend that"),
        ("missing_scope", "add it to the app and reinstall the app"),
        ("canvas_creation_failed", "canvas_creation_failed"),
    ],
)
async def test_a_refusal_says_what_to_do_and_can_be_tried_again(reader: Reader, error: str, cure: str):
    world = await begun(reader)
    world.slack.faults.append(Fault("canvases.create", "error", error, times=1))

    await pressed(reader)

    (said,) = problems(world, "could not be written to its canvas")
    assert cure in said
    assert tabs(world) == []
    failed = "The canvas in Slack could not be written. The timeline of the incident says why."
    assert failed in seen(await reader.get(REVIEW))
    await pressed(reader)
    assert len(tabs(world)) == 1
    assert failed not in seen(await reader.get(REVIEW))


@pytest.mark.faults
async def test_without_the_scopes_all_else_goes_on(reader: Reader):
    world = await begun(reader)
    app = world.slack.workspace.app
    lacking = frozenset(one for one in app.scopes if not one.startswith("canvases:"))
    world.slack.workspace.app = replace(app, scopes=lacking)

    await pressed(reader)
    await inc(world, "dev", "update All is well")

    (said,) = problems(world, "could not be written to its canvas")
    assert "missing_scope canvases:write" in said
    assert problems(world, "All is well")


@pytest.mark.faults
async def test_where_slack_gives_no_content_it_is_changed_only_while_nobody_else_may(reader: Reader):
    world = await begun(reader)
    world.slack.faults.append(Fault("canvases.getContent", "error", "unknown_method", times=1000))
    await pressed(reader)
    (tab,) = tabs(world)
    await saved(reader, "# Mended")
    await pressed(reader, 2)
    assert "# Mended" in tabs(world)[0]["text"]
    world.slack.faults.append(Fault("canvases.access.set", "error", "restricted_action", times=1000))
    world.slack.workspace.canvases[tab["id"]].access[tab_channel(world)] = "write"
    await saved(reader, "# Mended again")

    await pressed(reader, 3)

    assert len(problems(world, "Slack does not tell whether people wrote in it")) == 1
    assert "# Mended again" not in tabs(world)[0]["text"]


@pytest.mark.faults
async def test_where_slack_gives_no_content_a_section_of_somebody_else_is_seen(reader: Reader):
    world = await begun(reader)
    world.slack.faults.append(Fault("canvases.getContent", "error", "unknown_method", times=1000))
    await pressed(reader)
    (tab,) = tabs(world)
    world.slack.workspace.canvases[tab["id"]].access[tab_channel(world)] = "write"
    await world.person("ana").write_canvas(tab["id"], "Here is what Ana saw.")
    await saved(reader, "# Mended")

    await pressed(reader, 2)

    assert problems(world, "People wrote in it")
    assert tabs(world)[0]["text"].endswith("Here is what Ana saw.")


@pytest.mark.faults
async def test_on_a_free_plan_there_is_one_in_a_channel(reader: Reader):
    world = await begun(reader)
    await world.slack.switchboard.turn({"canvases": "free"})
    await pressed(reader)
    (tab,) = tabs(world)
    assert tab["writes"]  # Slack lets nobody close it there
    await saved(reader, "# Mended")
    await pressed(reader, 2)
    assert "# Mended" in tabs(world)[0]["text"]
    await world.person("ana").write_canvas(tab["id"], "Ana saw it too.")
    await saved(reader, "# Mended again")
    await pressed(reader, 3)

    await pressed(reader, 3)

    assert problems(world, "on Slack's free plan a channel has one canvas")
    assert tabs(world)[0]["text"].endswith("Ana saw it too.")


async def test_an_archived_channel_is_refused_at_once(reader: Reader):
    world = await begun(reader)
    await world.person("ana").archive(CHANNEL)
    await world.settle()

    assert CANVAS not in (await reader.get(REVIEW)).text
    refused = await reader.send(REVIEW, CANVAS, version="1", template="short")
    assert "is archived" in words_of(refused)
    assert "Un-archive it" in words_of(refused)


async def test_what_nobody_edited_is_saved_first_and_a_stale_press_is_refused(reader: Reader):
    world = reader.world
    await world.declare()
    await world.settle_down()
    sit_down(reader, "dev")
    assert (await reader.post(CANVAS, {"version": "0"})).status == 403  # without the mark of a form
    await pressed(reader, 0)
    assert "# INC-1 Disk full" in tabs(world)[0]["text"]

    await saved(reader, "# Ours")
    stale = await reader.send(REVIEW, CANVAS, version="1")
    assert "you read version 1" in words_of(stale)
    assert "# Ours" not in tabs(world)[0]["text"]


async def test_one_of_a_private_incident_stands_in_its_own_channel(reader: Reader):
    world = reader.world
    await world.declare("ana", name="Stolen laptop", visibility="private")
    await world.settle_down()
    sit_down(reader, "ana")
    await pressed(reader, 0)

    (room,) = [one for one in world.slack.workspace.channels.values() if "stolen" in one.name]
    assert room.private
    assert len(world.person("ana").canvases(room.id)) == 1
    assert world.person("ren").canvases(room.id) == []
    sit_down(reader, "ren")
    assert (await reader.send("/", CANVAS, version="1")).status == 404


async def test_when_the_incident_turns_private_the_old_channel_has_none(reader: Reader):
    world = await begun(reader)
    await pressed(reader)
    (tab,) = tabs(world)
    old = world.slack.workspace.channel(CHANNEL)

    await inc(world, "dev", "private yes Personal data")
    await world.pass_minutes(1)

    assert world.slack.workspace.canvases[tab["id"]].deleted
    assert world.person("dev").canvases(old.id) == []
    await pressed(reader)
    (moved,) = [one for one in world.slack.workspace.canvases.values() if not one.deleted]
    assert world.slack.workspace.channels[moved.channel].private


async def test_what_people_wrote_is_hidden_with_a_private_incident_and_not_deleted(reader: Reader):
    world = await begun(reader)
    await pressed(reader)
    (tab,) = tabs(world)
    canvas = world.slack.workspace.canvases[tab["id"]]
    canvas.access[canvas.channel] = "write"
    await world.person("ana").write_canvas(tab["id"], "Ana saw it too.")
    await saved(reader, "# Mended")
    await pressed(reader, 2)
    await pressed(reader, 2)

    await inc(world, "dev", "private yes Personal data")
    await world.pass_minutes(1)

    assert not canvas.deleted
    assert canvas.access == {}
    assert len([one for one in world.slack.workspace.canvases.values() if not one.deleted]) == 1


async def test_in_slack_the_answer_has_the_button_and_then_the_link(reader: Reader):
    world = reader.world
    await world.declare()
    await world.settle_down()
    asked = await asks(world, "dev", "review")
    assert buttons(asked) == ["Ask for a review", "As a canvas"]

    await presses(world, world.person("dev"), asked, "As a canvas")
    await world.pass_minutes(1)

    assert "In a moment the channel has it in a tab" in shown(answer(world.person("dev")))
    (tab,) = tabs(world)
    assert "# Incident review: INC-1 Disk full" in tab["text"]
    again = await asks(world, "dev", "review")
    assert f"/{tab['id']}|A canvas in the channel> has version 1" in shown(again)
    assert buttons(again) == ["Ask for a review"]
    sit_down(reader, "dev")
    await saved(reader, "# Mended")
    await presses(world, world.person("dev"), await asks(world, "dev", "review"), "Update the canvas")
    await world.pass_minutes(1)
    assert "# Mended" in tabs(world)[0]["text"]


async def test_of_a_drill_it_says_so(reader: Reader):
    world = reader.world
    await inc(world, "ana", "test @dev Practise", channel="general")
    await world.settle_down()
    sit_down(reader, "ana")
    await pressed(reader, 0)

    (canvas,) = world.slack.workspace.canvases.values()
    assert canvas.title == "DRILL: Review of INC-1"
    assert canvas.markdown.startswith("> **DRILL.** Nothing is broken.")


async def test_the_name_of_another_private_incident_stands_there_only_where_somebody_says_so(reader: Reader):
    world = await begun(reader, "# Disk full\n\nBegan with the stolen LAPTOP\n")
    await world.declare("dev", name="Stolen laptop", visibility="private")
    await world.settle_down()

    said = await reader.send(REVIEW, CANVAS, version="1")
    assert (said.status, tabs(world)) == (409, [])
    assert "something private: INC-2." in words_of(said)
    await presses(world, world.person("dev"), await asks(world, "dev", "review"), "As a canvas")
    refused = answer(world.person("dev"))
    assert "something private: INC-2." in shown(refused)
    await world.pass_minutes(1)
    assert not tabs(world)

    await presses(world, world.person("dev"), refused, "It may be read there")
    await world.pass_minutes(1)
    assert "LAPTOP" in tabs(world)[0]["text"]
