"""A month's figures: asked for by somebody, and posted in a channel once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config, load
from bot.operations import dead_letters as letters
from sandbox.faults import Fault
from storage import dead_letters
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks, inc, plain, told


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "muster.yml"
    written = Path(CONFIG).read_text(encoding="utf-8")
    file.write_text(f"{written}\ninsights: {{channel: incidents}}\n", encoding="utf-8")
    return load(file)


async def an_incident(world: World) -> None:
    """Have an S2 acknowledged after four minutes, and resolved after ten."""
    await world.declare("dev", name="Checkout fails", severity="S2")
    await world.pass_minutes(4)
    await inc(world, "ines", "ack", channel="inc-1-checkout-fails")
    await inc(world, "ana", "ack", channel="inc-1-checkout-fails")
    await world.pass_minutes(6)
    await inc(world, "ines", "status Monitoring", channel="inc-1-checkout-fails")


async def test_a_month_is_told_in_ten_lines_to_whoever_asks(world: World) -> None:
    await an_incident(world)
    await world.declare("dev", name="Fire drill", type="Gameday", people=["dev"])
    await world.declare("dev", name="Stolen key", type="SIRT", severity="S3")

    dev = plain(await asks(world, "dev", "insights", channel="general"))
    ren = plain(await asks(world, "ren", "insights", channel="general"))

    assert dev.splitlines()[:10] == [
        "*Incidents in March 2026 until March 2* (in brackets: the 2 days before)",
        "*Counted:* 2 (0): S2 1, S3 1, by the highest severity. Not counted: 1 drill",
        "*Time to detect:* not known of any (none)",
        "*Time to acknowledge:* median 4 min (none), nine of ten within 4 min, of 1",
        "*Time to engage:* median 4 min (none), nine of ten within 4 min, of 1",
        "*Time to mitigate:* median 10 min (none), nine of ten within 10 min, of 1",
        "*Time to resolve:* not known of any (none)",
        "*Pages:* 5 (0), 0 at night, 0 at weekends, at most 2 to one of 4 people",
        "*Alerts:* they opened nothing that is decided",
        "*Updates:* none was promised by a time; customers had to hear of no incident",
    ]
    assert "*Counted:* 1 (0): S2 1, by" in ren
    assert "*Pages:* 3 (0)" in ren


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("insights 2026-04", "April 2026 has not begun. Name a month that has: `2026-03`."),
        ("insights 1969-12", "`1969-12` is no month. Write `2026-03`, `november` or `nov 2026`."),
        ("insights feb", "*Counted:* 0 (0)\n*Time to detect:* not known of any (none)"),
    ],
)
async def test_a_month_that_is_none_is_refused_and_an_empty_one_says_so(
    world: World, said: str, expected: str
) -> None:
    assert expected in plain(await asks(world, "dev", said, channel="general"))


async def test_guests_are_told_no_figures(world: World) -> None:
    assert "Guests cannot do that here" in plain(await asks(world, "gus", "insights", channel="general"))


async def until(world: World, day: int, hour: int, minute: int = 0, month: int = 4) -> None:
    """Let it be that time in April, or in another month; nothing falls in the days before it."""
    then = datetime(2026, month, day, hour, minute, tzinfo=UTC)
    world.clock.advance((then - world.clock.now()).total_seconds())
    await world.muster.advance(world.clock, 30)
    await world.settle()


async def test_the_month_is_posted_once_on_its_first_working_morning(world: World) -> None:
    await an_incident(world)
    await world.declare("dev", name="Stolen key", type="SIRT", severity="S3")
    for channel, name in (("inc-1-checkout-fails", "ines"), ("inc-2-stolen-key", "dev")):
        await inc(world, name, "resolve fix", channel=channel)

    await until(world, 1, 8, 59)
    before = told(world.person("dev"), "incidents")
    await until(world, 1, 9, 1)
    await until(world, 1, 10, 30)
    await world.stop()
    await world.start()
    await until(world, 2, 9, 1)
    posted = told(world.person("dev"), "incidents")[len(before) :]

    assert not any("Incidents in" in one for one in before)
    (said,) = posted
    assert said.startswith(
        "*Incidents in March 2026* (in brackets: the 31 days before)\n*Counted:* 1 (0): S2 1"
    )
    assert "private ones are not counted" in said
    assert "<@" not in said


def posted_in(world: World, channel: str) -> list[str]:
    return [one for one in told(world.person("dev"), channel) if "*Incidents in" in one]


@pytest.mark.faults
@pytest.mark.parametrize("how", ["drop_before", "drop_after", "error_after"])
async def test_a_month_whose_reply_was_lost_is_posted_once(world: World, how: Any) -> None:
    await until(world, 1, 8, 59)
    world.slack.faults.append(Fault("chat.postMessage", how, "internal_error"))
    await until(world, 1, 9, 1)
    await world.stop()
    await world.start()
    await until(world, 1, 9, 10)

    (said,) = posted_in(world, "incidents")
    assert "Incidents in March 2026" in said
    assert world.slack.faults == []


async def test_months_that_nobody_was_there_to_post_are_named(world: World) -> None:
    await world.settle()
    await world.stop()
    world.clock.advance((datetime(2026, 6, 10, 12, tzinfo=UTC) - world.clock.now()).total_seconds())
    await world.start()
    await until(world, 10, 12, 5, month=6)

    (said,) = posted_in(world, "incidents")
    assert said.startswith("*Incidents in May 2026*")
    assert "Not posted, as Muster was not running: March 2026 to April 2026." in said
    assert "`/inc insights 2026-03`" in said


@pytest.mark.faults
@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("archive", "#incidents is archived"),
        ("rename", "no channel is named #incidents, or the bot cannot see it"),
    ],
)
async def test_a_channel_that_is_gone_is_told_and_the_month_is_sent_again(
    world: World, how: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    ana = world.person("ana")
    await (ana.archive("incidents") if how == "archive" else ana.rename("incidents", "outages"))
    await world.settle_down()
    await until(world, 1, 9, 1)

    (line,) = [one for one in caplog.records if one.getMessage() == "the month's figures could not be posted"]
    assert why in line.__dict__["reason"]
    assert "send this again" in line.__dict__["reason"]

    if how == "archive":
        await ana.unarchive("incidents")
    rules = world.muster.uow.process
    channel = "incidents" if how == "archive" else "outages"
    world.muster.uow.process = replace(rules, insights=replace(rules.insights, channel=channel))
    await world.settle_down()
    (letter,) = await world.muster.uow.read(dead_letters.newest, 10)
    await world.muster.uow.perform(letters.send_again, letter.id)
    await world.settle_down()
    assert len(posted_in(world, channel)) == 1
