"""What `muster check` says of the pages in the browser."""

import pytest

from bot.cli.check import in_the_browser
from bot.cli.findings import Level
from bot.config import Secrets
from bot.config.environment import WebClient

CLIENT = WebClient("1.2", "shh")
TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


@pytest.mark.parametrize(
    ("client", "url", "installed", "level", "said"),
    [
        (None, "https://m.test", True, Level.HINT, "MUSTER_SLACK_CLIENT_ID and its secret are not set"),
        (CLIENT, None, True, Level.WARNING, "MUSTER_PUBLIC_URL is not set"),
        (CLIENT, "https://m.test", False, Level.WARNING, "pip install 'muster-bot[web]'"),
        (CLIENT, "http://m.test", True, Level.WARNING, "Set MUSTER_PUBLIC_URL to an https address"),
        (
            CLIENT,
            "https://m.test/x",
            True,
            Level.OK,
            "https://m.test/x/sign-in/back has to be a redirect URL",
        ),
        (CLIENT, "http://127.0.0.1:3000", True, Level.OK, "Pages in the browser"),
    ],
)
def test_it_says_what_is_missing(
    client: WebClient | None, url: str | None, installed: bool, level: Level, said: str
):
    (finding,) = in_the_browser(Secrets("xoxb-1", client=client), url, installed=installed)

    assert finding.level is level
    assert said in finding.said


def test_nobody_who_wants_no_pages_hears_of_them():
    assert in_the_browser(Secrets("xoxb-1"), None, installed=False) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"MUSTER_SLACK_CLIENT_ID": "1.2"}, "MUSTER_SLACK_CLIENT_SECRET is not set"),
        ({"MUSTER_SLACK_CLIENT_SECRET": "shh"}, "MUSTER_SLACK_CLIENT_ID is not set"),
        (
            {"MUSTER_SLACK_CLIENT_ID": "1.2", "MUSTER_SLACK_CLIENT_SECRET": "sh h"},
            "MUSTER_SLACK_CLIENT_SECRET holds spaces",
        ),
    ],
)
def test_a_client_that_is_odd_is_set_aside_as_no_page_needs_it(given: dict[str, str], said: str):
    secrets = Secrets.from_environment(TOKENS | given)

    assert secrets.client is None
    assert in_the_browser(secrets, "https://m.test", installed=True) == []  # it is said with the others
    (found,) = secrets.set_aside.values()
    assert said in found
    assert found.endswith("There are no pages in the browser.")
    assert "sh h" not in found


def test_the_secret_of_the_client_is_never_shown():
    both = {"MUSTER_SLACK_CLIENT_ID": "1.2", "MUSTER_SLACK_CLIENT_SECRET": "shh"}
    secrets = Secrets.from_environment(TOKENS | both)
    assert secrets.client == CLIENT
    assert "shh" in secrets.all
    assert "shh" not in repr(secrets)
