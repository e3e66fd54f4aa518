"""What the bot logs in a run: errors that no fault of the simulation explains, and what its audit reports."""

import asyncio
import logging
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError

from storage.database import DatabaseBusy
from tests.simulation.audit_watch import AuditWatch

_EXPECTED = (
    DatabaseBusy,
    sqlite3.OperationalError,
    OSError,
    asyncio.TimeoutError,
    SlackApiError,
    aiohttp.ClientError,
)


class _Surprises(logging.Handler):
    def __init__(self, surprised: Callable[[str], None], audit: AuditWatch) -> None:
        super().__init__(logging.ERROR)
        self._surprised, self._audit = surprised, audit

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "muster.audit" and not record.exc_info:
            self._audit.reported(left=record.__dict__["left"], mended=record.__dict__["mended"])
        error = record.exc_info[1] if record.exc_info else None
        ours = record.name.startswith("muster") and record.name != "muster.bolt"
        if ours and error is not None and not isinstance(error, _EXPECTED):
            self._surprised(f"logged: {record.getMessage()} ({error!r})")


@contextmanager
def only_surprises(surprised: Callable[[str], None], audit: AuditWatch) -> Iterator[None]:
    """Let nothing be logged but errors, and look at those."""
    root = logging.getLogger()
    before, handlers = root.level, root.handlers
    root.handlers = [_Surprises(surprised, audit)]
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.handlers = handlers
        root.setLevel(before)


@contextmanager
def in_silence() -> Iterator[None]:
    """Let the dead say what they want; nobody listens."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)  # a process that was killed closed nothing
            yield
    finally:
        logging.disable(logging.NOTSET)
