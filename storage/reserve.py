"""Room that is set aside beside a SQLite file: given back when the disk is full, so that paging goes on."""

import logging
import os
from contextlib import suppress
from pathlib import Path

log = logging.getLogger("muster.database")

BYTES = 8 * 1024 * 1024
"""Some hundred incidents with all their pages; as much is free before nobody needs to be told."""


class Reserve:
    """A file of real blocks, made while there is room to spare."""

    def __init__(self, database: str) -> None:
        self._path = Path(f"{database}.reserve")

    def keep(self) -> None:
        """Set room aside, unless it is there or there is too little to spare."""
        if self.kept() or self.left() < 2 * BYTES:
            return
        try:
            handle = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
            try:
                os.posix_fallocate(handle, 0, BYTES)
            finally:
                os.close(handle)
        except OSError as error:
            log.warning("no room could be set aside for a full disk", extra={"reason": error.strerror})
            self._path.unlink(missing_ok=True)

    def kept(self) -> bool:
        return self._path.exists()

    def free(self) -> bool:
        """Give the room back; say whether there was some."""
        try:
            self._path.unlink()
        except OSError:
            return False
        log.error("the disk is full: the room set aside is given back. Make room before that is used up")
        return True

    def scarce(self) -> str | None:
        """Say that the disk will be full soon, if so."""
        left = self.left()
        return f"only {left // 1024:,} kB are left on the disk of the database" if left < BYTES else None

    def left(self) -> int:
        """Return how many bytes are free to us on the disk."""
        with suppress(OSError):
            found = os.statvfs(self._path.parent)
            return found.f_bavail * found.f_frsize
        return 0
