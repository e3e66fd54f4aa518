"""A template of one's own in muster.yml: tried at the start, and set aside where it does not work."""

from pathlib import Path

import pytest

from bot.cli.templates import ENTRY, with_template
from bot.config import Config, load
from tests.cli.test_commands import STAFFED


def configured(folder: Path, template: bytes | None) -> Config:
    (folder / "muster.yml").write_text(STAFFED + "\nreviews: {template: reviews/ours.md}\n")
    if template is not None:
        (folder / "reviews").mkdir()
        (folder / "reviews" / "ours.md").write_bytes(template)
    return with_template(load(folder / "muster.yml", {}))


def test_one_that_works_is_used(tmp_path: Path) -> None:
    config = configured(tmp_path, b"# {{ incident.ref }}\n")

    assert config.process.reviews.template == "# {{ incident.ref }}\n"
    assert not config.process.set_aside


@pytest.mark.parametrize(
    ("template", "why"),
    [
        (None, "it cannot be read (No such file or directory)"),
        (b"\xff\xfe", "it is no text in UTF-8"),
        (b"{{ incidnet.ref }}", "it names `incidnet`, which is none of: "),
        (b"\n{{ incident.reff }}", "line 2: there is no `reff` here; there are: id, ref"),
        (
            b"{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
            "more than 100,000 steps",
        ),
        (b"x" * 500_000, "longer than 100,000 characters"),
    ],
)
def test_one_that_does_not_work_is_set_aside_and_keeps_nothing_from_starting(
    tmp_path: Path, template: bytes | None, why: str
) -> None:
    config = configured(tmp_path, template)

    assert config.process.reviews.template == ""
    said = config.process.set_aside[ENTRY]
    assert why in said
    assert said.startswith(f"reviews.template: {tmp_path / 'reviews' / 'ours.md'} cannot be used: ")
    assert said in config.warnings
    assert not config.fatal


def test_without_one_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "muster.yml").write_text(STAFFED)
    config = load(tmp_path / "muster.yml", {})

    assert with_template(config) is config
