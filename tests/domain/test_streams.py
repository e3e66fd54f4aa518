"""The names of streams: as they are typed, and in the name of a channel."""

import pytest

from bot.domain.incidents.streams import Stream, begun_with, free_name, stream_channel_name
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
