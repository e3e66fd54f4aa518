"""Tells systemd how it is: ready, alive, stopping. Without systemd nobody is told."""

import socket
from collections.abc import Mapping
from contextlib import suppress


class Service:
    """The unit that runs us, reached by the socket that NOTIFY_SOCKET names; @ begins an abstract one."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        address = environ.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def ready(self) -> None:
        self._tell("READY=1")

    def alive(self) -> None:
        """Feed the watchdog. Called by what must not stand still, as a timer would go on beside it."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        self._tell("STOPPING=1")

    def _tell(self, state: str) -> None:
        if self._address:
            # Whoever listens may be gone or slow, and no deadline waits for that.
            with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
                line.setblocking(False)
                line.sendto(state.encode(), self._address)
