"""`muster check --coverage`: for a merge request, without tokens and without Slack."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.cli.coverage import cover
from bot.config import load
from storage.copying import Workspace
from tests.patience import PATIENCE

LEADERS = "dotcom leadership escalation"
EVERY_TEAM = ("dotcom IMOC", "dotcom CMOC", LEADERS, "Security on-call", "Infrastructure Liaison")
ALWAYS = {
    name: {"on_call": [f"{name.split()[-1].lower()}@example.com"]}
    for name in (*EVERY_TEAM, "Release managers")
}
NIGHT = datetime(2026, 3, 30, tzinfo=UTC)
ALONE = {"dotcom EOC": {"on_call": "EOC", "path": [{"page": "dotcom EOC"}]}}


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(teams: dict[str, Any], schedules: dict[str, Any]) -> None:
    Path("muster.yml").write_text(yaml.safe_dump({"teams": {**ALWAYS, **teams}, "schedules": schedules}))


def office_hours(zone: str = "Europe/Berlin") -> dict[str, Any]:
    layer = {"rotation": "weekly", "handover": "monday 09:00", "start": "2026-01-05"}
    hours = {"only": ["mon-fri 09:00-24:00"], "people": ["ana@example.com"]}
    return {"zone": zone, "layers": [{**layer, **hours}]}


def lines(start: str, days: int, workspace: Workspace | None = None) -> list[str]:
    """Return what is said of the EOC."""
    process, begin = load(Path("muster.yml"), sends=False).process, datetime.fromisoformat(start)
    found = cover(process, workspace or {}, begin.replace(tzinfo=UTC), timedelta(days=days))
    return [one.line for one in found if "dotcom EOC" in one.what]


def check(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def test_a_stretch_without_anybody_is_one_line_also_over_a_change_of_the_clocks() -> None:
    written(ALONE, {"EOC": office_hours()})

    assert lines("2026-03-26", 7) == [
        "fatal    dotcom EOC: 2026-03-26 00:00 to 2026-03-26 08:00 (UTC) reaches nobody.",
        "fatal    dotcom EOC: 2026-03-26 23:00 to 2026-03-27 08:00 (UTC) reaches nobody.",
        "fatal    dotcom EOC: 2026-03-27 23:00 to 2026-03-30 07:00 (UTC) reaches nobody.",
        "fatal    dotcom EOC: 2026-03-30 22:00 to 2026-03-31 07:00 (UTC) reaches nobody.",
        "fatal    dotcom EOC: 2026-03-31 22:00 to 2026-04-01 07:00 (UTC) reaches nobody.",
        "fatal    dotcom EOC: 2026-04-01 22:00 on (UTC) reaches nobody.",
        "hint     dotcom EOC is paged for GitLab.com, Dedicated.",
    ]


def test_the_last_level_alone_and_one_person_alone_are_named() -> None:
    both = [{"page": "dotcom EOC"}, {"page": LEADERS}]
    leads = {LEADERS: {"on_call": ["ana@example.com"]}}
    written({"dotcom EOC": {"on_call": "EOC", "path": both}, **leads}, {"EOC": office_hours("UTC")})

    last, one, _ = lines("2026-06-01", 1)

    assert "2026-06-01 00:00 to 2026-06-01 09:00 (UTC) reaches only the last level: ana@example.com." in last
    assert "2026-06-01 09:00 on (UTC) reaches one person and then nobody else: ana@example.com." in one


def test_somebody_who_left_is_not_reached_and_an_override_is() -> None:
    written(ALONE, {"EOC": office_hours("UTC")})
    gone = {"id": "UANA", "name": "Ana", "email": "ana@example.com", "active": 0}
    there = {"id": "UBO", "name": "Bo", "email": "bo@example.com", "active": 1}
    nights = {"schedule": "EOC", "person": "UBO", "replaces": "", "made_by": "UBO", "made_at": ""}
    times = {"starts_at": "2026-06-01T02:00:00+00:00", "ends_at": "2026-06-01T22:00:00+00:00"}

    found = lines("2026-06-01", 1, {"people": [gone, there], "overrides": [{**nights, **times}]})

    assert [line.partition(": ")[2] for line in found[:-1]] == [
        "2026-06-01 00:00 to 2026-06-01 02:00 (UTC) reaches nobody.",
        "2026-06-01 22:00 on (UTC) reaches nobody.",
    ]


def test_it_fails_a_merge_request_and_needs_no_secrets() -> None:
    written(ALONE, {"EOC": office_hours()})

    result = check("--coverage", "30d")

    assert result.exit_code == 1, result.output
    assert {line.partition(" ")[0] for line in result.stdout.splitlines()} == {"fatal", "hint"}
    assert not Path("muster.db").exists()


def test_it_passes_when_every_page_reaches_two_people() -> None:
    written({"dotcom EOC": {"on_call": ["ana@example.com"]}}, {})

    result = check("--coverage", "7d")

    assert result.exit_code == 0, result.output
    assert "for 7 days: every page of an incident reaches somebody" in result.stdout


@pytest.mark.parametrize("value", ["30", "0d", "400d", "soon"])
def test_a_time_ahead_that_is_none_is_named(value: str) -> None:
    result = check("--coverage", value)

    assert result.exit_code == 2
    assert f"`{value}` is no time ahead. Expected days, from 1d to 366d." in result.stderr


def test_fifty_schedules_for_thirty_days_are_looked_through_in_no_time() -> None:
    teams, schedules = {}, {}
    for n in range(50):
        path = [{"page": f"team {(n + k) % 50}"} for k in range(3)]
        teams[f"team {n}"] = {"on_call": f"rota {n}", "path": path}
        people = [f"p{n}@example.com", f"q{n}@example.com"]
        layer = {"rotation": "every 8 hours", "handover": "08:00", "start": "2026-01-05", "people": people}
        schedules[f"rota {n}"] = {"zone": "Europe/Berlin", "layers": [layer]}
    written(teams, schedules)
    process = load(Path("muster.yml"), sends=False).process

    began = time.monotonic()
    cover(process, {}, datetime(2026, 3, 1, tzinfo=UTC), timedelta(days=30))

    assert time.monotonic() - began < PATIENCE


def test_levels_that_are_not_always_called_count_while_they_are() -> None:
    database = {"on_call": ["dba@example.com"], "channel": "dba"}
    hours = {"page": "Database", "only": {"hours": "working"}}
    path = [hours, {"page": "Database", "call": "channel"}, {"page": "Database", "call": "chief@example.com"}]
    Path("muster.yml").write_text(
        yaml.safe_dump(
            {
                "teams": {
                    **ALWAYS,
                    "dotcom EOC": {"on_call": ["eoc@example.com"]},
                    "Database": database | {"path": path},
                },
                "types": {"Storage": {"pages": "Database"}},
                "people": {"dba@example.com": {"zone": "Europe/Berlin", "hours": "mon-fri 08:00-16:00"}},
            }
        )
    )

    found = cover(load(Path("muster.yml"), sends=False).process, {}, NIGHT, timedelta(days=1))

    alone = "(UTC) reaches only the last level: chief@example.com."
    assert [one.line for one in found if "Database: " in one.what] == [
        f"warning  Database: 2026-03-30 00:00 to 2026-03-30 06:00 {alone}",
        f"warning  Database: 2026-03-30 14:00 on {alone}",
    ]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (["S1", "S2"], ["S3", "S4"], []),
        (
            ["S1", "S2"],
            ["S3"],
            ["reaches only the last level for GitLab.com S4: chief@example.com."],
        ),
    ],
)
def test_each_type_and_severity_walks_its_own_path(
    first: list[str], second: list[str], found: list[str]
) -> None:
    path = [
        {"page": "dotcom EOC", "only": {"severities": first}},
        {"page": "Database", "only": {"severities": second}},
        {"page": "Database", "call": "chief@example.com"},
    ]
    teams = {
        **ALWAYS,
        "dotcom EOC": {"on_call": ["eoc@example.com"], "path": path},
        "Database": {"on_call": ["dba@example.com"]},
    }
    Path("muster.yml").write_text(yaml.safe_dump({"teams": teams, "types": {"Dedicated": None}}))

    lines = [
        one.line
        for one in cover(load(Path("muster.yml"), sends=False).process, {}, NIGHT, timedelta(days=1))
        if "dotcom EOC: " in one.what
    ]

    assert lines == [f"warning  dotcom EOC: 2026-03-30 00:00 on (UTC) {one}" for one in found]
