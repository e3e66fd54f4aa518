"""Tries out what Muster talks to beside Slack, and where it listens. No page needs any of it."""

import asyncio
import json
import os
import socket
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

from bot.cli.findings import Finding, Level
from bot.clock import Clock
from bot.config import Config
from bot.config.services import SMTP
from bot.config.statuspage import StatuspageSettings
from bot.integrations.smtp import Smtp
from bot.integrations.statuspages.services import pages_of
from bot.integrations.trackers.issues import tracker_of
from bot.jobs import DeliveryFailed
from bot.web.listening import FLAGS, PortInUse, see_that_it_is_ours

PATIENCE = 3.0
"""Seconds that a bot has to say that it is one."""
LISTEN = "`statuspage.listen`"


async def beside_findings(config: Config, host: str, port: int, clock: Clock) -> list[Finding]:
    """Return whether all of it is there. Nothing is made, mailed or published to try it out."""
    found = await asyncio.to_thread(lambda: list(listening(config.statuspage, host, port)))
    found += [one async for one in _services(config, clock)]
    page = config.statuspage
    return [*found, *(unwritable(page.export_dir) if page and page.export_dir else ())]


async def _services(config: Config, clock: Clock) -> AsyncIterator[Finding]:
    if config.tracker and config.tracker.token:
        tracker = tracker_of(config.tracker, clock)
        where = f"{tracker.name} ({tracker.project})"
        yield await _tried(tracker.try_out, f"Incidents have issues in {where}.", where, "No issue is made.")
    page = config.statuspage
    for service, _ in pages_of(page.pages if page else (), clock):
        does = f"What is published goes to {service.name} too."
        yield await _tried(service.try_out, does, service.name, "What is published is not said there.")
    mails = {f"`{name}`": one.settings for name, one in config.contact_methods.items() if one.service == SMTP}
    mails |= {"subscribers of the status page": page.mail} if page and page.mail else {}
    for whom, settings in mails.items():
        does, so = f"The mail server for {whom} lets Muster in.", "No mail leaves by it."
        yield await _tried(Smtp(settings).try_out, does, f"The mail server in SMTP_URL, for {whom}", so)


async def _tried(asks: Callable[[], Awaitable[None]], well: str, what: str, so: str) -> Finding:
    try:
        await asks()
    except DeliveryFailed as failure:
        return Finding(Level.WARNING, f"{what}: {failure.reason}.", so)
    return Finding(Level.OK, well)


def listening(page: StatuspageSettings | None, host: str, port: int) -> Iterator[Finding]:
    """Yield which address cannot be listened on. A bot that runs has both ports, and is no finding."""
    if _runs(host, port):
        return
    theirs, _, number = (page.listen if page and page.listen else "").rpartition(":")
    wanted = [(host, port, FLAGS)]
    wanted += [(theirs.strip("[]"), int(number), LISTEN)] if theirs else []
    for where, at, by in wanted:
        try:
            see_that_it_is_ours(where, at, by)
            with socket.create_server((where, at), family=_family(where)):
                pass
        except PortInUse as error:
            yield Finding(Level.WARNING, str(error))
        except OSError as error:
            yield Finding(Level.WARNING, str(PortInUse(where, at, error, by)))


def _family(host: str) -> socket.AddressFamily:
    return socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0][0]


def _runs(host: str, port: int) -> bool:
    """Say whether a bot answers there: it has its ports by right."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 (only compared)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with (
        suppress(OSError, ValueError),
        opener.open(f"http://{reached}:{port}/healthz", timeout=PATIENCE) as one,
    ):
        return bool(json.loads(one.read(1000)) == {"ok": True})
    return False


def unwritable(folder: str) -> Iterator[Finding]:
    """Yield that the status page cannot be written into its folder, or into the nearest one that is there."""
    there = next(one for one in (Path(folder), *Path(folder).absolute().parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        said = f"The status page cannot be written to {folder}."
        yield Finding(
            Level.WARNING, said, f"Let this user write to {there}, or change `statuspage.export_dir`."
        )
