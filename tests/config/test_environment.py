"""Secrets come from the environment alone; what is missing is named with the place where Slack shows it."""

from pathlib import Path

import pytest

from bot.config import ConfigInvalid, Secrets
from bot.config.environment import misspelled, withhold_from_libraries
from bot.config.files import read_env_file

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-abc", "SLACK_APP_TOKEN": "xapp-1-abc"}


def problems(env: dict[str, str]) -> str:
    with pytest.raises(ConfigInvalid) as caught:
        Secrets.from_environment(env)
    return str(caught.value)


def test_an_app_token_means_socket_mode() -> None:
    secrets = Secrets.from_environment(GOOD)

    assert secrets.app_token == GOOD["SLACK_APP_TOKEN"]
    assert secrets.api_url == "https://slack.com/api/"


def test_without_an_app_token_the_signing_secret_means_http() -> None:
    secrets = Secrets.from_environment({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": " abc123\n"})

    assert secrets.app_token is None
    assert secrets.signing_secret == "abc123"


def test_everything_missing_is_named_at_once_with_where_to_find_it() -> None:
    found = problems({"SLACK_APP_TOKEN": ""})

    assert "SLACK_BOT_TOKEN is not set" in found
    assert "OAuth & Permissions" in found
    assert "SLACK_APP_TOKEN is not set" in found
    assert "App-Level Tokens" in found
    assert "SLACK_SIGNING_SECRET" in found
    assert "Signing Secret" in found


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1-abc", "must start with xoxb- and is a user's token"),
        ("SLACK_BOT_TOKEN", "xapp-1-abc", "must start with xoxb- and is an app-level token"),
        ("SLACK_BOT_TOKEN", "xoxb-1 abc", "holds spaces"),
        ("SLACK_APP_TOKEN", "xoxb-1-abc", "must start with xapp- and is a bot token"),
        ("SLACK_SIGNING_SECRET", "a b", "holds spaces"),
        ("SLACK_API_URL", "slack.com/api", "expected a URL"),
        ("SLACK_API_URL", "http://host:port/api", "expected a URL"),
    ],
)
def test_an_odd_value_is_named(name: str, value: str, wanted: str) -> None:
    found = problems({**GOOD, name: value})

    assert found.startswith(name)
    assert wanted in found


def test_no_secret_is_shown_in_an_error_or_a_repr() -> None:
    assert "c0ffee" not in problems({**GOOD, "SLACK_BOT_TOKEN": "xoxp-c0ffee"})
    assert "abc" not in repr(Secrets.from_environment(GOOD))


def test_the_api_url_always_ends_in_a_slash() -> None:
    env = {**GOOD, "SLACK_API_URL": "http://127.0.0.1:8055/api"}

    assert Secrets.from_environment(env).api_url == "http://127.0.0.1:8055/api/"


def test_a_client_id_is_withheld_as_bolt_would_ignore_the_token() -> None:
    env = {**GOOD, "SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "2", "HTTPS_PROXY": "http://proxy"}

    said = withhold_from_libraries(env, "https://slack.com/api/")

    assert env == {"SLACK_APP_TOKEN": GOOD["SLACK_APP_TOKEN"], "HTTPS_PROXY": "http://proxy"}
    assert said == [
        "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET ignored: Muster serves one workspace with its bot token."
    ]


def test_authorities_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    there = tmp_path / "ca.pem"
    there.write_text("-----BEGIN CERTIFICATE-----")

    (said,) = withhold_from_libraries({"SSL_CERT_FILE": f"{tmp_path}/gone.pem"}, "https://slack.com/api/")

    assert f"SSL_CERT_FILE: {tmp_path}/gone.pem cannot be read" in said
    assert withhold_from_libraries({"SSL_CERT_FILE": str(there)}, "https://slack.com/api/") == []


def test_a_proxy_is_withheld_when_slack_is_on_this_machine() -> None:
    env = {"https_proxy": "http://proxy", "PATH": "/bin"}

    said = withhold_from_libraries(env, "http://127.0.0.1:8055/api/")

    assert env == {"PATH": "/bin"}
    assert len(said) == 1


def test_a_name_that_stands_twice_in_a_file_is_refused_with_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("SLACK_BOT_TOKEN=a\n# the new one\nexport SLACK_BOT_TOKEN=b\n")

    with pytest.raises(ConfigInvalid, match=r"env:3: SLACK_BOT_TOKEN stands on line 1 already"):
        read_env_file(file, {})


def test_a_variable_that_is_almost_one_of_ours_is_told_and_no_other() -> None:
    ours = {
        "MUSTER_PORT": "1",
        "SLACK_BOT_TOKEN_FILE": "f",
        "SLACK_CLIENT_ID": "1",
        "MUSTER_SMS_GATEWAY": "x",
    }

    said = misspelled({**ours, "MUSTER_DATABSE": "x.db", "SLACK_APP_TOKN": "x"})

    assert said == [
        "MUSTER_DATABSE is set and not read. Did you mean MUSTER_DATABASE?",
        "SLACK_APP_TOKN is set and not read. Did you mean SLACK_APP_TOKEN?",
    ]
