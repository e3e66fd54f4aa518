"""What pages do without: a broken entry is set aside and named, and all else counts."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.alerts.routing import Then

GOOD = "{format: alertmanager, key: 'sha256:" + "1" * 64 + "'}"
KEY = "key: 'sha256:" + "0" * 64 + "'"
SENTRY = "alerts: {sources: {ci: {format: sentry, secret: '${SENTRY_SECRET}', KEY}}}"
MAPPED = "alerts: {sources: {ci: {format: json, map: {title: name, key: id, labels: {a: 'a..b'}}, KEY}}}"


def loaded(folder: Path, written: str, environ: dict[str, str] | None = None) -> Config:
    file = folder / "muster.yml"
    file.write_text(written.replace("KEY", KEY))
    return load(file, environ or {})


@pytest.mark.parametrize(
    ("written", "name", "said"),
    [
        ("alerts: {sources: {ci: {format: smoke, KEY}}}", "sources.ci", "found `smoke`, expected one of"),
        ("alerts: {sources: {ci: {format: json}}}", "sources.ci", "sources.ci.key: is missing; expected sha"),
        ("alerts: {sources: {ci: {format: zabbix, key: secret}}}", "sources.ci", "found something else"),
        ("alerts: {sources: {ci: {format: zabbix, KEY, to: x}}}", "sources.ci", "to: is no key here"),
        ("alerts: {sources: {ci: nagios}}", "sources.ci", "expected a mapping with some of the keys format"),
        ("alerts: {sources: {'': {format: zabbix, KEY}}}", "sources.", "has no usable name"),
        (SENTRY, "sources.ci", "expected SENTRY_SECRET in the environment"),
        (MAPPED, "sources.ci", "expected a JMESPath such as `build.name`"),
        ("alerts: {sources: [ci]}", "sources", "found a list, expected a mapping of sources' names"),
        ("alerts: {heartbeats: {nightly: {every: often, KEY}}}", "heartbeats.nightly", "expected a duration"),
        ("alerts: {heartbeats: {nightly: {KEY}}}", "heartbeats.nightly", "either `every`, or `windows`"),
        ("alerts: {rules: [{then: explode}]}", "rules[1]", "expected triage, active, page or keep"),
        (
            "alerts: {rules: [{labels: {env: 5}}]}",
            "rules[1]",
            "found `5` (YAML reads it as a number), expected",
        ),
        ("alerts: {rules: [{severities: [S9]}]}", "rules[1]", "found `S9`, expected one entry of a list of"),
        ("alerts: {rules: [staging]}", "rules[1]", "expected a rule, such as"),
        (
            "alerts: {rules: [{label: {env: test}}]}",
            "rules[1]",
            "label: is no key here. Did you mean `labels`?",
        ),
        ("alerts: {rules: {then: keep}}", "rules", "expected a list of rules"),
        ("alerts: {office_hours: {zone: Mars}}", "office_hours", "expected "),
        ("alerts: {sorces: {}}", "sorces", "is no key here. Did you mean `sources`?"),
    ],
)
def test_a_broken_entry_is_set_aside_and_named(tmp_path: Path, written: str, name: str, said: str) -> None:
    pytest.importorskip("jmespath", reason="it is an extra, and not installed here")

    config = loaded(tmp_path, f"{written}\nteams:\n  dotcom EOC: {{on_call: [ana@example.com]}}\n")

    assert list(config.process.set_aside) == [f"alerts.{name}"]
    (told,) = config.process.set_aside.values()
    assert told in config.warnings
    assert f"alerts.{name} is set aside; all else counts. {tmp_path}/muster.yml:1: alerts." in told
    assert said in told
    assert "pydantic" not in told
    assert config.process.teams["dotcom EOC"].on_call == ("ana@example.com",)


def test_the_others_count_and_rules_keep_their_numbers(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        f"""
alerts:
  sources:
    first: {GOOD}
    same: {GOOD}
    broken: {{format: smoke}}
  heartbeats:
    good: {{every: 5m, KEY}}
    bad: {{every: 5m, KEY}}
  rules: [{{then: explode}}, {{then: keep}}]
