"""Of any configuration that is accepted: at each moment a page has one target, or a gap is named."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.cli.coverage import cover
from bot.config import Config, ConfigInvalid, load
from bot.operations.paging.targets import callable_on_paths
from storage import people
from storage.copying import asked_at, asked_of
from tests.domain.oncall import naive
from tests.domain.oncall.values import utc

TEAM, NEXT, ROTA = "dotcom EOC", "dotcom IMOC", "rota"
PEOPLE = [f"{name}@example.com" for name in ("ana", "bo", "cem", "dan")]
STARTS = ("2026-03-28 22:00", "2026-10-24 22:00", "2026-04-04 12:00", "2026-06-01 00:00")
"""Two hours before clocks change in Berlin, both ways; before they change in Lord Howe; and no such day."""
AHEAD = timedelta(days=2)
_GAP = re.compile(rf"{TEAM}: (\S+ \S+) (?:to (\S+ \S+)|on) \(UTC\) (reaches nobody)")

clocks = st.sampled_from(["00:00", "02:00", "02:30", "09:00", "22:15", "24:00"])
days = st.sampled_from(["", "mon-fri", "sat-sun", "sun", "wed-mon"])
windows = st.builds(
    lambda day, start, end: f"{day} {start}-{end}".strip(), days, clocks.filter(lambda at: at < "24"), clocks
)
turns = st.sampled_from(PEOPLE) | st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True)


@st.composite
def layers(draw: st.DrawFn) -> dict[str, Any]:
    rotation = draw(st.sampled_from(["daily", "weekly", "every 8 hours", "every 3 days", "every 2 weeks"]))
    at = draw(clocks.filter(lambda at: at < "24"))
    layer = {
        "rotation": rotation,
        "handover": f"monday {at}" if "week" in rotation and draw(st.booleans()) else at,
        "start": draw(
            st.sampled_from(["2026-02-29", "2026-01-05", "2026-03-29", "2026-10-25", "2026-03-16"])
        ),
        "people": draw(st.lists(turns, min_size=1, max_size=3)),
    }
    if draw(st.booleans()):
        layer["only"] = draw(st.lists(windows, min_size=1, max_size=2))
    if draw(st.integers(0, 3)) == 0:
        layer["end"] = draw(st.sampled_from(["2026-03-29", "2026-03-30", "2026-10-25", "2027-01-01"]))
    return layer


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    path = [{"page": TEAM}, {"page": NEXT}]
    zone = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
    return {
        "teams": {
            TEAM: {"on_call": ROTA, "path": path[: draw(st.integers(1, 2))]},
            NEXT: {"on_call": draw(st.lists(st.sampled_from(PEOPLE), max_size=1))},
        },
        "schedules": {ROTA: {"zone": draw(zone), "layers": draw(st.lists(layers(), min_size=1, max_size=3))}},
    }


def accepted(written: dict[str, Any]) -> Config:
    """Return what is written, if it is accepted; a refusal is one of `muster check`, and no other."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "muster.yml"
        file.write_text(yaml.safe_dump(written))
        try:
            config = load(file)
        except ConfigInvalid:
            assume(condition=False)
            raise
    assume(not config.fatal)
    return config


@settings(max_examples=60)
@given(files(), st.sampled_from(STARTS))
def test_each_moment_has_one_target_or_is_in_a_gap_that_is_named(written: dict[str, Any], start: str) -> None:
    process, begins = accepted(written).process, utc(start)

    gaps = [
        (moment(found[1]), moment(found[2]) if found[2] else begins + AHEAD)
        for one in cover(process, {}, begins, AHEAD)
        if (found := _GAP.search(one.line))
    ]

    around = {at + n * timedelta(minutes=1) for one in gaps for at in one for n in (-1, 0, 1)}
    hourly = {begins + n * timedelta(minutes=75) for n in range(38)}
    with asked_of({}, process, begins) as tx:
        for at in sorted(one for one in around | hourly if begins <= one < begins + AHEAD):
            called = callable_on_paths(asked_at(tx, at))
            whose = [person.email for one in called[TEAM] if (person := people.get(tx, one))]
            assert whose == list(naive.on_call(process.schedules[ROTA], [], at)), at
            levels = [called[level.key] for level in process.teams[TEAM].path]
            assert any(levels) != any(first <= at < end for first, end in gaps), at


def moment(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
