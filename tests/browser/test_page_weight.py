"""What a page costs its reader, as Lighthouse would judge it: of pages as full as they can be."""

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Response

from bot.config import load
from tests.bench import standing, year
from tests.bench.place import CONFIG
from tests.scenarios.browser.conftest import signed_in, with_pages
from tests.scenarios.conftest import World

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MOST = {
    "bytes": 60_000,
    "requests": 4,
    "elements": 1_400,
    "deepest": 32,
    "children": 120,
    "shifted": 0.01,
}
"""Bytes are those of a page with its style, script and icon, before anything is packed; what is live is open
until the page is closed. Above these elements Lighthouse calls a document too large. Of the layout 0.1 may
shift, by the measure of Chromium, and is still called good.
"""
ADMINS = "\nadmins: [dev@example.com]\n"
PAST, ENTRIES = 600, 12_000
YEAR = f"from={year.YEAR.first}&to={year.YEAR.last}"
PATHS = (
    *("/", "/incidents", "/incidents?q=checkout", f"/incidents?q={quote('restarted error')}"),
    *("{long}", "{long}?show=all", "{long}?show=all&kind=note&page=2", "{long}/public"),
    *("/on-call", f"/on-call/schedules/{quote(standing.SCHEDULE)}", "/on-call/mine", "/on-call/load"),
    *("/on-call/reach", "/on-call/rehearsal", "/operator"),
    *("/follow-ups", "/follow-ups?show=all", "/reviews", "{reviewed}", "/status-page"),
    *(f"/insights?{YEAR}", f"/insights/incidents?{YEAR}&of=severity:S1"),
)
_SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => {
        for (const one of list.getEntries()) window.shifted += one.value;
    }).observe({ type: "layout-shift", buffered: true });
"""
_MEASURED = """() => {
    const all = [...document.querySelectorAll("*")];
    const depth = (one) => { let n = 0; while ((one = one.parentElement)) n += 1; return n; };
    return [all.length, Math.max(...all.map(depth)), Math.max(...all.map((one) => one.childElementCount)),
        window.shifted, document.documentElement.lang, document.title];
}"""


class Loaded:
    """What a browser asked for, and how many bytes of it came."""

    def __init__(self, page: Page) -> None:
        self.page, self._answers = page, list[Response]()
        page.on("response", self._came)

    def _came(self, answer: Response) -> None:
        self._answers.append(answer)

    async def go(self, address: str) -> dict[str, int]:
        self._answers.clear()
        answer = await self.page.goto(address, wait_until="load")
        assert answer
        assert answer.status == 200, (address, answer.status)
        found = [one for one in self._answers if "/live" not in one.url]
        return {one.url: len(await one.body()) for one in found}


async def filled(world: World, folder: Path) -> dict[str, str]:
    """Have as much in the database as a page can show: return the addresses that have numbers in them."""
    path = folder / "muster.yml"
    path.write_text(CONFIG.read_text("utf-8") + ADMINS + standing.CONFIG, encoding="utf-8")
    world.config = load(path)
    await with_pages(world)
    uow = world.muster.uow
    await uow.perform(year.fill, range(1, PAST + 1), PAST, ENTRIES)
    who = [world.person(name).id for name in ("sam", "ren")]
    return dict(await uow.perform(standing.fill, world.slack.workspace, PAST, who))


async def context_of(browser: Browser, world: World, width: int) -> BrowserContext:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    await context.add_init_script(_SHIFTS)
    base = str(world.muster.links.base)
    await context.add_cookies(
        [{"name": name, "value": value, "url": base} for name, value in signed_in(world, "dev").items()]
    )
    return context


async def test_no_page_is_heavy_however_much_there_is(browser: Browser, muster: World, tmp_path: Path):
    named = await filled(muster, tmp_path)
    wrong = dict[str, object]()
    for width in (1280, 360):
        context = await context_of(browser, muster, width)
        loaded = Loaded(await context.new_page())
        for path in PATHS:
            sizes = await loaded.go(f"{muster.muster.links.base}{path.format(**named)}")
            *found, language, title = await loaded.page.evaluate(_MEASURED)
            costs = dict(zip(MOST, [sum(sizes.values()), len(sizes), *found], strict=True))
            over = {name: cost for name, cost in costs.items() if cost > MOST[name]}
            if over or language != "en" or not title:
                wrong[f"{path} at {width}"] = over or (language, title)
        await context.close()
    assert wrong == {}
