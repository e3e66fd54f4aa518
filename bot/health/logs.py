"""Logs: one line an event on stderr, the libraries' included, with no secret in it."""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from enum import StrEnum
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.clock import SystemClock
from bot.health.repeats import Repeats
from bot.redaction import Redaction

rehearsed: ContextVar[bool] = ContextVar("rehearsed", default=False)
"""Set where an incident is only rehearsed: what the bot would log of it has not happened."""


class LogFormat(StrEnum):
    """How a line looks: `key=value` for people, JSON for collectors."""

    TEXT = "text"
    JSON = "json"


_QUIET = {"apscheduler": logging.ERROR, "aiohttp.access": logging.WARNING, "psycopg": logging.ERROR}
"""Loggers that have a line for every look at the deadlines, also one left out, or every probe. psycopg warns
that a batch was aborted beside the error that did it, as when two replicas collide: we decide anew then."""

_CONTROLS = re.compile(r"[\x7f-\x9f\u2028\u2029]")
_PLAIN = re.compile(r"[^\s\"=\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def configure(
    form: LogFormat,
    *,
    secrets: Iterable[str | None] = (),
    stream: TextIO | None = None,
    monotonic: Callable[[], float] | None = None,
) -> None:
    """Send every log of this process to `stream` (stderr), redacting `secrets` and what looks like one.

    What comes again and again is counted; `monotonic` says when.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(form, shared, Redaction(secrets)))
    handler.addFilter(lambda _: not rehearsed.get())
    handler.addFilter(Repeats(handler.handle, monotonic or SystemClock().monotonic))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(capture=True)


def _formatter(form: LogFormat, shared: list[Processor], redact: Redaction) -> logging.Formatter:
    draw = _json if form is LogFormat.JSON else _logfmt

    def render(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
        return draw(redact.fields(_ordered(event)))

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )


def _ordered(event: EventDict) -> dict[str, object]:
    first = {key: event.pop(key) for key in ("time", "level", "logger", "event") if key in event}
    return {**first, **event}


def _json(event: dict[str, object]) -> str:
    return json.dumps(event, default=str, ensure_ascii=False)


def _logfmt(event: dict[str, object]) -> str:
    return " ".join(f"{_word(key)}={_quoted(value)}" for key, value in event.items())


def _word(key: str) -> str:
    return re.sub(r"[\s\"=]", "_", key)


def _quoted(value: object) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
