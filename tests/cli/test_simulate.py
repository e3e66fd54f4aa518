"""`muster simulate`: what it tells, and what it refuses in plain words."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.domain.oncall.overrides import Override
from bot.domain.paging.notification_rules import Loudness
from bot.domain.process import Notice
from storage import contact_methods, notification_rules, overrides, people
from storage.engines import open_database
from storage.people import Person
from storage.transaction import Tx
from tests.fakes import NOON, process

CONFIG = """
contact_methods: {sms: "twilio://${TWILIO_SID}:${TWILIO_TOKEN}@15551230000/{address}"}
teams:
  dotcom EOC:
    on_call: [ana@example.com]
    path: [{page: dotcom EOC, notify: [slack, sms]}, {page: dotcom IMOC}]
    reminders: [5m]
  dotcom IMOC: {on_call: [ines@example.com], reminders: []}
  dotcom CMOC: {on_call: [carla@example.com]}
people:
  ana@example.com: {phone: "+351 21 555 0101", sms: "+351215550101"}
"""
CHRISTMAS_NIGHT = datetime(2026, 12, 25, tzinfo=UTC)
CHRISTMAS = ("--at", "2026-12-25 03:10 Europe/Berlin")


@pytest.fixture(autouse=True)
def in_a_folder_with_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "muster.yml").write_text(CONFIG)


def simulate(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", *arguments])


def told(*arguments: str) -> list[tuple[str, str, str]]:
    """Return what was told: the minute, whom, and by what."""
    result = simulate(*CHRISTMAS, *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)["said"]
    return [(one["at"][11:16], one["to"], one["by"]) for one in found]


def said(*arguments: str) -> list[tuple[str, str, str]]:
    """Return that of the people whom the configuration names."""
    return [one for one in told(*arguments) if "@" in one[1]]


def refused(*arguments: str) -> str:
    result = simulate(*arguments)
    assert result.exit_code == 2, result.output
    return result.stderr.splitlines()[-1]


def test_it_tells_whom_a_page_calls_and_by_what_while_one_does_not_answer() -> None:
    assert said("--severity", "S3", "--no-answer", "EOC", "--hours", "0.5") == [
        ("03:10", "ana@example.com", "Slack"),
        ("03:10", "ana@example.com", "sms"),
        ("03:15", "ana@example.com", "sms"),
        ("03:25", "ines@example.com", "Slack"),
        ("03:27", "ines@example.com", ""),
    ]


def test_a_service_of_ours_needs_no_account_and_keeps_its_own_times() -> None:
    methods = "contact_methods: {voice: twilio call, text: twilio sms}"
    numbers = 'people: {ana@example.com: {voice: "+351215550101", text: "+351215550101"}}'
    teams = "teams: {dotcom EOC: {on_call: [ana@example.com], reminders: []}}"
    Path("muster.yml").write_text("\n".join([methods, numbers, teams]))

    found = said("--nobody", "--hours", "0.2")

    assert found[:3] == [
        ("03:10", "ana@example.com", "Slack"),
        ("03:13", "ana@example.com", "text"),
        ("03:15", "ana@example.com", "voice"),
    ]


def test_the_story_fits_a_terminal_and_says_why() -> None:
    result = simulate(*CHRISTMAS, "--nobody", "--hours", "2")

    assert result.exit_code == 0, result.output
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "Why: you are on call as Engineer On Call (dotcom EOC), first to be" in result.stdout
    assert "+351215550101" not in result.stdout
    assert not Path("muster.db").exists()


def test_people_are_those_of_the_database() -> None:
    def known(tx: Tx) -> None:
        people.record(tx, [Person("UINES", "Inés Navarro", "ines@example.com", active=True, tz=None)])

    with closing(open_database("muster.db")) as database:
        database.run(lambda connection: known(Tx(connection, NOON, process(), {})))
        found = told("--severity", "S3", "--no-answer", "EOC", "--hours", "0.1")

    assert found[0] == ("03:10", "Inés Navarro", "Slack")


def test_a_persons_own_contact_method_and_rule_count_and_the_address_is_not_shown() -> None:
    def known(tx: Tx) -> None:
        people.record(tx, [Person("UANA", "Ana", "ana@example.com", active=True, tz=None)])
        method = contact_methods.add(tx, "UANA", "push", "ana-phone-x7k2")
        contact_methods.verify(tx, contact_methods.get(tx, method, "UANA"))
        notification_rules.put(tx, "UANA", Loudness.QUIET, [Notice("push", timedelta(minutes=2))])

    Path("muster.yml").write_text(CONFIG.replace("methods: {", "methods: {push: ntfy, "))
    with closing(open_database("muster.db")) as database:
        database.run(lambda connection: known(Tx(connection, NOON, process(), {})))
    found = told("--severity", "S3", "--no-answer", "EOC", "--hours", "0.1")

    assert ("03:12", "Ana", "push") in found
    assert "x7k2" not in simulate(*CHRISTMAS, "--severity", "S3", "--hours", "0.1").output


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--type", "Gitlab.con"], "I know no incident type `Gitlab.con`. Did you mean `GitLab.com`?"),
        (
            ["type", "GitLab.com", "S1"],
            "I do not understand `type GitLab.com S1`. Here all is said by options: --",
        ),
        *(
            (["--hours", one], f"`{one}` is no such time. Expected hours, at most 24")
            for one in ("x", "0", "25")
        ),
        (["--at", "yesterday"], "`yesterday` is no time. Expected a date, a time and a time zone, such as"),
        (["--at", "2026-13-25 03:10 UTC"], "`2026-13-25 03:10 UTC` is no time."),
        (
            ["--at", "2026-12-25 03:10 Europe/Berlim"],
            "such as Europe/Berlin. Did you mean `Europe/Berlin`?",
        ),
        (["--at", "2026-12-25 03:10 CEST"], "Europe/Berlin. An abbreviation is not enough: write a place."),
        (
            ["--at", "2026-03-29 02:30 Europe/Berlin"],
            "The clocks of Europe/Berlin skip 02:30 on that day. Try 03:30.",
        ),
        (["--no-answer", "EOC,IMM"], "I know no role, team or person `IMM`. Did you mean `IM`?"),
        (["--answers-after", "2"], "`2` is no time to wait."),
        (["--severity", "S5"], "'S5' is not one of"),
    ],
)
def test_what_it_cannot_take_is_named(arguments: list[str], line: str) -> None:
    assert line in refused(*arguments)


def test_schedules_and_overrides_count() -> None:
    Path("muster.yml").write_text(
        """
