"""The rules of alerts in `muster.yml`: one that is broken never stops the others."""

from datetime import date, timedelta
from pathlib import Path

from bot.config import load
from bot.domain.alerts.routing import Then

HOUR = timedelta(hours=1)


def test_a_broken_rule_is_set_aside_and_named(tmp_path: Path) -> None:
    file = tmp_path / "muster.yml"
    file.write_text(
        """
alerts:
  rules:
    - {name: odd, then: explode}
    - {name: nobody, then: page, team: Nobody}
    - {name: staging, labels: {env: staging}, then: keep}
    - {name: cmoc, then: page, team: dotcom CMOC, service: web, group_for: 1h, flaps: 5, flaps_within: 10m}
  office_hours: {zone: Europe/Berlin, holidays: [2026-12-25], severities: [S4]}
"""
    )

    config = load(file, sends=False)

    assert [(one.name, one.then) for one in config.process.alert_rules] == [
        ("staging", Then.KEEP),
        ("cmoc", Then.PAGE),
    ]
    cmoc = config.process.alert_rules[1]
    assert (cmoc.group_for, cmoc.flaps, cmoc.flaps_within) == (HOUR, 5, HOUR / 6)
    told = [one for one in config.warnings if "set aside" in one]
    assert [one.split(" ", 1)[0] for one in told] == ["alerts.rules[1]", "alerts.rules[2]"]
    assert config.process.alert_hours
    assert config.process.alert_hours.holidays == {date(2026, 12, 25)}


def test_a_rule_of_a_source_that_is_not_there_is_named_and_stops_nothing(tmp_path: Path) -> None:
    file = tmp_path / "muster.yml"
    file.write_text("alerts:\n  rules:\n    - {sources: [prom, heartbeat], then: keep}\n")

    config = load(file, sends=False)

    assert [one.sources for one in config.process.alert_rules] == [("prom", "heartbeat")]
    said = "alerts.rules[1].sources names `prom`, no source. There are: none."
    assert [one for one in config.warnings if one.startswith("alerts.")] == [said]
