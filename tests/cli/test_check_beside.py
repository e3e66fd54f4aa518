"""What `muster check` says of what stands beside Slack: it is tried out, and changes nothing there."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.checks.beside import beside_findings, listening, unwritable
from bot.cli.findings import Finding, Level
from bot.clock import SystemClock
from bot.config import load
from bot.config.statuspage import StatuspageSettings
from tests.cli.test_commands import STAFFED, TOKENS, free_port, muster, process, read_until, taken_port
from tests.mail import mail_server
from tests.scenarios.statuspages import servers
from tests.scenarios.trackers import gitlab, others

HOST = "127.0.0.1"


async def found(folder: Path, written: Mapping[str, object], **env: str) -> list[Finding]:
    (folder / "muster.yml").write_text(STAFFED + (yaml.safe_dump(written) if written else ""))
    config = load(folder / "muster.yml", env)
    assert not config.process.set_aside
    return await beside_findings(config, HOST, free_port(), SystemClock())


async def test_nothing_is_said_of_what_is_not_there(tmp_path: Path) -> None:
    assert await found(tmp_path, {}) == []


@pytest.mark.parametrize("which", ["gitlab", "github", "jira"])
async def test_a_tracker_that_can_be_read_is_well_and_one_that_cannot_is_told(
    tmp_path: Path, which: str
) -> None:
    known: dict[str, Any] = {"gitlab": gitlab.GitLab(), "github": others.GitHub(), "jira": others.Jira()}
    async with known[which].running() as server:
        written = {
            "gitlab": {"project": gitlab.PROJECT, "url": server.url},
            "github": {"repository": others.REPOSITORY, "url": server.url},
            "jira": {"project": others.KEY, "url": server.url},
        }
        env = {
            "gitlab": {"GITLAB_TOKEN": gitlab.TOKEN},
            "github": {"GITHUB_TOKEN": others.GITHUB_TOKEN},
            "jira": {"JIRA_TOKEN": others.JIRA_TOKEN, "JIRA_EMAIL": others.EMAIL},
        }
        section = {which: written[which]}
        (well,) = await found(tmp_path, section, **env[which])
        (refused,) = await found(tmp_path, section, **{**env[which], f"{which.upper()}_TOKEN": "stale-one"})
    (away,) = await found(tmp_path, section, **env[which])

    assert well.level is Level.OK
    assert refused.level is away.level is Level.WARNING
    assert "401" in refused.what
    assert "stale-one" not in refused.line
    assert "could not be reached. No issue is made." in away.said
    assert not server.issues


@pytest.mark.parametrize("which", ["status_io", "atlassian"])
async def test_a_status_page_elsewhere_is_asked_and_told_nothing(tmp_path: Path, which: str) -> None:
    service = {"status_io": servers.StatusIoServer(), "atlassian": servers.Atlassian()}[which]
    async with service.running() as server:
        path = {"status_io": "/v2", "atlassian": "/v1"}[which]
        page = {"page": servers.PAGE, "notify": True, "url": f"{server.url}{path}"}
        keys = {
            "STATUSIO_API_ID": servers.ID,
            "STATUSIO_API_KEY": servers.KEY,
            "STATUSPAGE_API_KEY": servers.KEY,
        }
        written: dict[str, object] = {"statuspage": {which: page}}
        (well,) = await found(tmp_path, written, **keys)
        (refused,) = await found(tmp_path, written, **dict.fromkeys(keys, "stale-one"))

    assert well.level is Level.OK
    assert (refused.level, "stale-one" in refused.line) == (Level.WARNING, False)
    assert "401" in refused.what
    assert not server.incidents
    assert not server.mails


async def test_a_mail_server_is_tried_and_mailed_nothing(tmp_path: Path) -> None:
    written: dict[str, object] = {
        "contact_methods": {"mail": "smtp"},
        "statuspage": {"listen": f"{HOST}:{free_port()}", "url": "https://status.test", "email": True},
    }
    async with mail_server() as mail:
        env = {"SMTP_URL": f"smtp://{HOST}:{mail.port}", "SMTP_FROM": "muster@example.com"}
        well = await found(tmp_path, written, **env)
        mail.answers["EHLO"] = mail.answers["HELO"] = "554 no"
        refused = await found(tmp_path, written, **env)
    away = await found(tmp_path, written, **env)

    assert [one.level for one in well] == [Level.OK, Level.OK]
    assert not mail.arrived
    for one in (refused, away):
        assert [each.level for each in one] == [Level.WARNING, Level.WARNING]
        assert "The mail server in SMTP_URL, for `mail`" in one[0].what
        assert "for subscribers of the status page" in one[1].what


def test_ports_that_others_have_are_named() -> None:
    with taken_port() as port:
        page = StatuspageSettings("Status", listen=f"{HOST}:{port}")
        (one,) = listening(page, HOST, free_port())
        (other,) = listening(None, HOST, port)
        (elsewhere,) = listening(StatuspageSettings("Status", listen="192.0.2.1:80"), HOST, free_port())

    assert f"port {port} on {HOST} is in use by another process" in one.what
    assert "with `statuspage.listen`" in one.what
    assert "with --host and --port" in other.what
    assert "cannot listen on 192.0.2.1" in elsewhere.what


def test_the_ports_of_a_bot_that_runs_are_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    main, public = free_port(), free_port()
    (tmp_path / "muster.yml").write_text(f"{STAFFED}statuspage: {{listen: '{HOST}:{public}'}}\n")

    with process("run", "--port", str(main), **TOKENS) as running:
        read_until(running, "muster is running")
        checked = muster("check", "--port", str(main), **TOKENS)

    assert "is in use" not in checked.output
    assert "Slack cannot be reached" in checked.output


def test_a_taken_port_of_the_status_page_stops_no_pager_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with taken_port() as port:
        (tmp_path / "muster.yml").write_text(f"{STAFFED}statuspage: {{listen: '{HOST}:{port}'}}\n")
        with process("run", "--port", "0", **TOKENS) as running:
            said = read_until(running, r"(?s)(.*muster is running)")
        checked = muster("check", "--port", str(free_port()), **TOKENS)

    assert f"status page: port {port} on {HOST} is in use by another process" in said
    assert f"warning  port {port} on {HOST} is in use by another process" in checked.output


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)

    (one,) = unwritable(str(tmp_path / "closed" / "page"))

    assert f"Let this user write to {tmp_path / 'closed'}" in one.said


def test_a_file_in_place_of_a_folder_is_named_and_a_new_folder_is_fine(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    (one,) = unwritable(str(tmp_path / "file" / "page"))

    assert "cannot be written" in one.what
    assert list(unwritable(str(tmp_path / "new" / "page"))) == []
