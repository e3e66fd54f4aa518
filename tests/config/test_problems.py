"""Everything that is wrong with a configuration is named at once: where, what, and what was expected."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.config import ConfigInvalid, load
from bot.config.schema import File


def problems(folder: Path, text: str | bytes) -> list[str]:
    path = folder / "muster.yml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigInvalid) as caught:
        load(path)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def aside(folder: Path, text: str) -> list[str]:
    """Return what is said of what is set aside, as no page needs it."""
    path = folder / "muster.yml"
    path.write_text(text)
    found = load(path).process.set_aside
    assert all(said.startswith(f"{name} is set aside; all else counts. ") for name, said in found.items())
    return [said.partition("counts. ")[2].removeprefix(f"{folder}/") for said in found.values()]


EOC = "teams:\n  dotcom EOC:\n    "
KIND = "types:\n  GitLab.com:\n    "


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            EOC + "path: []",
            ("muster.yml:3: teams.dotcom EOC.path: found an empty list", "one or more levels"),
        ),
        (
            EOC + "path: [{page: dotcom EOK}]",
            ("muster.yml:3: teams.dotcom EOC.path[0].page: found `dotcom EOK`", "Did you mean `dotcom EOC`?"),
        ),
        (
            EOC + "path:\n      - {page: dotcom EOC}\n      - {page: dotcom EOC, timeout: 0m}",
            ("muster.yml:5: teams.dotcom EOC.path[1].timeout: found `0m`", "such as 90s, 15m or 2h"),
        ),
        (EOC + "path: [{page: dotcom EOC, timeout: -5m}]", ("found `-5m`", "longer than nothing")),
        (EOC + "path: [{page: dotcom EOC, timeout: soon}]", ("found `soon`",)),
        (EOC + "path: [{page: dotcom EOC, timeout: 15}]", ("found `15`", "15m for minutes")),
        (EOC + "path: [{page: dotcom EOC, timeout: 1:30}]", ("found `1:30`",)),
        (EOC + "path: [{page: dotcom EOC, timeout: 99999999h}]", ("at most 365 days",)),
        (EOC + "path: [{page: dotcom EOC, timeout: " + "9" * 400 + "h}]", ("at most 365 days",)),
        (EOC + "path: [{page: dotcom EOC, timeout: 0.0000001s}]", ("longer than nothing",)),
        (EOC + "path: [{page: dotcom EOC, timeout: ''}]", ("longer than nothing",)),
        (EOC + "path: [{timeout: 15m}]", ("path[0].page: is missing", "the name of the team to page")),
        (EOC + "path: [dotcom EOC]", ("path[0]: found `dotcom EOC`", "a level, such as {page:")),
        (EOC + "path: dotcom EOC", ("path: found `dotcom EOC`", "one or more levels")),
        (
            EOC + "path: [{page: dotcom EOC, timout: 5m}]",
            ("timout: is no key here", "Did you mean `timeout`?"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, call: nxt}]",
            ("path[0].call: found `nxt`", "Did you mean `next`?"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, call: '@ana'}]",
            ("call: found `@ana`", "on_call, next, everybody, channel"),
        ),
        (EOC + "path: [{page: dotcom EOC, call: [next]}]", ("call: found a list", "or an e-mail address")),
        (EOC + "path: [{page: dotcom EOC, acknowledge: both}]", ("acknowledge: found `both`", "one or all")),
        (EOC + "path: [{page: dotcom EOC, only: S1}]", ("only: found `S1`", "severities, types or hours")),
        (
            EOC + "path: [{page: dotcom EOC, only: {severity: [S1]}}]",
            ("only.severity: is no key here", "Did you mean `severities`?"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, only: {severities: [S5]}}]",
            ("only.severities[0]: found `S5`", "such as [S1, S2]"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, only: {severities: []}}]",
            ("only.severities: found an empty list",),
        ),
        (
            EOC + "path: [{page: dotcom EOC, only: {types: [Gitlab]}}]",
            ("only.types[0]: found `Gitlab`", "the name of a type of incident", "Did you mean `GitLab.com`?"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, only: {hours: night}}]",
            ("hours: found `night`", "expected working"),
        ),
        (EOC + "repeat: -1", ("repeat: found `-1`", "from 0 to 10")),
        (EOC + "repeat: often", ("repeat: found `often`", "from 0 to 10")),
        (EOC + "channel: Big Room", ("channel: found `Big Room`", "lower case, no spaces")),
        (
            EOC + "path: [{page: dotcom EOC}, {page: dotcom EOC, timeout: 5m}]",
            ("dotcom EOC.path: is a path to itself: every level calls the same", "`reminders`"),
        ),
        (
            EOC + "path: [{page: dotcom EOC}, {page: dotcom IMOC, only: {hours: working}}]",
            ("path[1].only: is refused at the last level", "until somebody answers"),
        ),
        (
            EOC + "path: [{page: dotcom EOC}, {page: dotcom IMOC, call: channel}]",
            ("path[1].call: found `channel` at the last level, expected people",),
        ),
        (
            EOC + "path: [{page: Security on-call, call: channel}, {page: dotcom EOC}]",
            ("path[0].call: found `channel`, and `Security on-call` has none", "Write `channel:`"),
        ),
        (
            EOC + "path: [{page: dotcom EOC, call: channel, acknowledge: all}, {page: dotcom IMOC}]",
            ("path[0].acknowledge: found `all`, expected one",),
        ),
        (
            EOC + "path: [{page: dotcom EOC, call: channel, notify: [slack]}, {page: dotcom IMOC}]",
            ("path[0].notify: is of no use with `call: channel`",),
        ),
        (
            "teams:\n  dotcom leadership escalation:\n    "
            "path: [{page: dotcom IMOC, only: {severities: [S1]}}, {page: dotcom leadership escalation}]",
            ("path[0].only: is refused on the path of the Infrastructure Leader", "at any hour"),
        ),
        (
            "teams:\n  Infrastructure Liaison:\n    "
            "path: [{page: Infrastructure Liaison, only: {hours: working}}, {page: dotcom IMOC}]",
            ("path[0].only: is refused on the path of the Infrastructure Liaison",),
        ),
        ("people: {a@example.com: {zone: Berlin}}", ("a@example.com.zone: found `Berlin`", "IANA time zone")),
        (
            "people: {a@example.com: {zone: Europe/Berlin, hours: sometimes}}",
            ("a@example.com.hours: found `sometimes`", "mon-fri 09:00-17:00"),
        ),
        ("people: {a@example.com: {hours: mon-fri}}", ("hours: is of no use without `zone`",)),
        ("contact_methods: {hours: smtp}", ("`hours` is reserved: a person's working hours",)),
        (EOC + "reminders: [0s]", ("reminders[0]: found `0s`",)),
        (EOC + "on_cal: [a@example.com]", ("dotcom EOC.on_cal: is no key here", "Did you mean `on_call`?")),
        (
            EOC + "on_call: ana@example.com",
            ("on_call: found `ana@example.com`", "a list of e-mail addresses"),
        ),
        (EOC + "on_call:", ("on_call: found nothing", "a list of e-mail addresses")),
        (EOC + "on_call: ['@ana']", ("on_call[0]: found `@ana`", "A handle can change hands")),
        (EOC + "on_call: [ana]", ("on_call[0]: found `ana`", "an e-mail address or a Slack user id")),
        (EOC + "on_call: [no]", ("on_call[0]: found `no` (YAML reads it as true or false)",)),
        (EOC + "role: 1", ("role: found `1` (YAML reads it as a number)",)),
        (EOC + "role: ''", ("role: found ``", "1 to 75 characters")),
        ("teams:\n  dotcom EOC: ana", ("teams.dotcom EOC: found `ana`", "on_call")),
        ("teams: [dotcom EOC]", ("teams: found a list", "a mapping of team names")),
        ("- teams", ("muster.yml:1: found a list", "a mapping with the keys teams, types")),
        ("team:\n  x: {}", ("muster.yml:1: team: is no key here. Did you mean `teams`?",)),
        ("teams:\n  no: {}", ("teams: has no usable name", "reads one name as False: put it in quotes")),
        ("teams:\n  '  ': {}", ("has no usable name",)),
        ("teams:\n  " + "x" * 76 + ": {}", ("has no usable name", "1 to 75 characters")),
        ("teams:\n  Database:", ("muster.yml:2: teams.Database: null removes a default", "write {}")),
        ("teams:\n  dotcom eoc: {}", ("differs from `dotcom EOC` only in upper and lower case",)),
        ("teams:\n  dotcom EOC: null", ("types.GitLab.com: pages `dotcom EOC` by default", "removed")),
        ("types: {GitLab.com: null, Dedicated: , SIRT: , Gameday: }", ("types: every entry is removed",)),
        ("types: {" + ", ".join(f"t{n}: {{}}" for n in range(99)) + "}", ("at most 100",)),
        (KIND + "pages: Databse", ("types.GitLab.com.pages: found `Databse`", "There are: `dotcom EOC`")),
        (KIND + "managers: [dotcom IMC]", ("managers[0]: found `dotcom IMC`", "Did you mean `dotcom IMOC`?")),
        (KIND + "announce: [Incidents Channel]", ("announce[0]: found `Incidents Channel`", "lower case")),
        (KIND + "announce: incidents", ("announce: found `incidents`", "a list of channel names")),
        (KIND + "triage: [a]", ("triage: found a list", "the name of a channel")),
        (KIND + "always: [dotcom IMC]", ("always[0]: found `dotcom IMC`", "Did you mean `dotcom IMOC`?")),
        (
            KIND + "leads: Imm",
            (
                "muster.yml:3: types.GitLab.com.leads: found `Imm`, expected `reporter` or the role",
                "Did you mean `IM`?",
            ),
        ),
        (KIND + "leads: Security", ("found `Security`", "`reporter`, `EOC`, `IM`, `CMOC`.")),
        (KIND + "pages: Infrastructure Liaison\n    leads: EOC", ("types.GitLab.com.leads: found `EOC`",)),
        (KIND + "leads: 7", ("leads: found `7` (YAML reads it as a number)", "reporter, or the role")),
        (
            "teams:\n  Security on-call: null",
            ("types.SIRT: pages `Security on-call` by default, and that team is removed", "with null"),
        ),
        (KIND + "private: maybe", ("private: found `maybe`", "true or false")),
        (EOC + "role: EOC\n    role: IM", ("muster.yml:4: teams.dotcom EOC.role: stands on line 3 already",)),
    ],
)
def test_a_wrong_value_is_named_with_its_line_and_what_was_expected(
    tmp_path: Path, text: str, wanted: tuple[str, ...]
) -> None:
    found = "\n".join(problems(tmp_path, text + "\n"))

    assert [part for part in wanted if part not in found] == [], found


def test_all_problems_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        """teams:
  dotcom EOC:
    on_cal: [a@example.com]
    path: [{page: nowhere, timeout: 0m}]
  Database:
