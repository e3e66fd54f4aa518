"""A user group of Slack follows its schedule: at the start, at a handover, with an override."""

from pathlib import Path

import pytest

from bot.config import Config, load
from tests.domain.oncall.values import utc
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import asks

GROUP = "S0BACKEND1"
DAILY = "{rotation: daily, handover: 09:00, start: 2026-03-02, people: [ana@example.com, bo@example.com]}"


@pytest.fixture
def clock() -> FakeClock:
    """It is five minutes before Bo takes over from Ana."""
    return FakeClock(utc("2026-03-03 07:55"))


@pytest.fixture
def layer() -> str:
    return DAILY


@pytest.fixture
def config(tmp_path: Path, layer: str) -> Config:
    listed, people = CONFIG.read_text("utf-8"), "[ana@example.com, bo@example.com]"
    assert people in listed
    schedule = (
        f"  EOC: {{zone: Europe/Berlin, reminders: [], user_group: '@Backend-Devs', layers: [{layer}]}}"
    )
    file = tmp_path / "muster.yml"
    file.write_text("\n".join([listed.replace(people, "EOC", 1), "schedules:", schedule]), "utf-8")
    return load(file)


def members(world: World) -> list[str]:
    known = world.slack.workspace
    return sorted(user.handle for user in known.users.values() if user.id in known.groups[GROUP].members)


def updates(world: World) -> int:
    return len(world.slack.calls("usergroups.users.update"))


async def test_whoever_is_on_call_is_in_the_group_and_nobody_is_told(world: World):
    await world.pass_minutes(1)
    assert members(world) == ["ana"]
    await world.pass_minutes(4)
    assert members(world) == ["bo"]
    assert updates(world) == 2

    await asks(world, "sam", "override eoc me for 2 hours", "general")
    await world.pass_minutes(1)
    assert members(world) == ["sam"]
    await world.pass_minutes(120)
    assert members(world) == ["bo"]
    await world.stop()
    await world.start()
    await world.pass_minutes(1)

    assert updates(world) == 4
    assert len(world.slack.calls("usergroups.list")) == 2
    assert world.person("ana").dm() == []


@pytest.mark.parametrize("layer", [DAILY.replace("people", "only: [tue 08:00-09:00], people")])
async def test_with_nobody_on_call_the_group_stays_as_it_is(world: World):
    await world.pass_minutes(1)
    assert members(world) == ["ana"]
    await world.pass_hours(24)

    assert members(world) == ["ana"]


@pytest.mark.parametrize("refusal", ["plan_upgrade_required", "permission_denied"])
async def test_where_groups_cannot_be_changed_it_is_said_once_until_the_next_start(
    world: World, caplog: pytest.LogCaptureFixture, refusal: str
):
    world.slack.workspace.groups_refusal = refusal
    await world.pass_hours(24)
    said = [one for one in caplog.records if "user groups follow no schedule" in one.getMessage()]
    assert len(said) == 1
    assert len(world.slack.calls("usergroups.list")) == 1
    assert members(world) == ["ana", "bo", "dev"]

    world.slack.workspace.groups_refusal = ""
    await world.stop()
    await world.start()
    await world.pass_minutes(1)

    assert len(members(world)) == 1
