"""Follow-ups in a browser: found by filters, changed, ended and undone by forms, and had as files."""

import csv
import io
import json

import pytest

from storage.transaction import Tx
from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.conftest import World
from tests.scenarios.look import CHANNEL, asks, inc, presses, shown

LIST = "/follow-ups"
FIELDS = {
    "title": "Add a second node",
    "owner": "bo",
    "due": "2026-04-01",
    "kind": "Follow-up",
    "priority": "S3",
    "do": "change",
    "once": "a-form-of-ours",
}


async def some(world: World) -> None:
    """Have an S2 with two follow-ups: bo's, which is due in three weeks, and ana's, due tomorrow."""
    await world.declare("dev", severity="S2")
    for text in (
        "Add a redundant node @bo due in 3 weeks as corrective action",
        "=1+1 <b>alert</b> @ana due tomorrow",
    ):
        await inc(world, "dev", f"followup {text}", CHANNEL)
    await world.settle()


def _was_due(tx: Tx) -> None:
    tx.write("UPDATE actions SET due = '2026-03-01' WHERE id = 2")


async def titles(reader: Reader, query: str = "") -> list[str]:
    """Return what is listed, in its order."""
    page = await reader.get(f"{LIST}.json{query}")
    listed = (await reader.get(f"{LIST}{query}")).text
    found = [one["title"] for one in json.loads(page.text)["data"]]
    assert sum(f'href="/follow-ups/{number}"' in listed for number in range(1, 9)) == len(found)
    return sorted(found)


async def test_filters_stand_in_the_address_and_files_have_what_is_found(reader: Reader):
    world = reader.world
    await some(world)
    sit_down(reader, "ana")
    node, alert = "Add a redundant node", "=1+1 <b>alert</b>"

    assert await titles(reader) == sorted([node, alert])
    assert await titles(reader, "?mine=yes") == [alert]
    assert await titles(reader, "?owner=bo%40example.com") == [node]
    assert await titles(reader, "?kind=Corrective+action") == [node]
    assert await titles(reader, "?priority=S2") == sorted([node, alert])
    assert await titles(reader, "?priority=S4") == []
    assert await titles(reader, "?service=none") == []
    assert await titles(reader, "?show=overdue") == []
    await world.muster.uow.perform(_was_due)
    assert await titles(reader, "?show=overdue") == [alert]
    page = await reader.get(LIST)
    words = seen(page)
    assert "overdue, was due 2026-03-01 · ana" in words
    assert words.index("alert") < words.index("redundant")  # the earliest due first
    assert "<b>alert" not in page.text
    table = list(
        csv.DictReader(io.StringIO((await reader.get(f"{LIST}.csv?mine=yes")).text.lstrip("\ufeff")))
    )
    assert [(one["title"], one["overdue"], one["owner"]) for one in table] == [(f"'{alert}", "yes", "ana")]
    unknown = seen(await reader.get(f"{LIST}?owner=zoe"))
    assert "I know not exactly one person called “zoe”." in unknown
    assert "redundant" not in unknown
    for odd in ("page=x", "page=99999999", "show=%00", "kind=%27", "priority=S9", "page=0"):
        assert (await reader.get(f"{LIST}?{odd}")).status == 200


async def test_one_is_changed_ended_and_opened_again_by_forms(reader: Reader):
    world = reader.world
    await some(world)
    sit_down(reader, "ana")
    one = f"{LIST}/1"

    for _ in range(2):
        assert (await reader.send(one, one, **FIELDS)).to == f"{one}?done=changed"
    assert (await reader.send(one, one, do="finish")).to == f"{one}?done=finish"
    assert "It is done." in seen(await reader.get(f"{one}?done=finish"))
    assert "Add a second node" not in seen(await reader.get(LIST))
    assert "done · bo · Follow-up · P3" in seen(await reader.get(f"{LIST}?show=over"))
    assert (await reader.send(one, one, **FIELDS | {"once": "another-form"})).status == 422
    assert (await reader.send(one, one, do="reopen")).status == 303
    assert (await reader.send(one, one, do="cancel")).status == 303
    assert (await reader.send(one, one, do="cancel")).status == 409
    assert (await reader.send(one, one, do="nonsense")).status == 409
    await world.settle()

    slack = shown(await asks(world, "dev", "timeline all"))
    for did in ("finished the action", "reopened the follow-up", "cancelled the follow-up"):
        assert did in slack
    assert slack.count("2026-04-01") == 1


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"title": " "}, "title", "Say in 1 to 255 characters"),
        ({"title": "x" * 256}, "title", "Say in 1 to 255 characters"),
        ({"owner": "zoe"}, "owner", "There is nobody called so."),
        ({"due": ""}, "due", "choose one"),
        ({"due": "soon"}, "due", "That is no day."),
        ({"due": "1960-01-01"}, "due", "due today or later"),
        ({"due": "2999-01-01"}, "due", "due within ten years"),
        ({"kind": "Wish"}, "due", "no kind of follow-up “Wish”"),
    ],
)
async def test_what_cannot_be_stands_under_its_field_and_changes_nothing(
    reader: Reader, fields: dict[str, str], field: str, why: str
):
    await some(reader.world)
    sit_down(reader, "ana")

    page = await reader.send(f"{LIST}/1", f"{LIST}/1", **FIELDS | fields)

    assert page.status == 422
    assert why in page.text.partition(f'id="change-{field}-wrong"')[2].partition("</span>")[0]
    assert 'value="2026-04-01"' in page.text or field == "due"
    assert "Add a redundant node" in seen(await reader.get(f"{LIST}/1"))


async def test_private_ones_are_there_only_for_who_may_know_of_them(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S2")
    await inc(world, "dev", "followup private: Rotate the stolen keys @ana due tomorrow", CHANNEL)
    await world.settle()
    sit_down(reader, "ana")
    assert "Rotate the stolen keys private" in seen(await reader.get(LIST))

    for who in ("ren", "gus"):
        sit_down(reader, who)
        for path in (LIST, f"{LIST}?show=all", f"{LIST}.csv?show=all", f"{LIST}.json?show=all", f"{LIST}/1"):
            assert "stolen" not in (await reader.get(path)).text
        for what in ("finish", "cancel", "change"):
            lost = await reader.send("/", f"{LIST}/1", **FIELDS | {"do": what})
            assert lost.status == 404
            assert "stolen" not in lost.text
    sit_down(reader, "ana")
    assert "Rotate the stolen keys private" in seen(await reader.get(LIST))


async def test_an_overdue_one_is_changed_without_another_day(reader: Reader):
    await some(reader.world)
    await reader.world.muster.uow.perform(_was_due)
    sit_down(reader, "ana")

    kept = await reader.send(f"{LIST}/2", f"{LIST}/2", **FIELDS | {"due": "2026-03-01"})

    assert kept.to == f"{LIST}/2?done=changed"
    assert "Due 2026-03-01" in seen(await reader.get(f"{LIST}/2"))


async def test_what_is_done_in_slack_is_done_here(reader: Reader):
    world = reader.world
    await some(world)
    ana = world.person("ana")
    await presses(world, ana, await asks(world, "ana", "followups mine", "general"), "Done")
    sit_down(reader, "ana")

    assert await titles(reader, "?show=open") == ["Add a redundant node"]
    assert "2 Mar 2026 12:00 UTC by ana" in seen(await reader.get(f"{LIST}/2"))
