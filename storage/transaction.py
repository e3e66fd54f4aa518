"""Tx: one decision, one time, one commit. What storage functions and operations are handed."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

from bot.domain.actors import Actor, Machine
from bot.domain.errors import Lost, NotFound
from bot.domain.facts import Call, Fact, subject_of
from bot.domain.paging.escalations import Cause
from bot.domain.process import Process
from storage.known import Known

_STORED_AS_IT_IS = {str, int, type(None)}
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

_NEW = {
    **dict.fromkeys(("event", "job", "lane", "subject", "due_at", "created_at", "asker", "drawn_by"), "TEXT"),
    **dict.fromkeys(("urgent", "coalesce", "incident"), "INTEGER"),
}
"""What a new delivery is written from."""

# A statement does not see the rows that it writes: those of one asker are counted by ROW_NUMBER.
_EMIT = """
    INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, created_at, attempt,
        asker, grave, behind)
    SELECT new.event, new.job, new.lane, new.urgent, new.subject, 'pending', new.due_at, new.created_at, 0,
        new.asker,
        CASE WHEN new.incident = 0 THEN '' ELSE COALESCE(
            (SELECT severity FROM incidents WHERE id = new.incident), 'S2') END,
        CASE WHEN new.asker = '' THEN 0 ELSE ROW_NUMBER() OVER (PARTITION BY new.asker ORDER BY new.n) - 1
            + (SELECT COUNT(*) FROM (SELECT 1 AS one FROM outbox WHERE asker = new.asker AND asker <> ''
                AND finished_at IS NULL LIMIT 200) AS waiting) END
    FROM {new}
    WHERE new.coalesce = 0 OR NOT EXISTS (SELECT 1 FROM outbox WHERE lane = new.lane
        AND job IN (new.job, new.drawn_by) AND finished_at IS NULL AND state IN ('pending', 'retry') {hold})
    ORDER BY new.n"""

Row: TypeAlias = dict[str, Any]
Params: TypeAlias = Mapping[str, Any]


class Connection(Protocol):
    """What an engine offers: plain SQL with `:named` parameters.

    `now` is the engine's own time at the start of the transaction, or None where it leaves time to us.
    `for_update` ends a SELECT whose rows this transaction alone is to write, and passes over those that
    another one holds. `hold` ends one whose rows have to stay as they are until this commits. Both are empty
    where there is no other.
    """

    @property
    def now(self) -> datetime | None: ...

    @property
    def for_update(self) -> str: ...

    @property
    def hold(self) -> str: ...

    def rows(self, columns: Params) -> str:
        """Return the table `new` that a FROM reads from the parameter `rows`, its columns of these types.

        Column `n` numbers the rows in their order.
        """
        ...

    def among(self, column: str, ids: Sequence[int]) -> tuple[str, Params]:
        """Return what a WHERE says besides, with its parameters, so that rows with these ids are found by
        their index: nothing where the engine needs no help.
        """
        ...

    def having(self, words: Sequence[tuple[str, bool]]) -> tuple[str, Params]:
        """Return the SELECT of the incidents that have all these words, with its parameters.

        A word may go on where it says so.
        """
        ...

    def execute(self, sql: str, params: Params) -> int:
        """Run a statement and return how many rows it changed."""
        ...

    def execute_each(self, sql: str, params: Sequence[Params]) -> None:
        """Run a statement once for each of these, in order."""
        ...

    def write(self, sql: str, params: Params) -> None:
        """Run a statement to which no answer is wanted: it may go with the next one, or with the commit."""
        ...

    def query(self, sql: str, params: Params) -> list[Row]:
        """Run a query, or a statement with RETURNING, and return its rows."""
        ...

    def scan(self, table: str) -> Iterator[Row]:
        """Return the rows of a table one after another, however many they are."""
        ...

    def counter(self, table: str) -> int:
        """Return the highest number that a table has given out."""
        ...

    def count_on(self, table: str, past: int) -> None:
        """Have the numbers of a table go on after `past`, unless they are further already."""
        ...

    def announce(self) -> None:
        """Have other processes told, when this commits, that there is something to deliver."""
        ...

    def takes_turn(self, what: str) -> bool:
        """Say whether it is this transaction's turn to do something, or another one is just at it."""
        ...

    def keep_time(self) -> None:
        """Have all of this decided anew if its time is long past when it commits."""
        ...


About: TypeAlias = Callable[["Tx", Any], Iterable[Mapping[str, Any]]]
"""What the deliveries that follow from a fact are about: none, one or several."""


def whole(_: "Tx", fact: Fact) -> Iterable[Mapping[str, Any]]:
    """Return the fact itself as what one delivery is about."""
    return (subject_of(fact),)


@dataclass(frozen=True, slots=True)
class Route:
    """Where a fact goes: one delivery of `job` for each subject that `about` finds in it.

    Deliveries of one `lane` go out one after another, in order; the lane's fields are filled from the
    subject. A route that coalesces adds nothing while an earlier delivery of its job, or of the job
    `drawn_by`, still waits in the lane, since that one will draw the newest state anyway. `after` is how long
    to wait for more of the kind to happen.
    """

    job: str
    lane: str
    about: About = whole
    urgent: bool = False
    coalesce: bool = False
    drawn_by: str = ""
    after: timedelta = timedelta()


