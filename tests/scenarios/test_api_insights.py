"""The figures of a time, by the API."""

import aiohttp
import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_api_incidents import ALL, SECRETIVE, Asking, ci, given_token, http

__all__ = ["ci", "http"]
MARCH = "since=2026-03-01&until=2026-03-31"


def figures(said: dict[str, list[dict[str, object]]]) -> dict[tuple[object, object], dict[str, object]]:
    return {(one["section"], one["name"]): one for one in said["figures"]}


async def test_all_figures_are_had_beside_those_of_the_days_before(
    world: World, ci: Asking, http: aiohttp.ClientSession
) -> None:
    await given_token(world, "secretive", SECRETIVE, *ALL, "incidents:private")
    await world.declare("dev", name="Checkout fails", severity="S3")
    await world.pass_minutes(4)
    await inc(world, "ana", "ack", channel="inc-1-checkout-fails")
    await world.declare("dev", name="Stolen key", type="SIRT", severity="S3")

    status, said = await ci("GET", f"/insights?{MARCH}&zone=Asia/Tokyo")
    _, all_of_it = await Asking(world, http, SECRETIVE)("GET", f"/insights?{MARCH}")
    _, later = await ci("GET", "/insights?since=2026-04-01&until=2026-04-30")

    assert status == 200
    assert said["period"] == {"first": "2026-03-01", "last": "2026-03-31", "zone": "Asia/Tokyo"}
    assert said["before"] == {"first": "2026-01-29", "last": "2026-02-28", "zone": "Asia/Tokyo"}
    found = figures(said)
    assert found["incidents", "counted"]["count"] == 1
    assert found["durations", "Time to acknowledge"]["median_seconds"] == 240
    assert found["durations", "Time to mobilise"]["count"] == 1
    assert found["pages", "all"]["count"] == 1
    assert not any(section == "pages of a person" for section, _ in found)
    assert figures(all_of_it)["incidents", "counted"]["count"] == 2
    assert figures(later)["incidents", "counted"]["count_before"] == 1


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("since=soon", "since"),
        ("since=1969-12-31", "since: expected a year from 2000 to 2099"),
        ("since=2026-03-02&until=2026-03-01", "until: expected a day that is not before since"),
        ("zone=Berlin", "zone: expected a time zone such as Europe/Berlin"),
        ("zone=../etc/passwd", "zone: expected a time zone"),
        ("from=2026-03-02", "from"),
    ],
)
async def test_what_cannot_be_meant_names_its_field(ci: Asking, query: str, said: str) -> None:
    status, problem = await ci("GET", f"/insights?{query}")

    assert status == 422
    assert said in problem["detail"]


async def test_without_days_it_is_this_month_and_a_month_to_come_has_nothing(ci: Asking) -> None:
    _, now = await ci("GET", "/insights")
    _, to_come = await ci("GET", "/insights?since=2026-05-01")

    assert now["period"] == {"first": "2026-03-01", "last": "2026-03-02", "zone": "UTC"}
    assert to_come["period"] == {"first": "2026-05-01", "last": "2026-05-01", "zone": "UTC"}
    assert figures(to_come)["incidents", "declared"]["count"] == 0
