"""The machine in words: what a reader needs to judge a figure by, and nothing that names the machine."""

import os
import platform
import sqlite3


def described() -> str:
    """Return cores, memory and versions."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
