"""PostgreSQL, for several replicas at once: no leader, and the database's own clock for everybody."""

import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

import psycopg
from psycopg.errors import (
    DeadlockDetected,
    DiskFull,
    DivisionByZero,
    InsufficientPrivilege,
    ReadOnlySqlTransaction,
    SerializationFailure,
    UniqueViolation,
)
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from storage.database import DatabaseBusy, DatabaseUnusable, Outdated, Unwritable
from storage.migrations import MIGRATIONS, WORDS, too_new
from storage.postgres_news import ANNOUNCE, news
from storage.postgres_start import (
    AT_WORK,
    Session,
    connected,
    explained,
    migrated,
    refuse_pooler,
    said_by,
    suitable,
)
from storage.transaction import Params, Row

R = TypeVar("R")

ATTEMPTS = 50
"""How often a decision is made. Of those that collide PostgreSQL lets one through, and sees to it that the
others do not fail for the same reason when they begin again at once; so nobody waits in between."""
PROMPT = timedelta(seconds=1)
"""How old a decision's time may be when it commits, if a deadline counts from it: it ages while others hold a
lock, or the process stands still. Made anew it may be of any age: a slow database decides too."""
PLANS_KEPT = timedelta(seconds=1)
"""How long a statement's plan is used again. To make one takes longer than most statements; but one
that was made while a table was empty reads it from end to end when it is full."""

_BEGIN = """BEGIN ISOLATION LEVEL {};
    SELECT clock_timestamp(), (SELECT value FROM meta WHERE key = 'version')"""
_TO_READ = _BEGIN.format("REPEATABLE READ READ ONLY").encode()
_TO_WRITE = _BEGIN.format("SERIALIZABLE READ WRITE").encode()
_GUARDED = _BEGIN.format("READ COMMITTED READ WRITE").encode()
_IN_TIME = "SELECT 1 / (clock_timestamp() <= %s)::int /* fails where muster is to decide anew */"
_SEQUENCE = "pg_get_serial_sequence(:table, 'id')::regclass"
_OTHERS = """SELECT COUNT(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE locktype = 'advisory' AND objsubid = 1 AND (classid::bigint << 32) + objid::bigint = %s
    AND datname = current_database() AND pid <> pg_backend_pid()"""
_KINDS = {"INTEGER": "BIGINT", "REAL": "DOUBLE PRECISION"}  # as the tables have them
_QUOTED_OR_NAMED = re.compile(r"('[^']*')|(?<!:):([a-z_][a-z_0-9]*)")


class Lost(psycopg.OperationalError):
    """The connection was lost before the commit, so nothing was written."""


class Aged(Exception):
    """The decision's time was long past when it was to commit, so nothing was written."""


NO_WRITES = (DiskFull, ReadOnlySqlTransaction, InsufficientPrivilege)
"""What is committed can be read all the same."""
COLLISIONS = (SerializationFailure, DeadlockDetected, UniqueViolation, Lost)
"""After these a decision is made anew. A unique key can be what shows that two have collided. A connection
that is lost during the commit is not among them: perhaps it was kept."""