Routes: TypeAlias = Mapping[type[Fact], tuple[Route, ...]]

_OUTSIDE = -1
"""Stands for no incident, where there is a turn to take all the same."""


class Tx:
    """One transaction: its time, the process, SQL, and what the world must hear when it commits.

    A question that is asked again is not put to the engine again until something is written.
    """

    def __init__(self, connection: Connection, now: datetime, process: Process, routes: Routes) -> None:
        self.now = now
        self.process = process
        self.facts: list[Fact] = []
        self.emitted = 0
        self.for_update = connection.for_update
        self.known = Known()
        self._connection = connection
        self._routes = routes
        self.to_tell: dict[int, list[int]] = {}
        self.reworded: set[int] = set()
        """Incidents of which a text changed without a fact that says so."""
        self._to_emit: dict[object, Params] = {}
        self.decided: list[Params] = []
        self.why_late: Callable[[datetime], Cause] = lambda _: Cause.NOT_RUNNING
        """Why nobody acted on a deadline that was due at a time."""
        self._answers: dict[tuple[Any, ...], list[Row]] = {}
        self._made: dict[int, tuple[Row, Any]] = {}
        self.kept: list[Callable[[], None]] = []

    @property
    def _to_write(self) -> Connection:
        """What was asked before may have another answer once something is written."""
        self._answers.clear()
        self._made.clear()
        return self._connection

    def execute(self, sql: str, params: Params | None = None) -> int:
        """Run a statement and return how many rows it changed."""
        return self._to_write.execute(sql, bound(params))

    def write(self, sql: str, params: Params | None = None) -> None:
        """Run a statement to which no answer is wanted, so that nobody waits for one."""
        self._to_write.write(sql, bound(params))

    def each(
        self, sql: str, columns: Params, rows: Sequence[Params], named: Params | None = None
    ) -> list[Row]:
        """Run one statement for all these rows, read from the table `{new}` with its columns of these types.

        Return what it returns. To one without RETURNING no answer is wanted, as with `write`.
        """
        if not rows:
            return []
        statement = sql.format(new=self._connection.rows(columns))
        values = {"rows": as_rows(rows), **(named or {})}
        if "RETURNING" in sql:
            return self.returned(statement, values)
        self.write(statement, values)
        return []

    def having(self, words: Sequence[tuple[str, bool]]) -> tuple[str, Params]:
        """Return the SELECT of the incidents that have all these words, which may go on where they say so."""
        return self._connection.having(words)

    def insert_each(
        self, table: str, columns: Params, rows: Sequence[Params], *, asked: bool = True
    ) -> list[int]:
        """Write new rows with these columns, in one statement; return their ids, in order, where asked."""
        names, new = ", ".join(columns), ", ".join(f"new.{name}" for name in columns)
        insert = f"INSERT INTO {table} ({names}) SELECT {new} FROM {{new}} ORDER BY new.n"  # noqa: S608 - ours
        found = self.each(f"{insert} RETURNING id" if asked else insert, columns, rows)
        return sorted(row["id"] for row in found)

    def insert(self, sql: str, params: Params) -> int:
        """Run an INSERT that ends in `RETURNING id` and return that id."""
        return int(self.returned(sql, params)[0]["id"])

    def returned(self, sql: str, params: Params) -> list[Row]:
        """Run a statement that writes and ends in RETURNING, and return its rows."""
        return self._to_write.query(sql, bound(params))

    def change_each(
        self, table: str, columns: Params, rows: Sequence[Params], change: str, where: str
    ) -> set[int]:
        """Change rows of a table, each by the one of these with its `id`, if it still is as `where` has it.

        Return the ids of those that were.
        """
        there, named = self._connection.among(f"{table}.id", [row["id"] for row in rows])
        update = f"""UPDATE {table} SET {change} FROM {{new}}
            WHERE {table}.id = new.id {there} AND {where} RETURNING {table}.id"""  # noqa: S608 - names of ours
        return {row["id"] for row in self.each(update, columns, rows, named)}

    def all(self, sql: str, params: Params | None = None) -> list[Row]:
        """Return the rows of a query."""
        values = bound(params)
        question = (sql, *values.items())
        if question not in self._answers:
            self._answers[question] = self._connection.query(sql, values)
        return self._answers[question]

    def one(self, sql: str, params: Params | None = None) -> Row | None:
        """Return the first row of a query, or None."""
        return next(iter(self.all(sql, params)), None)

    def made(self, row: Row, make: Callable[[Row], Any]) -> Any:
        """Return what is made of a row that was just read: of one that an answer still has it was before."""
        if id(row) not in self._made:
            self._made[id(row)] = row, make(row)  # while the row is kept, its id is no other's
        return self._made[id(row)][1]

    def count_on(self, table: str, past: int) -> None:
        """Have the numbers of a table go on after `past`, unless they are further already."""
        self._connection.count_on(table, past)

    def unknown(self, table: str, number: int, kind: str, called: object) -> NotFound:
        """Return the refusal of a row that is not there or not to be seen: a number passed over was lost."""
        there = self.one(f"SELECT 1 AS yes FROM {table} WHERE id = :id", {"id": number})  # noqa: S608 - ours
        lost = not there and 0 < number <= self._connection.counter(table)
        return Lost(kind) if lost else NotFound(kind, called)

    def record(self, fact: Fact) -> None:
        """Say what happened. What follows from it is found when the decision is made, with all it wrote."""
        self.facts.append(fact)

    def tell(self, incident: int, entry: int) -> None:
        """Have the incident's channel told of a timeline entry: all of one transaction in one message."""
        self.to_tell.setdefault(incident, []).append(entry)

    def decide(self, fact: str, *, incident: int | None, actor: Actor, **what: Any) -> None:
        """Have one line in the log when this is kept: numbers, ids and words of ours, never people's text."""
        named = {"fact": fact, "incident": incident, "actor": str(actor), **what}
        self.decided.append({name: value for name, value in named.items() if value is not None})

    def takes_turn(self, what: str) -> bool:
        """Say whether no other process is just doing this too; until the end of this, none will."""
        return self._connection.takes_turn(what)

    def promise(self) -> None:
        """Say that a deadline counts from this decision's time: a wait for others must not shorten it."""
        self._connection.keep_time()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have this called when all is kept, before the next decision of the same thread begins."""
        self.kept.append(call)

    def subscribed(self, fact: Fact) -> None:
        """Have every delivery made that a fact leads to."""
        for route in self._routes.get(type(fact), ()):
            for subject in route.about(self, fact):
                self._queue(route, fact, subject)

    def queue_again(self, job: str, event: str, subject: Mapping[str, Any]) -> None:
        """Have one more delivery made by a job of that name, about the same."""
        for route in {one for routes in self._routes.values() for one in routes if one.job == job}:
            self._queue(route, event, subject)

    def _queue(self, route: Route, fact: Fact | str, subject: Mapping[str, Any]) -> None:
        """A call takes its turn: by its incident's severity, then in turn among those who ask."""
        turn = fact if isinstance(fact, Call) and route.urgent else None
        lane = route.lane.format(**subject)
        key = (route.job, lane) if route.coalesce else len(self._to_emit)
        self._to_emit[key] = {
            "event": fact if isinstance(fact, str) else type(fact).__name__,
            "job": route.job,
            "lane": lane,
            "urgent": int(route.urgent),
            "coalesce": int(route.coalesce),
            "drawn_by": route.drawn_by,
            "subject": subject,
            "asker": turn.asked_by if turn else "",
            "incident": (turn.incident or _OUTSIDE) if turn else 0,
            "created_at": self.now + (route.after if route.urgent else timedelta()),
            "due_at": self.now + route.after,
        }

    def send(self) -> None:
        """Write all deliveries that follow, at once. What an earlier one of them draws is not drawn again."""
        emitted, self._to_emit = self._to_emit, {}
        self.emitted += len(emitted)
        new, lanes = [], set[tuple[str, str]]()
        for one in emitted.values():
            if not one["coalesce"] or (one["drawn_by"], one["lane"]) not in lanes:
                lanes.add((one["job"], one["lane"]))
                new.append(one)
        self.each(_EMIT.replace("{hold}", self._connection.hold), _NEW, new)


