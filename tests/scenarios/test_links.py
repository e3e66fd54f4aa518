"""Links of an incident: on its card, at the top of its channel and, for its call, in pages."""

from pathlib import Path

import pytest

from bot.config import Config, load
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, asks, card, inc, presses, sends, shown, whole_panel

CALL = "types: {GitLab.com: {call: 'https://meet.test/{id}', customer_call: 'https://meet.test/c-{id}'}}\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + CALL)
    return load(path)


def bookmarks(world: World) -> dict[str, str]:
    """Return what is at the top of the channel, but for the card."""
    found = next(one for one in world.slack.workspace.channels.values() if one.name == CHANNEL)
    return {one["title"]: one["link"] for one in found.bookmarks if one["title"] != "Incident card"}


async def test_the_call_of_the_type_is_where_people_look(world: World):
    dev = await world.declare()

    assert bookmarks(world) == {"Call": "https://meet.test/1"}
    assert "<https://meet.test/1|Call>" in shown(card(dev))
    assert "Call: <https://meet.test/1>" in shown(world.person("ana").dm()[0])
    await world.pass_minutes(1)
    await inc(world, "dev", "call https://other.test/room")
    assert "Call: <https://other.test/room>" in shown(world.person("ana").dm()[0])
    assert bookmarks(world) == {"Call": "https://other.test/room"}
    assert "meet.test" not in shown(card(dev))
    for number in (1, 2):
        await inc(world, "dev", f"link Graph https://graphs.test/{number}")
    refused = shown(await asks(world, "dev", "link remove graph"))
    assert "Graph (https://graphs.test/1), Graph (https://graphs.test/2)" in refused
    await inc(world, "dev", "link remove https://graphs.test/1")
    assert bookmarks(world) == {"Call": "https://other.test/room", "Graph": "https://graphs.test/2"}


async def test_a_link_is_added_in_one_line_named_anew_and_removed(world: World):
    dev = await world.declare()

    await world.pass_minutes(1)
    await inc(world, "dev", "link Graph https://graphs.test/1")
    await world.stop()
    await world.start()
    await inc(world, "ana", "link https://graphs.test/1 Disk usage")

    assert bookmarks(world)["Disk usage"] == "https://graphs.test/1"
    assert "<https://meet.test/1|Call> · <https://graphs.test/1|Disk usage>" in shown(card(dev))
    said = await asks(world, "dev", "unlink disk-usage")
    assert said["text"] == "Disk usage is no link of INC-1 Disk full any more."
    assert list(bookmarks(world)) == ["Call"]
    assert "removed the link Disk usage." in shown(await asks(world, "dev", "timeline all"))


async def test_the_form_adds_and_removes_and_says_what_is_wrong(world: World):
    dev = await world.declare()
    await presses(world, dev, await whole_panel(world, "dev"), "Links")

    problems = await sends(world, dev, url="graphs.test", name="Graph")
    assert problems == {"url": "A link begins with `https://` or `http://` and has at most 1000 characters."}
    assert await sends(world, dev, url="https://graphs.test/1", name="Graph", removed=["Call"]) == {}

    assert bookmarks(world) == {"Graph": "https://graphs.test/1"}


async def test_the_call_with_customers_is_a_second_one_that_no_page_names(world: World):
    dev = await world.declare()
    await world.pass_minutes(1)

    await inc(world, "dev", "link customer-call")

    assert bookmarks(world) == {"Call": "https://meet.test/1", "Customer call": "https://meet.test/c-1"}
    assert "<https://meet.test/c-1|Customer call>" in shown(card(dev))
    assert "meet.test/c-1" not in shown(world.person("ana").dm()[0])
