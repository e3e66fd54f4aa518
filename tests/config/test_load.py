"""What a configuration gives: the handbook's process, with the file laid over it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.shifts import on_call
from bot.domain.process import Communication, Level, Silence
from bot.domain.rights import Kind, Right
from sandbox.serving import accounts
from sandbox.world import read_world
from tests.fakes import NOON

ROOT = Path(__file__).parents[2]


def given(folder: Path, text: str) -> Config:
    path = folder / "muster.yml"
    path.write_text(text)
    return load(path)


def levels(config: Config, team: str) -> list[tuple[str, int]]:
    return [
        (level.team, int(level.timeout.total_seconds() // 60)) for level in config.process.teams[team].path
    ]


def test_without_a_file_the_process_is_the_handbooks() -> None:
    config = load(None)

    assert {team.name: team.role for team in config.process.teams.values()} == {
        "dotcom EOC": "EOC",
        "dotcom IMOC": "IM",
        "dotcom CMOC": "CMOC",
        "dotcom leadership escalation": "Infrastructure Leader",
        "Infrastructure Liaison": "Infrastructure Liaison",
        "Security on-call": "Security",
        "Release managers": "Release Manager",
    }
    assert list(config.process.types) == ["GitLab.com", "Dedicated", "SIRT", "Gameday"]
    assert config.process.types["SIRT"].private
    assert config.process.types["Gameday"].drill
    assert config.process.investigating_limit == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("team", "path"),
    [
        ("dotcom EOC", ["dotcom EOC", "dotcom IMOC", "dotcom leadership escalation"]),
        ("dotcom IMOC", ["dotcom IMOC", "dotcom leadership escalation"]),
        ("dotcom CMOC", ["dotcom CMOC", "dotcom IMOC", "dotcom leadership escalation"]),
        ("dotcom leadership escalation", ["dotcom leadership escalation"]),
        ("Infrastructure Liaison", ["Infrastructure Liaison", "dotcom leadership escalation"]),
        ("Release managers", ["Release managers", "dotcom leadership escalation"]),
    ],
)
def test_every_default_team_has_its_path(team: str, path: list[str]) -> None:
    assert levels(load(None), team) == [(name, 15) for name in path]


SECURITY = "Security on-call"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{on_call: [sec@example.com]}", [SECURITY, "dotcom leadership escalation"]),
        ("{}", [SECURITY, "dotcom EOC", "dotcom IMOC", "dotcom leadership escalation"]),
        ("{path: [{page: dotcom CMOC}]}", ["dotcom CMOC"]),
    ],
    ids=["somebody is named", "nobody is named", "a path is written"],
)
def test_security_escalates_to_leadership_and_to_the_eoc_while_nobody_is_named(
    tmp_path: Path, text: str, path: list[str]
) -> None:
    assert levels(given(tmp_path, f"teams:\n  {SECURITY}: {text}\n"), SECURITY) == [
        (name, 15) for name in path
    ]


def test_a_sirt_is_private_pages_security_and_the_im_and_is_announced_nowhere(tmp_path: Path) -> None:
    sirt = given(tmp_path, "teams:\n  Security on-call: {on_call: [sec@example.com]}\n").process.types["SIRT"]

    assert (sirt.private, sirt.announce, sirt.triage, sirt.leads) == (True, (), None, "Security")
    assert sirt.called(high=False) == sirt.called(high=True) == ("Security on-call", "dotcom IMOC")


OLDER = """
teams:
  dotcom EOC: {on_call: [ana@example.com]}
types:
  SIRT: {pages: dotcom EOC, managers: [dotcom CMOC, dotcom IMOC]}
