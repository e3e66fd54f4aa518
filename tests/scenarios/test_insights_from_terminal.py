"""`muster insights`: the figures of a time in a terminal."""

import csv
import io
import json

import pytest

from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_api_from_terminal import runs
from tests.scenarios.test_api_incidents import ALL, CI, given_token

CHANNEL = "inc-1-checkout-fails"


async def test_figures_are_printed_for_people_for_spreadsheets_and_for_programs(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", name="Checkout fails", severity="S3")
    await world.pass_minutes(4)
    await inc(world, "ana", "ack", channel=CHANNEL)
    await inc(world, "ana", "field Affected services =1+1\x1b[31m", channel=CHANNEL)

    printed = (await runs(world, "insights")).output
    table = (await runs(world, "insights", "--csv")).output
    answered = json.loads((await runs(world, "insights", "--until", "2026-03-31", "--json")).output)

    lines = printed.splitlines()
    assert lines[0] == "2026-03-01 to 2026-03-02, UTC (in brackets: the time before)"
    assert "durations: Time to acknowledge: 1, median 4 min, nine of ten within 4 min (0)" in lines
    assert "pages: at night: 0 of 1 (0 of 0)" in lines
    assert "\x1b" not in printed
    assert "\x1b" not in table
    rows = {(one["section"], one["name"]) for one in csv.DictReader(io.StringIO(table.lstrip("\ufeff")))}
    assert any(section == "service" and name.startswith("'=1+1") for section, name in rows)
    assert answered["period"]["last"] == "2026-03-31"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--since", "soon"), 1, "since:"),
        (("--zone", "Berlin"), 1, "zone: expected a time zone such as Europe/Berlin"),
        (
            ("--since", "2026-03-02", "--until", "2026-03-01"),
            1,
            "until: expected a day that is not before since",
        ),
        (("--csv", "--json"), 2, "Choose --csv or --json"),
    ],
)
async def test_what_cannot_be_meant_is_named(
    world: World, words: tuple[str, ...], code: int, said: str
) -> None:
    await given_token(world, "ci", CI, *ALL)

    found = await runs(world, "insights", *words)

    assert (found.exit_code, said in found.stderr) == (code, True), found.stderr
