"""`make screenshots`: the README's pictures, taken of the bot at work in its own Slack and in a browser."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import BrowserContext, Page, ViewportSize, async_playwright

from sandbox.slack import Slack
from tests.browser.conftest import FLAGS, TOUR_IS_OVER, installed
from tests.browser.steps import go
from tests.fakes import FakeClock
from tests.scenarios.browser.conftest import signed_in
from tests.scenarios.conftest import World, manifest, with_phones
from tests.scenarios.look import acknowledged, inc

DOCS = Path(__file__).parents[2] / "docs"
PICTURE, PAGE = DOCS / "sandbox.png", DOCS / "incident-page.png"
CHANNEL = "inc-1-checkout-errors-in-eu"
SIZE = ViewportSize(width=1280, height=932)
PAGE_SIZE = ViewportSize(width=1280, height=1000)


async def take() -> None:
    """Play an incident up to its escalation, and take the picture over the Incident Manager's shoulder."""
    browser_path = installed()
    if not browser_path:
        sys.exit("A picture needs Chromium, and there is none on this machine.")
    clock = FakeClock(datetime(2026, 3, 2, 9, 12, tzinfo=UTC))
    slack = Slack(manifest(), clock)
    await slack.start()
    with TemporaryDirectory() as folder:
        world = World(slack, clock, Path(folder) / "muster.db", with_phones(slack))
        world.public_url = "http://127.0.0.1:{port}"
        await world.start()
        await play(world)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
            context = await browser.new_context(viewport=SIZE, color_scheme="light")
            await context.add_init_script(TOUR_IS_OVER)
            await picture(await context.new_page(), slack)
            await mend(world)
            await incident_page(context, world)
            await browser.close()
        await world.stop()
    await slack.stop()


async def play(world: World) -> None:
    """An incident that nobody answers, while those who found it write down what they see."""

    async def skip(seconds: float) -> None:
        await world.muster.advance(world.clock, seconds)

    world.slack.on_advance, world.slack.pace.hold = skip, lambda held: None
    await world.declare("dev", name="Checkout errors in EU")
    await world.pass_minutes(4)
    dev, ren = world.person("dev"), world.person("ren")
    await ren.join(CHANNEL)
    found = await dev.say(
        CHANNEL, "8 % of payments fail since 9:03. It began with the new gateway certificate."
    )
    await world.pass_minutes(3)
    await ren.say(CHANNEL, "Same on staging. Rolling the certificate back there now.", found["ts"])
    await dev.say(CHANNEL, "Staging is healthy again :tada:", found["ts"])
    await dev.react(found, "pushpin")
    await ren.react(found, "eyes")
    await world.pass_minutes(8)


async def mend(world: World) -> None:
    """Somebody answers at last, and it is over."""
    ines = await acknowledged(world, "ines")
    for who, command, minutes in (
        ("ines", "severity S2", 1),
        ("ines", "field Affected services web", 1),
        ("dev", "link https://grafana.example.com/d/checkout Checkout dashboard", 1),
        ("ines", "public degraded", 2),
        ("ines", "update 8 % of payments in the EU fail. We roll the gateway's certificate back.", 4),
        ("dev", "note at 14:33 The certificate of the payment gateway was replaced", 2),
        ("ines", "status fixing", 6),
        ("ines", "update The certificate is rolled back in the EU, and payments recover.", 3),
        ("ines", "status monitoring", 9),
    ):
        await inc(world, who, command, channel=CHANNEL)
        await world.pass_minutes(minutes)
    said = await ines.say(CHANNEL, "Error rate is at its usual 0.2 % for ten minutes.")
    await ines.react(said, "pushpin")
    await inc(world, "ines", "action Renew gateway certificates two weeks ahead @ren", channel=CHANNEL)
    await world.settle_down()


async def incident_page(context: BrowserContext, world: World) -> None:
    base = world.muster.links.base or ""
    for name, value in signed_in(world, "ines").items():
        await context.add_cookies([{"name": name, "value": value, "url": base}])
    page = await context.new_page()
    await page.set_viewport_size(PAGE_SIZE)
    await page.goto(f"{base}/incidents/INC-1")
    await page.get_by_role("heading", name="Timeline").wait_for()
    await page.screenshot(path=PAGE, animations="disabled", caret="hide")
    _tell(PAGE)


def _tell(taken: Path) -> None:
    sys.stdout.write(f"{taken.relative_to(DOCS.parent)}: {taken.stat().st_size // 1024} KB\n")


async def picture(page: Page, slack: Slack) -> None:
    await page.goto(f"{slack.url}/?user=ines")
    await go(page, CHANNEL)
    await go(page, "general")
    await go(page, CHANNEL)  # a second time: what was new is read
    await page.get_by_text("did not answer").wait_for()
    await page.mouse.move(640, 4)
    await page.evaluate("document.activeElement.blur()")
    PICTURE.parent.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURE, animations="disabled", caret="hide")
    _tell(PICTURE)


if __name__ == "__main__":
    asyncio.run(take())
