"""What customers read, written and published in a browser by the rules of Slack."""

import asyncio
import re
from html import unescape
from pathlib import Path

import aiohttp
import pytest

from bot.config import load
from tests.scenarios.browser.conftest import Answer, Reader, signed_in
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import acknowledged, asks, inc, shown
from tests.scenarios.statuspages.test_own_page import got

PAGE = "/incidents/INC-1/public"
SECTION = """
statuspage:
  name: Example status
  url: https://status.example.com
  listen: 127.0.0.1:0
  components:
    API: {services: [web]}
    Git:
"""


@pytest.fixture
async def web_world(world: World, tmp_path: Path) -> World:
    """The bot with pages for a browser, and with a status page of its own."""
    path = tmp_path / "muster.yml"
    path.write_text(CONFIG.read_text() + SECTION)
    await world.stop()
    world.config = load(path)
    world.public_url = "http://127.0.0.1:{port}"
    await world.start()
    return world


def field(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return unescape(found[1]) if found else ""


async def do(reader: Reader, act: str, page: Answer | None = None, **entered: str) -> Answer:
    """Send the form of a page, or as it is shown now, with what is entered and a button pressed."""
    page = page or await reader.get(PAGE)
    form = {name: field(page, name) for name in ("mark", "once", "seen")}
    text = re.search(r"<textarea id=\"notice-text\"[^>]*>(.*?)</textarea>", page.text, re.DOTALL)
    status = re.search(r'<option value="([^"]*)" selected', page.text)
    form |= {"text": unescape(text[1]) if text else "", "status": status[1] if status else ""}
    return await reader.post(PAGE, form | entered | {"do": act})


async def test_a_notice_is_written_confirmed_previewed_and_published(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    sit_down(reader, "dev")
    assert "Disk full" in seen(await reader.get("/status-page")).partition("Nothing written yet")[2]

    hostile = "Requests are <script>slow</script>\n\nWe look into it."
    assert (await do(reader, "draft", text=hostile)).to == PAGE
    assert "&lt;script&gt;slow" in shown(await asks(world, "ana", "public notice"))
    assert (await do(reader, "draft", component="Git")).to == PAGE
    assert 'value="Git" checked' in (await reader.get(PAGE)).text
    await inc(world, "ana", f"public draft {hostile}")  # in Slack, where a draft is a text alone
    assert 'value="Git" checked' in (await reader.get(PAGE)).text
    early = await do(reader, "publish", component="API")
    assert early.status == 422
    assert "not confirmed that customers outside are significantly affected" in early.text
    assert {"@ana", "EOC confirms that"} <= set(re.findall("@ana|EOC confirms that", seen_of(early)))
    set_ = await do(reader, "status", status="Degraded Performance", text="typed on")
    assert "is now Degraded Performance" in seen(set_)
    assert ">typed on</textarea>" in set_.text

    sit_down(reader, "ana")
    assert "Draft" in seen(await reader.get("/status-page"))
    confirmed = await do(reader, "confirm", text="typed on")
    assert "You confirmed that customers" in seen(confirmed)
    assert ">typed on</textarea>" in confirmed.text
    page = await reader.get(PAGE)
    assert "This publishes it on our status page." in seen(page)
    chosen = str((await inc(world, "ana", "public publish")).modal)
    assert "'API'" in chosen.partition("initial_options")[2].partition("]")[0]
    preview = await do(reader, "preview", component="API")
    assert "Preview." in seen(preview)
    assert "Degraded Performance: API" in preview.text
    assert "&lt;script&gt;slow" in preview.text
    assert "style-src 'sha256-" in preview.headers["Content-Security-Policy"]
    assert preview.headers["Cache-Control"] == "private, no-store"
    assert "slow" not in (await got(world))[1]

    assert PAGE in (await reader.get("/incidents/INC-1")).text
    assert (await do(reader, "publish", component="API")).to == PAGE

    customers = (await got(world))[1]
    drawn = [re.search(r"<main>.*</main>", one, re.DOTALL) for one in (customers, preview.text)]
    told, before = [re.sub(r' id="n\d+"|:\d\dZ|<p><a.*', "", one[0]).split() for one in drawn if one]
    assert told == before
    overview = seen(await reader.get("/status-page"))
    assert "Degraded Performance: API" in overview.partition("Published, and not over")[2]
    assert "Drafts that wait None." in overview
    assert "Degraded Performance: API" in seen(await reader.get(PAGE)).partition("Published")[2]
    await inc(world, "ana", "resolve fix")
    assert (await do(reader, "publish", text="All is well again", component="API")).to == PAGE
    assert "All systems operational" in (await got(world))[1]
    assert buttons(await reader.get(PAGE)) == ["Save the draft", "Preview in a new tab", "Publish it anew"]
    assert "Degraded Performance: API" in seen(await reader.get("/status-page")).partition("Before")[2]


def buttons(page: Answer) -> list[str]:
    """Return what one can do with the text."""
    return re.findall(r'name="do" value="(?:draft|preview|confirm|publish)"[^>]*>([^<]*)', page.text)


async def test_nobody_is_asked_to_publish_what_is_closed(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "dev", "public degraded")
    sit_down(reader, "dev")
    await do(reader, "draft", text="Requests are slow")
    await world.pass_hours(2)
    assert "Not published yet: customers should have heard by" in seen(await reader.get(PAGE))

    await inc(world, "ana", "resolve fix")
    await inc(world, "dev", "status Closed")

    said = "Never published, and INC-1 is closed: nobody waits for it any more."
    page = seen(await reader.get(PAGE))
    assert said in page
    assert "should have heard" not in page
    assert said in shown(await asks(world, "dev", "public notice"))
    assert "Drafts that wait None." in seen(await reader.get("/status-page"))
    await world.pass_minutes(1)
    await do(reader, "draft", text="Requests were slow")
    overview = seen(await reader.get("/status-page"))
    assert "Requests were slow" in overview.partition("Drafts that wait")[2]


def seen_of(page: Answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.text)))


