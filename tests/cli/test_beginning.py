"""The commands that write a configuration: from another product's export, and from a few questions."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.config import load
from tests.patience import PATIENCE

LAYER = {
    "name": "Layer 1",
    "start": "2026-01-05T09:00:00Z",
    "end": None,
    "rotation_virtual_start": "2026-01-05T09:00:00Z",
    "rotation_turn_length_seconds": 604_800,
    "users": [{"user": {"id": "PA", "summary": "Ana"}}, {"user": {"id": "PB", "summary": "Ben"}}],
    "restrictions": [],
}
SCHEDULE = {"id": "PS", "name": "Primary", "time_zone": "Europe/Berlin", "schedule_layers": [LAYER]}
USERS = [
    {"id": f"P{one[0].upper()}", "type": "user", "email": one}
    for one in ("ana@example.com", "ben@example.com")
]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def muster(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def exported(*answers: Any) -> None:
    Path("export.json").write_text("\n".join(json.dumps(one) for one in answers))


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert all(line.startswith("muster: ") for line in result.stderr.splitlines()), result.stderr
    assert result.stdout == ""
    return result.stderr


def test_an_export_becomes_a_configuration_that_can_be_loaded() -> None:
    exported({"schedule": SCHEDULE}, {"users": USERS})

    result = muster("import", "pagerduty", "export.json")

    assert result.exit_code == 0, result.output
    Path("muster.yml").write_text(result.stdout)
    process = load(Path("muster.yml")).process
    turns = process.schedules["Primary"].layers[0].turns  # the first is whoever is on call today
    assert sorted(turns) == [("ana@example.com",), ("ben@example.com",)]
    assert process.teams["Primary"].schedule == process.schedules["Primary"]
    assert result.stderr == "All was carried over.\n"


def test_what_is_not_carried_over_is_numbered() -> None:
    exported({"schedule": SCHEDULE}, {"schedule": {**SCHEDULE, "time_zone": "Mars"}}, {"users": USERS[:1]})

    result = muster("import", "pagerduty", "export.json", "--output", "new.yml")

    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert [line[:40] for line in result.stderr.splitlines()] == [
        "Wrote new.yml. Next: muster check --conf",
        "Not carried over, or to be looked at (2)",
        "1. schedule `Primary`, layer `Layer 1`: ",
        "2. schedule `Primary`: its time zone `Ma",
    ]


@pytest.mark.parametrize(
    "command", [["import", "pagerduty", "export.json"], ["init", "--on-call", "a@example.com"]]
)
def test_no_file_is_replaced_unless_asked(command: list[str]) -> None:
    exported({"schedule": SCHEDULE}, {"users": USERS})
    Path("muster.yml").write_text("mine")

    said = refused(muster(*command, "--output", "muster.yml"))
    cure = "Name another file with --output, or replace it with --force."
    assert said == f"muster: muster.yml is there already. {cure}\n"
    assert Path("muster.yml").read_text() == "mine"

    assert muster(*command, "--output", "muster.yml", "--force").exit_code == 0
    assert Path("muster.yml").read_text() != "mine"


OF_OPSGENIE = '{"data": [{"name": "Ops", "timezone": "UTC", "rotations": []}]}'
NOBODY = json.dumps({"schedule": {**SCHEDULE, "schedule_layers": [{**LAYER, "users": []}]}})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("<!DOCTYPE html><html><body>Sign in</body></html>", "is a web page, not an export"),
        ("{", "export.json:1: is no JSON"),
        ('{"a": 1}\n{"b": }', "export.json:2: is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("1" * 10_000, "is no JSON"),
        (b"\xff\x00\xff", "is no text in UTF-8"),
        (OF_OPSGENIE, "is an export of Opsgenie. Run: muster import opsgenie export.json"),
        (
            '{"error": {"code": 2006, "message": "Access denied"}}',
            "holds no schedule and no escalation of PagerDuty",
        ),
        (json.dumps({"users": USERS}), "holds no schedule and no escalation of PagerDuty"),
        (NOBODY, "it is a rotation of nobody"),
        (json.dumps({"schedule": {**SCHEDULE, "time_zone": "Mars"}}), "its time zone `Mars` is unknown"),
        (json.dumps({"schedule": {**SCHEDULE, "schedule_layers": [1]}}), "has an unexpected shape"),
        (json.dumps({"schedule": {**SCHEDULE, "schedule_layers": None}}), "has an unexpected shape"),
    ],
)
def test_a_file_that_gives_nothing_is_named(written: str | bytes, said: str) -> None:
    Path("export.json").write_bytes(written if isinstance(written, bytes) else written.encode())

    assert said in refused(muster("import", "pagerduty", "export.json"))


def test_a_file_of_50_megabytes_is_not_read() -> None:
    with Path("export.json").open("wb") as file:
        file.truncate(50_000_000)

    assert "export.json: has more than 20 MB" in refused(muster("import", "pagerduty", "export.json"))


def test_a_file_that_is_not_there_and_a_place_that_is_not_there_are_named() -> None:
    exported({"schedule": SCHEDULE}, {"users": USERS})

    assert "no.json: cannot be read: No such file" in refused(muster("import", "pagerduty", "no.json"))
    said = refused(muster("import", "pagerduty", "export.json", "--output", "no/muster.yml"))
    assert "no/muster.yml: cannot be written" in said


def test_more_than_a_configuration_may_hold_is_refused_as_a_whole() -> None:
    exported(
        *({"schedule": {**SCHEDULE, "id": f"P{n}", "name": f"S{n}"}} for n in range(120)), {"users": USERS}
    )

    said = refused(muster("import", "pagerduty", "export.json"))

    assert "Slack's menus hold at most 100" in said
    assert "Export less at once" in said


@pytest.mark.parametrize("zone", ["CEST", "Berlin"])
def test_a_time_zone_that_is_none_is_said_of_the_option(zone: str) -> None:
    Path("team.ics").write_text("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")

    result = muster("import", "ical", "team.ics", "--zone", zone)

    assert result.exit_code == 2
    assert f"'--zone': I know no time zone `{zone}`. Expected an IANA time zone such as" in result.stderr


def test_shells_of_windows_write_utf_16() -> None:
    text = json.dumps({"schedule": SCHEDULE}) + json.dumps({"users": USERS})
    Path("export.json").write_bytes(text.encode("utf-16"))

    assert muster("import", "pagerduty", "export.json").exit_code == 0


def test_init_writes_a_configuration_from_options() -> None:
    people = ("--on-call", "ana@example.com", "--on-call", "ben@example.com")
    more = ("--zone", "Europe/Berlin", "--handover", "tuesday 10:00", "--manager", "ines@example.com")

    result = muster("init", *people, *more, "--leader", "lena@example.com", "--channel", "#outages")

    assert result.exit_code == 0, result.output
    config = load(Path("muster.yml"))
    assert config.fatal == ()
    [layer] = config.process.schedules["EOC"].layers
    assert (layer.turns, layer.zone.key) == ((("ana@example.com",), ("ben@example.com",)), "Europe/Berlin")
    assert f"{layer.start:%A %H:%M}" == "Tuesday 10:00"
    team = config.process.teams["dotcom EOC"]
    assert [level.team for level in team.path] == [
        "dotcom EOC",
        "dotcom IMOC",
        "dotcom leadership escalation",
    ]
    assert config.process.types["Incident"].announce == ("outages",)
    assert "muster check --config muster.yml" in result.stdout


def test_one_person_needs_no_schedule() -> None:
    assert muster("init", "--on-call", "ana@example.com").exit_code == 0

    process = load(Path("muster.yml")).process
    assert process.teams["dotcom EOC"].on_call == ("ana@example.com",)
    assert process.schedules == {}


@pytest.mark.parametrize("again", ["ana@example.com", "Ana@Example.com"])
def test_a_time_zone_for_one_person_who_may_be_named_twice_is_kept(again: str) -> None:
    people = ("--on-call", "ana@example.com", "--on-call", again)
    assert muster("init", *people, "--zone", "Europe/Berlin").exit_code == 0

    [layer] = load(Path("muster.yml")).process.schedules["EOC"].layers
    assert (layer.turns, layer.zone.key) == ((("ana@example.com",),), "Europe/Berlin")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "--on-call is missing"),
        (["--on-call", "ana"], "`ana` is neither an e-mail address nor a Slack user id"),
        (["--on-call", "a@b.cd,e@f.gh", "--zone", "Berlin"], "I know no time zone `Berlin`. Expected"),
        (["--on-call", "a@b.cd", "--zone", "CEST"], "I know no time zone `CEST`. Expected"),
        (["--on-call", "a@b.cd", "--handover", "9am"], "`9am` is no handover"),
        (["--on-call", "a@b.cd,e@f.gh", "--handover", "noon"], "`noon` is no handover"),
        (["--on-call", "a@b.cd", "--manager", "Ines"], "`Ines` is neither"),
        (
            ["--on-call", "a@b.cd", "--channel", "The Channel"],
            "`The Channel` is no channel. Expected the name",
        ),
    ],
)
def test_what_init_cannot_write_is_said_and_nothing_is_written(options: list[str], said: str) -> None:
    assert said in refused(muster("init", *options))
    assert not Path("muster.yml").exists()


def test_in_a_terminal_init_asks_and_asks_again() -> None:
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "bot", "init"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        program, stdin=theirs, stdout=theirs, stderr=theirs, env=env, close_fds=True
    ) as process:
        os.close(theirs)
        people = ["nobody", "ana@example.com, ben@example.com"]
        answers = iter([*people, "a channel", "#outages", "", "", "ines@example.com", ""])
        shown = ""
        while select.select([ours], [], [], PATIENCE)[0]:
            try:
                new = os.read(ours, 4096).decode()
            except OSError:  # the program has closed its terminal
                break
            shown += new
            if shown.rstrip(" ").endswith(":"):
                os.write(ours, f"{next(answers)}\n".encode())
                shown = ""
    os.close(ours)

    assert process.returncode == 0, shown
    written = load(Path("muster.yml")).process
    team = written.teams["dotcom EOC"]
    assert team.schedule == written.schedules["EOC"]
    assert written.types["Incident"].announce == ("outages",)
    assert [level.team for level in team.path] == ["dotcom EOC", "dotcom IMOC"]