class PostgresConnection:
    """Plain SQL with named parameters on psycopg."""

    for_update = "FOR UPDATE SKIP LOCKED"
    hold = "FOR SHARE"

    def __init__(self, session: Session, began: datetime, name: str, *, own_time: bool) -> None:
        self.now = began if own_time else None
        self.may_age = False
        self._began = began
        self._promised = False
        self._session = session
        self._name = name
        self._written: list[tuple[str | bytes, Params | Sequence[Any]]] = []
        self.batch_failed = False
        """What a batch that failed prepared, the driver believes in and the server may not have."""

    def rows(self, columns: Params) -> str:
        read = ", ".join(f"{name} {_KINDS.get(kind, kind)}" for name, kind in columns.items())
        names = ", ".join(columns)
        return f"ROWS FROM (json_to_recordset(:rows) AS ({read})) WITH ORDINALITY AS new ({names}, n)"

    def among(self, column: str, ids: Sequence[int]) -> tuple[str, Params]:
        """Name the ids. What is read from a parameter counts as a hundred rows, for which a smaller table
        would be read from end to end; a serializable decision then collides with all who write there.

        Few numbers of parameters make few statements, whose plans are used again.
        """
        padded = 1 << (len(ids) - 1).bit_length()
        named = {f"id{number}": ids[min(number, len(ids) - 1)] for number in range(padded if ids else 0)}
        return f"AND {column} IN ({', '.join(f':{name}' for name in named)})", named

    def having(self, words: Sequence[tuple[str, bool]]) -> tuple[str, Params]:
        match = " & ".join(f"'{word}'{':*' if goes_on else ''}" for word, goes_on in words)
        select = f"SELECT incident FROM incident_words WHERE {WORDS} @@ CAST(:match AS tsquery)"  # noqa: S608 - ours
        return select, {"match": match}

    def execute(self, sql: str, params: Params) -> int:
        with self._session.cursor() as cursor:
            self._ask(lambda: cursor.execute(_translated(sql), _storable(params)))
            return cursor.rowcount

    def execute_each(self, sql: str, params: Sequence[Params]) -> None:
        """Send all of them at once, so that they take one round trip."""
        with self._session.cursor() as cursor:
            self._ask(lambda: cursor.executemany(_translated(sql), map(_storable, params)))

    def write(self, sql: str, params: Params) -> None:
        """Keep a statement until something is asked, so that it takes no round trip of its own."""
        self._written.append((_translated(sql), _storable(params)))

    def query(self, sql: str, params: Params) -> list[Row]:
        with self._session.cursor(row_factory=dict_row) as cursor:
            self._ask(lambda: cursor.execute(_translated(sql), _storable(params)))
            return cursor.fetchall()

    def commit(self) -> None:
        in_time = self._promised and not self.may_age
        if in_time:
            self._written.append((_IN_TIME, [self._began + PROMPT]))
        try:
            self._ask(lambda: self._session.execute("COMMIT"))
        except DivisionByZero as error:
            if in_time:
                raise Aged from error
            raise

    def _ask(self, ask: Callable[[], object]) -> None:
        """Send a statement together with what was written before it."""
        if not self._written:
            ask()
            return
        written, self._written, self.batch_failed = self._written, [], True
        with self._session.pipeline():
            for statement, alike in groupby(written, key=itemgetter(0)):
                self._session.cursor().executemany(statement, [params for _, params in alike])
            ask()
        self.batch_failed = False

    def scan(self, table: str) -> Iterator[Row]:
        self._session.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        with self._session.cursor("scan", row_factory=dict_row) as cursor:
            yield from cursor.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - a name of ours

    def counter(self, table: str) -> int:
        last = f"SELECT COALESCE(pg_sequence_last_value({_SEQUENCE}), 0) AS last"
        return int(self.query(last, {"table": table})[0]["last"])

    def count_on(self, table: str, past: int) -> None:
        further = f"GREATEST(:past, pg_sequence_last_value({_SEQUENCE}))"
        self.execute(f"SELECT setval({_SEQUENCE}, {further})", {"table": table, "past": past})

    def announce(self) -> None:
        self._written.append((ANNOUNCE, [self._name]))

    def takes_turn(self, what: str) -> bool:
        taken = "SELECT pg_try_advisory_xact_lock(hashtext(:what), 0) AS taken"
        return bool(self.query(taken, {"what": what})[0]["taken"])

    def keep_time(self) -> None:
        self._promised = True


def look_at(where: str) -> None:
    """Raise DatabaseUnusable where a start would, and change nothing."""
    try:
        with closing(connected(where)) as session:
            refuse_pooler(session, where)
            suitable(session)
    except (psycopg.Error, UnicodeError) as error:
        raise DatabaseUnusable(explained(where, error)) from error


