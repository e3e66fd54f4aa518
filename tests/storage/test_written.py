"""A database that was left at an earlier step, in mid-escalation, is brought up to date and pages on time."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.process import Process
from scheduler.ticks import Ticks
from storage import actions, incidents, pages, timeline
from storage.engines import open_database
from storage.migrations import MIGRATIONS
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock
from tests.storage import written

STEPS = {
    1: "320cf97e64eff713",
    2: "64b80f7e3f10652f",
    3: "698f7d2585f5dd85",
    4: "4b06ff8caa311080",
    5: "c98efbe91b7b98be",
    6: "b062593dfa3707b3",
    7: "77a3455c625ffb9e",
    8: "96bcf51549179453",
    9: "c51d82f2bb8947bc",
    10: "9d3f8d90b7fc0117",
    11: "db6e2d598417069b",
    12: "34faf4cfd50184bc",
    13: "e677a58ff3e5c48e",
    14: "71e2c8b456704d61",
    15: "e6032851bc11e247",
    16: "92e82ed4236f47e5",
    17: "c9ecb008fa1d4299",
    18: "c3680bcb278d5993",
    19: "3ff5ba9201d4aa98",
    20: "5fdf0f5c9045df27",
    21: "676278988bb72215",
    22: "5e4e16662defaec7",
    23: "e80a25c7d431917f",
    24: "c635fd3b3449f7cf",
    25: "0d20a6fb5b296cb4",
    26: "f22e9b083b02b85a",
    27: "10a870d7cb1bea70",
    28: "4d613a8c12ec1069",
    29: "9ee5ceed3f0f9b3e",
    30: "f72abb68b6fab5d1",
    31: "f4a2bb4f1729e154",
    32: "49f84998b885f33c",
    33: "34507091bef9baf2",
    34: "57be6ecc954995d4",
    35: "d80c642cd2edbc95",
    36: "11a01216196460f8",
    37: "d5ce486c4a48c000",
    38: "b64b644623ebd5ef",
    39: "09a45975561ef281",
    40: "b89db3b81a7b0090",
    41: "2633f3920afbe1a9",
    42: "45669be50eff99ea",
    43: "07bebf363cfb9731",
    44: "91feb90495379292",
    45: "5f2a4c2688c7a370",
    46: "8d956512c4d0e2bd",
    47: "fa6af5d00a2ea176",
    48: "240004deacf90178",
    49: "e6fb33889e8ad1f7",
    50: "ffcb2aad47a9c799",
    51: "d553faa50f3f01f4",
    52: "c85288e528bc214d",
}
"""What each step says, as a checksum: a database out there was made by it, so it is never edited."""


NEWEST = max(STEPS)
ON_POSTGRES = {1, *range(NEWEST, 1, -5)}
"""Enough there: a step is written once, and each is read back from SQLite."""

EACH = [
    pytest.param(
        (step, engine),
        id=f"{engine}-{step}",
        marks=[pytest.mark.proof] if engine == "postgres" and step != NEWEST else [],
    )
    for step in written.steps()
    for engine in ENGINES
    if engine == "sqlite" or step in ON_POSTGRES
]


@pytest.fixture(params=EACH)
def old(request: pytest.FixtureRequest, tmp_path: Path, rules: Process, clock: FakeClock) -> Iterator[Office]:
    step, engine = request.param
    address = written.restored(step, tmp_path if engine == "sqlite" else request.getfixturevalue("postgres"))
    left = written.left_at(step)
    clock.advance((left - clock.now()).total_seconds())
    with closing(open_database(address, own_time=False)) as database:
        yield Office(database, rules, clock)


def called(office: Office) -> dict[int | None, list[str | None]]:
    """Return whom each incident calls."""
    found: dict[int | None, list[str | None]] = {}
    for page in office.read(pages.pending):
        found.setdefault(page.incident, []).append(page.responder)
    return found


def tick(office: Office) -> None:
    asyncio.run(Ticks(office.uow).tick())


def test_what_was_kept_is_read_and_the_next_level_is_called_in_time(old: Office, clock: FakeClock) -> None:
    for number, name in enumerate(("It's slow; ü", "Down", "Over"), 1):
        assert old.read(incidents.get, number).name == name
        assert old.read(timeline.of, number)
    assert [action.title for action in old.read(actions.of, 1)] == ["Look"]
    assert called(old)[1] == ["UIM"]
    assert "UEOC" in called(old)[2]

    clock.advance(minutes=6, seconds=59)
    tick(old)
    assert "UEOC" in called(old)[2]
    clock.advance(seconds=1)
    tick(old)
    assert "UEOC" not in called(old)[2]
    assert called(old)[1] == ["UIM"]
    clock.advance(minutes=5)
    tick(old)

    assert called(old)[1] == ["ULEADER"]


def test_every_step_has_a_database_and_is_as_it_was() -> None:
    said = {
        number: hashlib.sha256(step.encode()).hexdigest()[:16] for number, step in enumerate(MIGRATIONS, 1)
    }

    assert written.steps() == list(said)
    assert said == STEPS
