"""The manifest is found in a checkout and in an installed package."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from bot.__main__ import main
from bot.cli.manifest import SCOPES, manifest


def test_the_checkout_has_it() -> None:
    assert "/inc" in [one["command"] for one in manifest()["features"]["slash_commands"]]
    assert sorted(SCOPES) == sorted(manifest()["oauth_config"]["scopes"]["bot"])


def test_the_package_comes_first(tmp_path: Path) -> None:
    (tmp_path / "manifest.yml").write_text("oauth_config: {}\n")

    assert manifest((tmp_path / "manifest.yml", tmp_path / "other.yml")) == {"oauth_config": {}}
    assert manifest((tmp_path / "other.yml", tmp_path / "manifest.yml")) == {"oauth_config": {}}


def test_a_broken_installation_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="install Muster anew"):
        manifest((tmp_path / "manifest.yml",))


def test_the_command_prints_it_for_socket_mode() -> None:
    printed = CliRunner().invoke(main, ["manifest"]).output

    assert yaml.safe_load(printed) == manifest()


@pytest.mark.parametrize("url", ["https://muster.example.com", "https://muster.example.com/slack/events"])
def test_with_a_url_every_request_goes_there(url: str) -> None:
    app = yaml.safe_load(CliRunner().invoke(main, ["manifest", "--url", url]).output)

    there = "https://muster.example.com/slack/events"
    assert {command["url"] for command in app["features"]["slash_commands"]} == {there}
    assert app["settings"]["event_subscriptions"]["request_url"] == there
    assert app["settings"]["interactivity"] == {"is_enabled": True, "request_url": there}
    assert app["settings"]["socket_mode_enabled"] is False
    assert app["oauth_config"] == manifest()["oauth_config"]


@pytest.mark.parametrize("url", ["http://muster.example.com", "muster.example.com"])
def test_a_url_that_slack_would_not_call_is_refused(url: str) -> None:
    refused = CliRunner().invoke(main, ["manifest", "--url", url])

    assert refused.exit_code == 2
    assert f"--url: `{url}` is not what Slack sends to" in refused.output


def test_with_pages_slack_may_lead_people_back_to_them() -> None:
    app = yaml.safe_load(
        CliRunner().invoke(main, ["manifest", "--pages", "https://muster.example.com/"]).output
    )
    refused = CliRunner().invoke(main, ["manifest", "--pages", "http://muster.example.com"])

    assert app["oauth_config"].pop("redirect_urls") == ["https://muster.example.com/sign-in/back"]
    assert app == manifest()
    assert refused.exit_code == 2
    assert "Expected an https:// address" in refused.output
