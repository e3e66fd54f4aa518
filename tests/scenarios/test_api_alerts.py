"""Alerts by the API: page by page, one by one, and those of private incidents only to who may know."""

from pathlib import Path

import aiohttp
import pytest

from bot.config import load
from tests.scenarios.conftest import World
from tests.scenarios.look import acknowledged, presses
from tests.scenarios.test_alerts import KEY, Json, Sender, alert, asked, group, sender, with_sources
from tests.scenarios.test_api_incidents import ALL, CI, Asking, given_token, http

__all__ = ["http", "sender"]


@pytest.fixture
async def both(world: World, sender: Sender, tmp_path: Path) -> Sender:
    """Two sources, of which one tells of what is private."""
    await with_sources(world, tmp_path, prometheus=("alertmanager", KEY), vault=("pagerduty", KEY))
    file = tmp_path / "muster.yml"
    file.write_text(f"{file.read_text()}  rules: [{{sources: [vault], type: SIRT}}]\n")
    await world.stop()
    world.config = load(file)
    await world.start()
    return sender


async def test_alerts_are_read_in_pages_and_by_number(
    world: World, both: Sender, http: aiohttp.ClientSession
):
    await given_token(world, "ci", CI, *ALL)
    ci = Asking(world, http)
    for number in range(3):
        one = alert(f"Disk{number}", severity="low" if number else "critical")
        _, told = await both.sends(group(one, key=f"{number}"))
    told_of = {"summary": "Stolen key", "source": "vault", "severity": "critical"}
    event = {"event_action": "trigger", "dedup_key": "v", "payload": told_of, "routing_key": KEY}
    await both.sends(event, "/v1/alerts/vault")

    found: list[Json] = []
    cursor = ""
    while cursor is not None:
        status, page = await ci("GET", f"/alerts?limit=2{cursor and f'&cursor={cursor}'}")
        assert status == 200
        found, cursor = found + page["data"], page["next_cursor"]
    assert [one["title"] for one in found] == ["Disk2 on db-1", "Disk1 on db-1", "Disk0 on db-1"]
    assert (await ci("GET", "/alerts?source=prometheus&severity=S1&q=disk0"))[1]["data"] == found[2:]
    assert (await ci("GET", "/alerts?source=vault"))[1]["data"] == []

    newest = found[0]
    assert (newest["trace"], newest["rule"], newest["outcome"]) == (told["trace"], "default", "opened INC-3")
    assert [one["name"] for one in newest["links"]] == ["Runbook", "Query"]
    for called in (newest["reference"], newest["reference"].lower(), str(newest["id"])):
        assert (await ci("GET", f"/alerts/{called}")) == (200, newest)
    for hidden in (f"A-{newest['id'] + 1}", "A-99", "A-0", "nothing"):
        assert (await ci("GET", f"/alerts/{hidden}"))[0] == 404, hidden

    await presses(world, world.person("ines"), asked(world)[0], "Accept")
    await acknowledged(world)
    for lead in ("ana@example.com", world.person("ana").id):
        (led,) = (await ci("GET", f"/incidents?lead={lead}&type=gitlab.com"))[1]["data"]
        assert led["id"] == "INC-1"
    assert (await ci("GET", "/overrides?x=1"))[0] == 422
