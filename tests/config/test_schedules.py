"""What `schedules` may hold, and how what it may not is named."""

import re
import subprocess
import sys
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Config, ConfigInvalid, load
from bot.domain.oncall.overrides import NONE
from bot.domain.oncall.schedules import EVERY_DAY, Layer, Restriction, Schedule, WorkingHours
from bot.domain.oncall.shifts import gaps, on_call
from tests.domain.oncall.values import local, utc

WEEK = timedelta(weeks=1)


def given_file(folder: Path, text: str) -> Config:
    path = folder / "muster.yml"
    path.write_text(text)
    return load(path)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ConfigInvalid) as caught:
        given_file(folder, text)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def layer(**keys: str) -> str:
    """Return a file with one layer, in which these keys differ from a good one; an empty one is left out."""
    written = {
        "rotation": "weekly",
        "handover": "09:00",
        "start": "2026-01-05",
        "people": "[a@example.com]",
        **keys,
    }
    lines = "".join(f"        {key}: {value}\n" for key, value in written.items() if value)
    return f"schedules:\n  EOC:\n    zone: Europe/Berlin\n    layers:\n      -\n{lines}"


def test_a_schedule_is_read_with_all_that_can_be_written(tmp_path: Path) -> None:
    text = """
teams:
  dotcom EOC: {on_call: EOC}
schedules:
  EOC:
    zone: Europe/Berlin
    managers: [Ines@example.com]
    reminders: [2h]
    hours: [mon-fri 08:00-16:00]
    layers:
      - rotation: weekly
        handover: monday 17:00
        start: 2026-01-05
        people: [Ana@example.com, [ben@example.com, U012ABCDEF]]
      - name: Kolkata
        zone: Asia/Kolkata
        rotation: every 12 hours
        handover: 9:30
        start: 2026-02-01
        end: 2026-03-01
        only: [mon-fri 09:00-17:00, Sat, 22:00-06:00, fri-mon 08:00-24:00]
        people: [cem@example.com]
      - {name: new, rotation: daily, handover: 17:00, start: 2026-01-05, people: [d@a.io], shadow: true}
"""
    berlin = ZoneInfo("Europe/Berlin")

    process = given_file(tmp_path, text).process

    assert process.teams["dotcom EOC"].schedule is process.schedules["EOC"]
    assert process.teams["dotcom EOC"].on_call == ()
    assert process.schedules["EOC"] == Schedule(
        "EOC",
        (
            Layer(
                "layer 1",
                berlin,
                local("2026-01-05 17:00"),
                WEEK,
                (("ana@example.com",), ("ben@example.com", "U012ABCDEF")),
            ),
            Layer(
                "Kolkata",
                ZoneInfo("Asia/Kolkata"),
                local("2026-02-01 09:30"),
                timedelta(hours=12),
                (("cem@example.com",),),
                local("2026-03-01 09:30"),
                (
                    Restriction(frozenset(range(5)), time(9), time(17)),
                    Restriction(frozenset({5}), time(), time()),
                    Restriction(EVERY_DAY, time(22), time(6)),
                    Restriction(frozenset({4, 5, 6, 0}), time(8), time()),
                ),
            ),
        ),
        (Layer("new", berlin, local("2026-01-05 17:00"), timedelta(days=1), (("d@a.io",),)),),
        channel="eoc-general",
        managers=("ines@example.com",),
        reminders=(timedelta(hours=2),),
        hours=WorkingHours(berlin, (Restriction(frozenset(range(5)), time(8), time(16)),)),
    )


def calendar(text: str) -> str:
    return f"schedules:\n  EOC:\n    zone: Europe/Berlin\n    calendar: {text}\n"


SECRET = "https://calendar.example/private-s3cr3t/basic.ics"


