"""Every page of ours in Chromium: wide and on a phone, light and dark, without a script, by keyboard.

A page that is added has to be named here.
"""

import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.config import load
from bot.domain.tokens import hashed
from bot.operations.reviews.documents import NewVersion, save_document
from sandbox.serving import accounts
from storage import tokens
from tests.browser.conftest import is_wrong
from tests.browser.test_page_accessibility import complaints
from tests.scenarios.browser.conftest import signed_in, with_pages
from tests.scenarios.browser.test_status_page import SECTION
from tests.scenarios.conftest import SANDBOX_CONFIG, World
from tests.scenarios.look import acknowledged, inc

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

HOSTILE = "<img src=x onerror=alert(1)> \u202edaol 'quoted' & \"double\" " + "long" * 20
CHANNEL = re.compile("inc-1-")
WALL = "muster_wall0123456789"
PNG = b"\x89PNG\r\n\x1a\n and the rest"
PAGES: dict[str, str | tuple[str, str]] = {
    "/": "/",
    "/sign-in": "/sign-in",
    "/wall/{token}": f"/wall/{WALL}",
    "/incidents": "/incidents?q=quoted&severity=S2&from=2000-01-01",
    "/incidents/{incident}": "/incidents/INC-1?show=all",
    "/incidents/{incident}/notes/{note}": ("/incidents/INC-1?show=all", r"/incidents/INC-1/notes/\d+"),
    "/incidents/{incident}/pictures/{picture}/delete": "/incidents/INC-1/pictures/1/delete",
    "/incidents/{incident}/public": "/incidents/INC-1/public",
    "/incidents/{incident}/review": "/incidents/INC-1/review",
    "/incidents/{incident}/review/changes": "/incidents/INC-1/review/changes",
    "/incidents/{incident}/review/edit": "/incidents/INC-1/review/edit",
    "/reviews": "/reviews",
    "/follow-ups": "/follow-ups",
    "/follow-ups/new": "/follow-ups/new?incident=1",
    "/follow-ups/{follow_up}": ("/follow-ups", r"/follow-ups/\d+"),
    "/on-call": "/on-call",
    "/on-call/schedules/{schedule}": "/on-call/schedules/EOC",
    "/on-call/mine": "/on-call/mine",
    "/on-call/reach": "/on-call/reach",
    "/on-call/load": "/on-call/load",
    "/on-call/rehearsal": "/on-call/rehearsal",
    "/status-page": "/status-page",
    "/status-page/maintenance/{maintenance}": "/status-page/maintenance/1",
    "/insights": "/insights",
    "/insights/incidents": ("/insights", r"/insights/incidents\?[^\"]+"),
    "/operator": "/operator",
}
NO_PAGES = {
    *("/live", "/wall/{token}/live", "/static/{name}", "/sign-in/slack", "/sign-in/back"),
    *("/incidents/{incident}/pictures/{picture}", "/incidents/{incident}/review.md", "/reviews/{incident}"),
    *("/p/{token}", "/t/{token}", "/c/{token}.ics", "/healthz", "/readyz", "/metrics"),
}
"""Files, streams and redirects; and the pages behind links, which test_link_page.py looks at."""
LOOKS = [
    pytest.param(width, scheme, marks=[pytest.mark.proof] if (width > 360) == (scheme == "dark") else [])
    for width in (1280, 360)
    for scheme in ("light", "dark")
]
UNSEEN = """() => { const one = document.activeElement, way = getComputedStyle(one);
    return one === document.body ? null : (one.innerText || one.name || one.tagName).trim().slice(0, 40)
        + (way.outlineStyle === 'none' ? ' HAS NO OUTLINE' : '')
        + (one.getBoundingClientRect().width > 0 ? '' : ' CANNOT BE SEEN') }"""
"""What has the focus, and whether one sees that it has."""


