"""Correcting the severity ends the calls that only the higher one was for, if whoever does it says so."""

import pytest

from storage import incidents, pages
from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, sends, shown


async def calling(world: World) -> list[str]:
    waiting = await world.muster.uow.read(pages.pending_of, 1)
    return sorted(one.role for one in waiting)


async def test_it_asks_stops_and_tells_and_an_undo_calls_again(world: World):
    await world.declare(severity="S2")
    assert await calling(world) == ["CMOC", "EOC", "IM"]

    dev = await inc(world, "dev", "severity S4")
    assert "Stop calling: IM, CMOC" in shown(dev.modal)
    assert await sends(world, dev, which="never", reason="One host only") == {}

    assert await calling(world) == ["EOC"]
    told = shown(world.person("ines").dm()[-1])
    assert f"<@{dev.id}> corrected the severity for which you were paged" in told
    entries = shown(await asks(world, "dev", "timeline all"))
    ines, carla = world.person("ines").id, world.person("carla").id
    assert f"<@{ines}> and <@{carla}> are not paged for it any more. And it was never S2" in entries

    await inc(world, "dev", "undo severity")
    assert (await world.muster.uow.read(incidents.get, 1)).severity == "S2"
    assert await calling(world) == ["CMOC", "EOC", "IM"]


@pytest.mark.parametrize("who", ["dev", "ren"])
async def test_who_wants_it_goes_on_calling_and_no_outsider_stops_it(world: World, who: str):
    """Whoever has done nothing for the incident may correct it, and calls nobody off."""
    await world.declare(severity="S1")

    person = await inc(world, who, "INC-1 severity S3", "general")
    assert ("Stop calling" in shown(person.modal)) == (who == "dev")
    ticked: dict[str, list[str]] = {"call_off": []} if who == "dev" else {}
    assert await sends(world, person, which="never", reason="A test host", **ticked) == {}

    assert (await world.muster.uow.read(incidents.get, 1)).severity == "S3"
    assert await calling(world) == ["CMOC", "EOC", "IM"]
