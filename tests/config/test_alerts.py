"""The sources of alerts in `muster.yml`, and what is said of those that would never work."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.alerts.routing import Source

HASH = "sha256:" + "0" * 64


def configured(folder: Path, written: str, environ: dict[str, str] | None = None) -> Config:
    path = folder / "muster.yml"
    path.write_text(f"alerts: {{sources: {{ci: {{key: '{HASH}', {written}}}}}}}")
    return load(path, environ or {})


def source(folder: Path, written: str, environ: dict[str, str] | None = None) -> Source:
    return configured(folder, written, environ).process.alert_sources["ci"]


def test_any_json_is_mapped(tmp_path: Path) -> None:
    pytest.importorskip("jmespath", reason="it is an extra, and not installed here")

    found = source(tmp_path, "format: json, map: {title: build.name, key: build.id, resolved: [Fine]}")

    assert found.layout
    assert found.layout.paths == {"title": "build.name", "key": "build.id"}
    assert found.layout.resolved == ("fine",)


def test_a_secret_is_taken_from_the_environment_and_shown_nowhere(tmp_path: Path) -> None:
    found = source(tmp_path, "format: sentry, secret: '${S}'", {"S": "very secret"})

    assert found.secret == "very secret"
    assert "very secret" not in repr(found)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("format: json", "map: is missing"),
        ("format: json, map: {title: name}", "alerts.sources.ci.map.key"),
        ("format: json, map: {title: name, key: 'a..b'}", "expected a JMESPath"),
        ("format: zabbix, map: {title: name, key: id}", "is for the format `json`"),
        ("format: zabbix, secret: '${S}'", "is for sentry and grafana"),
        ("format: sentry, secret: plain", "expected ${NAME}"),
        ("format: sentry, secret: '${UNSET}'", "expected UNSET in the environment"),
        ("format: zabbix, topics: ['arn:aws:sns:eu-west-1:123456789012:x']", "is for the format `sns`"),
        ("format: sns, topics: [mine]", "expected arn:aws:sns:"),
        ("format: smoke", "expected one of pagerduty"),
    ],
)
def test_what_would_never_work_is_named(tmp_path: Path, written: str, said: str) -> None:
    pytest.importorskip("jmespath", reason="it is an extra, and not installed here")

    process = configured(tmp_path, written, {"S": "x"}).process

    assert process.alert_sources == {}
    assert said in process.set_aside["alerts.sources.ci"]
