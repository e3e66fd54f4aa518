"""`muster source`: what it prints for muster.yml is taken, and what it prints for the sender fits."""

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.cli.sources import HEARTBEAT, KINDS
from bot.config import load
from bot.domain.alerts.routing import Heartbeat, Source
from handlers.alerts.keys import is_key


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["source", *words], env={"MUSTER_PUBLIC_URL": "https://pager.example/"})


def entry_in(told: str) -> str:
    return re.search(r"^alerts:\n(?: .*\n)+", told, re.MULTILINE)[0]  # type: ignore[index]


@pytest.mark.parametrize("form", KINDS)
def test_what_it_prints_is_taken_with_the_key_that_it_gives_the_sender(folder: Path, form: str) -> None:
    pytest.importorskip("jmespath", reason="it is an extra, and not installed here")

    done = run("add", "it's 1", form)

    assert done.exit_code == 0, done.output
    (folder / "muster.yml").write_text(entry_in(done.stdout))
    process = load(folder / "muster.yml", {"SENTRY_SECRET": "x"}).process
    assert process.set_aside == {}
    sources: list[Source | Heartbeat] = [*process.alert_sources.values(), *process.heartbeats.values()]
    (made,) = sources
    key = re.search(r"not shown again:\n\n    (\w{32})\n", done.stdout)
    assert key
    assert is_key(made, key[1])
    snippet = done.stdout.split(entry_in(done.stdout))[1]
    assert key[1] in snippet
    assert "https://pager.example/v" in snippet or form == "opsgenie"
    if form not in {"pagerduty", "opsgenie", HEARTBEAT}:
        assert "/v1/alerts/it%27s%201" in snippet
    assert "//v" not in snippet


def test_the_snippet_for_alertmanager_is_its_yaml() -> None:
    told = run("add", "prometheus", "alertmanager").stdout

    said = yaml.safe_load(told[told.index("receivers:") - 4 : told.index("Then restart")])
    (hook,) = said["receivers"][0]["webhook_configs"]
    assert hook["url"] == "https://pager.example/v1/alerts/prometheus"
    assert len(hook["http_config"]["authorization"]["credentials"]) == 32


def test_a_name_that_is_there_or_is_none_is_refused(folder: Path) -> None:
    (folder / "muster.yml").write_text(entry_in(run("add", "prometheus", "alertmanager").stdout))

    again = run("add", "prometheus", "grafana")

    assert again.exit_code == 2
    assert "has alerts.sources.prometheus already" in again.output
    assert run("add", " ", "grafana").exit_code == 2
    assert run("add", "x", "smoke").exit_code == 2
    assert "  heartbeats:\n    nightly:\n" in run("key", "nightly", "--format", "heartbeat").stdout
    assert "  title: title" in run("key", "ci", "--format", "json").stdout
