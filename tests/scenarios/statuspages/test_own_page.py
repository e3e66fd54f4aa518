"""Our own status page: served at an address of its own, and exported; nothing but what was published."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import aiohttp
from click.testing import CliRunner

from bot.cli.statuspage import statuspage
from bot.config import load
from sandbox.slack import Slack
from tests.fakes import FakeClock
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.look import acknowledged, asks, inc, sends


def made(slack: Slack, clock: FakeClock, folder: Path) -> tuple[Path, Callable[[], World]]:
    path = folder / "muster.yml"
    section = f"""
statuspage:
  name: Example status
  url: https://status.example.com
  listen: 127.0.0.1:0
  export_dir: {folder / "public"}
  components:
    API: {{services: [web]}}
    Git:
"""
    path.write_text(CONFIG.read_text() + section)
    return path, lambda: World(slack, clock, folder / "muster.db", load(path))


async def got(world: World, path: str = "", **headers: str) -> tuple[int, str, Mapping[str, str]]:
    world.clock.advance(seconds=6)
    assert world.muster.public_page
    url = f"http://127.0.0.1:{world.muster.public_page.port}/{path}"
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_customers_read_what_was_published_and_nothing_else(
    slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    path, make = made(slack, clock, tmp_path)
    world = make()
    await world.start()
    status, page, headers = await got(world)
    assert (status, "All systems operational" in page) == (200, True)
    assert (await got(world, **{"If-None-Match": headers["ETag"]}))[0] == 304
    assert "max-age=30" in headers["Cache-Control"]
    since = headers["Last-Modified"]
    assert (await got(world, **{"If-Modified-Since": since}))[0] == 304
    assert (await got(world, **{"If-Modified-Since": since, "If-None-Match": '"another"'}))[0] == 200
    assert "script" not in page
    assert "Set-Cookie" not in headers

    await world.declare()
    await acknowledged(world)
    await inc(world, "dev", "public degraded")
    await inc(world, "ana", "public draft A secret plan")
    await inc(world, "ana", "public confirm")
    await inc(world, "ana", "public publish on API: Requests are slow <b>&</b>")
    _, page, after = await got(world)
    assert after["ETag"] != headers["ETag"]
    assert (await got(world, **{"If-Modified-Since": since}))[0] == 200
    assert "Requests are slow &lt;b&gt;&amp;&lt;/b&gt;" in page
    assert "Degraded Performance: API" in page
    assert "INC-1" not in page + (await got(world, "feed.atom"))[1] + (await got(world, "status.json"))[1]
    assert "Disk full" not in page
    assert "secret plan" not in page

    await inc(world, "ana", "resolve fix")
    await inc(world, "ana", "public publish All is well again")
    await world.stop()
    world = make()
    await world.start()
    _, page, _ = await got(world)
    assert page.index("All is well again") < page.index("Requests are slow")
    assert "All systems operational" in page
    months = (await got(world, "history/"))[1]
    assert "March 2026" in months
    assert "All is well again" in (await got(world, "history/2026-03.html"))[1]
    assert (await got(world, "../muster.db"))[0] == 404
    said = json.loads((await got(world, "api/v2/summary.json"))[1])
    assert said["status"] == {"indicator": "none", "description": "All systems operational"}
    assert [one["status"] for one in said["components"]] == ["operational", "operational"]
    atom = ET.fromstring((await got(world, "feed.atom"))[1].encode())
    titles = [one.text for one in atom.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == [
        "Example status",
        "Resolved: Degraded Performance: API",
        "Investigating: Degraded Performance: API",
    ]
    items = ET.fromstring((await got(world, "feed.xml"))[1].encode()).findall("channel/item")
    assert len(items) == 2

    await exported(tmp_path, path, page)
    await world.stop()


async def exported(folder: Path, config: Path, page: str) -> None:
    """Look at what was exported after the publication, and at what the command writes."""
    assert (folder / "public" / "index.html").read_text() == page
    again = folder / "again"
    words = ["export", str(again), "--config", str(config), "--database", str(folder / "muster.db")]
    done = await asyncio.to_thread(CliRunner().invoke, statuspage, words)
    assert done.exit_code == 0, done.output
    names = [{one.name for one in each.rglob("*") if one.is_file()} for each in (again, folder / "public")]
    assert names[0] == names[1]
    assert (again / "index.html").read_text() == page


async def test_maintenance_is_told_in_words_for_customers(
    slack: Slack, clock: FakeClock, tmp_path: Path
) -> None:
    _, make = made(slack, clock, tmp_path)
    world = make()
    await world.start()
    await inc(world, "ana", 'maintenance "Upgrade db" C3 tomorrow 09:00-11:00 services web', "general")
    refused = await asks(world, "dev", "maintenance publish 1 Requests pause", "general")
    assert "they, or whoever works on it, tell customers" in refused["text"]
    await inc(world, "ana", "maintenance publish MNT-1 Requests pause <shortly>", "general")
    _, page, _ = await got(world)
    assert "Planned: API" in page
    assert "Requests pause &lt;shortly&gt;" in page
    assert "Upgrade db" not in page
    ana = await inc(world, "ana", "maintenance publish 1", "general")
    assert "Requests pause <shortly>" in str(ana.modal)
    assert await sends(world, ana, public_text="Requests pause for a minute") == {}
    assert "Requests pause for a minute" in (await got(world))[1]
    assert '"scheduled_for": "2026-03-03' in (await got(world, "status.json"))[1]
    await inc(world, "ana", "maintenance cancel 1", "general")
    assert "Requests pause" not in (await got(world))[1]
    await world.stop()