"""


def test_a_file_that_knows_nothing_of_security_pages_whom_it_named(tmp_path: Path) -> None:
    unwritten, written = given(tmp_path, OLDER.partition("types:")[0]), given(tmp_path, OLDER)

    assert unwritten.fatal == written.fatal == ()
    assert "teams.Security on-call.on_call: nobody can be paged; a page passes this team over." in (
        unwritten.warnings
    )
    sirt = written.process.types["SIRT"]
    assert sirt.called(high=False) == ("dotcom EOC", "dotcom IMOC")
    assert sirt.called(high=True) == ("dotcom EOC", "dotcom IMOC", "dotcom CMOC")
    assert sirt.leads == "EOC"


@pytest.mark.parametrize(
    ("text", "kind", "leads"),
    [
        ("teams:\n  Security on-call: {role: Guardian}\n", "SIRT", "Guardian"),
        ("types:\n  SIRT: {leads: reporter}\n", "SIRT", "reporter"),
        ("types:\n  SIRT: {leads: IM}\n", "SIRT", "IM"),
        ("types:\n  GitLab.com: {leads: CMOC}\n", "GitLab.com", "CMOC"),
        ("types:\n  Internal: {}\n", "Internal", ""),
    ],
)
def test_who_leads_by_default_is_as_written(tmp_path: Path, text: str, kind: str, leads: str) -> None:
    assert given(tmp_path, text).process.types[kind].leads == leads


def test_a_key_that_is_written_replaces_the_default_and_the_others_stay(tmp_path: Path) -> None:
    config = given(tmp_path, "teams:\n  dotcom EOC:\n    on_call: [ana@example.com, U012ABCDEF]\n")

    team = config.process.teams["dotcom EOC"]

    assert team.on_call == ("ana@example.com", "U012ABCDEF")
    assert team.role == "EOC"
    assert team.reminders == (timedelta(minutes=5), timedelta(minutes=10))
    assert len(team.path) == 3
    assert len(config.process.teams) == 7


def test_a_team_of_the_files_own_escalates_to_managers_and_leadership(tmp_path: Path) -> None:
    config = given(tmp_path, "teams:\n  Database: {on_call: [dev@example.com]}\n")

    assert config.process.teams["Database"].role == "Database"
    assert levels(config, "Database") == [
        ("Database", 15),
        ("dotcom IMOC", 15),
        ("dotcom leadership escalation", 15),
    ]


def test_a_team_that_takes_every_default_is_written_with_empty_braces(tmp_path: Path) -> None:
    assert "Database" in given(tmp_path, "teams:\n  Database: {}\n").process.teams


def test_null_removes_a_default_and_default_paths_go_round_it(tmp_path: Path) -> None:
    config = given(tmp_path, "teams:\n  dotcom IMOC: null\ntypes:\n  SIRT: null\n")

    assert "dotcom IMOC" not in config.process.teams
    assert levels(config, "dotcom EOC") == [("dotcom EOC", 15), ("dotcom leadership escalation", 15)]
    assert "SIRT" not in config.process.types
    assert config.process.types["GitLab.com"].managers == ("dotcom CMOC",)


def test_who_is_called_and_who_has_to_acknowledge_is_as_written(tmp_path: Path) -> None:
    config = given(
        tmp_path,
        """
teams:
  dotcom EOC:
    call: everybody
    path: [{page: dotcom EOC, acknowledge: all}, {page: dotcom IMOC, acknowledge: one}, {page: dotcom EOC}]
  dotcom IMOC: {call: first}
""",
    )

    teams = config.process.teams
    assert [level.needs_all for level in teams["dotcom EOC"].path] == [True, False, False]
    assert [name for name, team in teams.items() if team.everybody] == ["dotcom EOC"]


def test_a_path_and_reminders_are_as_written(tmp_path: Path) -> None:
    config = given(
        tmp_path,
        """
teams:
  dotcom EOC:
    path: [{page: dotcom EOC, timeout: 90s}, {page: dotcom CMOC, timeout: 1h30m}, {page: dotcom EOC}]
    reminders: []