@pytest.mark.parametrize(
    ("written", "url", "file"),
    [
        ("{url: '${EOC_CALENDAR}', people: {Jane Doe: Jane@example.com}}", SECRET, ""),
        (f"{{url: {SECRET}}}", SECRET, ""),
        ("{url: webcal://calendar.example/x}", "https://calendar.example/x", ""),
        ("{file: /etc/muster/eoc.ics}", "", "/etc/muster/eoc.ics"),
        ("{file: calendars/eoc.ics}", "", "calendars/eoc.ics"),
    ],
)
def test_a_calendar_is_a_source_beside_layers(tmp_path: Path, written: str, url: str, file: str) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(calendar(written))

    config = load(path, {"EOC_CALENDAR": SECRET})

    found = config.process.schedules["EOC"]
    assert found.calendar
    assert (found.layers, found.calendar.url) == ((), url)
    assert found.calendar.file == (str(tmp_path / file) if file else "")
    assert SECRET not in repr(config)
    assert not url or url in config.withheld or "webcal" in written
    assert dict(found.calendar.people) == ({"jane doe": "jane@example.com"} if "Jane" in written else {})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "{url: '${EOC_CALENDAR}'}",
            "4: schedules.EOC.calendar.url: found something else, expected EOC_CALENDAR in the "
            "environment. Set it where muster is started",
        ),
        (
            "{url: 'ftp://s3cr3t/x'}",
            "4: schedules.EOC.calendar.url: found something else, expected an address such as "
            "https://example.com/oncall.ics, or ${NAME} for one that is in the environment",
        ),
        (
            "{url: 'https://a.io/x', file: x.ics}",
            "4: schedules.EOC.calendar: found a mapping, expected either `file` or `url`",
        ),
        ("{}", "4: schedules.EOC.calendar: found a mapping, expected either `file` or `url`"),
        (
            "{file: x.ics, people: {Jane: jane}}",
            "4: schedules.EOC.calendar.people.Jane: found `jane`, expected an e-mail "
            "address or a Slack user id such as U012ABCDEF",
        ),
        (
            "{file: x.ics, people: {Jane: 5}}",
            "4: schedules.EOC.calendar.people.Jane: found `5` (YAML reads it as a number), "
            "expected a mapping of texts in the calendar to people, such as {Jane Doe: jane@example.com}",
        ),
        ("{files: x.ics}", "4: schedules.EOC.calendar.files: is no key here. Did you mean `file`?"),
        (
            "x.ics",
            "4: schedules.EOC.calendar: found `x.ics`, expected a mapping with `file` or `url` of an "
            "iCalendar file, and `people`",
        ),
    ],
)
def test_what_is_wrong_with_a_calendar_is_named_without_its_address(
    tmp_path: Path, written: str, said: str
) -> None:
    [found] = problems(tmp_path, calendar(written))

    assert found.rstrip(".") == f"muster.yml:{said}"


@pytest.mark.parametrize(
    ("zone", "cure"),
    [("CEST", ". An abbreviation is not enough: write a place"), ("W. Europe Standard Time", "")],
)
def test_no_far_away_zone_is_suggested(tmp_path: Path, zone: str, cure: str) -> None:
    [found] = problems(tmp_path, calendar("{file: x.ics}").replace("Europe/Berlin", zone))

    assert found.endswith(f"found `{zone}`, expected an IANA time zone such as Europe/Berlin{cure}.")


def test_without_an_environment_a_calendar_has_no_address_yet(tmp_path: Path) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(calendar("{url: '${EOC_CALENDAR}'}"))

    found = load(path, {}, sends=False).process.schedules["EOC"]

    assert found.calendar
    assert found.calendar.url == ""


@pytest.mark.parametrize(
    ("rotation", "every"),
    [
        ("daily", timedelta(days=1)),
        ("weekly", WEEK),
        ("every 1 hour", timedelta(hours=1)),
        ("every 8 hours", timedelta(hours=8)),
        ("every 3 days", timedelta(days=3)),
        ("every 2 weeks", 2 * WEEK),
    ],
)
def test_a_rotation_is_as_long_as_it_says(tmp_path: Path, rotation: str, every: timedelta) -> None:
    [found] = given_file(tmp_path, layer(rotation=rotation)).process.schedules["EOC"].layers

    assert found.every == every