async def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "public confirm")
    sit_down(reader, "ana")

    for act, entered, at, why in (
        ("publish", {"text": " "}, "text", "Write what customers are to read."),
        ("draft", {"text": "x" * 3001}, "text", "at most 3000 characters"),
        ("publish", {"text": "words of mine"}, "components", "Choose what is affected."),
        ("publish", {"text": "words of mine", "component": "Nothing"}, "components", "no component Nothing"),
        (
            "publish",
            {"text": "words of mine", "component": "Git", "status": "Service Disruption"},
            "status",
            "the public status is Operational. Set it first",
        ),
        ("status", {"text": "words of mine", "status": "Operational"}, "status", "Operational already"),
        ("status", {"text": "words of mine", "status": "odd"}, "status", "one of the public statuses"),
        ("unpublished", {"text": "words of mine", "why": ""}, "why", "Say why"),
        ("again", {"text": "words of mine"}, "act", "Nothing of INC-1 waits"),
    ):
        refused = await do(reader, act, None, **entered)
        assert refused.status == 422, act
        alert = re.search(rf'role="alert" id="wrong-{at}">([^<]*)', refused.text)
        assert alert, act
        assert why in unescape(alert[1])
        assert f">{entered['text'].strip() or ' '}</textarea>" in refused.text
        if "Git" in entered.values():
            assert 'value="Git" checked' in refused.text
    secret = await do(reader, "draft", text="token=ghp_" + "a1B2" * 9)
    assert secret.status == 422
    sure = field(secret, "sure")
    assert sure
    assert (await do(reader, "draft", secret, sure=sure)).status == 303
    assert (await do(reader, "nonsense")).status == 409
    assert (await reader.post(PAGE, {"do": "draft", "text": "x"})).status == 403
    assert "Nothing was published" in (await got(world))[1]
    gone = await do(reader, "unpublished", why="Nobody <i>noticed</i>", text="words of mine")
    assert "Not published, because Nobody <i>noticed</i>" in seen(gone)
    assert ">words of mine</textarea>" in gone.text


async def test_two_who_write_at_one_time_do_not_undo_each_other(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "public confirm")
    sit_down(reader, "ana")
    anas = await reader.get(PAGE)
    await inc(world, "dev", "public draft Written by Dev")

    for act in ("draft", "publish"):
        late = await do(reader, act, anas, text="Written by Ana", component="API")
        assert late.status == 422
        assert "wrote it anew after you began" in seen_of(late)
        assert ">Written by Ana</textarea>" in late.text
        assert "Written by Dev" in late.text.partition("as it is kept")[2]
    assert "Written by Dev" in shown(await asks(world, "ana", "public notice"))

    assert (await do(reader, "draft", late, text="Written by both")).status == 303
    assert "Written by both" in shown(await asks(world, "dev", "public notice"))
    twice = await reader.get(PAGE)
    for _ in range(2):
        assert (await do(reader, "publish", twice, component="API")).status == 303
    assert (await got(world))[1].count("Written by both") == 1


