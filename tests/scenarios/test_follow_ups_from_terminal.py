"""`muster followups`: listed, added and ended in a terminal, and lists that are longer than one page."""

import csv
import io
import json

import pytest

from storage import incidents
from tests.scenarios.conftest import World
from tests.scenarios.test_api_from_terminal import runs
from tests.scenarios.test_api_incidents import ALL, CI, given_token


async def test_a_follow_up_in_a_terminal(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", severity="S2")

    made = await runs(
        world,
        *("followups", "add", "INC-1", "Improve \x1b[31mdisks", "--owner", "ana@example.com"),
        *("--due", "2026-04-01", "--kind", "corrective"),
    )
    assert not made.stderr
    first, hint = made.output.splitlines()
    assert first == (
        "1  S2  open  Improve  [31mdisks  (INC-1, Corrective action, owner: ana, due 2026-04-01)"
    )
    assert hint.startswith("Better: ")
    await runs(world, "followups", "add", "1", "=HYPERLINK(1)", "--key", "k")
    assert (
        json.loads(
            (await runs(world, "followups", "add", "1", "=HYPERLINK(1)", "--key", "k", "--json")).output
        )["id"]
        == 2
    )
    listed = (await runs(world, "followups", "list", "--csv")).output
    rows = list(csv.DictReader(io.StringIO(listed.removeprefix("\ufeff"))))
    assert [(one["id"], one["title"], one["owner"]) for one in rows] == [
        ("2", "'=HYPERLINK(1)", ""),
        ("1", "Improve  [31mdisks", "ana"),
    ]
    assert (await runs(world, "followups", "done", "2")).output.startswith("2  S2  done  ")
    assert len((await runs(world, "followups", "list")).output.splitlines()) == 1
    assert len(json.loads((await runs(world, "followups", "list", "--all", "--json")).output)["data"]) == 2
    assert (await runs(world, "followups", "reopen", "2")).output.startswith("2  S2  open  ")
    assert (await runs(world, "followups", "cancel", "2")).output.startswith("2  S2  cancelled  ")
    assert (await runs(world, "followups", "list", "--overdue")).output == "There is none.\n"
    await world.settle()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("done", "9"), 1, "I know no follow-up `9`."),
        (("add", "INC-9", "x"), 1, "I know no incident `INC-9`."),
        (("add", "INC-1", "x", "--due", "soon"), 1, "due: expected a day such as 2026-12-31"),
        (("add", "INC-1", "x", "--private"), 2, "incidents:private"),
        (("list", "--csv", "--json"), 2, "Choose --csv or --json"),
    ],
)
async def test_what_fails_says_why(world: World, words: tuple[str, ...], code: int, said: str) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", severity="S2")

    found = await runs(world, "followups", *words)

    assert (found.exit_code, said in found.stderr) == (code, True), found.stderr


async def test_a_list_is_read_page_by_page_up_to_its_limit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.cli.by_api.A_PAGE", 2)
    await given_token(world, "ci", CI, *ALL)
    for number in range(5):
        await runs(world, "incidents", "declare", "--severity", "S4", "--name", f"Problem {number}")
    assert len(await world.muster.uow.read(incidents.everyone_open)) == 5

    whole = await runs(world, "incidents", "list", "--json")
    part = await runs(world, "incidents", "list", "--limit", "3", "--json")

    assert [one["number"] for one in json.loads(whole.stdout)["data"]] == [5, 4, 3, 2, 1]
    assert (json.loads(whole.stdout)["next_cursor"], whole.stderr) == (None, "")
    assert [one["number"] for one in json.loads(part.stdout)["data"]] == [5, 4, 3]
    assert "There are more: --cursor 3" in part.stderr
    rest = await runs(world, "incidents", "list", "--cursor", "3")
    assert [line.split()[0] for line in rest.stdout.splitlines()] == ["INC-2", "INC-1"]
