"""`muster blocked`: what a pipeline asks before it deploys."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.domain.incidents.fields import BLOCKS_DEPLOYMENTS
from bot.operations.incidents.fields import set_fields
from storage.engines import open_database
from tests.conftest import Office
from tests.engines import ENGINES
from tests.fakes import FakeClock, process
from tests.operations.given import given_incident


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return "muster.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres").emptied())


@pytest.fixture
def office(place: str) -> Iterator[Office]:
    with closing(open_database(place, own_time=False)) as database:
        yield Office(database, process(), FakeClock())


def asked(place: str, what: str = "deployments") -> Result:
    return CliRunner().invoke(main, ["blocked", what, "--database", place])


def test_it_names_the_incidents_that_block_and_ends_with_1(office: Office, place: str) -> None:
    given_incident(office, "S2", name="Down", channel="C1")
    given_incident(office, "S4", name="Slow", channel="C2")
    given_incident(office, "S1", name="Breach", channel="C3", private=True)
    given_incident(office, "S1", name="Practice", channel="C4", kind="Gameday")
    office.perform(set_fields, 2, {BLOCKS_DEPLOYMENTS: "yes"}, by="UREP")

    for what in ("deployments", "feature-flags"):
        said = asked(place, what)

        assert (said.exit_code, said.output.splitlines()) == (
            1,
            [
                "Blocked by INC-1 Down (S2, Investigating)",
                "Blocked by INC-2 Slow (S4, Investigating)",
                "Blocked by private incident INC-3 (S1, Investigating)",
            ],
        )


def test_nothing_blocks_ends_with_0(office: Office, place: str) -> None:
    given_incident(office, "S2", name="Down")
    office.perform(set_fields, 1, {BLOCKS_DEPLOYMENTS: "no"}, by="UREP")

    said = asked(place)

    assert (said.exit_code, said.output) == (0, "No incident blocks deployments.\n")


@pytest.mark.parametrize("there", ["", "no database"], ids=["missing", "something else"])
def test_what_cannot_be_read_lets_no_pipeline_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if there:
        (tmp_path / "muster.db").write_text(there)

    said = asked("muster.db")

    assert said.exit_code == 2
    assert said.output.startswith("muster: muster.db")


class Bot(ThreadingHTTPServer):
    """A running bot, as far as a pipeline asks it."""

    def __init__(self, status: int, body: object, **headers: str) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.status, self.body, self.headers = status, body, headers
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    server: Bot

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Authorization"]))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(json.dumps(self.server.body).encode())

    def log_message(self, *said: object) -> None:
        """Say nothing."""


@contextmanager
def running(status: int, body: object, **headers: str) -> Iterator[Bot]:
    with Bot(status, body, **headers) as bot:
        thread = Thread(target=bot.serve_forever, args=(0.02,))
        thread.start()
        yield bot
        bot.shutdown()
        thread.join()


def of(bot: Bot, token: str | None = "muster_1") -> Result:
    return CliRunner().invoke(
        main, ["blocked", "feature-flags"], env={"MUSTER_URL": bot.url, "MUSTER_TOKEN": token}
    )


def test_a_pipeline_elsewhere_asks_the_running_bot() -> None:
    known = {"id": 1, "reference": "INC-1", "private": False, "name": "Down"}
    found = [known | {"severity": "S2", "status": "Fixing"}, {"id": 2, "reference": "INC-2", "private": True}]
    with running(200, {"feature_flags": {"blocked": True, "incidents": found}}) as bot:
        said = of(bot)

        assert bot.asked == [("/api/v1/blocks", "Bearer muster_1")]
    assert said.exit_code == 1
    assert said.output == "Blocked by INC-1 Down (S2, Fixing)\nBlocked by private incident INC-2\n"


def test_nothing_blocks_there_ends_with_0() -> None:
    with running(200, {"feature_flags": {"blocked": False, "incidents": []}}) as bot:
        said = of(bot)

    assert (said.exit_code, said.output) == (0, "No incident blocks feature-flags.\n")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"detail": "Send a good token"}, "answered 401: Send a good token"),
        (503, "away", "answered 503"),
        (404, {"error": "nothing here"}, "answered 404: Not Found. Is it muster's address?"),
        (200, {"ok": True}, "answered what I cannot read"),
        (200, [], "answered what I cannot read"),
        (302, {}, "answered 302"),
    ],
)
def test_what_is_not_known_there_ends_with_2(status: int, body: object, words: str) -> None:
    with running(status, body, Location="http://127.0.0.1:9/") as bot:
        said = of(bot)

        assert len(bot.asked) == 1
    assert said.exit_code == 2
    assert words in said.output


def test_no_token_and_no_answer_end_with_2() -> None:
    with running(200, {}) as bot:
        assert "MUSTER_TOKEN is missing" in of(bot, None).output
        assert bot.asked == []
    gone = of(bot)

    assert gone.exit_code == 2
    assert "cannot be asked" in gone.output
