"""The executives are told once, in four parts, and then in the thread of that."""

from dataclasses import replace

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import (
    CHANNEL,
    answer,
    asks,
    buttons,
    inc,
    presses,
    sends,
    shown,
    whole_panel,
)

HEADINGS = ("— Summary —", "— Customer Impact —", "— Current Response —", "— Production Issue —")


@pytest.fixture
async def executives(world: World) -> World:
    """A world in which #backend is where the executives read."""
    await world.stop()
    world.config = replace(world.config, process=replace(world.config.process, executive_channel="backend"))
    await world.start()
    return world


def thread(world: World) -> list[str]:
    dev = world.person("dev")
    [root] = [one for one in dev.messages("backend") if "INC-1" in shown(one)]
    return [shown(one) for one in dev.messages("backend", root["ts"])]


async def test_the_form_has_what_is_known_and_the_notice_has_the_four_parts(executives: World):
    world, dev = executives, await executives.declare(severity="S1")
    await inc(world, "dev", "update Half of the pushes fail")
    await inc(world, "dev", "action Drain the disk")
    await dev.close_modal(clear=True) if dev.modal else None
    await inc(world, "dev", "link Issue https://gitlab.example/1")

    await presses(world, dev, await whole_panel(world, "dev"), "Executive notice")
    form = str(dev.modal)
    assert "Incident on GitLab.com" in form
    assert "Half of the pushes fail" in form
    assert "https://gitlab.example/1" in form
    assert await sends(world, dev, summary="A disk is full", response="- We drain it") == {}

    [said] = thread(world)
    assert [said.index(one) for one in HEADINGS] == sorted(said.index(one) for one in HEADINGS)
    for words in ("*Incident on GitLab.com*", "A disk is full", "Half of the pushes fail", "We drain it"):
        assert words in said
    assert f"<#{world.slack.workspace.channel(CHANNEL).id}>" in said
    assert "https://gitlab.example/1" in said


async def posted(world: World) -> None:
    dev = await world.declare(severity="S1")
    await inc(world, "dev", "notice The disk is full")
    assert "The disk is full" in str(dev.modal)
    assert await sends(world, dev, impact="Pushes fail", response="- We drain it") == {}


async def test_what_follows_goes_into_its_thread(executives: World):
    await posted(executives)

    await inc(executives, "dev", "notice Half of the pushes work")
    await inc(executives, "dev", "update It is drained")
    dev = await inc(executives, "dev", "notice")
    assert await sends(executives, dev, text="All of them work") == {}
    await inc(executives, "dev", "resolve fix")

    _, typed, update, formed, over = thread(executives)
    assert "Half of the pushes work" in typed
    assert "It is drained" in update
    assert "All of them work" in formed
    assert "Resolved" in over


async def test_a_part_that_is_missing_is_asked_for(executives: World):
    dev = await executives.declare(severity="S1")
    await inc(executives, "dev", "notice")

    problems = await sends(executives, dev, summary="A", impact="B", response="C", issue="gitlab/1")

    assert "begins with https://" in problems["issue"]


async def test_a_private_incident_has_no_notice_and_one_that_turns_private_is_taken_back(executives: World):
    await posted(executives)
    await inc(executives, "dev", "update A key is gone")

    dev = await inc(executives, "dev", "private yes a key")
    if dev.modal:
        await sends(executives, dev)
    await executives.settle_down()

    assert len(thread(executives)) == 1
    assert "is private now" in thread(executives)[0]
    assert "INC-1 is private: no notice" in shown(await asks(executives, "dev", "INC-1 notice", "general"))


async def test_without_a_channel_it_says_where_to_write_instead(world: World):
    await world.declare(severity="S1")

    said = await asks(world, "dev", "notice The disk is full")

    assert "`executive_channel`" in shown(said)
    assert "Write the summary" in str(said)


async def test_elsewhere_it_asks_for_which_incident(executives: World):
    await executives.declare(severity="S1")

    assert "For INC-1" in str(await asks(executives, "dev", "notice", "general"))


async def test_what_looks_like_a_secret_waits_until_its_author_is_sure(executives: World):
    await posted(executives)
    token = "hvs." + "x7Kq2mP9vL4tR8wZ3nBcQ5sT"

    dev = await inc(executives, "dev", f"notice It is {token}")
    assert token not in str(thread(executives))
    await presses(executives, dev, answer(dev), "It is no secret: go on")
    assert token in str(thread(executives))


async def test_who_wrote_it_corrects_it_in_its_place_and_its_thread_keeps_what_it_said(executives: World):
    world = executives
    await posted(world)

    dev = await inc(world, "dev", "notice edit")
    assert "Pushes fail" in str(dev.modal)
    assert await sends(world, dev, summary="The disk was not full, the network was") == {}

    root, before = thread(world)
    assert "the network was" in root
    assert "The disk is full" not in root
    assert "corrected the notice" in before
    assert "The disk is full" in before
    assert "corrected the notice to the executives" in shown(await asks(world, "dev", "timeline all"))

    ren = world.person("ren")
    await ren.join(CHANNEL)
    refused = await asks(world, "ren", "notice Half of the pushes work")
    assert "is written by whoever leads INC-1" in shown(refused)
    assert buttons(refused) == ["Page the Infrastructure Liaison", "Roles"]
    await inc(world, "dev", "role Infrastructure Liaison @ren")
    assert f"<@{dev.id}> wrote the notice" in shown(await asks(world, "ren", "notice edit"))
    told = await asks(world, "ren", "notice Half of the pushes work")
    assert buttons(told) == ["Correct the notice"]
    assert "Half of the pushes work" in str(thread(world))
    await presses(world, ren, told, "Correct the notice")
    assert ren.modal is None
