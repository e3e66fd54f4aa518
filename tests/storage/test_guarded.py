"""Decisions beside each other on PostgreSQL: which see to themselves, and what they hold on to for it."""

import asyncio
from collections.abc import Iterator
from contextlib import _GeneratorContextManager
from datetime import timedelta
from threading import Thread

import psycopg
import pytest
from psycopg.errors import CheckViolation

import storage.postgres
from bot.domain.facts import JoinedLate
from bot.domain.incidents.incident import Draft, Severity
from bot.jobs import Effect, Job, by_name, routes
from bot.operations.incidents.declare import declare
from bot.operations.workspace import membership
from bot.operations.workspace.people import learned
from bot.unit_of_work import Guarded
from handlers.incidents.declare import FEATURE
from scheduler.delivery import Deliveries
from storage import outbox
from storage.engines import open_database
from storage.facts import finish
from storage.outbox import Delivery
from storage.people import Person
from storage.places import Place
from storage.postgres import PostgresConnection, PostgresDatabase
from storage.transaction import Connection, Route, Routes, Row, Tx
from tests.conftest import Office
from tests.engines import Server
from tests.fakes import FakeClock, process
from tests.happenings import Changed
from tests.operations.given import given_incident
from tests.views.visitor import Visitor

CARD: Routes = {Changed: (Route("redraw", "card:{incident}", coalesce=True),)}
MANY = 2_000


@pytest.fixture
def engine() -> str:
    return "postgres"


@pytest.fixture
def database(address: str) -> Iterator[PostgresDatabase]:
    database = PostgresDatabase(address, own_time=False)
    yield database
    database.close()


@pytest.fixture
def pair(address: str, clock: FakeClock) -> Iterator[tuple[Office, Office]]:
    """Two replicas."""
    databases = [open_database(address, own_time=False) for _ in range(2)]
    offices = [Office(database, process(), clock) for database in databases]
    for office in offices:
        office.uow.deliver_to(CARD, lambda: None)
    yield offices[0], offices[1]
    for database in databases:
        database.close()


def begun(office: Office, connection: Connection) -> Tx:
    return Tx(connection, office.clock.now(), office.uow.process, CARD)


def changed(tx: Tx) -> None:
    tx.record(Changed(incident=7))
    finish(tx)


def many_changed(tx: Tx) -> None:
    for number in range(MANY):
        tx.record(Changed(incident=number))


def isolation(tx: Tx) -> str:
    row = tx.one("SHOW transaction_isolation")
    assert row
    return str(row["transaction_isolation"])


class Noting(PostgresDatabase):
    """Notes of each transaction that writes whether it is guarded."""

    noted: tuple[bool, ...] = ()

    def transaction(
        self, *, writing: bool = True, guarded: bool = False
    ) -> _GeneratorContextManager[PostgresConnection]:
        self.noted += (guarded,) if writing else ()
        return super().transaction(writing=writing, guarded=guarded)


@pytest.fixture
def noting(address: str, clock: FakeClock) -> Iterator[Office]:
    database = Noting(address, own_time=False)
    yield Office(database, process(), clock)
    database.close()


def noted(office: Office) -> tuple[bool, ...]:
    assert isinstance(office.database, Noting)
    return office.database.noted


def test_only_guarded_decisions_see_what_others_commit_meanwhile(office: Office) -> None:
    assert office.perform(isolation) == "serializable"
    assert office.perform(Guarded(isolation)) == "read committed"
    assert office.read(isolation) == "repeatable read"


@pytest.mark.parametrize("wrapped", [True, False], ids=["guarded", "not guarded"])
def test_deliveries_are_leased_guarded_and_finished_as_their_effects_are(
    noting: Office, wrapped: bool
) -> None:
    seen: list[str] = []

    def effect(tx: Tx) -> None:
        seen.append(isolation(tx))

    async def run(_: Delivery) -> Effect:
        return Guarded(effect) if wrapped else effect

    job = Job("redraw", [Changed], run, "card:{incident}", on_dead=lambda *_: None)

    async def deliver() -> None:
        deliveries = Deliveries(noting.uow, by_name([job]))
        noting.uow.deliver_to(routes([job]), deliveries.wake)
        await deliveries.start()
        await noting.uow.perform(changed)
        await deliveries.quiet()
        await deliveries.stop(0)

    asyncio.run(deliver())

    assert seen == ["read committed" if wrapped else "serializable"]
    # What was left is freed, the change is recorded, what is due is leased, what was sent is finished.
    assert noted(noting)[:4] == (True, False, True, wrapped)


