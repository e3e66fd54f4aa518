"""What this process is made of, for whoever looks after it."""

import platform
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

_LIBRARIES = ("slack-bolt", "slack-sdk", "aiohttp", "APScheduler", "Jinja2", "psycopg")
"""What it rests on; the last is there with PostgreSQL alone."""


def versions() -> dict[str, str]:
    """Return the version of Python, and of the libraries in one text."""
    return {"python": platform.python_version(), "libraries": ", ".join(_libraries())}


def _libraries() -> Iterator[str]:
    yield f"SQLite {sqlite3.sqlite_version}"
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"
