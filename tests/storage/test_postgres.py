"""What is PostgreSQL's alone: how it is reached, what time it is there, and decisions that collide."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.errors import ReadOnlySqlTransaction, SerializationFailure, UniqueViolation

from bot.__main__ import main
from bot.cli.serve import FURTHEST_APART, _agree_on_the_time
from bot.clock import SystemClock
from bot.domain.process import Process
from bot.health.logs import _QUIET
from storage import incidents, reading
from storage.database import DatabaseBusy, DatabaseUnusable
from storage.engines import open_database
from storage.postgres import ATTEMPTS, PostgresConnection, PostgresDatabase, _translated
from storage.reading import Part
from tests.conftest import Office
from tests.engines import Server
from tests.fakes import FakeClock
from tests.operations.given import given_incident

NEW = "fresh"


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
def database(address: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(address)
    yield database
    database.close()


@pytest.fixture
def fresh(postgres: Server) -> Iterator[str]:
    """The address of a database without tables."""
    postgres.session.execute(f"CREATE DATABASE {NEW}".encode())
    yield postgres.address.replace("/postgres?", f"/{NEW}?")
    postgres.session.execute(f"DROP DATABASE {NEW} WITH (FORCE)".encode())


def see(connection: PostgresConnection, event: str) -> int:
    sql = "INSERT INTO seen_events (id, at) VALUES (:id, '')"
    return connection.execute(sql, {"id": event})


def seen(database: PostgresDatabase) -> list[str]:
    with database.transaction() as connection:
        return [row["id"] for row in connection.query("SELECT id FROM seen_events ORDER BY id", {})]


def cut(connection: PostgresConnection) -> None:
    """End this connection as a network does."""
    connection.query("SELECT pg_terminate_backend(pg_backend_pid())", {})


def cut_all(postgres: Server) -> None:
    """End every connection of Muster's, as a server does that goes away."""
    postgres.session.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'"
    )


