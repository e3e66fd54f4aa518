"""What sends alerts to a receiver: 32 connections, each sending the next when it is answered."""

import asyncio
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

SENDERS = 32
KEY = "0123456789abcdef0123456789abcdef"
DIGEST = hashlib.sha256(KEY.encode()).hexdigest()
SOURCE = "bench"
PATH = f"/v1/alerts/{SOURCE}"
CONFIG = f"\nalerts:\n  sources:\n    {SOURCE}: {{format: alertmanager, key: 'sha256:{DIGEST}'}}\n"


@dataclass(frozen=True)
class Answered:
    """How long each request took, in seconds, and all together. None was refused."""

    each: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.each) / self.seconds


def body(number: int, group: int = 0) -> bytes:
    """Return one alert, as Alertmanager sends it."""
    labels = {"alertname": f"Disk{group}", "instance": f"db-{number}", "severity": "warning"}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": f"The disk of db-{number} is full"},
        "startsAt": "2026-01-05T09:58:00Z",
        "fingerprint": f"{number:016x}",
    }
    return json.dumps({"version": "4", "groupKey": f"group {group}", "alerts": [alert]}).encode()


async def send(port: int, bodies: list[bytes], over: float = 0) -> Answered:
    """Send them all, as fast as they are answered or evenly over so many seconds."""
    loop = asyncio.get_running_loop()
    each: list[float] = []
    left = iter(enumerate(bodies))
    begun = loop.time()
    async with asyncio.TaskGroup() as senders:
        for _ in range(SENDERS):
            senders.create_task(_send(port, left, each, begun, over / len(bodies)))
    return Answered(each, loop.time() - begun)


async def _send(
    port: int, left: Iterator[tuple[int, bytes]], each: list[float], begun: float, apart: float
) -> None:
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for number, raw in left:
        await asyncio.sleep(max(0, begun + number * apart - loop.time()))
        sent = loop.time()
        writer.write(_head(raw) + raw)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
        await reader.readexactly(int(length.partition(b":")[2]))
        if b" 202 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"an alert was refused: {head!r}")
        each.append(loop.time() - sent)
    writer.close()


def _head(raw: bytes) -> bytes:
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    ).encode()
