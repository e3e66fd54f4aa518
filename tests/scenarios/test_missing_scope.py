"""A scope that the app lacks is named with its cure, and nobody is taken for unknown because of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.config import load
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage import people
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World


@pytest.mark.faults
async def test_who_is_on_call_is_asked_for_again_once_the_scope_is_there(
    slack: Slack, clock: FakeClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    world = World(slack, clock, tmp_path / "muster.db", load(CONFIG))
    app = slack.workspace.app
    slack.workspace.app = replace(app, scopes=app.scopes - {"users:read.email"})
    slack.faults.append(Fault("users.list", "error", "missing_scope", times=9))
    await world.start()

    assert await world.muster.uow.read(people.unknown_on_call)
    named = [one.__dict__ for one in caplog.records if "cannot be looked up" in one.getMessage()]
    assert "missing_scope users:read.email: add it to the app and reinstall" in named[0]["reason"]

    slack.workspace.app = app
    await world.muster.meet_slack()

    assert not await world.muster.uow.read(people.unknown_on_call)
    await world.stop()