async def test_of_two_who_publish_at_one_moment_one_is_told_of_the_other(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "public confirm")
    sit_down(reader, "ana")
    begun = [await reader.get(PAGE) for _ in range(4)]

    told = await asyncio.gather(
        *(do(reader, "publish", page, text=f"Words {n}", component="API") for n, page in enumerate(begun))
    )

    assert sorted(one.status for one in told) == [303, 422, 422, 422]
    page = (await got(world))[1]
    assert sum(f"Words {n}" in page for n in range(4)) == 1
    for n, one in enumerate(told):
        assert one.status == 303 or f">Words {n}</textarea>" in one.text


async def test_whoever_may_not_publish_keeps_a_draft_for_who_may(reader: Reader):
    world = reader.world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "public confirm")
    sit_down(reader, "ren")

    page = await reader.get(PAGE)
    assert 'value="publish"' not in page.text
    assert "publishes it. Save the draft" in seen(page)
    refused = await do(reader, "publish", text="Ren's words", component="API")
    assert refused.status == 422
    assert "is kept as the draft" in seen_of(refused)
    assert "Ren's words" in shown(await asks(world, "dev", "public notice"))
    assert "Ren's words" not in (await got(world))[1]


async def test_nobody_learns_of_what_they_may_not_know(web_world: World):
    world = web_world
    await world.declare("dev", severity="S3")
    await acknowledged(world)
    await inc(world, "ana", "public confirm")
    await inc(world, "ana", "public publish on API: Requests are slow")
    world.clock.advance(minutes=1)
    await inc(world, "dev", "public draft The laptop again")
    await inc(world, "ana", "private yes A laptop was stolen")
    await world.settle_down()
    pages = {}
    for who in ("ren", "gus", "ana"):
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            reader = Reader(world, http)
            http.cookie_jar.update_cookies(signed_in(world, who), reader.home)
            pages[who] = await reader.get("/status-page"), await reader.get(PAGE)

    overview, page = pages["ren"]
    assert "Requests are slow" in seen(overview)  # customers read it too
    for word in ("INC-1", "Disk full", "laptop", "Dev"):
        assert word not in seen(overview)
    assert page.status == 404
    assert pages["gus"][0].status == 409
    assert "Guests cannot do that here" in pages["gus"][0].text
    assert pages["gus"][1].status == 404
    assert "The laptop again" in seen(pages["ana"][0])
    assert "Muster publishes nothing of it, since it is private" in seen(pages["ana"][1])
    assert 'value="preview"' not in pages["ana"][1].text


async def test_customers_are_told_of_maintenance(reader: Reader):
    world = reader.world
    await inc(
        world, "ana", 'maintenance "Upgrade <db>" C3 tomorrow 09:00-11:00 services web with @bo', "general"
    )
    at = "/status-page/maintenance/1"
    sit_down(reader, "dev")
    assert "Upgrade <db>" in seen(await reader.get("/status-page"))
    assert "they, or whoever works on it, tell customers" in (await reader.get(at)).text
    sit_down(reader, "ana")
    anas = await reader.get(at)

    async def send(page: Answer, act: str, text: str, **more: str) -> Answer:
        form = {name: field(page, name) for name in ("mark", "once", "seen")}
        return await reader.post(at, form | {"do": act, "text": text} | more)

    preview = await send(anas, "preview", "Requests pause <shortly>")
    assert "Planned: API" in preview.text
    assert "Requests pause &lt;shortly&gt;" in preview.text
    assert "Requests pause" not in (await got(world))[1]
    empty = await send(anas, "publish", " ")
    assert (empty.status, "Write what customers are to read." in empty.text) == (422, True)
    assert (await send(anas, "publish", "Requests pause")).to == "/status-page"
    assert "Requests pause" in (await got(world))[1]
    await inc(world, "bo", "maintenance publish 1 Written by Bo", "general")
    late = await send(await reader.get("/status-page/maintenance/1"), "publish", "x", seen="none")
    assert late.status == 422
    assert "wrote it anew after you began" in late.text
    assert ">x</textarea>" in late.text
    assert "Written by Bo" in (await got(world))[1]
    assert (await send(late, "publish", "Together")).status == 303
    assert "Together" in (await got(world))[1]
    for odd in ("2", "x", "0"):
        assert (await reader.get(f"/status-page/maintenance/{odd}")).status == 404
