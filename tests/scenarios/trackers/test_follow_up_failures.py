"""A follow-up's round trip with GitLab, with a failure at each call of it: once on either side in the end."""

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import asks, inc, presses, shown
from tests.scenarios.trackers.gitlab import GitLab
from tests.scenarios.trackers.test_gitlab import gitlab, world

__all__ = ["gitlab", "world"]

pytestmark = pytest.mark.proof

CALLS = 13
"""How many calls of GitLab the round trip takes where nothing fails."""


async def round_trip(world: World, gitlab: GitLab) -> None:
    """Have a follow-up made, closed here, opened again there, and closed there."""
    dev = await world.declare(severity="S2")
    await world.pass_minutes(2)
    gitlab.calls.clear()
    await inc(world, "dev", "followup Add a node @ana due 2026-04-01 as corrective action")
    await world.pass_minutes(8)
    await presses(world, dev, await asks(world, "dev", "followups"), "Done")
    await world.pass_minutes(8)
    [number] = [number for number, one in gitlab.issues.items() if one["title"] == "Add a node"]
    assert gitlab.issues[number]["state"] == "closed"
    gitlab.issues[number]["state"] = "opened"
    await world.pass_minutes(70)
    assert "Add a node" in shown(await asks(world, "dev", "followups"))
    assert gitlab.issues[number]["state"] == "opened"
    gitlab.issues[number]["state"] = "closed"
    await world.pass_minutes(70)
    assert gitlab.issues[number]["state"] == "closed"
    assert "Done:* ~Add a node~" in shown(await asks(world, "dev", "followups all"))


@pytest.mark.parametrize("fault", ["lost", "html", 408, 429, 500, 503])
@pytest.mark.parametrize("call", range(CALLS))
async def test_it_is_once_on_either_side_whatever_fails(
    world: World, gitlab: GitLab, call: int, fault: int | str
) -> None:
    gitlab.fails_at = {call: fault}

    await round_trip(world, gitlab)

    assert gitlab.fails_at == {}
    assert [one["title"] for one in gitlab.issues.values()].count("Add a node") == 1
    assert gitlab.links == [(2, 1)]
    found = gitlab.issues[2]
    assert {"corrective action", "infradev", "severity::2", "priority::2"} <= {*found["labels"]}
    assert found["due_date"] == "2026-04-01"
    said = str(world.person("dev").messages("inc-1-disk-full"))
    assert "could not be" not in said
    assert said.count("finished the action") <= 2