def as_rows(new: Sequence[Params]) -> str:
    """Return rows as the parameter `rows` holds them: flags are 0 and 1 in them already."""
    rows = _ROWS_AS_JSON(new)
    if "\\u0000" in rows:  # PostgreSQL refuses a NUL, and SQLite reads no further
        return _NUL.sub("\\1\N{REPLACEMENT CHARACTER}", rows)
    return rows


def bound(params: Params | None) -> dict[str, Any]:
    """Return parameters as every engine takes them: times as sortable text, flags as 0 and 1."""
    return {
        name: value if type(value) in _STORED_AS_IT_IS else _plain(value)
        for name, value in (params or {}).items()
    }


def any_of(values: Collection[Any]) -> tuple[str, dict[str, Any]]:
    """Return what stands in the brackets of an IN for these values, and the parameters that it names."""
    named = {f"any{number}": one for number, one in enumerate(dict.fromkeys(values))}
    return ", ".join(f":{name}" for name in named), named


def moment(text: str | None) -> datetime | None:
    """Return the time that a column holds, or None."""
    return datetime.fromisoformat(text) if text else None


def instant(text: str) -> datetime:
    """Return the time that a column which is never empty holds."""
    return datetime.fromisoformat(text)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return _written(value)
        case timedelta():
            return value.total_seconds()
        case bool():
            return int(value)
        case Machine():
            return str(value)
        case dict() | list() | tuple():
            return _AS_JSON(value)
        case _:
            return value


# Without spaces, as SQLite gives back what is nested: both engines keep the same text.
_ROWS_AS_JSON = json.JSONEncoder(ensure_ascii=False, default=_plain, separators=(",", ":")).encode


@lru_cache(maxsize=256)
def _written(at: datetime) -> str:
    """Return a time as text. Most statements of a transaction hold one of few."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