def test_a_form_declares_guarded(noting: Office) -> None:
    person = Visitor(noting)

    person.types(FEATURE.subcommands, "declare Checkout fails")
    person.sends(FEATURE.listeners, severity="S3")

    assert noted(noting) == (True,)


def test_declares_side_by_side_do_not_collide(pair: tuple[Office, Office]) -> None:
    attempts = []

    def declared(tx: Tx, form: str) -> None:
        attempts.append(form)
        declare(tx, Draft("Disk full", "GitLab.com", Severity.S1), by="UREP", form=form)

    def many(office: Office, replica: int) -> None:
        for number in range(40):
            office.perform(Guarded(declared), f"{replica}.{number}")

    threads = [Thread(target=many, args=(office, number)) for number, office in enumerate(pair)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(attempts) == len(set(attempts)) == 80


def test_a_change_whose_redrawing_waits_keeps_it_waiting_until_it_is_written(
    pair: tuple[Office, Office],
) -> None:
    one, other = pair
    one.perform(changed)

    with one.database.transaction() as connection:
        changed(begun(one, connection))
        connection.query("SELECT 1", {})  # what was written before goes with it
        assert other.perform(Guarded(outbox.lease), urgent=False, limit=10) == []

    assert len(other.perform(Guarded(outbox.lease), urgent=False, limit=10)) == 1


def test_a_change_beside_a_redrawing_that_begins_is_drawn_after_it(pair: tuple[Office, Office]) -> None:
    one, other = pair
    one.perform(changed)
    change = Thread(target=lambda: other.perform(changed))

    with one.database.transaction(guarded=True) as connection:
        tx = begun(one, connection)
        (under_way,) = outbox.lease(tx, urgent=False, limit=10)
        connection.query("SELECT 1", {})
        change.start()
        change.join(0.3)
        assert change.is_alive()  # it waits to learn whether the redrawing has begun
    change.join()

    one.perform(outbox.sent, [under_way])
    assert len(one.perform(Guarded(outbox.lease), urgent=False, limit=10)) == 1


def test_the_next_deliveries_are_found_quickly_however_empty_the_outbox_was(
    office: Office, postgres: Server
) -> None:
    """A plan that was made for an empty table, and kept, reads the full one once for each of its rows.

    When PostgreSQL counts a table anew is chance: here it does when the rows are there.
    """
    office.uow.deliver_to(CARD, lambda: None)
    for _ in range(20):
        office.perform(Guarded(outbox.lease), urgent=False, limit=10)
        office.perform(changed)
        office.perform(outbox.sent, office.perform(Guarded(outbox.lease), urgent=False, limit=10))
    office.perform(many_changed)
    office.perform(lambda tx: tx.execute("ANALYZE outbox"))

    def rows_read(tx: Tx) -> int:
        row = tx.one(
            """SELECT seq_tup_read + idx_tup_fetch AS read FROM pg_stat_xact_user_tables
            WHERE relname = 'outbox'"""
        )
        assert row
        return int(row["read"])

    def leased(tx: Tx) -> int:
        before = rows_read(tx)
        outbox.lease(tx, urgent=False, limit=10)
        return rows_read(tx) - before

    # Each row of a lane may pass the 20 that ended before it, while another transaction still sees them.
    assert office.perform(Guarded(leased)) <= 30 * MANY


def test_a_plan_that_was_made_for_an_empty_table_is_not_kept(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty table is read from end to end; one with thousands of rows is not."""

    def plan(tx: Tx) -> str:
        return str(tx.all("EXPLAIN EXECUTE one_of_many('9')"))

    def many_seen(tx: Tx) -> None:
        # At different times: were they all alike, an ANALYZE in the background would have them all read.
        tx.execute(
            "INSERT INTO seen_events (id, at) SELECT n::text, n::text FROM generate_series(1, 6000) AS n"
        )

    office.perform(lambda tx: tx.execute("PREPARE one_of_many AS SELECT * FROM seen_events WHERE at = $1"))
    office.perform(lambda tx: tx.execute("ANALYZE seen_events"))
    assert "Seq Scan" in office.read(plan)
    office.perform(many_seen)

    monkeypatch.setattr(storage.postgres, "PLANS_KEPT", timedelta(days=1))
    assert "Seq Scan" in office.read(plan)
    monkeypatch.setattr(storage.postgres, "PLANS_KEPT", timedelta())
    assert "Index" in office.read(plan)


def test_what_is_written_is_seen_by_the_next_question(office: Office) -> None:
    def decide(tx: Tx) -> list[str]:
        tx.write("INSERT INTO seen_events (id, at) VALUES (:id, '')", {"id": "a"})
        tx.write("UPDATE seen_events SET id = :id", {"id": "b"})
        return [row["id"] for row in tx.all("SELECT id FROM seen_events")]

    assert office.perform(decide) == ["b"]


def test_what_goes_with_the_commit_and_fails_undoes_all(office: Office, database: PostgresDatabase) -> None:
    wrong = "INSERT INTO outbox (event, job, lane, urgent, subject, state, due_at, created_at, attempt)"

    def decide(tx: Tx) -> None:
        tx.execute("INSERT INTO seen_events (id, at) VALUES ('a', '')")
        tx.write(f"{wrong} VALUES ('', '', '', 7, '', 'pending', '', '', 0)")

    with pytest.raises(CheckViolation):
        office.perform(decide)

    assert office.read(lambda tx: tx.all("SELECT * FROM seen_events")) == []


def test_a_batch_that_failed_spoils_none_after_it(database: PostgresDatabase) -> None:
    """The driver takes it that the server knows what the batch prepared, also what it never came to."""
    store = "INSERT INTO seen_events (id, at) VALUES (:id, '') ON CONFLICT (id) DO NOTHING"

    def batch(connection: PostgresConnection, divisor: int, size: int) -> None:
        connection.write("SELECT 1 / CAST(:divisor AS INTEGER)", {"divisor": divisor})
        for number in range(size):
            connection.write(store, {"id": str(number)})

    def fails(size: int) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            database.run(lambda connection: batch(connection, 0, size))

    fails(1)
    database.run(lambda connection: batch(connection, 1, 3))
    fails(20)
    database.run(lambda connection: batch(connection, 1, 20))

    with database.transaction() as connection:
        assert len(connection.query("SELECT * FROM seen_events", {})) == 20


def test_who_comes_into_a_channel_is_told_how_it_stands_once_though_two_replicas_hear_of_it(
    pair: tuple[Office, Office], clock: FakeClock
) -> None:
    one, other = pair
    incident = given_incident(one, channel="C1")
    clock.advance(minutes=6)
    came = [("C1", "UNEW", clock.now())]
    told: list[int] = []

    def all_joined(tx: Tx) -> None:
        membership.all_joined(tx, came)
        told.extend(fact.incident for fact in tx.facts if isinstance(fact, JoinedLate))

    beside = Thread(target=lambda: other.perform(Guarded(all_joined)))
    with one.database.transaction(guarded=True) as connection:
        all_joined(begun(one, connection))
        beside.start()
        beside.join(0.2)  # it waits for us where it has come to the row

    beside.join()
    assert told == [incident.id]


def test_people_and_channels_that_are_as_they_were_are_not_written(office: Office) -> None:
    """Every decision reads who is there, and would collide with each look at the workspace."""

    def look(name: str) -> None:
        who = Person("UNEW", name, None, True, None)
        office.perform(learned, [who], [Place("C1", name, archived=False)])

    def written(tx: Tx) -> list[Row]:
        return tx.all(
            """SELECT xmin::text FROM people WHERE id = 'UNEW'
            UNION ALL SELECT xmin::text FROM places WHERE id = 'C1'"""
        )

    look("new")
    before = office.read(written)
    look("new")
    assert office.read(written) == before

    look("newer")
    assert not [row for row in office.read(written) if row in before]
