"""What SQLite's errors mean for whoever works in a file, and what the operator is told."""

import errno
import sqlite3
from collections.abc import Callable
from os.path import isdir

from storage.database import DatabaseBusy, Unwritable

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
_OUT_OF_REACH = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL}
_RESTORE = "Stop muster and put a backup back: muster restore FILE --database {path} --force"


def damaged(path: str, said: object) -> str:
    return f"{path} is damaged ({said}). {_RESTORE.format(path=path)}"


def in_our_words(path: str, error: sqlite3.Error) -> DatabaseBusy | None:
    """Return what an error in the middle of work means, or None when it is a bug of ours."""
    code = getattr(error, "sqlite_errorcode", 0)
    if no_room(error):
        return Unwritable(f"{path} takes no writes: {error}. Make room on its disk")
    if code & 0xFF in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}:
        return Unwritable(f"{path} cannot be written: {error}")
    if code & 0xFF in _DAMAGED:
        return DatabaseBusy(damaged(path, error))
    if code & 0xFF in _OUT_OF_REACH:
        return DatabaseBusy(f"{path} cannot be reached: {error}")
    if code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseBusy(f"{path} is being written by another process")
    return None


def no_room(error: Exception | None) -> bool:
    """Say whether the disk is full, or a limit of this user or this process is reached."""
    return getattr(error, "sqlite_errorcode", 0) in _NO_ROOM or getattr(error, "errno", 0) == errno.ENOSPC


def explained(path: str, error: Exception) -> str:
    """Return what to tell the operator about a file that cannot be used."""
    known = (said for fits, said in _CASES if fits(path, error))
    restore = _RESTORE.format(path=path)
    return next(known, "{path} cannot be used: {error}.").format(path=path, error=error, restore=restore)


def _says(*words: str) -> Callable[[str, Exception], bool]:
    return lambda _, error: any(word in str(error) for word in words)


def _is(number: int) -> Callable[[str, Exception], bool]:
    return lambda _, error: isinstance(error, OSError) and error.errno == number


_CASES: tuple[tuple[Callable[[str, Exception], bool], str], ...] = (
    (
        lambda path, _: isdir(path),
        "{path} cannot be opened: it is a folder. Name a file in it with --database.",
    ),
    (
        lambda _, error: no_room(error),
        "{path} cannot be used: no room is left. Make room on its disk and start again.",
    ),
    (
        _is(errno.EROFS),
        "{path} cannot be written: its file system is read-only. Name another place with --database.",
    ),
    (
        _says("not a database"),
        "{path} is not a SQLite database, or its beginning is overwritten. Name another file with "
        "--database. {restore}",
    ),
    (_says("malformed", "no such table"), "{path} is damaged ({error}). {restore}"),
    (
        _says("disk I/O error"),
        "{path} cannot be read or written ({error}): see whether its disk is well. {restore}",
    ),
    (
        lambda _, error: "readonly" in str(error) or isinstance(error, PermissionError),
        "{path} cannot be written by this user. Give it write permission to the file and its folder.",
    ),
    (
        lambda _, error: "unable to open" in str(error) or isinstance(error, FileNotFoundError),
        "{path} cannot be opened: does its folder exist, and may this user write there?",
    ),
)
