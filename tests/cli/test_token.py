"""`muster token`: made, listed and revoked beside a bot that runs."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.domain.tokens import hashed
from bot.operations.tokens import bearer
from storage import tokens
from storage.engines import open_database
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock, process


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return "muster.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres").emptied())


@pytest.fixture
def office(place: str) -> Iterator[Office]:
    """A bot that runs: it holds the lock of a file."""
    with closing(open_database(place, own_time=False)) as database:
        yield Office(database, process(), FakeClock())


def token(place: str, *words: str) -> Result:
    return CliRunner().invoke(main, ["token", *words, "--database", place])


ADD = ("add", "--name", "ci", "--scopes", "blocks:read")


def test_a_token_is_printed_once_and_only_its_hash_is_kept(office: Office, place: str) -> None:
    made = token(place, *ADD, "--days", "30")

    secret = made.stdout.strip()
    assert made.exit_code == 0
    assert secret.startswith("muster_")
    assert len(secret) > 40
    assert "not shown again" in made.stderr
    assert office.read(bearer, secret)
    (kept,) = office.read(lambda tx: tx.all("SELECT * FROM tokens"))
    assert secret not in str(kept)
    assert kept["hash"] == hashed(secret)
    listed = token(place, "list")
    assert listed.stdout.startswith("ci: blocks:read; valid, until ")
    assert listed.stdout.endswith("; never used\n")


def test_a_revoked_one_is_worthless_and_makes_room(office: Office, place: str) -> None:
    secret = token(place, *ADD).stdout.strip()
    again = token(place, *ADD)
    assert (again.exit_code, again.stdout) == (2, "")
    assert "There is a token ci already" in again.stderr

    assert token(place, "revoke", "ci").stdout == "The token ci is revoked.\n"

    assert office.read(bearer, secret) is None
    assert "revoked" in token(place, "list").stdout
    assert token(place, *ADD).exit_code == 0
    assert len(office.read(tokens.everyone)) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("add", "--name", "ci", "--scopes", "all"),
            "I know no scope all. There are: alerts:read, blocks:read",
        ),
        (("add", "--name", "ci", "--scopes", ","), "A token needs a scope."),
        (("revoke", "other"), "There is no token other."),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    office: Office, place: str, words: tuple[str, ...], said: str
) -> None:
    refused = token(place, *words)

    assert refused.exit_code == 2
    assert said in refused.stderr
    assert office.read(tokens.everyone) == []


def test_without_any_the_list_says_how_to_make_one(office: Office, place: str) -> None:
    assert "There is no token." in token(place, "list").stdout


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    refused = token("other.db", *ADD)

    assert refused.exit_code == 2
    assert list(tmp_path.iterdir()) == []


def test_one_for_a_screen_says_where_that_is(place: str, office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MUSTER_PUBLIC_URL", "https://m.test/")

    made = token(place, "add", "--name", "office", "--scopes", "wall")

    assert "https://m.test/wall/ and the token" in made.stderr
