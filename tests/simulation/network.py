"""A network in memory: what one side writes the other reads a moment later. No socket is opened.

aiohttp, Bolt and the SDK run on it as they are, over the very bytes that they would send.
"""

import asyncio
import socket
from collections.abc import Callable
from contextvars import Context, copy_context
from random import Random
from typing import Any

from tests.simulation.loop import OUTSIDE, PROCESS, VirtualLoop

Factory = Callable[[], Any]


class Wire(asyncio.Transport):
    """One end of a connection."""

    def __init__(self, network: "Network", address: tuple[str, int], process: int) -> None:
        super().__init__({"peername": address, "sockname": address})
        self._network = network
        self.process = process
        self.protocol: Any = None
        self.peer: Wire
        self._arrives = 0.0
        self._closing = self._lost = False
        self._paused = False
        self._held: list[bytes] = []

    def get_protocol(self) -> Any:
        return self.protocol

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: Any) -> None:
        if self._closing or not data or self._network.is_dead(self.process):
            return
        self._to_peer(self.peer.arrived, bytes(data))

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        self.close()

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def is_reading(self) -> bool:
        return not self._paused

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        held, self._held = self._held, []
        for data in held:
            self.arrived(data)

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        self._to_peer(self.peer.ended, None)
        self._network.soon(self.process, self._forget, None)

    def abort(self) -> None:
        self.close()

    def arrived(self, data: bytes) -> None:
        """Hand over what the other side wrote."""
        if self._closing:
            return
        if self._paused:
            self._held.append(data)
        else:
            self.protocol.data_received(data)

    def ended(self, error: Exception | None) -> None:
        """Hear that the other side is gone."""
        self._closing = True
        self._forget(error)

    def cut(self, error: Exception | None = None) -> None:
        """Lose the connection, both ends of it, now."""
        for wire in (self, self.peer):
            wire._closing = True
            self._network.soon(wire.process, wire._forget, error or ConnectionResetError("the line was cut"))

    def _to_peer(self, hand_over: Callable[[Any], None], what: Any) -> None:
        """Deliver later, and never before what was sent earlier."""
        self._arrives = max(self._arrives, self._network.arrival())
        self._network.at(self._arrives, self.peer.process, hand_over, what)

    def _forget(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._network.wires.pop(self, None)
            self.protocol.connection_lost(error)


class Listener:
    """A server: what is dialled at its address is answered here."""

    def __init__(self, network: "Network", address: tuple[str, int], factory: Factory, process: int) -> None:
        self._network = network
        self.address = address
        self.factory = factory
        self.process = process
        self.sockets = [self]

    def getsockname(self) -> tuple[str, int]:
        return self.address

    def close(self) -> None:
        self._network.listeners.pop(self.address[1], None)

    def close_clients(self) -> None:
        pass

    async def wait_closed(self) -> None:
        pass


class Network:
    """All listeners and connections, with a latency for each piece that is sent."""

    def __init__(self, loop: "SimLoop", random: Random) -> None:
        self._loop = loop
        self._random = random
        self.listeners: dict[int, Listener] = {}
        self.wires: dict[Wire, None] = {}
        self.latency = 0.04
        self.tail = 0.0
        """How likely it is that a piece takes seconds."""
        self._ports = 40000
        self._contexts: dict[int, Context] = {}

    def arrival(self) -> float:
        slow = self._random.uniform(1, 9) if self.tail and self._random.random() < self.tail else 0.0
        return self._loop.now + self.latency * (0.5 + self._random.random()) + slow

    def is_dead(self, process: int) -> bool:
        return process in self._loop.dead

    def at(self, when: float, process: int, callback: Callable[[Any], None], what: Any) -> None:
        self._loop.call_at(when, callback, what, context=self._context(process))

    def soon(self, process: int, callback: Callable[[Any], None], what: Any) -> None:
        self._loop.call_soon(callback, what, context=self._context(process))

    def _context(self, process: int) -> Context:
        """Return the one context in which a process hears of what arrives."""
        if process not in self._contexts:
            self._contexts[process] = self._loop.run_in(process, copy_context)
        return self._contexts[process]

    def listen(self, factory: Factory, host: str, port: int) -> Listener:
        if not port:
            self._ports += 1
            port = self._ports
        listener = Listener(self, (host, port), factory, PROCESS.get())
        self.listeners[port] = listener
        return listener

    def connect(self, factory: Factory, address: tuple[str, int]) -> tuple[Wire, Any]:
        listener = self.listeners.get(address[1])
        if listener is None or self.is_dead(listener.process):
            raise ConnectionRefusedError(111, "nobody listens there")
        here = Wire(self, address, PROCESS.get())
        there = Wire(self, ("127.0.0.1", 1), listener.process)
        here.peer, there.peer = there, here
        here.protocol = factory()
        there.protocol = self._loop.run_in(listener.process, listener.factory)
        self.wires[here] = self.wires[there] = None
        self._loop.run_in(listener.process, lambda: there.protocol.connection_made(there))
        here.protocol.connection_made(here)
        return here, here.protocol

    def drop(self, process: int) -> None:
        """A process is gone: the system closes its end of each connection."""
        for wire in [one for one in self.wires if one.process == process]:
            self.wires.pop(wire, None)
            wire._closing = wire._lost = True
            if not wire.peer._closing:
                self.at(self.arrival(), wire.peer.process, wire.peer.ended, ConnectionResetError("peer died"))
        for port in [port for port, one in self.listeners.items() if one.process == process]:
            del self.listeners[port]

    def cut_all(self) -> None:
        """Cut every line."""
        for wire in list(self.wires):
            if not wire._closing:
                wire.cut()


class SimLoop(VirtualLoop):
    """The virtual loop, with the network on it."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.network = Network(self, random)
        self._dialled: dict[socket.socket, tuple[str, int]] = {}

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        await asyncio.sleep(self.network.arrival() - self.now)
        listener = self.network.listeners.get(address[1])
        if listener is None or self.network.is_dead(listener.process):
            raise ConnectionRefusedError(111, "nobody listens there")
        self._dialled[sock] = address

    async def create_connection(self, protocol_factory: Any, *args: Any, sock: Any = None, **_: Any) -> Any:
        address = self._dialled.pop(sock)
        sock.close()
        return self.network.connect(protocol_factory, address)

    async def create_server(self, protocol_factory: Any, host: Any = None, port: Any = None, **_: Any) -> Any:
        return self.network.listen(protocol_factory, host or "127.0.0.1", port or 0)


__all__ = ["OUTSIDE", "Network", "SimLoop"]
