"""A page is answered by the link in it, while Slack is away or not."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from handlers.rest.document import OPENAPI_PATH, PAGE_PATH
from handlers.rest.endpoints import ENDPOINTS
from sandbox.slack import Slack
from storage import pages
from storage.database import DatabaseBusy, Outdated, Unwritable
from storage.sqlite import SqliteDatabase
from tests.fakes import FakeClock
from tests.full import limited
from tests.phones import Phones
from tests.scenarios.conftest import World
from tests.scenarios.contact_methods.conftest import ANA, AWAY, Browser, contact_methods_world
from tests.scenarios.look import acknowledged, card, deactivates, inc, shown
from tests.scenarios.test_leaks import IN_A_BROWSER

pytestmark = pytest.mark.faults

_LINK = re.compile(r"https?://\S+")


async def link_to(world: World, phone: Phones, address: str = ANA) -> str:
    """Have a page go to Ana's phone while Slack is away, and return the link in it."""
    world.slack.faults.append(AWAY)
    await world.declare()
    await world.pass_minutes(1.5)
    found = _LINK.search(phone.texts(address)[-1])
    assert found
    return found[0]


async def test_a_page_is_acknowledged_while_slack_is_away_and_all_is_settled_when_it_is_back(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    status, text = await browser.opens(link)
    assert (status, "INC-1 Disk full" in text, ">Acknowledge</button>" in text) == (200, True, True)
    assert "Please answer by 12:15 (Europe/Lisbon), or it goes on." in text
    assert '<li>ines: <a href="tel:+442079460002">+44 20 7946 0002</a></li>' in text
    assert "<li>ana:" not in text

    _, text = await browser.presses(link)
    assert "You acknowledged this page. The paging has stopped." in text
    assert "<button" not in text
    await world.pass_minutes(25)
    world.slack.faults.clear()
    await world.pass_minutes(3)

    assert world.person("ines").dm() == []
    assert not any("You are paged" in shown(message) for message in world.person("ana").dm())
    assert len(phone.arrived) == 2
    ana = world.person("ana")
    assert "Lead: ana" in shown(card(ana))
    assert any("acknowledged* as EOC" in text for text in world.texts("dev", "inc-1-disk-full"))


async def test_a_direct_message_that_arrived_meanwhile_is_redrawn(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    world.slack.faults.clear()
    await world.pass_minutes(1)
    [dm] = world.person("ana").dm()
    assert "You are paged" in dm["text"]

    await browser.presses(link)
    await world.settle()

    assert "You acknowledged this page" in world.person("ana").dm()[0]["text"]


async def test_looking_at_a_link_acknowledges_nothing(world: World, phone: Phones, browser: Browser):
    link = await link_to(world, phone)

    for _ in range(3):
        await browser.opens(link)
        await browser.headers(link, "HEAD")
    status, _ = await browser.presses(link, "nothing known")
    assert status == 200
    await world.pass_minutes(14)

    assert len(phone.texts("+442079460002")) == 0
    assert "moved on" in (await browser.opens(link))[1]


async def test_a_link_used_twice_says_what_became_of_the_page(world: World, phone: Phones, browser: Browser):
    link = await link_to(world, phone)

    await asyncio.gather(browser.presses(link), browser.presses(link))
    _, text = await browser.presses(link)

    assert "You acknowledged this page" in text
    world.slack.faults.clear()
    await world.pass_minutes(2)
    told = [text for text in world.texts("dev", "inc-1-disk-full") if "acknowledged* as" in text]
    assert len(told) == 1


async def test_somebody_elses_answer_is_named(world: World, phone: Phones, browser: Browser):
    link = await link_to(world, phone)
    world.slack.faults.clear()
    await world.pass_minutes(1)
    await inc(world, "dev", "escalate")
    await acknowledged(world)

    _, text = await browser.opens(link)

    assert "acknowledged this page" in text


async def test_a_page_that_moved_on_can_be_taken_by_its_link_and_only_by_that_button(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    await world.pass_minutes(14)

    _, text = await browser.opens(link)
    assert "This page has moved on: now @" in text
    assert "Ines" in text or "ines" in text
    _, text = await browser.presses(link, "acknowledge")
    assert "Take the page" in text
    _, text = await browser.presses(link, "take")

    assert "You acknowledged this page" in text
    await world.pass_minutes(60)
    assert "NOBODY" not in str(phone.arrived)


async def test_a_link_that_is_not_ours_is_answered_plainly(world: World, phone: Phones, browser: Browser):
    link = await link_to(world, phone)

    # Not the last letter: some of its bits count for nothing in a signature.
    changed = link[:-9] + ("A" if link[-9] != "A" else "B") + link[-8:]
    for wrong in (changed, link.rpartition("/")[0] + "/x"):
        assert (await browser.opens(wrong))[0] == 404
        status, text = await browser.presses(wrong)
        assert status == 404
        assert "This link does not work" in text
        assert "/inc ack" in text


async def test_the_link_of_somebody_who_left_does_not_stop_the_paging(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    await deactivates(world, "ana")

    assert (await browser.opens(link))[0] == (await browser.presses(link))[0] == 404
    await world.pass_minutes(15)
    assert (await browser.presses(link, "take"))[0] == 404

    assert [page.responder for page in await world.muster.uow.read(pages.pending)] == [
        world.person("ines").id
    ]


async def test_the_link_of_a_page_that_is_long_over_does_not_work(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    await browser.presses(link)

    world.clock.advance(minutes=8 * 24 * 60)

    assert (await browser.opens(link))[0] == 404


async def test_nothing_keeps_finds_or_frames_the_page(world: World, phone: Phones, browser: Browser):
    headers = await browser.headers(await link_to(world, phone))

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Content-Type"] == "text/html; charset=utf-8"


async def test_a_name_is_text_on_the_page_and_a_private_incident_has_none(
    world: World, phone: Phones, browser: Browser
):
    world.slack.faults.append(AWAY)
    await world.declare(name="<script>alert(1)</script>")
    await world.declare(name="Secret leak", visibility="private")
    await world.pass_minutes(1.5)

    pages = [(await browser.opens(_LINK.findall(text)[0]))[1] for text in phone.texts(ANA)]

    public, private = sorted(pages, key=lambda page: "INC-2" in page)  # both left at once, in either order
    assert "&lt;script&gt;" in public
    assert "<script>" not in public
    assert "Private incident INC-2" in private
    assert "Secret" not in private


async def test_on_a_full_disk_the_page_says_what_to_do_and_is_answered_later(
    slack: Slack, clock: FakeClock, tmp_path: Path, phone: Phones, browser: Browser
):
    with limited(tmp_path) as disk:
        world = contact_methods_world(slack, clock, disk.folder, phone)
        await world.start()
        link = await link_to(world, phone)
        database = world.muster.uow._database
        assert isinstance(database, SqliteDatabase)
        database._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        disk.fill()

        looked = await browser.opens(link)
        status, text = await browser.presses(link)
        disk.clear()
        later = await browser.presses(link)
        await world.stop()

    assert (looked[0], "INC-1 Disk full" in looked[1]) == (200, True)
    assert (status, "Your answer was not written down" in text) == (503, True)
    assert "the page goes on calling" in text
    assert 'value="acknowledge"' in text
    assert (later[0], "You acknowledged this page" in later[1]) == (200, True)


@pytest.mark.parametrize("error", [DatabaseBusy("away"), Unwritable("full"), Outdated("newer")])
async def test_no_page_of_the_server_breaks_while_the_database_cannot_be_used(
    world: World, phone: Phones, browser: Browser, monkeypatch: pytest.MonkeyPatch, error: Exception
):
    link = await link_to(world, phone)
    notification_test = str(world.muster.links.to_confirm(1, "sms"))
    base = f"http://127.0.0.1:{world.muster.web.port}"

    async def away(*_: Any, **__: Any) -> None:
        raise error

    for name in ("read", "perform", "unwritable"):
        monkeypatch.setattr(world.muster.uow, name, away)
    looked = [await browser.opens(url) for url in (link, notification_test)]
    pressed = [await browser.presses(link), await browser.presses(link, "take")]
    confirmed = await browser.presses(notification_test, "confirm")
    others = [await browser.opens(f"{base}{path}") for path in ("/healthz", "/readyz", "/metrics")]
    monkeypatch.undo()

    assert [(status, "cannot read its database" in text) for status, text in looked] == [(503, True)] * 2
    assert [(status, "was not written down" in text) for status, text in pressed] == [(503, True)] * 2
    assert (confirmed[0], "Not written down" in confirmed[1]) == (503, True)
    assert [status for status, _ in others] == [200, 503, 200]
    assert "probe failed" not in others[1][1]
    served = {route.resource.canonical for route in world.muster.web._app.router.routes() if route.resource}
    links = {"/p/{token}", "/t/{token}", "/b/{token}", "/c/{token}.ics"}
    api = {"/api/v1/blocks", "/api/{rest}", OPENAPI_PATH, PAGE_PATH, *(one.url for one in ENDPOINTS)}
    # the pages in a browser have a frame of their own for it: tests/web/test_site.py
    assert served - IN_A_BROWSER == {*links, *api, "/healthz", "/readyz", "/metrics"}


async def test_whoever_is_on_the_way_or_cannot_take_it_says_so_by_the_link(
    world: World, phone: Phones, browser: Browser
):
    link = await link_to(world, phone)
    _, text = await browser.opens(link)
    assert [f"On my way: {one} min" in text for one in (5, 10, 15)] == [True] * 3

    for wrong in ("way:7", "way:99999999999", "cannot"):
        assert "on the way" not in (await browser.presses(link, wrong))[1]
    _, text = await browser.presses(link, "way:10")
    assert "You are on the way, there by 12:11 (Europe/Lisbon)." in text
    assert "On my way:" not in text
    assert len(phone.texts("+442079460002")) == 0

    _, text = await browser.presses(link, "cannot", reason="Ill or not fit")
    assert "You said that you cannot take it: now @" in text
    await world.pass_minutes(1.5)
    assert len(phone.texts("+442079460002")) == 1
    world.slack.faults.clear()
    await world.pass_minutes(2)
    assert any("cannot take the page for EOC" in text for text in world.texts("dev", "inc-1-disk-full"))


async def test_the_call_of_the_incident_is_in_the_text_and_behind_its_link(
    world: World, phone: Phones, browser: Browser
):
    world.slack.faults.append(AWAY)
    await world.declare()
    await inc(world, "dev", "link call https://meet.test/1")
    await world.pass_minutes(1.5)

    text = phone.texts(ANA)[-1]
    link, call = _LINK.findall(text)
    assert (text.endswith(" - Disk full - Call: https://meet.test/1"), call) == (True, "https://meet.test/1")
    assert '<a href="https://meet.test/1">Join its call</a>' in (await browser.opens(link))[1]
