"""What is said of insights: where the month is posted, and which fields tell services, causes and changes."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.config import load
from bot.domain.insights.rules import InsightRules


def written(folder: Path, text: str) -> Path:
    path = folder / "muster.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_word_nothing_is_posted_and_services_are_a_field_of_the_handbook(tmp_path: Path) -> None:
    assert load(written(tmp_path, "{}")).process.insights == InsightRules(zone=UTC)


def test_channel_zone_and_fields_are_read(tmp_path: Path) -> None:
    text = """
fields: {Root cause: {kind: choice, choices: [bug, load]}, Caused by a change: {}, Services: {}}
insights:
  channel: "#reviews"
  zone: Europe/Berlin
  service: Services
  cause: Root cause
  change: Caused by a change
"""

    found = load(written(tmp_path, text)).process.insights

    berlin = ZoneInfo("Europe/Berlin")
    assert found == InsightRules("reviews", berlin, "Services", "Root cause", "Caused by a change")


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "{channel: Not A Channel}",
            "insights.channel: found `Not A Channel`, expected the name of a channel",
        ),
        ("{zone: CEST}", "insights.zone: found `CEST`, expected an IANA time zone"),
        ("{cause: Root cuase}", "insights.cause: found `Root cuase`, expected the name of a field"),
        ("{change: Affected servces}", "Did you mean `Affected services`?"),
        ("{chanel: reviews}", "insights.chanel: is no key here"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_expected(tmp_path: Path, entry: str, said: str) -> None:
    process = load(written(tmp_path, f"insights: {entry}")).process

    assert process.insights == InsightRules(zone=UTC)
    ((name, aside),) = process.set_aside.items()
    assert name.startswith("insights.")
    assert said in aside
