"""What could not be sent, by the API: told, sent again, dropped; of private incidents to who may know."""

from pathlib import Path

import aiohttp
import pytest

from bot.config import load
from bot.domain.errors import Refused
from bot.operations import dead_letters as operations
from sandbox.faults import Fault
from storage import dead_letters
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import CHANNEL, inc, shown
from tests.scenarios.test_api_incidents import ALL, SECRETIVE, Asking, ci, given_token, http
from tests.scenarios.test_search import at_home, presses_at_home

__all__ = ["ci", "http"]


async def update_lost(world: World, text: str, channel: str = CHANNEL) -> None:
    """Have an update of the incident in a channel not taken by Slack."""
    world.slack.faults.append(Fault("chat.postMessage", "error", "invalid_blocks", times=1))
    await inc(world, "dev", f"update {text}", channel)
    await world.settle_down()
    world.slack.faults.clear()


@pytest.fixture
async def secretive(world: World, http: aiohttp.ClientSession) -> Asking:
    await given_token(world, "secretive", SECRETIVE, *ALL, "incidents:private")
    return Asking(world, http, SECRETIVE)


async def test_what_could_not_be_sent_is_told_sent_again_and_dropped(
    world: World, ci: Asking, secretive: Asking
) -> None:
    await given_token(world, "reads", "muster_reads", "outbox:read")
    reads = Asking(world, ci.http, "muster_reads")
    await world.declare("dev", severity="S3")
    await update_lost(world, "The first")
    await update_lost(world, "The second")

    status, told = await reads("GET", "/outbox?job=slack")

    assert status == 200
    second, first = told["data"]
    assert (first["incident"], first["job"], first["page"]) == ("INC-1", "slack.post_update", False)
    assert "invalid_blocks" in first["reason"]
    status, page = await ci("GET", "/outbox?limit=1")
    assert (page["data"], page["next_cursor"]) == ([second], str(second["id"]))
    assert (await ci("GET", f"/outbox?cursor={second['id']}"))[1]["data"] == [first]
    assert (await reads("POST", f"/outbox/{first['id']}/resend"))[0] == 403
    assert (await ci("POST", f"/outbox/{first['id']}/resend"))[1] == first
    await world.settle_down()
    shown = [one["text"] for one in world.person("dev").messages(CHANNEL)]
    assert sum("The first" in one for one in shown) == 1
    assert (await ci("POST", f"/outbox/{first['id']}/resend"))[0] == 404
    assert (await ci("DELETE", f"/outbox/{second['id']}"))[0] == 200
    assert (await ci("GET", "/outbox"))[1] == {"data": [], "next_cursor": None}

    await inc(world, "dev", "private yes Customer data", CHANNEL)
    await world.settle_down()
    channel = (await secretive("GET", "/incidents/1"))[1]["channel"]
    await update_lost(world, "The third", channel)
    (third,) = (await secretive("GET", "/outbox"))[1]["data"]
    assert third["incident"] == "INC-1"
    assert (await ci("GET", "/outbox"))[1] == {"data": [], "next_cursor": None}
    for method, path in (("POST", "/resend"), ("DELETE", "")):
        there = await ci(method, f"/outbox/{third['id']}{path}")
        assert there[0] == 404
        assert (
            there[1]["detail"].replace(str(third["id"]), "7")
            == (await ci(method, f"/outbox/7{path}"))[1]["detail"]
        )
    assert (await secretive("POST", f"/outbox/{third['id']}/resend"))[0] == 200


async def test_whoever_looks_after_muster_sees_it_at_home_and_sends_it_again(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "muster.yml"
    file.write_text(f"{CONFIG.read_text()}\nadmins: [ana@example.com]\n")
    await world.stop()
    world.config = load(file)
    await world.start()
    dev = await world.declare("dev", severity="S3")
    for text in ("The first", "The second"):
        await update_lost(world, text)
    await world.stop()
    await world.start()

    tab = shown(await at_home(world, "ana"))

    for words in ("2 messages could not be sent", "slack.post_update", "INC-1", "invalid_blocks"):
        assert words in tab
    assert "could not be sent" not in shown(await at_home(world, "dev"))
    await presses_at_home(world, "ana", "Send again")
    await world.settle_down()
    said = [one["text"] for one in dev.messages(CHANNEL)]
    assert [("The first" in one, "The second" in one) for one in said if "The " in one].count(
        (False, True)
    ) == 1
    assert "1 message could not be sent" in shown(await at_home(world, "ana"))
    uow = world.muster.uow
    (left,) = await uow.read(dead_letters.newest, 9)
    for refused in (operations.send_again_as, operations.drop_as):
        with pytest.raises(Refused, match="admins"):
            await uow.perform(refused, left.id, by=dev.id)
    await uow.perform(operations.drop_as, left.id, by=world.person("ana").id)
    assert "could not be sent" not in shown(await at_home(world, "ana"))