def counting(work: Callable[[PostgresConnection, int], None]) -> tuple[list[int], Callable[..., None]]:
    """Return work that is told which attempt it is, and where the attempts are written down."""
    attempts: list[int] = []

    def counted(connection: PostgresConnection) -> None:
        attempts.append(len(attempts) + 1)
        work(connection, attempts[-1])

    return attempts, counted


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        (
            "postgresql://anna:secret@127.0.0.1:1/muster",
            r"muster on 127\.0\.0\.1:1 cannot be reached.*running",
        ),
        ("postgresql://anna:secret@127.0.0.1:port/muster", "is no PostgreSQL address|cannot be reached"),
        ("postgresql://anna:secret@h/muster?no=such", "that is no PostgreSQL address"),
        ("mysql://anna:secret@h/muster", "mysql:// is no database that muster knows"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained_without_its_password(
    address: str, complaint: str
) -> None:
    with pytest.raises(DatabaseUnusable, match=complaint) as refused:
        open_database(address)

    assert "secret" not in str(refused.value)


def test_a_test_knows_nothing_of_what_another_has_read(postgres: Server, rules: Process) -> None:
    """Else it takes everybody whom it has not read yet for somebody who left."""
    for _ in range(2):
        database = open_database(postgres.emptied())
        office = Office(database, rules, FakeClock())
        before = office.read(reading.whole, Part.PEOPLE)
        office.perform(reading.went_on, Part.PEOPLE, None)
        database.close()

    assert not before


def test_a_database_that_does_not_exist_is_named(postgres: Server) -> None:
    with pytest.raises(DatabaseUnusable, match=r"database nowhere on .* is not there.*createdb"):
        open_database(postgres.address.replace("/postgres?", "/nowhere?"))


def test_a_wrong_password_is_said_to_be_wrong(postgres: Server) -> None:
    (hba,) = postgres.session.execute("SHOW hba_file").fetchone() or ("",)
    rules = Path(hba).read_text("utf-8")
    Path(hba).write_text(f"local all anna scram-sha-256\n{rules}", "utf-8")
    postgres.session.execute("CREATE ROLE anna LOGIN PASSWORD 'right'")
    postgres.session.execute("SELECT pg_reload_conf()")
    address = postgres.address.replace("//postgres:@", "//anna:wr0ng@")

    with pytest.raises(DatabaseUnusable, match="lets nobody in with that name and password") as refused:
        open_database(address)

    assert "wr0ng" not in str(refused.value)
    Path(hba).write_text(rules, "utf-8")
    postgres.session.execute("SELECT pg_reload_conf()")
    postgres.session.execute("DROP ROLE anna")


def test_a_user_who_may_not_make_tables_is_told_so(postgres: Server, fresh: str) -> None:
    postgres.session.execute("CREATE ROLE bert LOGIN")

    with pytest.raises(DatabaseUnusable, match=r"does not let this user make tables.*CREATE on the schema"):
        open_database(fresh.replace("//postgres:@", "//bert:@"))

    postgres.session.execute("DROP ROLE bert")


def test_without_the_driver_the_cure_is_named() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from storage.database import DatabaseBusy, DatabaseUnusable
from storage.engines import open_database
try:
    open_database("postgresql://h/muster")
except DatabaseUnusable as error:
    print(error)
open_database(":memory:").close()
"""
    root = Path(__file__).parents[2]

    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )

    assert "pip install 'muster-bot[postgres]'" in ended.stdout


def test_the_program_says_it_in_one_line_and_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "xoxb-1" if "BOT" in name else "xapp-1")
    monkeypatch.setenv("MUSTER_DATABASE", "postgresql://anna:secret@127.0.0.1:1/muster")
    config = tmp_path / "muster.yml"
    config.write_text("teams: {dotcom EOC: {on_call: [U012ABCDEF]}}\n", "utf-8")

    ended = CliRunner().invoke(main, ["run", "--port", "0"])

    assert ended.exit_code == 2
    assert "the PostgreSQL database muster on 127.0.0.1:1 cannot be reached" in ended.output


def test_replicas_that_start_together_make_the_tables_once(fresh: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        databases = list(threads.map(PostgresDatabase, [fresh] * 4))

    assert len({database.id for database in databases}) == 1
    for database in databases:
        assert not database.unwritable()
        database.close()


def test_a_database_of_a_newer_version_is_left_alone(fresh: str) -> None:
    PostgresDatabase(fresh).close()
    with psycopg.connect(fresh, autocommit=True) as session:
        session.execute("UPDATE meta SET value = '99' WHERE key = 'version'")

        with pytest.raises(DatabaseUnusable, match=r"schema version 99.*a newer one"):
            PostgresDatabase(fresh)

        assert session.execute("SELECT value FROM meta WHERE key = 'version'").fetchone() == ("99",)


def test_one_that_runs_while_another_brings_a_newer_version_stops_and_says_so(fresh: str) -> None:
    database = PostgresDatabase(fresh)
    assert not database.unwritable()
    with psycopg.connect(fresh, autocommit=True) as session:
        session.execute("UPDATE meta SET value = '99' WHERE key = 'version'")

    with pytest.raises(DatabaseUnusable, match="schema version 99"):
        database.run(lambda connection: see(connection, "Ev1"))

    assert database.unwritable()
    database.close()


def test_the_time_is_the_databases_own(address: str, database: PostgresDatabase, rules: Process) -> None:
    office = Office(database, rules, FakeClock())

    times = [office.perform(lambda tx: tx.now) for _ in range(3)]

    assert times == sorted(set(times))
    assert abs(times[0] - SystemClock().now()) < timedelta(seconds=FURTHEST_APART)
    assert times[0].tzinfo is UTC


def test_a_decision_that_takes_long_has_the_time_of_its_own_beginning(database: PostgresDatabase) -> None:
    with database.transaction() as outer, database.transaction() as inner:
        assert outer.now
        assert inner.now
        assert inner.now > outer.now


def test_clocks_that_are_far_apart_are_refused(address: str) -> None:
    clock = FakeClock(SystemClock().now() + timedelta(seconds=FURTHEST_APART + 5))

    with pytest.raises(DatabaseUnusable, match=r"clock is 3\d s behind this machine's.*NTP"):
        _agree_on_the_time(PostgresDatabase(address), clock)

    near = PostgresDatabase(address)
    _agree_on_the_time(near, FakeClock(SystemClock().now() - timedelta(seconds=FURTHEST_APART - 5)))
    near.close()


def test_two_who_decide_on_what_the_other_changes_cannot_both_commit(database: PostgresDatabase) -> None:
    def both() -> None:
        with database.transaction() as one, database.transaction() as other:
            assert one.query("SELECT * FROM seen_events", {}) == []
            assert other.query("SELECT * FROM seen_events", {}) == []
            see(one, "Ev1")
            see(other, "Ev2")

    with pytest.raises(SerializationFailure):
        both()

    assert len(seen(database)) == 1


def test_a_decision_that_collides_is_made_anew(database: PostgresDatabase) -> None:
    def decide(connection: PostgresConnection, attempt: int) -> None:
        found = connection.query("SELECT * FROM seen_events", {})
        if attempt == 1:
            with database.transaction() as other:
                other.query("SELECT * FROM seen_events", {})
                see(other, "theirs")
        see(connection, f"ours after {len(found)}")

    attempts, counted = counting(decide)
    database.run(counted)

    assert attempts == [1, 2]
    assert seen(database) == ["ours after 1", "theirs"]


def test_a_collision_within_a_batch_is_no_warning(
    database: PostgresDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(_QUIET["psycopg"], "psycopg")
    database.run(partial(see, event="one"))

    def write(connection: PostgresConnection) -> None:
        connection.write("INSERT INTO seen_events (id, at) VALUES (:id, '')", {"id": "one"})
        see(connection, "two")

    with pytest.raises(UniqueViolation):
        database.run(write)

    assert not caplog.records


def test_a_decision_that_always_collides_is_given_up(database: PostgresDatabase) -> None:
    database.run(lambda connection: see(connection, "Ev1"))
    attempts, counted = counting(lambda connection, _: [see(connection, "Ev1")].clear())

    with pytest.raises(UniqueViolation):
        database.run(counted)

    assert len(attempts) == ATTEMPTS


def test_a_connection_that_is_lost_before_the_commit_is_made_anew(database: PostgresDatabase) -> None:
    def decide(connection: PostgresConnection, attempt: int) -> None:
        see(connection, f"attempt {attempt}")
        if attempt == 1:
            cut(connection)

    attempts, counted = counting(decide)
    database.run(counted)

    assert attempts == [1, 2]
    assert seen(database) == ["attempt 2"]


def test_a_server_that_is_gone_is_no_fault_of_the_work(
    postgres: Server, database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_all(postgres)
    monkeypatch.setattr(database, "where", "postgresql://127.0.0.1:1/muster")

    with pytest.raises(DatabaseBusy, match="connection"):
        database.run(lambda connection: see(connection, "Ev1"))

    assert database.unwritable()


def test_nothing_is_decided_after_the_database_was_closed(database: PostgresDatabase) -> None:
    database.close()

    with pytest.raises(DatabaseBusy, match="closed"):
        database.run(lambda connection: see(connection, "late"))


def test_who_only_looks_cannot_write(database: PostgresDatabase) -> None:
    with pytest.raises(ReadOnlySqlTransaction):
        database.run(lambda connection: see(connection, "Ev1"), writing=False)


def test_connections_that_were_lost_meanwhile_are_made_anew(
    postgres: Server, database: PostgresDatabase
) -> None:
    with database.transaction(), database.transaction(), database.transaction():
        pass
    cut_all(postgres)

    assert database.run(lambda connection: see(connection, "Ev1")) == 1
    assert not database.unwritable()


def test_a_commit_of_unknown_fate_is_not_repeated(postgres: Server, database: PostgresDatabase) -> None:
    postgres.session.execute(
        """CREATE FUNCTION fall() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"""
    )
    postgres.session.execute(
        """CREATE CONSTRAINT TRIGGER fall AFTER INSERT ON seen_events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION fall()"""
    )
    attempts, counted = counting(lambda connection, _: [see(connection, "Ev1")].clear())

    with pytest.raises(DatabaseBusy):
        database.run(counted)

    assert attempts == [1]
    postgres.session.execute("DROP FUNCTION fall CASCADE")


def test_nothing_waits_for_ever(database: PostgresDatabase) -> None:
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with database.transaction() as connection:
        for limit in limits:
            assert connection.query(f"SHOW {limit}", {})[0][limit] not in {"0", ""}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("WHERE id = :id AND at <= :now", "WHERE id = %(id)s AND at <= %(now)s"),
        ("SELECT ':id', :id::text", "SELECT ':id', %(id)s::text"),
        ("WHERE name LIKE 'a%' AND id = :id", "WHERE name LIKE 'a%%' AND id = %(id)s"),
    ],
)
def test_named_parameters_become_the_drivers(ours: str, theirs: str) -> None:
    assert _translated(ours) == theirs


def test_a_text_with_a_zero_in_it_is_kept_as_well_as_it_can_be(office: Office) -> None:
    incident = given_incident(office, name="Disk\0full")

    assert office.read(incidents.get, incident.id).name == "Disk�full"


def test_text_sorts_by_its_bytes_as_in_sqlite(database: PostgresDatabase) -> None:
    def write(connection: PostgresConnection) -> None:
        for event in ("a", "B", "ä", "-", "1"):
            see(connection, event)

    database.run(write)

    assert seen(database) == ["-", "1", "B", "a", "ä"]
