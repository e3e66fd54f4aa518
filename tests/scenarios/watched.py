"""The steps of every delivery, as the database itself saw them and by its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.engines import Server

Rows = list[tuple[Any, ...]]

_WATCH = """
CREATE SCHEMA watch;
CREATE TABLE watch.steps (
    outbox BIGINT, was TEXT, state TEXT, attempt INTEGER, lease_until TIMESTAMPTZ, finishes BOOLEAN,
    at TIMESTAMPTZ DEFAULT clock_timestamp());
CREATE TABLE watch.effects (what TEXT, id BIGINT, before TEXT);
CREATE FUNCTION watch.step() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO watch.steps SELECT
        NEW.id, OLD.state, NEW.state, NEW.attempt, OLD.lease_until::timestamptz, NEW.finished_at IS NOT NULL;
    RETURN NULL; END $$;
CREATE FUNCTION watch.arrived() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO watch.effects VALUES ('page', NEW.id, OLD.ts); RETURN NULL; END $$;
CREATE FUNCTION watch.opened() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO watch.effects VALUES ('channel', NEW.id, OLD.channel); RETURN NULL; END $$;
CREATE TRIGGER step AFTER UPDATE ON outbox FOR EACH ROW
    WHEN (OLD.state <> NEW.state OR OLD.attempt <> NEW.attempt OR NEW.finished_at IS NOT NULL)
    EXECUTE FUNCTION watch.step();
CREATE TRIGGER arrived AFTER UPDATE OF ts ON notifications FOR EACH ROW
    WHEN (NEW.ts IS NOT NULL) EXECUTE FUNCTION watch.arrived();
CREATE TRIGGER opened AFTER UPDATE OF channel ON incidents FOR EACH ROW
    WHEN (OLD.channel IS DISTINCT FROM NEW.channel) EXECUTE FUNCTION watch.opened();
"""
_TAKEN_OVER = """
SELECT EXTRACT(EPOCH FROM MIN(leased.at) - released.lease_until)::float8
FROM watch.steps AS released LEFT JOIN watch.steps AS leased
    ON leased.outbox = released.outbox AND leased.at >= released.at AND leased.state = 'sending'
WHERE released.was = 'sending' AND released.state = 'ambiguous' AND released.at >= released.lease_until
GROUP BY released.outbox, released.attempt, released.lease_until
"""
_TWICE_FINISHED = "SELECT outbox FROM watch.steps WHERE finishes GROUP BY outbox HAVING COUNT(*) > 1"
_TWICE_WRITTEN = "SELECT what, id FROM watch.effects GROUP BY what, id HAVING COUNT(*) > 1"


class Watched:
    """A database that writes down what is done to its deliveries."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def asked(self, question: str) -> Rows:
        return self._server.session.execute(question.encode()).fetchall()

    def taken_over(self) -> list[float]:
        """Return, for each lease that ran out, the seconds until somebody else leased the delivery."""
        return [seconds for (seconds,) in self.asked(_TAKEN_OVER)]

    def completed_twice(self) -> Rows:
        """Return the deliveries that were finished more than once, and what was written for them twice."""
        return self.asked(_TWICE_FINISHED) + self.asked(_TWICE_WRITTEN)


@contextmanager
def watched(server: Server) -> Iterator[Watched]:
    """Watch a database for a while."""
    server.session.execute(_WATCH.encode())
    try:
        yield Watched(server)
    finally:
        server.session.execute("DROP SCHEMA watch CASCADE")
