"""`muster alert`: what came is shown, counted and run through another configuration; nobody is called."""

import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.__main__ import main
from bot.domain.alerts.signals import Signal, State
from bot.domain.incidents.incident import Severity
from bot.operations.alerts.intake import refuse, take
from storage.alerts import Taken
from storage.engines import open_database
from tests.conftest import Office
from tests.fakes import FakeClock, process
from tests.operations.test_alerts import decides

CONFIG = """
teams:
  dotcom EOC: {on_call: [ana@example.com]}
alerts:
  sources:
    prometheus: {format: alertmanager, key: "sha256:HASH"}
  rules:
    - {name: staging, labels: {env: staging}, then: keep}
    - {name: site, labels: {alertname: SiteDown}, then: active, severity: S3}
    - {name: broken, then: explode}
"""
BODY = {
    "groupKey": "g",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": name, "env": env, "severity": "high"},
            "fingerprint": name,
        }
        for name, env in (("SiteDown", "production"), ("DiskFull", "production"), ("Test", "staging"))
    ],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    digest = hashlib.sha256(b"key").hexdigest()
    (tmp_path / "muster.yml").write_text(CONFIG.replace("HASH", digest))
    (tmp_path / "body.json").write_text(json.dumps(BODY))
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(main, ["alert", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_payload_is_simulated_with_whom_it_calls(folder: Path) -> None:
    told = run("simulate", "body.json", "--source", "prometheus")

    assert "rule: site; group: g" in told
    assert "calls ana@example.com: on call for dotcom EOC" in told
    assert "kept, pages nobody" in told
    assert "pages nobody" in run("try", "body.json", "--source", "prometheus")


def test_what_came_is_shown_counted_and_replayed(folder: Path) -> None:
    clock = FakeClock(datetime.now(UTC))  # the command knows the machine's clock alone
    with closing(open_database("muster.db", own_time=False)) as database:
        office = Office(database, process(), clock)
        signal = Signal("a", "It is slow", State.FIRING, Severity.S2, labels={"env": "staging"})
        for trace in ("abc", "def"):
            office.perform(take, [[Taken("prometheus", signal, "{}", trace=trace)]])
        decides(office)
        office.perform(refuse, "", "the key is missing", "ghi", "192.0.2.7")

    assert "trace: def" in run("show", "A-1")
    assert "told that it is firing:\nA-1 It is slow" in run("show", "abc")
    assert "was refused.\n  from 192.0.2.7: the key is missing" in run("show", "ghi")
    assert "default: 1 alert, fired 2 times: 1 undecided" in run("noise")
    told = run("replay", "--since", "1h")
    assert "A-1 It is slow: kept, by staging (was: opened INC-1, by default)" in told
    assert "1 alert, 1 of them decided otherwise" in told
    assert CliRunner().invoke(main, ["alert", "show", "A-9"]).exit_code == 1


def test_what_came_from_each_source_is_a_table(folder: Path) -> None:
    clock = FakeClock(datetime.now(UTC))
    with closing(open_database("muster.db", own_time=False)) as database:
        office = Office(database, process(), clock)
        office.perform(take, [[Taken("prometheus", Signal("a", "It is slow", State.FIRING, None), "{}")]])
        office.perform(refuse, "prometheus", "no JSON", "abc", "192.0.2.7")
        office.perform(refuse, "", "the key is missing", "def", "192.0.2.8")

    heading, first, stranger, _, _, newest, older = run("sources").splitlines()

    assert heading.split("  ")[0] == "source"
    assert [one in first for one in ("prometheus  alertmanager", "  1  ", ": no JSON")] == [True] * 3
    assert [one in stranger for one in ("(none)", "never", ": the key is missing")] == [True] * 3
    assert "from 192.0.2.8: the key is missing (def)" in newest
    assert "from 192.0.2.7: no JSON (abc)" in older


def test_trying_says_what_a_type_and_working_time_make_of_it(folder: Path) -> None:
    file = folder / "muster.yml"
    closed = "office_hours: {zone: UTC, severities: [S2], hours: [mon-fri 09:00-09:01]}"
    private = "- {name: secret, labels: {alertname: DiskFull}, type: SIRT}"
    file.write_text(file.read_text().replace("rules:", f"{closed}\n  rules:\n    {private}"))

    told = run("try", "body.json", "--source", "prometheus")

    assert "declares an incident, SIRT S2, which pages, as no triage channel may show a private one" in told
    assert "waits for working time, until" in told


@pytest.mark.parametrize(("body", "opens"), [('{"title": "the disk of "db-1""}', True), (" ", False)])
def test_what_is_no_json_opens_a_triage_all_the_same(folder: Path, body: str, opens: bool) -> None:
    (folder / "body.json").write_text(body)

    done = CliRunner().invoke(main, ["alert", "try", "body.json", "--source", "prometheus"])

    assert done.exit_code == 1
    assert "Refused with 400: no JSON." in done.stdout
    assert ("It opens a triage all the same" in done.stdout) is opens


def test_a_broken_rule_is_named_by_the_check(folder: Path) -> None:
    away = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "a" * 32,
        "SLACK_API_URL": "http://127.0.0.1:9/",
    }

    done = CliRunner().invoke(main, ["check"], env=away)

    assert "alerts.rules[3] is set aside" in done.output
