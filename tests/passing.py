"""A connection that passes everything on to another: what looks at statements overrides what it looks at."""

from collections.abc import Iterator, Sequence

from storage.transaction import Connection, Params, Row


class PassingOn:
    """The unit of work's clock tells the time, whatever the engine's says."""

    now = None

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.for_update, self.hold = connection.for_update, connection.hold

    def rows(self, columns: Params) -> str:
        return self.connection.rows(columns)

    def among(self, column: str, ids: Sequence[int]) -> tuple[str, Params]:
        return self.connection.among(column, ids)

    def having(self, words: Sequence[tuple[str, bool]]) -> tuple[str, Params]:
        return self.connection.having(words)

    def execute(self, sql: str, params: Params) -> int:
        return self.connection.execute(sql, params)

    def execute_each(self, sql: str, params: Sequence[Params]) -> None:
        self.connection.execute_each(sql, params)

    def write(self, sql: str, params: Params) -> None:
        self.connection.write(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        return self.connection.query(sql, params)

    def scan(self, table: str) -> Iterator[Row]:
        return self.connection.scan(table)

    def counter(self, table: str) -> int:
        return self.connection.counter(table)

    def count_on(self, table: str, past: int) -> None:
        self.connection.count_on(table, past)

    def takes_turn(self, what: str) -> bool:
        return self.connection.takes_turn(what)

    def keep_time(self) -> None:
        self.connection.keep_time()

    def announce(self) -> None:
        self.connection.announce()


class Counting(PassingOn):
    """A connection that counts what it is asked. What is only written goes with the next question."""

    def __init__(self, connection: Connection, statements: list[str] | None = None) -> None:
        super().__init__(connection)
        self.statements = [] if statements is None else statements

    def execute(self, sql: str, params: Params) -> int:
        self.statements.append(sql)
        return super().execute(sql, params)

    def query(self, sql: str, params: Params) -> list[Row]:
        self.statements.append(sql)
        return super().query(sql, params)
