"""The page of an incident, as its people read it and write on it."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from html import unescape

from storage.transaction import Tx
from tests.scenarios.browser.conftest import Answer, Reader, signed_in
from tests.scenarios.look import CHANNEL, asks, card, inc, shown

PAGE = "/incidents/INC-1"


def sit_down(reader: Reader, handle: str) -> None:
    """Have somebody sit at the browser, signed in."""
    reader.http.cookie_jar.clear()
    reader.http.cookie_jar.update_cookies(signed_in(reader.world, handle))


def seen(page: Answer) -> str:
    """Return the words of a page."""
    assert page.status == 200, page.text
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


async def test_the_page_shows_what_slack_shows_and_more(reader: Reader):
    world = reader.world
    dev = await world.declare(severity="S2", summary="See https://status.example.com <b>now</b>")
    await inc(world, "ana", "ack")
    await inc(world, "ana", "note The <script>provider</script> confirms it")
    said = await dev.say(CHANNEL, "Found it: *node-7*\n> quoted <!channel>")
    await dev.react(said, "pushpin")
    await inc(world, "dev", "link https://grafana.example.com/d/1 Dashboard")
    await inc(world, "ana", "update We roll back")
    await world.settle_down()
    sit_down(reader, "dev")

    page = await reader.get(PAGE)

    words = seen(page)
    for what in ("INC-1 Disk full", "S2", "Investigating", "blocks deployments", "Dashboard", "CMOC nobody"):
        assert what in words
    assert "acknowledged" in words.partition("What became of it")[2]
    assert "<strong>node-7</strong>" in page.text
    assert "<script>p" not in page.text
    assert "Highlights (4)" in words
    assert "is paged as" not in words
    assert len(page.text.encode()) < 60_000
    link = f"{reader.base}{PAGE}"
    assert f"<{link}|Open in the browser>" in shown(card(dev))
    assert f"<{link}|Open in the browser>" in shown(world.person("ren").messages("incidents")[-1])
    channel = next(one for one in world.slack.workspace.channels.values() if one.name == CHANNEL)
    assert {one["title"]: one["link"] for one in channel.bookmarks}["Incident page"] == link
    everything = seen(await reader.get(f"{PAGE}?show=all"))
    assert "is paged as Engineer On Call" in everything
    notes = seen(await reader.get(f"{PAGE}?kind=note&person={world.person('ana').id}"))
    assert "provider" in notes.partition("Show the highlights again")[2]
    assert "posted an update" not in notes.partition("Show the highlights again")[2]
    assert "There is nothing of that" in seen(await reader.get(f"{PAGE}?kind=note&person=UNOBODY"))
    assert (await reader.get(f"{PAGE}?page=x&kind=%00&person='&show=")).status == 200


async def test_a_note_of_a_year_that_is_a_slip_is_refused(reader: Reader):
    await reader.world.declare("dev", severity="S3")
    sit_down(reader, "ana")

    for at in ("0001-01-01T00:00", "0026-03-02T10:00", "1969-12-31T10:00"):
        wrong = await reader.send(PAGE, f"{PAGE}/notes", text="DNS fails", at=at)
        assert (wrong.status, "That time is before 1970" in wrong.text) == (422, True)
        assert "DNS fails</textarea>" in wrong.text
        assert f'value="{at}"' in wrong.text

    assert "DNS fails" not in seen(await reader.get(f"{PAGE}?show=all"))


def _of_the_first_day(tx: Tx) -> None:
    tx.write("UPDATE entries SET at = :at WHERE kind = 'note'", {"at": datetime(1, 1, 1, tzinfo=UTC)})


async def test_a_note_that_was_kept_with_such_a_year_can_be_hidden(reader: Reader):
    await reader.world.declare("dev", severity="S3")
    sit_down(reader, "lia")  # whose clock is behind UTC: it has no such date
    await reader.send(PAGE, f"{PAGE}/notes", text="DNS fails")
    await reader.world.muster.uow.perform(_of_the_first_day)
    edit = str(re.search(rf"{PAGE}/notes/\d+", (await reader.get(f"{PAGE}?show=all")).text)[0])  # type: ignore[index]

    assert "DNS fails</textarea>" in (await reader.get(edit)).text
    assert (await reader.send(edit, edit, text="DNS fails", at="", hidden="yes")).status == 303
    assert "Hidden notes (1)" in seen(await reader.get(PAGE))


async def test_notes_are_added_changed_hidden_and_moved_by_forms(reader: Reader):
    world = reader.world
    await world.declare()
    sit_down(reader, "dev")
    world.clock.advance(minutes=5)

    form = {"text": "DNS <b>fails</b>", "at": "2026-03-02T17:31", "once": "a-form-of-ours"}
    for _ in range(2):
        assert (await reader.send(PAGE, f"{PAGE}/notes", **form)).to == f"{PAGE}#timeline"
    await world.settle()

    slack = shown(await asks(world, "dev", "timeline"))
    assert slack.count("DNS") == 1
    page = await reader.get(PAGE)
    assert page.text.count("DNS &lt;b&gt;fails") == 1
    assert "12:01 UTC" in page.text  # Kolkata is at 17:31
    edit = str(re.search(rf"{PAGE}/notes/\d+", page.text)[0])  # type: ignore[index]
    assert "DNS &lt;b&gt;fails&lt;/b&gt;</textarea>" in (await reader.get(edit)).text
    changed = {"text": "DNS failed", "at": "2026-03-02T17:30", "hidden": "no", "once": "another-form"}
    assert (await reader.send(edit, edit, **changed)).status == 303
    assert "noted (edited)" in seen(await reader.get(PAGE))
    assert (
        await reader.send(edit, edit, **changed | {"hidden": "yes", "once": "a-third-form"})
    ).status == 303
    page = await reader.get(PAGE)
    assert "Hidden notes (1)" in page.text
    assert "DNS failed" not in page.text.partition("Hidden notes")[0].partition("Timeline")[2]

    for wrong, why in (
        ({"text": " "}, "Write what happened"),
        ({"text": "x" * 3001}, "at most 3,000"),
        ({"text": "x", "at": "2099-01-01T00:00"}, "still to come"),
        ({"text": "x", "at": "nonsense"}, "no time"),
        ({"text": "x", "at": "0001-01-01T00:00"}, "no time"),
    ):
        refused = await reader.send(PAGE, f"{PAGE}/notes", **{"once": "wrong-form-1"} | wrong)
        assert refused.status == 422
        assert why in refused.text
    secret = {"text": "token=ghp_" + "a1B2" * 9, "once": "with-a-secret"}
    asked = await reader.send(PAGE, f"{PAGE}/notes", **secret)
    assert asked.status == 422
    sure = re.search(r'name="sure" value="(\w+)"', asked.text)
    assert sure
    assert "ghp_" in asked.text  # nothing typed is lost
    assert (await reader.send(PAGE, f"{PAGE}/notes", **secret, sure=sure[1])).status == 303
    assert (await reader.post(f"{PAGE}/notes", secret)).status == 403  # without the mark of a form


async def test_who_may_not_know_of_an_incident_finds_nothing_of_it(reader: Reader):
    world = reader.world
    await world.declare("ana", visibility="private", name="Stolen laptop")
    await world.declare("dev", name="=1+1", severity="S1")
    await world.settle_down()
    sit_down(reader, "ren")

    paths = ("", "?show=all", "/notes/1", "/pictures/1", "/pictures/1/delete")
    for path in paths:
        hidden, nothing = [await reader.get(f"/incidents/INC-{n}{path}") for n in (1, 77)]
        assert hidden.status == nothing.status == 404
        assert hidden.text.replace("INC-1", "INC-77") == nothing.text.replace("INC-1", "INC-77")
    for path in ("/notes", "/notes/1", "/pictures/1/delete"):
        refused = await reader.send("/incidents", f"/incidents/INC-1{path}", text="x")
        assert refused.status == 404
    for path in ("/incidents", "/incidents?q=laptop", "/incidents.csv", "/incidents.json", "/"):
        assert "laptop" not in (await reader.get(path)).text.replace("q=laptop", "").replace(
            'value="laptop"', ""
        )
    assert (await reader.get("/incidents?q=a%00b&type=%00&label=%00&past=%00&severity=%00")).status == 200
    for odd in ("INC-0", "INC-x", "inc-2%00", "9" * 30):
        assert (await reader.get(f"/incidents/{odd}")).status == 404

    rows = list(
        csv.DictReader(io.StringIO((await reader.get("/incidents.csv?severity=S1")).text.lstrip("\ufeff")))
    )
    assert [(row["id"], row["name"]) for row in rows] == [("INC-2", "'=1+1")]
    (row,) = json.loads((await reader.get("/incidents.json?from=2026-01-01&to=2026-12-31")).text)["data"]
    assert row["name"] == "=1+1"
    assert json.loads((await reader.get("/incidents.json?severity=S4&from=9999-12-31")).text) == {"data": []}
    sit_down(reader, "ana")
    assert "Stolen laptop" in (await reader.get("/incidents?q=laptop")).text
    assert "Stolen laptop" in (await reader.get(PAGE)).text


async def test_a_day_that_is_none_is_said_and_no_file_passes_for_what_was_asked_for(reader: Reader):
    await reader.world.declare("dev")
    sit_down(reader, "ana")

    page = seen(await reader.get("/incidents?from=1 April&to=2026-13-01"))
    assert "From: I know no day “1 April”. Write one as 2026-12-31." in page
    assert "To: I know no day “2026-13-01”." in page
    for ending in ("csv", "json"):
        file = await reader.get(f"/incidents.{ending}?to=<b>")
        assert (file.status, "I know no day “&lt;b&gt;”" in file.text) == (409, True)
    for days in ("from=1900-01-01&to=2200-01-01", "from=0001-01-01", "to=9999-12-31", "from="):
        assert "INC-1" in seen(await reader.get(f"/incidents?{days}"))
        assert "INC-1" in (await reader.get(f"/incidents.csv?{days}")).text


async def test_what_was_looked_for_is_shown_where_it_was_found(reader: Reader):
    await reader.world.declare("dev", name="Disk full")
    await reader.world.settle_down()
    await inc(reader.world, "ana", "note <b>The certificate</b> of <@UDEV> & co ran out")
    sit_down(reader, "ana")

    by_note, by_name = [(await reader.get(f"/incidents?q={words}")).text for words in ("certif", "disk")]

    assert "&lt;b&gt;The <mark>certificate</mark>&lt;/b&gt;" in by_note
    assert "&lt;@" not in by_note
    assert "<mark>" not in by_name


PNG = b"\x89PNG\r\n\x1a\n and the rest"


async def test_pictures_of_pinned_messages_are_kept_shown_and_deleted(reader: Reader):
    world = reader.world
    dev = await world.declare()
    files = ("graph.png", "evil.svg", "page.png", "huge.jpg", "log.txt")
    said = await dev.say(CHANNEL, "See the graphs", files=files)
    contents = {
        "graph.png": PNG,
        "page.png": b"<script>alert(1)</script>",
        "huge.jpg": b"\xff\xd8\xff" * 10**6,
    }
    for one in world.slack.workspace.files.values():
        one.content = contents.get(one.about["name"], b"<svg/>")
    await dev.react(said, "pushpin")
    await world.settle()
    sit_down(reader, "ren")

    page = await reader.get(PAGE)

    words = seen(page)
    assert "page.png (not kept here: it is no PNG" in words
    assert "huge.jpg (not kept here: it has more than 2 MB)" in words
    assert "File: evil.svg" in words
    (picture,) = set(re.findall(r'src="(/incidents/[^"]+)"', page.text))
    async with reader.http.get(f"{reader.base}{picture}") as kept:
        assert await kept.read() == PNG
        assert kept.content_type == "image/png"
        assert kept.headers["Content-Disposition"].startswith("attachment")
        assert kept.headers["X-Content-Type-Options"] == "nosniff"
    assert (await reader.get(picture.replace("INC-1", "INC-2"))).status == 404
    asked = await reader.get(f"{picture}/delete")
    assert "graph.png" in asked.text
    assert (await reader.send(f"{picture}/delete", f"{picture}/delete")).status == 303
    assert (await reader.get(picture)).status == 404
    words = seen(await reader.get(f"{PAGE}?show=all"))
    assert "graph.png (our copy was deleted)" in words
    assert "deleted the copy of the picture graph.png" in words
