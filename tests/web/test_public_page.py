"""The server of the status page says where its port is set."""

import socket

import pytest

from bot.web.listening import PortInUse
from bot.web.public_page import Files, PublicPage
from tests.fakes import FakeClock


async def nothing() -> Files:
    return {}


async def test_a_port_that_is_taken_is_said_with_the_key_that_names_it(clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        page = PublicPage(nothing, clock, f"127.0.0.1:{port}", {}, {})
        with pytest.raises(PortInUse) as refused:
            await page.start()

    assert str(refused.value).endswith("Stop that one, or choose another port with `statuspage.listen`.")
    assert str(port) in str(refused.value)