gitlab: {{project: nothing}}
""",
    )

    process = config.process
    assert list(process.alert_sources) == ["first"]
    assert list(process.heartbeats) == ["good"]
    assert [(one.name, one.then) for one in process.alert_rules] == [("rule 2", Then.KEEP)]
    assert list(process.set_aside) == [
        "gitlab",
        "alerts.sources.broken",
        "alerts.rules[1]",
        "alerts.sources.same",
        "alerts.heartbeats.bad",
    ]
    assert "alerts.sources.same.key: is that of `first` too" in process.set_aside["alerts.sources.same"]


def test_a_secret_whose_file_cannot_be_read_stops_no_other_source(tmp_path: Path) -> None:
    config = loaded(tmp_path, SENTRY, {"SENTRY_SECRET_FILE": str(tmp_path / "gone")})

    assert list(config.process.set_aside) == ["alerts.sources.ci"]


def test_alerts_that_are_no_mapping_are_set_aside_as_a_whole(tmp_path: Path) -> None:
    config = loaded(tmp_path, "alerts: [prometheus]")

    assert "found a list, expected a mapping of `sources` and" in config.process.set_aside["alerts"]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("alerts: {sources: {ci: GOOD, ci: GOOD}, heartbeats: {b: {every: 5m, KEY}}}", "alerts.sources.ci"),
        (
            "alerts: {sources: {ci: {format: zabbix, format: nagios, KEY}}, heartbeats: {b: HIS}}",
            "alerts.sources.ci",
        ),
        (
            "alerts: {heartbeats: {b: HIS}, rules: [{then: keep, then: page}, {then: keep}]}",
            "alerts.rules[1]",
        ),
        ("alerts: {heartbeats: {b: HIS}, sources: {ci: GOOD}, sources: {}}", "alerts.sources"),
        ("alerts: {office_hours: {zone: UTC, zone: UTC}, heartbeats: {b: HIS}}", "alerts.office_hours"),
        ("alerts: {heartbeats: {b: HIS, 5: {every: 5m, every: 6m, KEY}}}", "alerts.heartbeats.5"),
        (
            "{webhooks: {a: {url: 'https://x.test', url: 'https://y.test'}}, alerts: {heartbeats: {b: HIS}}}",
            "webhooks.a",
        ),
        ("{gitlab: {project: a/b, project: a/c}, alerts: {heartbeats: {b: HIS}}}", "gitlab"),
        ("{statuspage: {}, statuspage: {}, alerts: {heartbeats: {b: HIS}}}", "statuspage"),
    ],
)
def test_a_key_that_stands_twice_stops_no_start_where_no_page_needs_it(
    tmp_path: Path, written: str, name: str
) -> None:
    his = "{every: 5m, key: 'sha256:" + "2" * 64 + "'}"

    process = loaded(tmp_path, written.replace("HIS", his).replace("GOOD", GOOD)).process

    assert list(process.set_aside) == [name]
    assert "stands on line 1 already; merge the two" in process.set_aside[name]
    assert list(process.heartbeats) == ["b"]
    assert len(process.alert_rules) == written.count("then:") // 3


def test_a_section_of_alerts_that_stands_twice_is_set_aside_as_a_whole(tmp_path: Path) -> None:
    process = loaded(tmp_path, "alerts: {}\nalerts: {sources: {}}\n").process

    assert list(process.set_aside) == ["alerts"]


def test_keys_of_what_is_set_aside_are_known_where_they_can_be_read(tmp_path: Path) -> None:
    process = loaded(
        tmp_path,
        """
alerts:
  sources: {a: {format: smoke, KEY}, b: {format: smoke, key: secret}, c: {format: nagios, KEY}, c: {}}
""",
    ).process

    assert list(process.set_aside) == ["alerts.sources.c", "alerts.sources.a", "alerts.sources.b"]
    assert process.aside_keys == {"alerts.sources.a": "0" * 64}