""",
    )

    team = config.process.teams["dotcom EOC"]

    assert team.reminders == ()
    assert team.path == (
        Level("dotcom EOC", timedelta(seconds=90)),
        Level("dotcom CMOC", timedelta(minutes=90)),
        Level("dotcom EOC", timedelta(minutes=15)),
    )


def test_a_type_of_the_files_own_takes_the_usual_rest(tmp_path: Path) -> None:
    config = given(tmp_path, "types:\n  Internal: {announce: ['#internal-incidents'], triage: null}\n")

    kind = config.process.types["Internal"]

    assert kind.name == "Internal"
    assert kind.announce == ("internal-incidents",)
    assert kind.triage is None
    assert kind.pages == "dotcom EOC"
    assert kind.managers == ("dotcom IMOC", "dotcom CMOC")


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "teams:\ntypes:\n", "---\n"])
def test_a_file_that_says_nothing_is_the_handbooks_process(tmp_path: Path, text: str) -> None:
    assert given(tmp_path, text).process.teams == load(None).process.teams


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("15m", 900), ("2h", 7200), ("0.5h", 1800), ("1h 30m", 5400), ("1s", 1)],
)
def test_durations(tmp_path: Path, written: str, seconds: int) -> None:
    config = given(tmp_path, f"investigating_limit: {written}\n")

    assert config.process.investigating_limit == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "minutes", "severities"),
    [
        ("silence:", 20, ("S1", "S2")),
        ("silence: {after: 45m}", 45, ("S1", "S2")),
        ("silence: {severities: [S1, S2, S3]}", 20, ("S1", "S2", "S3")),
        ("silence: {severities: []}", 20, ()),
    ],
)
def test_how_long_whoever_acknowledged_may_be_silent(
    tmp_path: Path, written: str, minutes: int, severities: tuple[str, ...]
) -> None:
    silence = given(tmp_path, f"{written}\n").process.silence

    assert silence == Silence(timedelta(minutes=minutes), severities)


def test_where_customers_read_of_incidents_and_who_talks_with_them(tmp_path: Path) -> None:
    written = "communication: {status_page: 'https://status.test', customer_success: cs, community: fans}\n"

    assert given(tmp_path, "communication:\n").process.communication == Communication()
    found = given(tmp_path, written).process.communication
    assert (found.status_page, found.channels) == ("https://status.test", ("cs", "fans"))


def test_nobody_on_call_on_the_path_of_a_type_is_fatal() -> None:
    config = load(None)

    assert len(config.fatal) == 2
    assert "teams.dotcom EOC" in config.fatal[0]
    assert "GitLab.com, Dedicated, Gameday" in config.fatal[0]
    assert "dotcom EOC, dotcom IMOC, dotcom leadership escalation" in config.fatal[0]
    assert "teams.Security on-call: incidents of type SIRT page this team" in config.fatal[1]


def test_one_person_anywhere_on_the_path_is_enough_to_start_with_warnings(tmp_path: Path) -> None:
    config = given(tmp_path, "teams:\n  dotcom leadership escalation: {on_call: [lena@example.com]}\n")

    assert config.fatal == ()
    assert any(warning.startswith("teams.dotcom EOC.on_call:") for warning in config.warnings)
    assert any(warning.startswith("teams.Infrastructure Liaison.on_call:") for warning in config.warnings)


def test_an_unused_team_with_nobody_anywhere_is_a_warning(tmp_path: Path) -> None:
    config = given(
        tmp_path,
        """
teams:
  dotcom EOC: {on_call: [ana@example.com]}
  Database: {path: [{page: Database}]}
types:
  Internal: {announce: []}