async def furnished(world: World, folder: Path) -> None:
    """Have an incident with some of everything, and whoever reads look after Muster."""
    path = folder / "muster.yml"
    path.write_text(f"{SANDBOX_CONFIG.read_text()}{SECTION}admins: [{world.person('ana').id}]\n")
    known, at = world.slack.credentials, urlsplit(world.slack.url).netloc
    world.config = load(path, accounts(at, known.twilio_sid, known.twilio_token))
    await with_pages(world)
    await world.muster.uow.perform(tokens.add, "wall", hashed(WALL), frozenset({"wall"}), None)
    dev = await world.declare(
        "dev", name=HOSTILE, severity="S2", summary=f"{HOSTILE} https://x.test/{'y' * 90}"
    )
    await acknowledged(world)
    channel = next(
        one.name or "" for one in world.slack.workspace.channels.values() if CHANNEL.match(one.name or "")
    )
    said = await dev.say(channel, HOSTILE, files=("graph.png", "evil.svg"))
    for one in world.slack.workspace.files.values():
        one.content = PNG
    await dev.react(said, "pushpin")
    for text in (
        f"note {HOSTILE}",
        f"update {HOSTILE}",
        "followup Add a redundant node @ana due in 3 weeks",
        "link https://x.test/1 Dashboard",
        'maintenance "Upgrade <db>" C3 tomorrow 09:00-11:00 services web with @ana',
    ):
        await inc(world, "ana", text, channel=channel)
    document = NewVersion(f"# Review\n\n{HOSTILE}\n\n|a|b|\n|-|-|\n|1|2|\n", 0, "short", "# written")
    await world.muster.uow.perform(save_document, 1, document, by=world.person("ana").id)
    await world.settle()


async def reading(browser: Browser, world: World, width: int, **how: object) -> BrowserContext:
    context = await browser.new_context(viewport={"width": width, "height": 800}, **how)  # type: ignore[arg-type]
    base = str(world.muster.links.base)
    cookies = signed_in(world, "ana").items()
    await context.add_cookies([{"name": name, "value": text, "url": base} for name, text in cookies])
    return context


async def went(page: Page, base: str, canonical: str) -> int:
    """Go to a page; where its address has a number that nobody knows, by the link that leads there. Return
    how many bytes it has.
    """
    at = PAGES[canonical]
    if isinstance(at, tuple):
        await page.goto(f"{base}{at[0]}")
        found = re.search(at[1], await page.content())
        assert found, canonical
        at = unescape(found[0])
    if at == "/sign-in":
        await page.context.clear_cookies()
    answer = await page.goto(f"{base}{at}")
    assert answer
    assert answer.status == 200, canonical
    return len(await answer.body())


async def test_every_page_is_named_here(muster: World) -> None:
    await with_pages(muster)
    routes = muster.muster.web._app.router.routes()
    got = {one.resource.canonical for one in routes if one.method == "GET" and one.resource}

    files = {
        one for one in got if one.endswith((".csv", ".json")) or one.startswith(("/api/", "/v1/", "/v2/"))
    }

    assert got - files == set(PAGES) | NO_PAGES


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
async def test_every_page_fits_is_small_and_has_nothing_serious(
    browser: Browser, muster: World, tmp_path: Path, width: int, scheme: str
) -> None:
    await furnished(muster, tmp_path)
    context = await reading(browser, muster, width, color_scheme=scheme)
    page, wrong, base = await context.new_page(), list[str](), str(muster.muster.links.base)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if is_wrong(said) else None)
    page.on("request", lambda asked: None if asked.url.startswith(base) else wrong.append(asked.url))

    for canonical in sorted(PAGES, key=lambda one: one == "/sign-in"):
        assert await went(page, base, canonical) < 60_000, canonical
        assert await page.locator("html").evaluate("e => e.scrollWidth") <= width, canonical
        assert await complaints(page) == [], canonical
        assert await page.locator("h1").count() == 1, canonical

    assert wrong == []
    await context.close()


async def test_every_page_is_read_without_a_script_and_gone_through_by_keyboard(
    browser: Browser, muster: World, tmp_path: Path
) -> None:
    await furnished(muster, tmp_path)
    context = await reading(browser, muster, 360, java_script_enabled=False)
    page, base = await context.new_page(), str(muster.muster.links.base)

    for canonical in sorted(PAGES, key=lambda one: one == "/sign-in"):
        await went(page, base, canonical)
        await expect(page.locator("h1")).to_be_visible()
        seen: list[str] = []
        for _ in range(60):
            await page.keyboard.press("Tab")
            if (focused := await page.evaluate(UNSEEN)) is None:
                break
            seen.append(focused)
        assert "wall" in canonical or seen[0].startswith("Skip to content"), canonical
        assert [one for one in seen if one.endswith(("OUTLINE", "SEEN"))] == [], canonical

    await context.close()
