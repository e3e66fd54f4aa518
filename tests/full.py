"""Disks that are full: a small file system where one may be mounted, and else a limit of this process."""

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

NO_MOUNT = "no file system can be mounted here, so none is filled"


class Disk(Protocol):
    """Where a database may be, and how it is kept from growing."""

    folder: Path

    def fill(self) -> None: ...

    def clear(self) -> None: ...


class Small:
    """A file system of so many megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        handle = os.open(self._filler, os.O_CREAT | os.O_WRONLY)
        try:
            while os.write(handle, bytes(4096)):
                pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
        finally:
            os.close(handle)

    def clear(self) -> None:
        self._filler.unlink(missing_ok=True)


class Limited:
    """A folder in which this process may not write further than the beginning of a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, self._before[1]))

    def clear(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Small]:
    """Mount a file system, or skip the test where that is not permitted."""
    folder.mkdir()
    size = f"size={megabytes}m"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip(NO_MOUNT)
    try:
        yield Small(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False)


@contextmanager
def limited(folder: Path) -> Iterator[Limited]:
    disk = Limited(folder)
    try:
        yield disk
    finally:
        with suppress(ValueError):
            disk.clear()