EXPECTED_DATE = "expected a date from 2000 to 2099, such as 2026-01-05"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            {"people": "[]"},
            "9: schedules.EOC.layers[0].people: found an empty list, expected a list of one or more",
        ),
        (
            {"people": ""},
            "layers[0].people: is missing; expected a list of one or more people in their order",
        ),
        (
            {"people": "[[]]"},
            "people[0]: found an empty list, expected an e-mail address or a Slack user id, or",
        ),
        (
            {"people": "['@ana']"},
            "people[0]: found `@ana`, expected an e-mail address or a Slack user id such as",
        ),
        (
            {"people": "[[a@example.com, A@example.com]]"},
            "people[0]: found a list, expected an e-mail address",
        ),
        ({"people": "[7]"}, "people[0]: found `7` (YAML reads it as a number), expected an e-mail address"),
        ({"people": "a@example.com"}, "people: found `a@example.com`, expected a list of one or more people"),
        (
            {"end": "2026-01-05"},
            "layers[0].end: found `2026-01-05`, expected a date after the layer's start, 2026-01-05",
        ),
        ({"end": "2025-12-01"}, "layers[0].end: found `2025-12-01`, expected a date after the layer's start"),
        ({"start": "2027-02-29"}, f"start: found `2027-02-29`, {EXPECTED_DATE}. February 2027 has 28 days"),
        ({"start": "2026-04-31"}, f"start: found `2026-04-31`, {EXPECTED_DATE}. April 2026 has 30 days"),
        ({"start": "2026-13-01"}, f"start: found `2026-13-01`, {EXPECTED_DATE}."),
        ({"start": "1926-01-01"}, f"start: found `1926-01-01`, {EXPECTED_DATE}."),
        ({"start": "2026"}, f"start: found `2026` (YAML reads it as a number), {EXPECTED_DATE}."),
        ({"start": ""}, "layers[0].start: is missing; expected a date from 2000 to 2099"),
        (
            {"handover": "tuesday 09:00"},
            "start: found `2026-01-05`, expected the day of the first handover, which is a Tuesday. "
            "2026-01-05 is a Monday: write 2025-12-30 or 2026-01-06",
        ),
        (
            {"rotation": "daily", "handover": "monday 09:00"},
            "handover: found `monday 09:00`, expected a time of day alone, such as 09:00: only weeks",
        ),
        ({"handover": "24:00"}, "handover: found `24:00`, expected a time of day such as 09:00"),
        ({"handover": "moonday 09:00"}, "handover: found `moonday 09:00`, expected a time of day"),
        ({"handover": "17"}, "handover: found `17` (YAML reads it as a number), expected a time of day"),
        ({"rotation": "monthly"}, "rotation: found `monthly`, expected daily, weekly, or how often"),
        ({"rotation": "every 0 days"}, "rotation: found `every 0 days`"),
        (
            {"rotation": "every 53 weeks"},
            "rotation: found `every 53 weeks`, expected daily, weekly, or how often",
        ),
        ({"rotation": "every 999999999 weeks"}, "rotation: found `every 999999999 weeks`"),
        (
            {"zone": "Europe/Berln"},
            "found `Europe/Berln`, expected an IANA time zone such as Europe/Berlin. Did you mean `Europe/B",
        ),
        ({"zone": "../etc/passwd"}, "zone: found `../etc/passwd`, expected an IANA time zone"),
        ({"zone": "Europe"}, "zone: found `Europe`, expected an IANA time zone"),
        ({"zone": "5"}, "zone: found `5` (YAML reads it as a number), expected an IANA time zone"),
        ({"only": "[]"}, "only: found an empty list, expected a list of days and hours"),
        ({"only": "['']"}, "only[0]: found ``, expected days, hours or both, such as mon-fri 09:00-17:00"),
        ({"only": "[mo-fri]"}, "only[0]: found `mo-fri`, expected days, hours or both"),
        ({"only": "[mon-fri 09:00]"}, "only[0]: found `mon-fri 09:00`"),
        ({"only": "[24:00-08:00]"}, "only[0]: found `24:00-08:00`"),
        ({"only": "[09:00-17:60]"}, "only[0]: found `09:00-17:60`"),
        ({"only": "mon-fri"}, "only: found `mon-fri`, expected a list of days and hours"),
        ({"shadow": "true"}, "layers: found a list, expected a layer that is no shadow"),
        ({"shadow": "often"}, "shadow: found `often`, expected true or false"),
        ({"handovr": "09:00"}, "handovr: is no key here. Did you mean `handover`?"),
    ],
)
def test_what_is_wrong_with_a_layer_is_named(tmp_path: Path, keys: dict[str, str], said: str) -> None:
    [found] = problems(tmp_path, layer(**keys))

    assert found.startswith("muster.yml:")
    assert said in found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "schedules: [EOC]",
            "schedules: found a list, expected a mapping of schedules' names to their zone and",
        ),
        ("schedules: {EOC: {}}", "schedules.EOC.zone: is missing; expected an IANA time zone"),
        (
            "schedules: {EOC: null}",
            "schedules.EOC: found nothing, expected a mapping with some of the keys zone, calendar, layers, "
            "channel, managers, user_group, hours, reminders.",
        ),
        (
            "schedules: {EOC: {zone: UTC, layers: []}}",
            "layers: found an empty list, expected a list of one or more",
        ),
        (
            "schedules: {EOC: {zone: UTC, layers: [x]}}",
            "layers[0]: found `x`, expected a layer, which is a mapping",
        ),
        ("schedules: {' ': {zone: UTC, layers: [x]}}", "schedules. : has no usable name"),
        (
            "teams: {dotcom EOC: {on_call: EOK}}\n" + layer(),
            "on_call: found `EOK`, expected the name of a schedule",
        ),
        ("teams: {dotcom EOC: {on_call: EOK}}\n" + layer(), "Did you mean `EOC`?"),
        (
            "teams: {dotcom EOC: {on_call: 7}}",
            "expected the name of a schedule, or a list of e-mail addresses",
        ),
        (
            "teams: {dotcom EOC: {on_call: a@example.com}}\n" + layer(),
            "or a list of e-mail addresses or Slack user ids, first choice first.",
        ),
    ],
)
def test_what_is_wrong_with_a_schedule_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in "\n".join(problems(tmp_path, text))


