"""What `muster.yml` says of status pages: read, or set aside with the reason."""

from pathlib import Path

import pytest

from bot.config import Config, load
from bot.domain.process import Component, StatusPage
from tests.scenarios.conftest import CONFIG

KEYS = {"STATUSIO_API_ID": "an-id", "STATUSIO_API_KEY": "a-key", "STATUSPAGE_API_KEY": "another-key"}
WHOLE = """
statuspage:
  name: Example status
  url: https://status.example.com/
  listen: "[::1]:8090"
  components:
    API: {services: [web], status_io: c1-a, atlassian: x1}
    Git:
  status_io: {page: p1, notify: true}
  atlassian: {page: p2, notify: false}
"""


def read(folder: Path, section: str, environ: dict[str, str] = KEYS) -> Config:
    path = folder / "muster.yml"
    path.write_text(CONFIG.read_text() + section)
    return load(path, environ)


def test_a_whole_section_is_read(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    where, found = config.process.communication, config.statuspage
    assert where.publishes
    assert where.pages == (StatusPage("status.io", True), StatusPage("Statuspage", False))
    assert where.components == (Component("API", ("web",)), Component("Git"))
    assert found
    assert [(one.page, one.keys) for one in found.pages] == [
        ("p1", ("an-id", "a-key")),
        ("p2", ("another-key",)),
    ]
    assert found.url == "https://status.example.com"
    assert {"an-id", "a-key", "another-key"} <= {*config.withheld}
    assert "a-key" not in repr(config)
    assert any("status.io has no number for Git" in one for one in config.warnings)


def test_without_the_section_nothing_is_published(tmp_path: Path) -> None:
    config = read(tmp_path, "")
    assert config.statuspage is None
    assert not config.process.communication.publishes


def test_without_a_key_that_page_alone_is_left_out(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE, {"STATUSPAGE_API_KEY": "k"})
    assert [one.name for one in config.process.communication.pages] == ["Statuspage"]
    assert any("STATUSIO_API_ID and STATUSIO_API_KEY not set" in one for one in config.warnings)


@pytest.mark.parametrize(
    ("section", "why"),
    [
        (
            "statuspage: {status_io: {page: p}}",
            "statuspage.status_io.notify: is missing; expected true",
        ),
        ("statuspage: {status_io: {page: p, notify: 1}}", "expected true or false"),
        ("statuspage: {atlassian: {page: a/b, notify: true}}", "expected the number of a page"),
        ("statuspage: {listen: 8090}", "expected an address and a port"),
        ('statuspage: {listen: "localhost:70000"}', "expected an address and a port"),
        ("statuspage: {url: status.example.com}", "expected the address at which customers open it"),
        ("statuspage: {lisen: x}", "Did you mean `listen`?"),
        ("statuspage: {components: {API: {service: [x]}}}", "Did you mean `services`?"),
        ("statuspage: yes", "expected a mapping"),
    ],
)
def test_what_is_wrong_is_set_aside_and_named(tmp_path: Path, section: str, why: str) -> None:
    config = read(tmp_path, f"\n{section}\n")
    assert config.statuspage is None
    assert not config.process.communication.publishes
    [said] = [one for one in config.warnings if "So nothing is published by Muster." in one]
    assert why in said
