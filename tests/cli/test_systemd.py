"""systemd hears that the bot is ready, that deadlines are looked at, and that it stops."""

import os
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.health.systemd import Service
from tests.cli.test_commands import STAFFED, TOKENS, ended, process, read_until
from tests.patience import PATIENCE


@pytest.fixture
def listener() -> Iterator[tuple[socket.socket, str]]:
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        address = f"{folder}/notify"
        line.bind(address)
        line.settimeout(PATIENCE)
        yield line, address


def test_each_state_is_one_datagram(listener: tuple[socket.socket, str]) -> None:
    line, address = listener
    service = Service({"NOTIFY_SOCKET": address})

    service.ready()
    service.alive()
    service.stopping()

    assert [line.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_socket_is_reached_too() -> None:
    name = f"muster-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(f"\0{name}")
        Service({"NOTIFY_SOCKET": f"@{name}"}).ready()

        assert line.recv(100) == b"READY=1"


@pytest.mark.parametrize("environ", [{}, {"NOTIFY_SOCKET": "/nowhere/at/all"}])
def test_without_a_listener_nothing_happens(environ: dict[str, str]) -> None:
    Service(environ).alive()


def test_the_bot_is_ready_after_its_first_look_at_the_deadlines_and_says_that_it_stops(
    listener: tuple[socket.socket, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(STAFFED)
    line, address = listener

    with process("run", "--port", "0", **TOKENS, NOTIFY_SOCKET=address) as running:
        read_until(running, "muster is running")
        heard = [line.recv(100)]
        while heard[-1] != b"READY=1":
            heard.append(line.recv(100))
        after = line.recv(100)
        code = ended(running, signal.SIGTERM)
    line.settimeout(1)
    while heard[-1] != b"STOPPING=1":
        heard.append(line.recv(100))

    assert heard[0] == after == b"WATCHDOG=1"
    assert code == 0