@pytest.mark.parametrize(
    ("start", "said"),
    [
        ("2026-01-04", "on 2026-03-29 at 02:30 in Europe/Berlin does not exist; it is at 03:30"),
        ("2026-01-04", "on 2026-10-25 at 02:30 in Europe/Berlin comes twice; it is at the first"),
        ("2026-01-05", None),
    ],
)
def test_a_handover_where_clocks_change_is_told(tmp_path: Path, start: str, said: str | None) -> None:
    text = layer(start=start, handover="02:30", people="[a@example.com, b@example.com]")
    found = [one for one in given_file(tmp_path, text).warnings if "handover" in one]

    assert any(said in one for one in found) if said else found == []
    assert all(one.startswith("schedules.EOC: the handover of `layer 1`") for one in found)


def test_a_schedule_that_no_team_has_is_told(tmp_path: Path) -> None:
    told = "schedules.EOC: no team names it under `on_call`."

    assert told in given_file(tmp_path, layer()).warnings
    assert told not in given_file(tmp_path, "teams: {dotcom EOC: {on_call: EOC}}\n" + layer()).warnings


def test_a_team_with_a_schedule_is_staffed(tmp_path: Path) -> None:
    teams = "teams: {dotcom EOC: {on_call: EOC, path: [{page: dotcom EOC}]}}\n"
    config = given_file(tmp_path, teams + layer())

    assert [one for one in (*config.fatal, *config.warnings) if "teams.dotcom EOC" in one] == []


def test_a_machine_without_zones_has_those_of_the_package() -> None:
    program = "from zoneinfo import ZoneInfo; ZoneInfo('Australia/Lord_Howe')"

    subprocess.run([sys.executable, "-c", program], env={"PYTHONTZPATH": ""}, check=True)


DOCUMENT = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text("utf-8")


@pytest.mark.parametrize("number", range(3))
def test_the_documents_examples_are_good_and_leave_no_gap(tmp_path: Path, number: int) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(re.findall(r"```yaml\n(.*?)```", DOCUMENT, re.DOTALL)[number])
    config = load(path, {"EOC_CALENDAR": "https://calendar.example/x.ics"})
    start = utc("2026-01-05 08:00")

    assert [one for one in config.warnings if "schedules" in one] == []
    if config.process.schedules["EOC"].calendar:
        return  # only the calendar knows
    assert list(gaps(config.process.schedules["EOC"], NONE, start, start + 60 * WEEK)) == []


clocks = st.builds("{:02}:{:02}".format, st.integers(0, 24), st.sampled_from([0, 30, 59]))
days = st.sampled_from(["", "mon ", "mon-fri ", "sat-sun ", "friday-monday "])
written = st.fixed_dictionaries(
    {
        "rotation": st.sampled_from(["daily", "weekly", "every 8 hours", "every 2 weeks", "every 0 days"]),
        "handover": st.builds("{}{}".format, st.sampled_from(["", "", "sunday "]), clocks),
        "start": st.sampled_from(["2025-12-07", "2026-02-28", "2026-03-29", "2027-02-29"]),
        "people": st.lists(
            st.sampled_from(["a@example.com", "b@example.com", ["U012ABC", "b@example.com"]]), max_size=3
        ),
    },
    optional={
        "zone": st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]),
        "end": st.sampled_from(["2026-03-01", "2026-04-05"]),
        "only": st.lists(st.builds("{}{}-{}".format, days, clocks, clocks), min_size=1, max_size=2),
        "shadow": st.booleans(),
    },
)


@given(st.lists(written, min_size=1, max_size=3), st.integers(0, 60 * 24 * 120))
def test_what_is_accepted_has_somebody_on_call_or_a_gap_that_is_reported(
    tmp_path_factory: pytest.TempPathFactory, layers: list[dict[str, object]], minute: int
) -> None:
    text = yaml.safe_dump({"schedules": {"EOC": {"zone": "UTC", "layers": layers}}})
    try:
        schedule = given_file(tmp_path_factory.mktemp("any"), text).process.schedules["EOC"]
    except ConfigInvalid:
        return
    at = utc("2026-01-01 00:00") + timedelta(minutes=minute)

    reported = list(gaps(schedule, NONE, at, at + timedelta(minutes=1)))

    assert bool(on_call(schedule, NONE, at)) != any(gap.start == at for gap in reported)