""",
    )

    assert config.fatal == ()
    assert any("teams.Database: a page for this team reaches nobody" in said for said in config.warnings)
    assert any("types.Internal.announce" in said for said in config.warnings)


def in_the_sandbox() -> Config:
    return load(ROOT / "sandbox" / "muster.yml", accounts("127.0.0.1:8055", "AC1", "secret"))


def test_the_files_that_are_shipped_are_complete() -> None:
    for config in (load(ROOT / "muster.example.yml"), in_the_sandbox()):
        assert config.fatal == ()
        assert config.warnings == ()


def test_what_the_sandbox_has_beside_who_is_on_call_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "my.yml"
    written = [(ROOT / "sandbox" / name).read_text("utf-8") for name in ("muster.yml", "beside.yml")]
    path.write_text("".join(written), encoding="utf-8")

    config = load(path, {**accounts("127.0.0.1:8055", "AC1", "secret"), "GITLAB_TOKEN": "secret"})

    assert (config.fatal, config.warnings) == ((), ())
    known = {person["email"] for person in read_world()["people"]}
    assert config.process.admins
    assert set(config.process.admins) <= known
    assert config.statuspage
    assert config.tracker


def test_the_sandbox_reaches_people_at_the_numbers_that_they_have_there() -> None:
    process = in_the_sandbox().process
    numbers = {person["email"]: person.get("phone") for person in read_world()["people"]}
    on_call = {person for team in process.teams.values() for person in team.named}

    assert {who: contact.phone for who, contact in process.contacts.items()} == {
        who: numbers[who] for who in on_call
    }
    for who, contact in process.contacts.items():
        addresses = {**contact.addresses}
        addresses.pop("push", None)
        assert set(addresses.values()) == {numbers[who].replace(" ", "")}


def test_the_tests_have_the_same_people_on_call_as_the_sandbox() -> None:
    ours = load(ROOT / "tests" / "muster.yml").process
    sandbox = in_the_sandbox().process

    assert {name: team.role for name, team in ours.teams.items()} == {
        name: team.role for name, team in sandbox.teams.items()
    }
    for name, team in ours.teams.items():
        schedule = sandbox.teams[name].schedule
        assert sandbox.teams[name].named == team.named
        assert not schedule or on_call(schedule, NONE, NOON)[0] == team.named[0]


def test_guests_may_do_what_is_written_and_by_default_all_but_work(tmp_path: Path) -> None:
    unwritten = given(tmp_path, "investigating_limit: 30m\n").process
    written = given(tmp_path, "guests:\n  single_channel: [declare]\n  multi_channel: []\n").process

    assert unwritten.may(Kind.GUEST) == unwritten.may(Kind.SINGLE) == set(Right) - {Right.WORK}
    assert not written.may(Kind.GUEST)
    assert written.may(Kind.SINGLE) == {Right.DECLARE}


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ("{hours: working}", "path[0].only.hours: a page for the EOC waits for no hours"),
        ("{severities: [S1]}", "path[0].only: a page for anything but S1 passes the EOC over."),
        ("{}", ""),
    ],
)
def test_a_condition_that_could_keep_a_page_from_an_eoc_is_warned_of(
    tmp_path: Path, only: str, said: str
) -> None:
    path = f"path: [{{page: dotcom EOC, only: {only}}}, {{page: dotcom IMOC}}]"
    (tmp_path / "muster.yml").write_text(f"teams:\n  dotcom EOC:\n    on_call: [a@example.com]\n    {path}\n")

    warned = [one for one in load(tmp_path / "muster.yml").warnings if ".only" in one]

    assert len(warned) == bool(said)
    assert said in "".join(warned)


@pytest.mark.parametrize(
    ("team", "call", "alone"),
    [
        ("on_call: [a@example.com]", "on_call", True),
        ("on_call: [a@example.com], call: everybody", "everybody", True),
        ("on_call: [a@example.com, b@example.com]", "on_call", True),
        ("on_call: [a@example.com, b@example.com], call: everybody", "on_call", False),
        ("on_call: [a@example.com, b@example.com]", "everybody", False),
        ("on_call: [a@example.com, b@example.com], call: everybody", "c@example.com", True),
        ("on_call: alone", "on_call", True),
        ("on_call: both", "on_call", False),
    ],
)
def test_all_of_one_person_who_is_called_is_warned_of(
    tmp_path: Path, team: str, call: str, alone: bool
) -> None:
    layer = "rotation: daily, handover: 09:00, start: 2026-01-05"
    (tmp_path / "muster.yml").write_text(
        f"teams:\n  dotcom EOC: {{{team}, path: [{{page: dotcom EOC, call: {call}, acknowledge: all}}, "
        "{page: dotcom IMOC}]}\nschedules:\n"
        f"  alone: {{zone: UTC, layers: [{{{layer}, people: [a@example.com, b@example.com]}}]}}\n"
        f"  both: {{zone: UTC, layers: [{{{layer}, people: [[a@example.com, b@example.com]]}}]}}\n"
    )

    warned = [one for one in load(tmp_path / "muster.yml").warnings if "acknowledge" in one]

    assert len(warned) == alone
    assert all("teams.dotcom EOC.path[0].acknowledge: `all` changes nothing, as one" in one for one in warned)
