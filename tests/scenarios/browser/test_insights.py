"""The page of insights: figures, the incidents behind them, and both as files."""

import csv
import io
import json
import re

import pytest

from tests.scenarios.browser.conftest import Reader
from tests.scenarios.look import asks, inc, presses

MARCH = "from=2026-03-01&to=2026-03-31"
CHANNEL = "inc-1-checkout-fails"


async def lived(reader: Reader) -> None:
    """Have an incident acknowledged after 4 minutes and resolved after 10, a drill, and a private one."""
    world = reader.world
    await world.declare("dev", name="Checkout fails", severity="S3")
    await world.pass_minutes(4)
    await inc(world, "ana", "ack", channel=CHANNEL)
    await inc(world, "ana", "field Affected services api, web", channel=CHANNEL)
    await world.pass_minutes(6)
    await inc(world, "ana", "resolve fix", channel=CHANNEL)
    await world.declare("dev", name="Fire drill", type="Gameday", people=["dev"])
    await world.declare("dev", name="Stolen key", type="SIRT", severity="S3")


async def test_each_figure_opens_the_incidents_behind_it(reader: Reader) -> None:
    await lived(reader)
    await reader.sign_in("ren")

    page = (await reader.get(f"/insights?{MARCH}")).text
    resolved = (await reader.get(f"/insights/incidents?{MARCH}&of=took:Time to resolve")).text
    drills = (await reader.get(f"/insights/incidents?{MARCH}&of=excluded:drills")).text
    none = await reader.get(f"/insights/incidents?{MARCH}&of=anything:else")

    assert ">1 incident</a> counted, 0 before" in page
    assert ">1 drill</a>" in page
    assert ">1</a> page, 0 at night" in page
    assert "1 person was paged, nobody more than once." in page
    assert f"/insights/incidents?{MARCH.replace('&', '&amp;')}&amp;of=took%3ATime%20to%20resolve" in page
    assert "<td>10 min</td><td>10 min</td>" in page
    assert "Stolen" not in page
    assert "INC-1</a> <bdi>Checkout fails</bdi>" in resolved
    assert "<td>10 min</td>" in resolved
    assert "Fire drill" in drills
    assert "Checkout" not in drills
    assert none.status == 404


async def test_a_page_says_what_became_of_it_where_whom_it_called_did_not_acknowledge(reader: Reader) -> None:
    world = reader.world
    await world.declare("dev", name="Cancelled", severity="S3")
    await inc(world, "dev", "resolve fix", channel="inc-1-cancelled")
    await world.declare("dev", name="Missed", severity="S3")
    await world.pass_minutes(16)
    await world.declare("dev", name="Taken", severity="S3")
    offer = await asks(world, "ren", "ack", channel="inc-3-taken")
    await presses(world, world.person("ren"), offer, "Take this page", confirm=True)
    await reader.sign_in("ren")

    page = (await reader.get(f"/insights/incidents?{MARCH}&of=pages:all")).text

    ended = re.findall(r"INC-(\d).*?<td>([^<]*)</td>\s*</tr>", page, re.DOTALL)
    assert ended == [("3", "by somebody else"), ("2", "not yet"), ("1", "cancelled"), ("2", "by nobody")]


async def test_a_private_incident_counts_for_those_who_are_in_it(reader: Reader) -> None:
    await lived(reader)
    await reader.sign_in("dev")

    page = (await reader.get(f"/insights?{MARCH}")).text
    listed = (await reader.get(f"/insights/incidents?{MARCH}&of=type:SIRT")).text

    assert ">2 incidents</a> counted" in page
    assert "Stolen key" in listed


async def test_figures_are_had_as_files(reader: Reader) -> None:
    await lived(reader)
    await reader.sign_in("ren")

    rows = list(
        csv.DictReader(io.StringIO((await reader.get(f"/insights.csv?{MARCH}")).text.lstrip("\ufeff")))
    )
    found = json.loads((await reader.get(f"/insights.json?{MARCH}")).text)

    by_name = {(row["section"], row["name"]): row for row in rows}
    assert by_name["durations", "Time to acknowledge"]["median_seconds"] == "240.0"
    assert by_name["durations", "Time to resolve"]["count"] == "1"
    assert by_name["service", "api"]["count"] == "1"
    assert by_name["left out", "drills"]["count"] == "1"
    assert found["period"] == {"from": "2026-03-01", "to": "2026-03-31", "zone": "Asia/Tokyo"}
    assert found["before"]["from"] == "2026-01-29"
    assert len(found["figures"]) == len(rows)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=1969-12-31&to=2026-03-01", "From: 1969-12-31 is too far away. Write a day from 1970-01-01"),
        ("from=2026-03-01&to=2101-01-01", "To: 2101-01-01 is too far away"),
        ("from=<b>soon&to=2026-03-01", "From: “&lt;b&gt;soon” is no day. Write one such as 2026-11-30."),
        ("from=2026-03-02&to=2026-03-01", "the first day is after the last one"),
        (
            "from=2026-03-01T09:00&to=2026-03-01T10:00",
            "To: “2026-03-01T10:00” is no day. Write one such as 2026-11-30.",
        ),
    ],
)
async def test_a_day_that_cannot_be_meant_is_named_and_what_was_typed_stays(
    reader: Reader, asked: str, said: str
) -> None:
    await reader.sign_in("ren")

    page = await reader.get(f"/insights?{asked}")

    assert page.status == 422
    assert said in page.text
    assert 'aria-invalid="true"' in page.text
    assert f'value="{asked.split("=")[2]}"' in page.text
    assert (await reader.get(f"/insights.csv?{asked}")).status == 409


async def test_an_empty_time_and_one_to_come_are_shown(reader: Reader) -> None:
    await reader.sign_in("ren")

    for asked in (
        "",
        "?from=1970-01-01&to=1970-01-01",
        "?from=1970-01-01&to=2100-12-31&",
        "?from=2100-12-31&to=2100-12-31",
    ):
        page = await reader.get(f"/insights{asked}")
        assert page.status == 200
        assert ">0 incidents</a> counted" in page.text
        assert "None is left out." in page.text


async def test_guests_are_shown_no_figures(reader: Reader) -> None:
    await reader.sign_in("gus")

    for path in ("/insights", "/insights.csv", "/insights.json", "/insights/incidents?of=all"):
        page = await reader.get(path)
        assert page.status == 409
        assert "Guests cannot do that here" in page.text