class PostgresDatabase:
    """A PostgreSQL database. Each thread that is at work in it has a connection to itself.

    Transactions that write are serializable, but for guarded ones; what is read is one state. Raises
    DatabaseUnusable when it cannot be reached, lets nobody in, or belongs to a newer version; with
    `own_time=False` the unit of work's clock tells the time.
    """

    threads = 2
    """One waits for a commit while another decides. More of them fight for the interpreter: the same work
    takes a fifth more of the processor's time with three of them, and a third more with four."""
    shared = True

    def __init__(self, where: str, *, own_time: bool = True) -> None:
        self.where = where
        self._own_time = own_time
        self._free: deque[Session] = deque()
        self._closed = False
        try:
            with ExitStack() as undo:
                session = undo.enter_context(connected(where))
                refuse_pooler(session, where)
                self.id = migrated(session)
                self._name = str(session.info.backend_pid)
                self._free.append(session)
                undo.pop_all()
        except (psycopg.Error, UnicodeError) as error:
            raise DatabaseUnusable(explained(where, error)) from error

    @contextmanager
    def transaction(self, *, writing: bool = True, guarded: bool = False) -> Iterator[PostgresConnection]:
        """Commit what happens inside, or nothing of it."""
        session, connection = self._take(), None
        try:
            try:
                connection = self._begun(session, _GUARDED if guarded else _TO_WRITE if writing else _TO_READ)
                yield connection
            except psycopg.OperationalError as error:
                if session.closed:
                    raise Lost(str(error)) from error
                raise
            connection.commit()
        finally:
            self._give_back(session, again=connection is None or not connection.batch_failed)

    def run(
        self, work: Callable[[PostgresConnection], R], *, writing: bool = True, guarded: bool = False
    ) -> R:
        """Do `work` in a transaction, and all of it again when it collided with another's, or aged."""

        def attempt(*, may_age: bool) -> R:
            with self.transaction(writing=writing, guarded=guarded) as connection:
                connection.may_age = may_age
                return work(connection)

        try:
            try:
                return _until_none_collides(partial(attempt, may_age=False))
            except Aged:
                return _until_none_collides(partial(attempt, may_age=True))
        except NO_WRITES as error:
            if not writing:
                raise
            raise Unwritable(f"PostgreSQL says: {said_by(error)}") from error
        except (psycopg.OperationalError, psycopg.InternalError) as error:
            raise DatabaseBusy(f"PostgreSQL says: {said_by(error)}") from error

    def unwritable(self) -> str | None:
        """Commit something new, if the schema is still the one we know; say what keeps it from being kept."""
        write = "UPDATE meta SET value = value WHERE key = 'version' AND value = %s"
        try:
            session = self._take()
            try:
                kept = session.execute(write, [str(len(MIGRATIONS))]).rowcount == 1
            finally:
                self._give_back(session)
        except NO_WRITES as error:
            return f"the database cannot be written: {said_by(error)}"
        except psycopg.Error:
            return "the database cannot be written"
        return None if kept else "the database cannot be written: another version has taken it over"

    def others(self) -> int:
        session = self._take()
        try:
            found = session.execute(_OTHERS, [AT_WORK]).fetchone()
            return int(found[0]) if found else 0
        finally:
            self._give_back(session)

    def ahead_of(self, now: datetime) -> timedelta:
        with self.transaction() as connection:
            return connection.now - now if connection.now else timedelta()

    def news(self) -> AsyncIterator[None]:
        """Yield when we begin to hear of the others, and whenever one of them has something to deliver.

        Raises DatabaseBusy when the connection is lost.
        """
        return news(self.where, self._name)

    def close(self) -> None:
        """Close all connections; one in use is closed when it comes back."""
        self._closed = True
        self._close_free()

    def _begun(self, session: Session, how: bytes) -> PostgresConnection:
        cursor = session.execute(how)
        cursor.nextset()
        now, version = cursor.fetchone() or (None, None)
        if version != str(len(MIGRATIONS)):
            raise Outdated(too_new(int(version or 0)))
        if not timedelta() <= now - session.planned < PLANS_KEPT:
            session.execute("DISCARD PLANS")
            session.planned = now
        return PostgresConnection(session, now.astimezone(UTC), self._name, own_time=self._own_time)

    def _take(self) -> Session:
        if self._closed:
            # Else a handler that outlives `Muster.stop` commits what nobody here delivers any more.
            raise DatabaseBusy("the database was closed: this bot has stopped")
        try:
            return self._free.pop()
        except IndexError:
            return connected(self.where)

    def _give_back(self, session: Session, *, again: bool = True) -> None:
        if again and session.info.transaction_status not in {
            TransactionStatus.IDLE,
            TransactionStatus.UNKNOWN,
        }:
            with suppress(psycopg.Error):
                session.execute("ROLLBACK")
        if session.closed:
            session.close()
            self._close_free()  # whatever cut this one has probably cut them too
        elif again:
            self._free.append(session)
        else:
            session.close()
        if self._closed:
            self._close_free()

    def _close_free(self) -> None:
        with suppress(IndexError):
            while True:
                self._free.pop().close()


def _until_none_collides(attempt: Callable[[], R]) -> R:
    for _ in range(ATTEMPTS - 1):
        with suppress(*COLLISIONS):
            return attempt()
    return attempt()


@lru_cache(maxsize=512)
def _translated(sql: str) -> str:
    """Return a statement with its parameters as psycopg wants them: `%(name)s` for `:name`."""
    return _QUOTED_OR_NAMED.sub(lambda found: found[1] or f"%({found[2]})s", sql.replace("%", "%%"))


def _storable(params: Params) -> Params:
    """Return parameters without the one character that PostgreSQL cannot keep in a text."""
    if not any(type(value) is str and "\0" in value for value in params.values()):
        return params
    return {
        name: value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
        for name, value in params.items()
    }
