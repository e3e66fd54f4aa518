"""`muster oncall` and what `muster check` says of the time ahead."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.cli.findings import Finding, Level
from bot.cli.oncall import ahead
from bot.clock import SystemClock
from bot.config import load
from bot.domain.oncall.overrides import Override
from bot.integrations.calendars import read_all
from storage import calendars, overrides, people
from storage.engines import open_database
from storage.people import Person
from storage.transaction import Tx
from tests.domain.oncall.values import utc
from tests.fakes import process
from tests.imports.test_ical import calendar

CONFIG = """
teams:
  dotcom EOC: {on_call: EOC}
  dotcom IMOC: {on_call: [ines@example.com]}
  dotcom leadership escalation: {on_call: [lena@example.com]}
schedules:
  EOC:
    zone: Europe/Berlin
    layers:
    - {rotation: weekly, handover: monday 09:00, start: 2026-12-07, people: [ana@example.com, bo@example.com]}
"""
CHRISTMAS = ("--at", "2026-12-25 03:10 Europe/Berlin")
NIGHT = utc("2026-12-25 02:10")


@pytest.fixture(autouse=True)
def in_a_folder_with_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(CONFIG)


def oncall(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["oncall", *arguments])


def told(config: str) -> list[str]:
    """Return what is odd ahead with this configuration."""
    Path("muster.yml").write_text(config)
    return [one.line for one in found() if one.level is not Level.OK]


def found() -> list[Finding]:
    configured = load(Path("muster.yml")).process
    return ahead(configured, "muster.db", NIGHT, asyncio.run(read_all(configured, NIGHT)))


def covered(start: str, end: str, replaces: str = "UANA") -> None:
    """Have Sam on call instead of somebody for a time, in the database."""

    def write(tx: Tx) -> None:
        known = ("ana", "bo", "ines", "lena", "sam")
        people.record(
            tx, [Person(f"U{one.upper()}", one.title(), f"{one}@example.com", True, None) for one in known]
        )
        overrides.add(tx, "EOC", Override(utc(start), utc(end), "USAM", replaces), by="USAM")

    with closing(open_database("muster.db")) as database, database.transaction() as connection:
        write(Tx(connection, utc(start), process(), {}))


@pytest.mark.parametrize("team", ["dotcom eoc", "EOC"])
def test_it_tells_who_is_on_call_until_when_and_who_is_called_after_them(team: str) -> None:
    result = oncall(*CHRISTMAS, "--team", team)

    assert result.exit_code == 0
    assert result.output == (
        "Friday, 2026-12-25 03:10 in Europe/Berlin\n\n"
        "Engineer On Call (dotcom EOC): ana@example.com until 2026-12-28 09:00, then bo@example.com\n"
        "  after 15 min dotcom IMOC: ines@example.com\n"
        "  after 30 min dotcom leadership escalation: lena@example.com\n"
    )


def test_every_team_is_told_without_a_name_and_nothing_is_written() -> None:
    result = oncall()

    assert "(dotcom IMOC): ines@example.com\n" in result.output
    assert "(dotcom CMOC): nobody\n  at once dotcom IMOC: ines@example.com" in result.output
    assert [path.name for path in Path().iterdir()] == ["muster.yml"]


def test_overrides_of_the_database_count() -> None:
    covered("2026-12-25 02:00", "2026-12-25 03:00")

    result = oncall(*CHRISTMAS)

    assert "Sam until 2026-12-25 04:00, then Ana" in result.output


def test_without_a_moment_it_is_this_second(monkeypatch: pytest.MonkeyPatch) -> None:
    covered("2026-12-24 00:00", "2026-12-25 03:00:30")
    monkeypatch.setattr(SystemClock, "now", lambda _: utc("2026-12-25 03:00:40"))

    assert "Ana" in oncall("--team", "dotcom EOC").stdout.splitlines()[2].split(" until ")[0]


@pytest.mark.parametrize("command", [("oncall",), ("simulate",), ("check", "--coverage", "2d")])
def test_a_database_that_is_named_has_to_exist(command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*command, "--database", "typo.db"])

    assert (result.exit_code, "typo.db does not exist. Correct the name." in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--team", "dotcom EOK"), "I know no team `dotcom EOK`. Did you mean `dotcom EOC`?"),
        (("--at", "tomorrow"), "`tomorrow` is no time. Expected a date"),
        (("--at", "2026-12-25 03:10 Europe/Berln"), "Did you mean `Europe/Berlin`?"),
        (("--at", "2026-03-29 02:30 Europe/Berlin"), "The clocks of Europe/Berlin skip 02:30 on that day"),
        (("--at", "2026-02-29 02:30 Europe/Berlin"), "`2026-02-29 02:30 Europe/Berlin` is no time."),
        (("--at", "9999-12-31 23:59 UTC"), "is too far away. Expected a year from 2000 to 2099."),
        (("--at", "0001-01-01 00:00 Europe/Berlin"), "is too far away. Expected a year from 2000 to 2099."),
    ],
)
def test_what_it_does_not_understand_is_named(arguments: tuple[str, ...], said: str) -> None:
    result = oncall(*arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_who_is_on_call_now_is_told() -> None:
    assert [one.line for one in found()] == [
        "ok       On call for dotcom EOC: ana@example.com, until 2026-12-28 08:00 (UTC)."
    ]


def test_what_is_odd_about_a_schedule_is_told() -> None:
    skipped, twice = told(CONFIG.replace("weekly, handover: monday 09:00", "daily, handover: 02:30"))

    assert skipped.startswith("warning  schedules.EOC: the handover of `layer 1` on 2027-03-28 at 02:30")
    assert "does not exist; it is at 03:30. Choose an hour" in skipped
    assert "2027-10-31 at 02:30 in Europe/Berlin comes twice; it is at the first" in twice


def test_a_level_that_passes_the_eoc_over_or_asks_one_person_for_all_is_told() -> None:
    path = "[{page: dotcom EOC, acknowledge: all, only: {severities: [S1]}}, {page: dotcom IMOC}]"

    limited, alone = told(CONFIG.replace("{on_call: EOC}", f"{{on_call: EOC, path: {path}}}"))

    assert limited.startswith(
        "warning  teams.dotcom EOC.path[0].only: a page for anything but S1 passes the EOC"
    )
    assert alone.startswith("warning  teams.dotcom EOC.path[0].acknowledge: `all` changes nothing")


def test_gaps_of_the_next_30_days_are_found() -> None:
    assert told(CONFIG) == []

    hours = told(CONFIG.replace("people: [", "only: [sat], people: ["))
    ends = told(CONFIG.replace("people: [", "end: 2027-01-04, people: ["))

    assert hours == [
        "warning  schedules.EOC: nobody is on call for dotcom EOC from 2026-12-25 02:10 until 2026-12-25 "
        "23:00, from 2026-12-26 23:00 until 2027-01-01 23:00, from 2027-01-02 23:00 until 2027-01-08 23:00 "
        "(UTC) and 3 times more in the next 30 days. A page then goes to the next level at once."
    ]
    assert "from 2027-01-04 08:00 until 2027-01-24 02:10 (UTC) in the next 30 days" in ends[0]


def test_an_override_closes_a_gap() -> None:
    ends = CONFIG.replace("people: [", "end: 2026-12-28, people: [")
    assert "from 2026-12-28 08:00 until 2027-01-24 02:10" in told(ends)[0]

    covered("2026-12-28 08:00", "2027-01-24 02:10", replaces="")

    assert told(ends) == []


def test_one_person_at_two_levels_of_a_path_is_found_by_whatever_name() -> None:
    covered("2026-12-25 02:00", "2026-12-25 03:00")

    twice = told(CONFIG.replace("[ines@example.com]", "[USAM]"))

    assert twice == [
        "warning  teams.dotcom EOC.path: Sam is called for dotcom EOC and for dotcom IMOC from "
        "2026-12-25 02:10 until 2026-12-25 03:00 (UTC) in the next 30 days. Who does not answer the first "
        "call will miss the second one too."
    ]


BY_CALENDAR = CONFIG.split("    layers:", maxsplit=1)[0] + "    calendar: {file: eoc.ics}\n"
AT_NIGHT = "DTSTART:20261225T000000Z\nDTEND:20270130T000000Z\nSUMMARY:"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (calendar(f"{AT_NIGHT}ana@example.com"), []),
        (
            calendar(f"{AT_NIGHT}ana@example.com", f"{AT_NIGHT}Nina"),
            ["schedules.EOC.calendar: nobody is known by `Nina`. Name them under schedules.EOC.calendar."],
        ),
        (
            "<html>",
            [
                "The database has no copy of it either: see that it can be read.",
                "nobody is on call for dotcom EOC from",
            ],
        ),
    ],
    ids=["known", "unknown", "a web page"],
)
def test_calendars_are_read_and_whom_nobody_knows_is_named(text: str, said: list[str]) -> None:
    Path("eoc.ics").write_text(text)
    covered("2026-12-01 00:00", "2026-12-02 00:00")

    lines = told(BY_CALENDAR)

    assert [any(one in line for line in lines) for one in said] == [True] * len(said)
    assert len(lines) == len(said)


def test_a_calendar_of_which_the_database_has_no_copy_is_read_now(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("muster.yml").write_text(BY_CALENDAR)
    Path("eoc.ics").write_text(calendar(f"{AT_NIGHT}Nina <nina@example.com>"))
    monkeypatch.setenv("EOC_CALENDAR", "http://127.0.0.1:1/secret.ics")

    asked = oncall(*CHRISTMAS, "--team", "dotcom EOC")
    rehearsed = CliRunner().invoke(main, ["simulate", *CHRISTMAS, "--severity", "S3", "--format", "json"])
    Path("muster.yml").write_text(BY_CALENDAR.replace("file: eoc.ics", "url: '${EOC_CALENDAR}'"))
    unread = oncall(*CHRISTMAS, "--team", "dotcom EOC")
    covered = CliRunner().invoke(main, ["check", "--coverage", "2d"])

    assert "Engineer On Call (dotcom EOC): nina@example.com" in asked.stdout
    assert "schedules.EOC.calendar: it was read now, 1 event to come." in asked.stderr
    assert "nina@example.com" in [one["to"] for one in json.loads(rehearsed.stdout)["said"]]
    assert "Engineer On Call (dotcom EOC): nobody" in unread.stdout
    assert (
        "schedules.EOC.calendar: it could not be fetched (ClientConnectorError). It is left" in unread.stderr
    )
    Path("muster.yml").write_text(BY_CALENDAR)
    Path("eoc.ics").write_text(calendar(f"{AT_NIGHT}Nina"))
    assert "nobody is known by `Nina`. Name them under" in oncall(*CHRISTMAS).stderr
    assert (covered.exit_code, covered.stdout.split(".")[0]) == (1, "warning  schedules")
    assert "secret" not in unread.output + covered.output


def test_the_copy_of_a_calendar_in_the_database_counts_and_that_is_said() -> None:
    Path("muster.yml").write_text(BY_CALENDAR)
    covered("2026-12-01 00:00", "2026-12-02 00:00")
    with closing(open_database("muster.db")) as database, database.transaction() as connection:
        tx = Tx(connection, NIGHT, process(), {})
        calendars.lay_out(tx, "EOC", ((NIGHT, utc("2026-12-26 00:00"), ("USAM",)),), NIGHT)

    asked = oncall(*CHRISTMAS, "--team", "dotcom EOC")

    assert "Engineer On Call (dotcom EOC): Sam" in asked.stdout
    assert "schedules.EOC.calendar: the database's copy counts." in asked.stderr


@pytest.mark.parametrize("copied", [True, False])
def test_a_calendar_is_read_as_far_as_coverage_looks(copied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: NIGHT)
    Path("muster.yml").write_text(BY_CALENDAR.replace("EOC}", "EOC, path: [{page: dotcom EOC}]}"))
    Path("eoc.ics").write_text(
        calendar("DTSTART:20261225T000000Z\nDTEND:20270701T000000Z\nSUMMARY:ana@example.com")
    )
    if copied:
        covered("2026-12-01 00:00", "2026-12-02 00:00")
        with closing(open_database("muster.db")) as database, database.transaction() as connection:
            tx = Tx(connection, NIGHT, process(), {})
            calendars.lay_out(tx, "EOC", ((NIGHT, utc("2027-03-25 00:00"), ("UANA",)),), NIGHT)

    far = CliRunner().invoke(main, ["check", "--coverage", "366d"]).stdout
    Path("eoc.ics").write_text("gone")
    lost = CliRunner().invoke(main, ["check", "--coverage", "120d"]).stdout

    assert "dotcom EOC: 2027-07-01 00:00 on (UTC) reaches nobody" in far
    assert ("dotcom EOC: 2027-03-25 00:00 on (UTC) reaches nobody" in lost) == copied
    assert ("The database's copy counts, which ends 90 days after it was read." in lost) == copied