teams:
  dotcom EOC: {on_call: nights, path: [{page: dotcom EOC}, {page: dotcom IMOC}], reminders: []}
  dotcom IMOC: {on_call: [ines@example.com]}
schedules:
  nights:
    zone: Europe/Berlin
    layers:
      - {rotation: daily, handover: "03:12", start: 2026-12-01, people: [ana@example.com, bo@example.com]}
"""
    )
    arguments = ("--severity", "S3", "--answers-after", "1m", "--hours", "0.1")
    assert said(*arguments)[0] == ("03:10", "bo@example.com", "Slack")
    assert said(*arguments, "--at", "2026-12-25 03:13 Europe/Berlin")[0] == (
        "03:13",
        "ana@example.com",
        "Slack",
    )

    def known(tx: Tx) -> None:
        names = {"UANA": "Ana", "UBO": "Bo", "UIN": "Ines"}
        them = [Person(id_, name, f"{name}@example.com".lower(), True, None) for id_, name in names.items()]
        people.record(tx, them)
        night = Override(CHRISTMAS_NIGHT, CHRISTMAS_NIGHT + timedelta(hours=4), "UANA", "UBO")
        overrides.add(tx, "nights", night, "UANA")

    with closing(open_database("muster.db")) as database:
        database.run(lambda connection: known(Tx(connection, NOON, process(), {})))
    assert told(*arguments)[0] == ("03:10", "Ana", "Slack")


def test_a_shadow_is_told_without_a_database() -> None:
    Path("muster.yml").write_text(
        """
teams: {dotcom EOC: {on_call: days}}
schedules:
  days:
    zone: Europe/Berlin
    layers:
      - {rotation: daily, handover: "09:00", start: 2026-12-01, people: [ana@example.com]}
      - {rotation: daily, handover: "09:00", start: 2026-12-01, people: [tom@example.com], shadow: true}
"""
    )

    assert ("03:10", "tom@example.com", "Slack") in said("--hours", "0.1")


def test_without_a_configuration_it_says_so() -> None:
    Path("muster.yml").unlink()

    result = simulate("--severity", "S4", "--hours", "0.1")

    assert "the handbook's defaults are in force, with nobody on call." in result.stderr
    assert "Nobody is on call for dotcom EOC, at no level." in " ".join(result.stdout.split())
