"""Commits of another process, counted in SQLite's write-ahead log."""

from pathlib import Path

_HEADER = 32
_FRAME = 24


def commits(database: Path) -> int | None:
    """Return how many commits the log holds. A log that was begun anew counts from zero again."""
    log = Path(f"{database}-wal")
    if not log.exists():
        return None
    data = log.read_bytes()
    size, salts = int.from_bytes(data[8:12], "big") + _FRAME, data[16:24]
    frames = (data[start : start + _FRAME] for start in range(_HEADER, len(data), size))
    # A frame that ends a commit carries the database's size. Those of an older log have other salts.
    return sum(frame[8:16] == salts and frame[4:8] != bytes(4) for frame in frames)
