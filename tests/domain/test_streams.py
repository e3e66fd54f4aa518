"""The names of streams: as they are typed, and in the name of a channel."""

from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.incidents.streams import (
    Stream,
    begun_with,
    follows,
    free_name,
    renamed,
    stream_channel_name,
)
from tests.fakes import NOON
from tests.values import an_incident

DATABASE = Stream(1, 7, "database", "UEOC", "UREP", NOON)
REPLICA = Stream(2, 7, "Database replica", "UEOC", "UREP", NOON)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("database It is back", (DATABASE, "It is back")),
        ("Database-Replica: it lags", (REPLICA, "it lags")),
        ("database replica: it lags", (REPLICA, "it lags")),
        ("DATABASE", (DATABASE, "")),
        ("network", (None, "")),
        ("", (None, "")),
    ],
)
def test_the_longest_name_that_begins_a_text_is_meant(text: str, found: tuple[Stream | None, str]) -> None:
    meant = begun_with(text, [DATABASE, REPLICA])

    assert meant == (found if found[0] else None)


@pytest.mark.parametrize(
    ("channel", "name", "attempt", "expected"),
    [
        ("inc-7-disk-full", "database", 0, "inc-7-disk-full-database"),
        ("inc-7-disk-full", "database", 1, "inc-7-disk-full-database-2"),
        ("inc-7-disk-full", "データ", 0, "inc-7-disk-full-stream-1"),
        (None, "Ünder Load", 0, "inc-7-under-load"),
        ("inc-7-" + "x" * 74, "y" * 40, 2, "inc-7-" + "x" * 31 + "-" + "y" * 40 + "-3"),
    ],
)
def test_a_channel_is_named_after_the_incidents(
    channel: str | None, name: str, attempt: int, expected: str
) -> None:
    stream = Stream(1, 7, name, "UEOC", "UREP", NOON)

    made = stream_channel_name(an_incident(channel_name=channel), stream, attempt=attempt)

    assert made == expected
    assert len(made) <= 80


def test_a_name_that_is_taken_gets_the_duplicates_number() -> None:
    assert free_name("network", 9, [DATABASE]) == "network"
    assert free_name("DataBase", 9, [DATABASE]) == "DataBase INC-9"
    long = Stream(3, 7, "z" * 40, "", "UREP", NOON)
    assert free_name("z" * 40, 9, [long]) == "z" * 34 + " INC-9"


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("inc-7-disk-full-database", True),
        ("inc-7-disk-full-database-2", True),
        ("inc-7-disk-full-database-team", False),
        ("db-war-room", False),
        (None, False),
    ],
)
def test_a_channel_that_people_named_themselves_keeps_its_name(named: str | None, found: bool) -> None:
    incident = an_incident(channel_name="inc-7-mail-is-slow")

    assert follows(replace(DATABASE, channel_name=named), incident, "inc-7-disk-full") is found


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("database", "its name already"),
        ("DATABASE-replica", "has a stream Database replica already"),
        ("rename it", "that word is for what is done"),
        ("", "needs a name"),
    ],
)
def test_a_new_name_that_cannot_be_is_refused(name: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        renamed(DATABASE, name, [DATABASE, REPLICA])


def test_a_name_may_change_its_case_alone() -> None:
    assert renamed(DATABASE, "Data base", [DATABASE, REPLICA]).name == "Data base"
