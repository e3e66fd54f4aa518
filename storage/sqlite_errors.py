"""What SQLite's errors mean for whoever works in a file, and what the operator is told."""

import sqlite3

from storage.database import DatabaseBusy, Unwritable

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_OUT_OF_REACH = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL}
_RESTORE = "Stop muster and put a backup back: muster restore FILE --database {path} --force"


def in_our_words(path: str, error: sqlite3.Error) -> DatabaseBusy | None:
    """Return what an error in the middle of work means, or None when it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", 0)
    if no_room(error):
        return Unwritable(f"{path} takes no writes: {error}. Make room on its disk")
    if code & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return Unwritable(f"{path} cannot be written: {error}")
    if code & 0xFF in _DAMAGED:
        return DatabaseBusy(f"{path} is damaged ({error}). {_RESTORE.format(path=path)}")
    if code & 0xFF in _OUT_OF_REACH:
        return DatabaseBusy(f"{path} cannot be reached: {error}")
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseBusy(f"{path} is being written by another process")
    return None


def no_room(error: sqlite3.Error) -> bool:
    """Say whether the disk is full, or a limit of this user or this process is reached."""
    return getattr(error, "sqlite_errorcode", 0) in _NO_ROOM


def explained(path: str, error: Exception) -> str:
    """Return what to tell the operator about a file that cannot be used."""
    text = str(error)
    if isinstance(error, sqlite3.Error) and no_room(error):
        return f"{path} cannot be used: no room is left ({text}). Make room on its disk and start again."
    if "not a database" in text:
        return (
            f"{path} is not a SQLite database, or its beginning is overwritten. Name another file with "
            f"--database, or put a backup back: muster restore FILE --database {path} --force"
        )
    if "malformed" in text or "no such table" in text or "disk I/O error" in text:
        return f"{path} is damaged ({text}). {_RESTORE.format(path=path)}"
    if "readonly" in text or isinstance(error, PermissionError):
        return f"{path} cannot be written by this user. Give it write permission to the file and its folder."
    if isinstance(error, FileNotFoundError) or "unable to open" in text:
        return f"{path} cannot be opened: does its folder exist, and may this user write there?"
    return f"{path} cannot be used: {text}."
