"""What words find, on both engines: whatever is typed, of every text, and of nothing that was taken back."""

import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.fields import Field, Link
from bot.domain.incidents.incident import Summary
from bot.domain.incidents.listing import Listed, Which, listed
from bot.domain.work.work import Action, ActionKind
from bot.operations.incidents.rename import rename
from bot.operations.reviews.comments import change_comment, comment_on, delete_comment
from bot.operations.reviews.documents import NewVersion, save_document
from bot.operations.timeline import pins
from bot.operations.timeline.notes import change_note, note
from bot.operations.work.summary import write_summary
from storage import actions, fields, links, listing, timeline, words
from storage.engines import open_database
from storage.moving import move
from storage.transaction import Tx
from tests.conftest import Office
from tests.engines import Server
from tests.operations.given import given_incident

MANY = 2**14
CHECK = "INSERT INTO words_found (words_found, rank) VALUES ('integrity-check', 1)"
TS = "1772452800.000100"


def search(office: Office, text: str, viewer: str = "UREP") -> list[int]:
    wanted = listed(f"all {text}", ())

    def read(tx: Tx) -> list[int]:
        ids = [one.id for one in listing.of(tx, wanted, viewer, 20)]
        assert listing.count(tx, wanted, viewer) == len(ids)
        return ids

    return office.read(read)


@pytest.mark.parametrize(
    "typed",
    [
        *("checkout", "CHECK", "api_gateway", "api-gate", "gateway:8080", '"checkout"', "“Zürich”", "zurich"),
        *("ZÜRICH", "zürich checkout", "(checkout", "checkout*", "checkout - zürich", "it's", "INC-1", "#1"),
        *("Checkout' OR '1'='1", "strasse", "Straße", "数据", "inc1", "8080"),
    ],
)
def test_what_people_type_finds_it(office: Office, typed: str) -> None:
    given_incident(office, name="Checkout: it's api_gateway:8080 in Zürich, Straße; or 1=1 数据库")

    assert search(office, typed) == [1]


@pytest.mark.parametrize(
    "typed",
    [
        *(
            '"',
            "'",
            "*",
            "^",
            "-",
            "_",
            ":",
            "%",
            "()",
            "NOT",
            "AND OR",
            "NEAR(",
            "words:disk",
            "disk NOT full",
        ),
        *(
            'disk"',
            "{disk",
            "'a':*",
            "!disk & full",
            "a\\",
            "disk | tape",
            "\U0001f600",
            "\0",
            "heckout",
            "INC-2",
        ),
    ],
)
def test_what_is_no_word_is_no_error_either_and_finds_nothing(office: Office, typed: str) -> None:
    given_incident(office, name="Checkout is down")

    assert search(office, typed) == []


def test_every_text_is_found_as_it_is_now(office: Office) -> None:
    given_incident(office, name="Disk full", channel="C1")
    summary = Summary("Reads fail", "A flood", "We know", "Costs money")

    office.perform(rename, 1, "Tape torn", by="UREP")
    office.perform(write_summary, 1, summary, by="UREP")
    office.perform(note, 1, "Called the vendor", by="UREP")

    for typed in ("tape", "reads", "flood", "know", "money", "vendor", "tape reads vendor"):
        assert search(office, typed) == [1], typed
    assert search(office, "disk") == []


def test_a_note_is_found_until_it_is_hidden(office: Office) -> None:
    given_incident(office)
    office.perform(note, 1, "Called the vendor", by="UREP")
    (found, _), *_ = office.read(timeline.notes, 1)

    office.perform(change_note, 1, found.id, text="Wrote them", at=found.at, hidden=False, by="UREP")
    assert (search(office, "vendor"), search(office, "wrote")) == ([], [1])
    office.perform(change_note, 1, found.id, text="Wrote them", at=found.at, hidden=True, by="UREP")

    assert search(office, "wrote") == []


def test_a_pin_is_found_until_it_is_taken_off_or_its_message_deleted(office: Office) -> None:
    given_incident(office)
    mark = {"by": "UREP", "source": "pin"}

    office.perform(pins.pin, "CINC", TS, **mark, at=office.clock.now())
    office.perform(
        pins.filled, 1, TS, by="UREP", text="node-7 is hot", permalink="https://x", files=["heat.png"]
    )
    assert (search(office, "node-7"), search(office, "heat")) == ([1], [1])
    office.perform(pins.edited, "CINC", TS, "node-8 is hot")
    assert (search(office, "node-7"), search(office, "node-8")) == ([], [1])
    office.clock.advance(minutes=1)
    office.perform(pins.unpin, "CINC", TS, **mark, at=office.clock.now())
    assert search(office, "node-8") == []
    office.clock.advance(minutes=1)
    office.perform(pins.pin, "CINC", TS, **mark, at=office.clock.now())
    assert search(office, "node-8") == [1]
    office.perform(pins.deleted, "CINC", TS)

    assert search(office, "node-8") == []


def test_actions_links_and_fields_are_found_as_they_are_now_and_nothing_private(office: Office) -> None:
    incident = given_incident(office)
    now = office.clock.now()
    action = Action(0, 1, "Renew certificates", "of web-9", ActionKind.ACTION, None, None, "UREP", now)
    number = office.perform(actions.add, action)
    office.perform(actions.add, replace(action, title="Interview the intruder", details="", private=True))
    office.perform(links.put, 1, Link("Dashboard", "https://grafana.test/d/1", "UREP", now))
    office.perform(fields.put, 1, Field("Cause", "misconfiguration", "UREP", now))

    for words_of in ("certificates", "web-9", "dashboard", "grafana", "misconfig"):
        assert search(office, words_of) == [incident.id]
    assert search(office, "intruder") == []
    assert "intruder" not in str(office.read(words.texts, [1], 100))

    office.perform(actions.save, replace(action, id=number, title="Renew keys"))
    office.perform(links.remove, 1, "https://grafana.test/d/1")
    office.perform(fields.remove, 1, "Cause")
    for gone in ("certificates", "grafana", "misconfig"):
        assert search(office, gone) == []
    other = given_incident(office, channel="CTWO")
    office.perform(actions.move, 1, other.id)
    assert search(office, "keys") == [other.id]


