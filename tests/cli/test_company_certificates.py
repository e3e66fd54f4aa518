"""A company's own certificate authority, named in SSL_CERT_FILE, is trusted on the way to all."""

import asyncio
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.cli.slack_stub import SlackStub
from tests.cli.test_commands import STAFFED, TOKENS
from tests.patience import PATIENCE

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(not OPENSSL, reason="no openssl here to make certificates with")

REACH = """
import asyncio, os, sys
import aiohttp
from bot.config.environment import withhold_from_libraries
from bot.integrations.carrier import AppriseCarrier

async def main(port):
    withhold_from_libraries(os.environ, "https://slack.com/api/")
    address = f"localhost:{port}/contact_method"
    async with aiohttp.ClientSession(trust_env=True) as web, web.get(f"https://{address}/beat") as got:
        print(got.status)
    await AppriseCarrier().carry(f"jsons://{address}/ana", "text")

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Company"
        " -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign",
        "req -newkey rsa:2048 -nodes -keyout key.pem -out request.pem -subj /CN=localhost",
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2"
        " -extfile names",
    ):
        (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        assert OPENSSL
        subprocess.run([OPENSSL, *command.split()], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
async def server(certificates: Path) -> AsyncIterator[tuple[int, list[str]]]:
    """Slack, a contact method and a heartbeat, behind the company's certificate."""
    stub, heard = SlackStub(), list[str]()

    async def contact_method(request: web.Request) -> web.Response:
        heard.append(request.match_info["who"])
        return web.Response()

    app = web.Application()
    app.router.add_route("*", "/api/{method}", stub.answer)
    app.router.add_route("*", "/contact_method/{who}", contact_method)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates / "cert.pem", certificates / "key.pem")
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield runner.addresses[0][1], heard
    await runner.cleanup()


async def ran(arguments: list[str], folder: Path, **environ: str) -> str:
    kept = {
        name: value for name, value in os.environ.items() if "CERT" not in name and "CA_BUNDLE" not in name
    }
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=folder,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(running.communicate(), PATIENCE)
    return said.decode()


@pytest.mark.parametrize(
    ("trusted", "wanted"), [(True, "I am muster in Tanuki."), (False, "CERTIFICATE_VERIFY_FAILED")]
)
async def test_slack_is_reached_through_it(
    tmp_path: Path, certificates: Path, server: tuple[int, list[str]], *, trusted: bool, wanted: str
) -> None:
    await asyncio.to_thread((tmp_path / "muster.yml").write_text, STAFFED)
    trust = {"SSL_CERT_FILE": str(certificates / "ca.pem")} if trusted else {}

    said = await ran(
        ["-m", "bot", "check"],
        tmp_path,
        **{**TOKENS, "SLACK_API_URL": f"https://localhost:{server[0]}/api/"},
        **trust,
    )

    assert wanted in said


async def test_so_are_the_heartbeat_and_contact_methods(
    tmp_path: Path, certificates: Path, server: tuple[int, list[str]]
) -> None:
    port, heard = server

    said = await ran(["-c", REACH, str(port)], tmp_path, SSL_CERT_FILE=str(certificates / "ca.pem"))

    assert (said.strip(), heard) == ("200", ["beat", "ana"])
