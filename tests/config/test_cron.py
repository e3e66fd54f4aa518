"""Cron expressions: which are taken, and when they come where clocks change."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import load
from bot.config.cron import Cron

pytest.importorskip("cronsim", reason="it is an extra, and not installed here")

BERLIN = ZoneInfo("Europe/Berlin")
KEY = "key: 'sha256:" + "0" * 64 + "'"


@pytest.mark.parametrize(
    ("expression", "after", "runs"),
    [
        ("30 2 * * *", "2026-03-28 12:00", ["29 03:00", "30 02:30"]),  # half past two is skipped that night
        ("30 2 * * *", "2026-10-24 12:00", ["25 02:30", "26 02:30"]),  # it comes twice, and counts once
        ("*/30 * * * *", "2026-10-25 02:10", ["25 02:30", "25 02:00", "25 02:30", "25 03:00"]),
        ("0 9 * * 1", "2026-03-27 12:00", ["30 09:00"]),  # Monday is 1
        ("@DAILY", "2026-03-27 12:00", ["28 00:00"]),
        ("0 9 1 * MON-WED", "2026-06-01 09:00", ["02 09:00"]),  # either day will do
    ],
)
def test_runs_are_those_of_debians_cron(expression: str, after: str, runs: list[str]) -> None:
    cron, at = Cron(expression, BERLIN), datetime.fromisoformat(after).replace(tzinfo=BERLIN)

    for run in runs:
        at = cron.after(at.astimezone(UTC))
        assert f"{at.astimezone(BERLIN):%d %H:%M}" == run
        assert at.tzinfo is UTC


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("schedule: '0 2 * *', zone: UTC", "in quotes, such as '30 2 * * mon-fri'. It has 4 fields"),
        ("schedule: '61 2 * * *', zone: UTC", "Bad minute"),
        ("schedule: '* * * * * *', zone: UTC", "It has 6 fields"),
        ("schedule: '0 0 30 2 *', zone: UTC", "Bad day-of-month"),
        ("schedule: 5, zone: UTC", "expected a cron expression"),
        ("schedule: '0 2 * * *'", "expected `zone` beside"),
        ("schedule: '0 2 * * *', zone: UTC, every: 5m", "expected either `every`, or `windows`"),
        ("schedule: '0 2 * * *', zone: Mars", "expected an IANA time zone"),
        ("windows: ['mon-fri 02:00-03:00'], zone: UTC, grace: 1h", "expected `grace` with `every`"),
        ("every: 5m, zone: UTC", "expected `zone` with `windows`"),
        ("every: 5m, grace: 0", "grace"),
    ],
)
def test_what_is_no_schedule_is_set_aside_and_named(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "muster.yml"
    file.write_text(f"alerts: {{heartbeats: {{backup: {{{KEY}, {written}}}}}}}\n")

    process = load(file, {}).process

    assert process.heartbeats == {}
    assert said in process.set_aside["alerts.heartbeats.backup"]


def test_a_schedule_has_an_hour_of_grace_unless_it_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "muster.yml"
    at = "schedule: '0 2 * * *', zone: UTC"
    quick = f"{{{KEY.replace('0', '1')}, {at}, grace: 5m}}"
    file.write_text(f"alerts: {{heartbeats: {{usual: {{{KEY}, {at}}}, quick: {quick}}}}}\n")

    found = load(file, {}).process.heartbeats

    assert found["usual"].grace == timedelta(hours=1)
    assert found["quick"].grace == timedelta(minutes=5)
