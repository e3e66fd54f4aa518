"""Follow-ups in a browser: found by filters, changed, ended and undone by forms, and had as files."""

import csv
import io
import json
from html import unescape

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
        ({"owner": "zoe"}, "owner", "I know nobody called “zoe”."),
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


ADDED = {
    "incident": "inc-1",
    "title": "Add a redundant node",
    "details": "One more,\nin another zone.",
    "owner": "bo",
    "kind": "Corrective action",
    "once": "a-form-of-ours",
}
NEW = f"{LIST}/new"


async def test_one_is_added_by_a_form_once_with_what_nobody_says_from_the_incident(reader: Reader):
    await reader.world.declare("dev", severity="S2")
    sit_down(reader, "ana")
    assert f'href="{NEW}?incident=INC-1"' in (await reader.get("/incidents/INC-1")).text
    form = await reader.get(f"{NEW}?incident=INC-1")
    assert 'value="INC-1"' in form.text
    for words in ("Investigate monitoring for this scenario", "(Bounded) Add automated presubmit check"):
        assert words in seen(form)

    added = await reader.send(NEW, NEW, **ADDED)
    assert added.to == f"{LIST}/1?done=added"
    assert (await reader.send(NEW, NEW, **ADDED)).to == LIST  # sent again

    page = seen(await reader.get(added.to))
    assert "The follow-up is added." in page
    for words in ("2026-05-01", "Corrective action, P2", "bo", "in another zone."):
        assert words in page
    await reader.world.settle()
    assert await titles(reader) == ["Add a redundant node"]
    assert "Add a redundant node" in shown(await asks(reader.world, "bo", "followups mine", "general"))


async def test_a_badly_worded_title_is_warned_of_and_taken_the_second_time(reader: Reader):
    await reader.world.declare("dev", severity="S2")
    sit_down(reader, "ana")
    badly = ADDED | {"title": "Investigate the monitoring"}

    page = await reader.send(NEW, NEW, **badly)
    assert page.status == 200
    assert "Better: (Actionable) Add alerting for all cases" in seen(page)
    assert 'value="Investigate the monitoring"' in page.text
    assert "in another zone." in page.text
    other = {"title": "Improve it", "warned": "Investigate the monitoring"}
    assert (await reader.send(NEW, NEW, **badly | other)).status == 200
    assert (await reader.send(NEW, NEW, **badly, warned="Investigate the monitoring")).status == 303
    assert await titles(reader) == ["Investigate the monitoring"]


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"incident": ""}, "incident", "Write the incident's number: INC-7."),
        ({"incident": "INC-2"}, "incident", "I know no incident INC-2."),  # a private one of others
        ({"incident": "INC-3"}, "incident", "I know no incident INC-3."),
        ({"title": "\u2028 "}, "title", "Say in 1 to 255 characters"),
        ({"details": "x" * 3001}, "details", "Say it in 3000 characters"),
        ({"owner": "zoe"}, "owner", "I know nobody called “zoe”."),
        ({"due": "1960-01-01"}, "due", "today or later"),
        ({"due": "2999-01-01"}, "due", "within ten years"),
        ({"due": "\u0663"}, "due", "That is no day."),
        ({"service": "x" * 201}, "service", "Name it in 200 characters."),
    ],
)
async def test_what_cannot_be_added_stands_under_its_field_and_loses_nothing(
    reader: Reader, fields: dict[str, str], field: str, why: str
):
    await reader.world.declare("dev", severity="S2")
    await reader.world.declare("bo", severity="S3", name="Stolen laptop", visibility="private")
    sit_down(reader, "ren")

    page = await reader.send(NEW, NEW, **ADDED | fields)

    assert page.status == 422
    assert why in unescape(page.text.partition(f'id="new-{field}-wrong"')[2].partition("</span>")[0])
    assert "in another zone." in page.text or field == "details"
    assert await titles(reader) == []
