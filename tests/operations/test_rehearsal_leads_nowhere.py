"""What is practised leaves by nothing that is configured."""

from pathlib import Path

from bot import rehearsal
from bot.config import load
from tests.scenarios.conftest import CONFIG

SECTIONS = """
gitlab: {project: group/project}
statuspage: {listen: "127.0.0.1:0", export_dir: /nowhere, status_io: {page: p, notify: true}}
"""


def test_a_rehearsal_makes_no_issue_and_tells_no_customer(tmp_path: Path) -> None:
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + SECTIONS)
    environ = {"GITLAB_TOKEN": "t", "STATUSIO_API_ID": "i", "STATUSIO_API_KEY": "k"}
    config = load(path, environ)
    assert config.tracker
    assert config.statuspage
    assert config.statuspage.pages

    nowhere = rehearsal._leading_nowhere(config)

    assert (nowhere.tracker, nowhere.statuspage, nowhere.webhooks) == (None, None, ())