def test_of_what_words_find_the_open_and_the_newest_come_first(office: Office) -> None:
    for number in range(4):
        given_incident(office, name=f"Disk {number}", channel=f"C{number}")
    office.perform(lambda tx: tx.write("UPDATE incidents SET status = 'Closed' WHERE id IN (2, 4)"))

    assert search(office, "disk") == [3, 1, 4, 2]


def test_what_was_refused_is_not_found(office: Office) -> None:
    given_incident(office)

    with pytest.raises(Refused):
        office.perform(note, 1, "", by="UREP")

    assert search(office, "called") == []


def test_incidents_of_before_there_were_words_get_theirs_at_the_next_start(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "AT_ONCE", 2)
    for number in range(5):
        given_incident(office, name=f"Disk {number}", channel=f"C{number}")
    office.perform(lambda tx: tx.write("DELETE FROM incident_words"))
    assert search(office, "disk") == []

    words.complete(office.database)

    assert search(office, "disk") == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_was_moved_is_found_there_and_back(
    engine: str, office: Office, tmp_path: Path, postgres: Server
) -> None:
    file, back, there = f"sqlite:{tmp_path}/a.db", f"sqlite:{tmp_path}/b.db", postgres.emptied()
    with closing(open_database(file, own_time=False)) as database:
        given_incident(Office(database, office.uow.process, office.clock), name="Zürich is down")

    for source, target in ((file, there), (there, back)):
        move(source, target)
        with closing(open_database(target, own_time=False)) as database:
            assert search(Office(database, office.uow.process, office.clock), "zurich down") == [1]

    with closing(open_database(back, own_time=False)) as database:  # the index has nothing else
        database.run(lambda connection: connection.execute(CHECK, {}))


def test_among_sixteen_thousand_incidents_words_find_theirs_at_once(office: Office) -> None:
    given_incident(office, channel=None)
    office.perform(_multiply)
    wanted = listed("all disk zone7x", ())

    began = time.perf_counter()
    found = office.read(lambda tx: (listing.count(tx, wanted, "UREP"), listing.of(tx, wanted, "UREP", 12)))
    took = time.perf_counter() - began

    assert (found[0], len(found[1])) == (MANY // 100 + 1, 12)
    assert took < 1  # 10 ms on an idle machine
    assert office.read(lambda tx: listing.count(tx, Listed(Which.ALL, words=("disk",)), "UREP")) == MANY
    assert "words_found" in office.read(_plan)


def _multiply(tx: Tx) -> None:
    columns = "name, summary, causes, cmoc, executive, private, drill, lead_by_hand, review_requested"
    columns += ", type, severity, highest, status, reporter, lead, declared_at"
    for _ in range(14):
        tx.write(f"INSERT INTO incidents ({columns}) SELECT {columns} FROM incidents")
    tx.write("""INSERT INTO incident_words (incident, words)
        SELECT id, 'inc' || id || ' disk full zone' || (id % 100) || 'x' FROM incidents WHERE id > 1""")


def _plan(tx: Tx) -> str:
    """Return how the engine goes about a search, once it knows how much there is."""
    select, named = tx.having([("zone7x", True)])
    rows = tx.all(f"EXPLAIN {'' if tx.for_update else 'QUERY PLAN'} {select}", named)
    return " ".join(str(value) for row in rows for value in row.values())


def test_texts_are_the_name_then_the_newest_and_nothing_that_was_hidden(office: Office) -> None:
    first, other = (
        given_incident(office, name="Checkout"),
        given_incident(office, name="Search", channel="COTHER"),
    )
    for text in ("the first note", "the second note"):
        office.perform(note, first.id, text, by="UREP")

    found = office.read(words.texts, [first.id, other.id], 3)

    assert found[other.id][0] == "Search"
    assert [one.strip() for one in found[first.id]] == ["Checkout", "", "the second note"]
    assert office.read(words.texts, [], 3) == {}


def test_what_stands_in_a_review_finds_it_and_what_was_taken_back_does_not(office: Office) -> None:
    given_incident(office, private=True)
    far = "word " * 30_000

    def save(new: NewVersion) -> None:
        office.perform(save_document, 1, new, by="UREP")

    save(NewVersion("# The leapfrog", 0, "short", "# written"))
    comment = office.perform(comment_on, 1, 1, "Which porcupine?", by="UREP")
    assert search(office, "leapfrog") == search(office, "porcupine") == [1]
    assert search(office, "leapfrog", "UOUTSIDE") == search(office, "porcupine", "UOUTSIDE") == []

    save(NewVersion(f"# The tadpole\n{far} antler", 1, "short", "# written"))
    office.perform(change_comment, comment, "Which hedgehog?", by="UREP")

    assert search(office, "tadpole") == search(office, "antler") == search(office, "hedgehog") == [1]
    assert search(office, "leapfrog") == search(office, "porcupine") == []
    shown = office.read(words.texts, [1], 100)[1]
    assert any(one.startswith("# The tadpole") and len(one) == 20_000 for one in shown)
    office.perform(delete_comment, comment, by="UREP")
    assert search(office, "hedgehog") == []
