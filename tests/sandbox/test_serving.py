"""A sandbox for an app that runs elsewhere: what it says, and that the app is reached."""

import socket
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.errors import CannotListen
from sandbox.serving import Place, alone

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Ping"},
    "features": {"slash_commands": [{"command": "/ping", "description": "Answers"}]},
    "oauth_config": {"scopes": {"bot": ["commands"]}, "redirect_urls": ["http://localhost:3000/back"]},
}


async def test_an_app_in_http_mode_is_reached_at_its_address(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/slack/events"

    async with alone(MANIFEST, Place(port=0), address) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, trust_env_in_session=False)
        app = AsyncApp(client=client, signing_secret=slack.signing_secret)

        @app.command("/ping")
        async def pong(ack: Any) -> None:
            await ack("pong")

        runner = web.AppRunner(app.web_app("/slack/events", port), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        seen = await slack.person("ana").slash("/ping")
        await runner.cleanup()

    said = capsys.readouterr().out
    assert seen.text == "pong"
    assert f"posted to {address}" in said
    assert f"SLACK_SIGNING_SECRET={slack.signing_secret}" in said
    assert slack.sign_in.client_id in said
    assert "SLACK_CLIENT_ID" not in said


async def test_without_an_address_it_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    async with alone(MANIFEST, Place(port=0)):
        pass

    assert "give --request-url, or set socket_mode_enabled" in capsys.readouterr().out


async def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotListen, match=f"cannot listen on port {port}"):
            async with alone(MANIFEST, Place(port)):
                pass
