"""The commands that ask a running bot: for scripts, and for when Slack is away."""

import asyncio
import json

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from sandbox.faults import Fault
from sandbox.slack import Slack
from storage import incidents
from tests.fakes import FakeClock
from tests.scenarios.conftest import World, with_phones
from tests.scenarios.test_api_incidents import ALL, CI, given_token


async def runs(world: World, *words: str, token: str = CI) -> Result:
    env = {"MUSTER_URL": f"http://127.0.0.1:{world.muster.web.port}", "MUSTER_TOKEN": token}
    return await asyncio.to_thread(CliRunner().invoke, main, words, env=env)


async def test_an_incident_in_a_terminal(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)

    made = await runs(world, "incidents", "declare", "--severity", "s3", "--name", "Disk\x1b[31m full")
    assert (made.exit_code, made.output.splitlines()[0]) == (
        0,
        "INC-1  S3  Investigating  Disk [31m full  (lead: nobody)",
    )
    assert (
        "Posted, S3 · Fixing."
        in (await runs(world, "incidents", "update", "INC-1", "We look", "--status", "Fixing")).output
    )
    assert "INC-1" in (await runs(world, "incidents", "list")).output
    shown = await runs(world, "incidents", "show", "1", "--json")
    assert json.loads(shown.output)["reporter"]["id"] == "ci"
    drill = ("incidents", "declare", "--severity", "S1", "--type", "Gameday")
    assert "practice: This is needed." in (await runs(world, *drill)).output
    made = await runs(world, *drill, "--practice", world.person("ren").id)
    assert "Only who takes part is paged." in made.output
    assert "Declared by API token ci." in (await runs(world, "incidents", "show", "1")).output
    assert "dotcom EOC: " in (await runs(world, "oncall", "--team", "EOC")).output
    assert json.loads((await runs(world, "oncall", "--json")).output)["data"]
    assert (await runs(world, "alerts")).output == "No alert fires.\n"
    assert "Resolved" in (await runs(world, "incidents", "resolve", "1", "--reason", "a fix")).output
    assert (await runs(world, "incidents", "list")).output == "No incident is open.\n"


@pytest.mark.parametrize(
    ("words", "token", "code", "said"),
    [
        (("incidents", "show", "INC-9"), CI, 1, "muster: I know no incident `INC-9`."),
        (("incidents", "list"), "wrong", 2, "good token as Bearer in the header Authorization. `muster"),
        (("incidents", "list"), "", 2, "MUSTER_TOKEN is missing"),
        (("incidents", "list", "--url", "ftp://x"), CI, 2, "expected an address such as https"),
        (("incidents", "list", "--url", "http://127.0.0.1:1"), CI, 2, "cannot be asked"),
    ],
)
async def test_what_fails_says_why_and_by_its_code(
    world: World, words: tuple[str, ...], token: str, code: int, said: str
) -> None:
    await given_token(world, "ci", CI, *ALL)

    found = await runs(world, *words, token=token)

    assert (found.exit_code, said in found.stderr) == (code, True), found.stderr


@pytest.mark.faults
async def test_while_slack_is_away_it_pages_by_phone_and_the_channel_opens_later(
    slack: Slack, clock: FakeClock, tmp_path
) -> None:
    world = World(slack, clock, tmp_path / "muster.db", with_phones(slack))
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    await world.settle()
    await given_token(world, "ci", CI, *ALL)
    slack.faults += [Fault("*", "status", 503, times=10**6)]

    made = await runs(world, "incidents", "declare", "--severity", "S2", "--name", "Disk full")
    assert made.exit_code == 0, made.stderr
    await world.pass_minutes(2)

    assert world.person("ana").phone()
    assert (await world.muster.uow.read(incidents.everyone_open))[0].channel is None
    slack.faults.clear()
    await world.pass_minutes(5)
    assert (await world.muster.uow.read(incidents.everyone_open))[0].channel
    assert world.texts("ana", "inc-1-disk-full")
    await world.stop()
