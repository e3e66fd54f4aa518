"""How the bot says that it lives, and that it is ready."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from slack_bolt.response import BoltResponse

import bot.web.server
from bot.web.listening import PortInUse
from bot.web.server import Web
from tests.fakes import FakeClock


async def unused(*_: Any) -> BoltResponse:
    return BoltResponse(status=200)


def server(port: int = 0, **probes: Callable[[], Awaitable[str | None]]) -> Web:
    return Web(unused, probes, None, FakeClock(), port=port)


async def asked(web: Web, path: str) -> tuple[int, Any]:
    await web.start()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{web.port}{path}") as response,
    ):
        answer = response.status, await response.json()
    await web.stop()
    return answer


async def fine() -> str | None:
    return None


async def late() -> str | None:
    return "no tick for 9 s"


async def broken() -> str | None:
    raise OSError("secret detail")


async def stuck() -> str | None:
    await asyncio.Event().wait()
    return None


async def test_a_running_process_is_healthy_whatever_its_probes_say() -> None:
    assert await asked(server(scheduler=late), "/healthz") == (200, {"ok": True})


async def test_ready_when_every_probe_is() -> None:
    assert await asked(server(scheduler=fine, database=fine), "/readyz") == (
        200,
        {"ready": True, "checks": {"scheduler": "ok", "database": "ok"}},
    )


async def test_each_problem_is_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(bot.web.server, "PROBE_SECONDS", 0.05)

    status, answer = await asked(server(tick=late, database=broken, slack=stuck, disk=fine), "/readyz")

    assert status == 503
    assert answer == {
        "ready": False,
        "checks": {
            "tick": "no tick for 9 s",
            "database": "the probe failed: OSError",
            "slack": "no answer in 0.05 s",
            "disk": "ok",
        },
    }
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_port_in_use_is_named_with_the_cure() -> None:
    first = server()
    await first.start()
    second = server(first.port)

    with pytest.raises(PortInUse, match=rf"port {first.port} .* another process.*--port"):
        await second.start()

    await second.stop()
    await first.stop()


async def test_an_address_of_another_machine_is_named() -> None:
    web = Web(unused, {}, None, FakeClock(), host="192.0.2.1", port=0)

    with pytest.raises(PortInUse, match=r"cannot listen on 192\.0\.2\.1"):
        await web.start()


async def test_a_server_can_start_again_after_it_stopped() -> None:
    web = server(scheduler=fine)

    await asked(web, "/healthz")

    assert (await asked(web, "/healthz"))[0] == 200