types:
  GitLab.com: {pages: nobody, private: 7}
colour: red
""",
    )

    assert [problem.split(": ", 2)[:2] for problem in found] == [
        ["muster.yml:3", "teams.dotcom EOC.on_cal"],
        ["muster.yml:4", "teams.dotcom EOC.path[0].page"],
        ["muster.yml:4", "teams.dotcom EOC.path[0].timeout"],
        ["muster.yml:5", "teams.Database"],
        ["muster.yml:7", "types.GitLab.com.pages"],
        ["muster.yml:7", "types.GitLab.com.private"],
        ["muster.yml:8", "colour"],
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("teams:\n  a: [1\n  b: 2\n", "muster.yml:3:4: is broken YAML"),
        ("teams:\n\tdotcom EOC: {}\n", "with spaces, not with tabs"),
        ("types:\n  GitLab.com:\n    announce: [#incidents]\n  x: y\n", "names of channels without it"),
        ("teams: {}\n---\nteams: {}\n", "muster.yml:2:1: is broken YAML"),
        ("teams: !!python/object:os.system {}\n", "is broken YAML"),
        (b"teams: \xff\xfe\n", "no YAML text in UTF-8"),
        ("teams: \x00\n", "no YAML text in UTF-8"),
    ],
)
def test_broken_yaml_is_named_with_line_and_column(tmp_path: Path, text: str | bytes, wanted: str) -> None:
    [found] = problems(tmp_path, text)

    assert wanted in found
    assert "\n" not in found


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="no such file"):
        load(tmp_path / "muster.yml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="cannot be read"):
        load(tmp_path)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n" for before, name in pairwise("abcdefghij")
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("teams: &t\n  a: *t\n", "muster.yml:2: `*t` stands inside of what it repeats"),
        ("teams: &t [*t]\n", "muster.yml:1: `*t` stands inside of what it repeats"),
        ("x: y\nteams: " + "[" * 100_000, "muster.yml:2: is nested more than 32 levels deep"),
        ("teams: " + "{a: " * 100_000, "muster.yml:1: is nested more than 32 levels deep"),
        ("- " * 5000 + "x", "nested more than 32 levels deep"),
        (BOMB, "there are more than 10000 values, aliases included"),
        ("teams: [" + "a," * 400_000 + "]", "muster.yml:1: there are more than 10000 values"),
        ("#" * 1_000_001, "has more than 1000000 bytes"),
        ("teams: {a: " + "9" * 5000 + "}", "is no YAML text"),
        ("teams: {a: 2026-13-45}", "muster.yml:1: teams.a: found `2026-13-45`"),
        ("teams: {A: {}, A: {}}", "muster.yml:1: teams.A: stands on line 1 already"),
    ],
)
def test_a_file_that_would_take_for_ever_is_refused_at_once(tmp_path: Path, text: str, wanted: str) -> None:
    began = time.process_time()

    found = problems(tmp_path, text)

    assert wanted in found[0]
    assert "\n" not in found[0]
    assert time.process_time() - began < 1


def test_aliases_in_measure_are_taken(tmp_path: Path) -> None:
    (tmp_path / "muster.yml").write_text(
        "teams:\n  dotcom EOC: {on_call: &all [a@example.com]}\n  dotcom IMOC: {on_call: *all}\n"
    )

    teams = load(tmp_path / "muster.yml").process.teams

    assert teams["dotcom EOC"].on_call == teams["dotcom IMOC"].on_call == ("a@example.com",)


def test_what_guests_cannot_be_given_is_named(tmp_path: Path) -> None:
    assert aside(tmp_path, "guests:\n  single_channel: [declare, fly]\n") == [
        "muster.yml:2: guests.single_channel[1]: found `fly`, "
        "expected one of declare, update, pin, action, acknowledge, work. "
        "Such guests may only acknowledge until then."
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "silence: {after: 4m}",
            "silence.after: found `4m`, expected a duration from 5m to 24h, such as 20m",
        ),
        ("archive: {after: 91d}", "archive.after: found `91d`, expected never, or a number of days"),
        ("archive: {after: 7}", "Write the unit too: 7d for days"),
        ("archive: {private: [7d]}", "archive.private: found"),
        ("investigating_limit: 0s", "muster.yml:1: investigating_limit: found `0s`"),
        ("silence: {after: 25h}", "expected a duration from 5m to 24h"),
        ("silence: {after: 20}", "Write the unit too: 20m for minutes"),
        ("silence: {severities: [S5]}", "silence.severities[0]: found `S5`, expected"),
        ("silence: {severity: [S1]}", "silence.severity: is no key here. Did you mean `severities`?"),
        ("limits: {teams: 3}", "limits.teams: is no key here. There are: `declares_per_minute`, `pages_bef"),
        ("limits: {declares_per_minute: x}", "expected a number of incidents from 1 to 1000"),
        ("limits: {pages_before_digest: {}}", "expected a number of pages from 0 to 1000"),
        ("guests: {single: [declare]}", "is no key here. Did you mean `single_channel`?"),
        ("follow_ups: {kindz: {}}", "follow_ups.kindz: is no key here. Did you mean `kinds`?"),
        (
            "follow_ups: {due: {S5: 3}}",
            "due.S5: is no key here. There are: `S1`, `S2`, `S3`, `S4`",
        ),
        ("follow_ups: {due: {S1: x}}", "found `x`, expected a number of days from 1 to 1000"),
        (
            "follow_ups: {kinds: {A: 3}}",
            "(YAML reads it as a number), expected a list of labels",
        ),
        ("follow_ups: {kinds: {A: [3]}}", "expected a label of 1 to 100 characters without a comma"),
        ("follow_ups: {remind_before: x}", "expected a number of weekdays from 0 to 20"),
        ("insights: {chanel: a}", "insights.chanel: is no key here. Did you mean `channel`?"),
        ("insights: {channel: 3}", "expected the name of a channel"),
        ("guests: {single_channel: declare}", "expected a list of what they may do"),
    ],
)
def test_a_section_names_its_own_keys_and_types(tmp_path: Path, text: str, wanted: str) -> None:
    [said] = aside(tmp_path, text)

    assert wanted in said


@pytest.mark.parametrize(
    "section",
    [
        name
        for name, field in File.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        if name not in ("alerts", "calls")  # what is said of these begins otherwise
    ],
)
def test_no_section_offers_the_keys_of_the_whole_file(tmp_path: Path, section: str) -> None:
    for said in aside(tmp_path, f"{section}: {{zzzz: 1}}"):
        assert f"{section}.zzzz: is no key here. There are: " in said
        assert "`teams`, `types`" not in said


def test_who_cannot_lead_is_said_together_with_what_else_is_wrong(tmp_path: Path) -> None:
    text = "types:\n  GitLab.com: {leads: nobody}\n  Dedicated: {private: 7}\nlimits: {x: 1}\n"

    leads, private, limits = problems(tmp_path, text)

    assert "muster.yml:2: types.GitLab.com.leads: found `nobody`" in leads
    assert "types.Dedicated.private" in private
    assert "limits.x" in limits


def test_a_role_that_is_not_known_for_another_mistake_makes_no_second_one(tmp_path: Path) -> None:
    text = EOC + "role: Duty\n    on_cal: []\ntypes:\n  GitLab.com: {leads: Duty}\n"

    [said] = problems(tmp_path, text)

    assert "on_cal: is no key here" in said
