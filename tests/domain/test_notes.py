"""When that was which a note tells of."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.errors import Refused
from bot.domain.timeline.notes import lacks_words, timed
from tests.domain.oncall.values import utc

BERLIN = ZoneInfo("Europe/Berlin")
NOW = utc("2026-03-29 12:00")  # 14:00 in Berlin, where the clocks went forward this night


@pytest.mark.parametrize(
    ("typed", "words", "at"),
    [
        ("The disk is full", "The disk is full", None),
        ("at 13:05 the disk was full", "the disk was full", utc("2026-03-29 11:05")),
        ("13:05: full\nat last", "full\nat last", utc("2026-03-29 11:05")),
        ("at 14:05 full", "full", utc("2026-03-28 13:05")),
        ("yesterday 14:05 full", "full", utc("2026-03-28 13:05")),
        ("2026-03-01 at 09:00, full", "full", utc("2026-03-01 08:00")),
        ("at 1:05 pm full", "full", utc("2026-03-29 11:05")),
        ("12am full", "full", utc("2026-03-28 23:00")),
        ("10 minutes ago full", "full", utc("2026-03-29 11:50")),
        ("half an hour ago full", "full", utc("2026-03-29 11:30")),
        ("at noon it was full", "at noon it was full", None),
        ("on friday at 23:05 full", "full", utc("2026-03-27 22:05")),
        ("sun 13:05 full", "full", utc("2026-03-29 11:05")),
        ("last Sunday 14:05 full", "full", utc("2026-03-22 13:05")),
        ("sunny 14:05 full", "sunny 14:05 full", None),
        ("14:05", "14:05", None),
    ],
)
def test_a_note_may_begin_with_when_it_was(typed: str, words: str, at: datetime | None) -> None:
    assert timed(typed, BERLIN, NOW) == (words, at)


@pytest.mark.parametrize(
    "typed", ["today 14:05 full", "at 1:61 pm full", "2026-03-30 09:00 full", "at 25:05 full"]
)
def test_a_time_that_did_not_come_yet_or_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        timed(typed, BERLIN, NOW)


@pytest.mark.parametrize(
    ("typed", "lacks"),
    [("at 14:05", True), ("yesterday 14:05:", True), ("at 14:05 full", False), ("at it", False)],
)
def test_a_time_alone_is_no_note(typed: str, lacks: bool) -> None:
    assert lacks_words(typed) is lacks
