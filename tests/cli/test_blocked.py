"""`muster blocked`: what a pipeline asks before it deploys."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

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
