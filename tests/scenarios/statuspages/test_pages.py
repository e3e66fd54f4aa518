"""What the CMOC publishes is on the status pages, once, and nothing else is."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.config import load
from sandbox.slack import Slack
from storage import public_posts
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.look import CHANNEL, acknowledged, asks, inc, presses, sends, shown, told
from tests.scenarios.statuspages.servers import ID, KEY, PAGE, Atlassian, StatusIoServer

ENVIRON = {"STATUSIO_API_ID": ID, "STATUSIO_API_KEY": KEY, "STATUSPAGE_API_KEY": KEY}


@pytest.fixture
async def statusio() -> AsyncIterator[StatusIoServer]:
    server = StatusIoServer()
    async with server.running():
        yield server


@pytest.fixture
async def atlassian() -> AsyncIterator[Atlassian]:
    server = Atlassian()
    async with server.running():
        yield server


@pytest.fixture
def both(statusio: StatusIoServer, atlassian: Atlassian) -> tuple[StatusIoServer, Atlassian]:
    return statusio, atlassian


def configured(path: Path, statusio: StatusIoServer, atlassian: Atlassian) -> Path:
    """Write a configuration with both pages, and return where."""
    section = f"""
statuspage:
  components:
    API: {{services: [web], status_io: k1-a, atlassian: c1}}
    Git: {{status_io: k2-a, atlassian: c2}}
  status_io: {{page: {PAGE}, notify: true, url: {statusio.url}/v2}}
  atlassian: {{page: {PAGE}, notify: false, url: {atlassian.url}/v1}}
"""
    path.write_text(CONFIG.read_text() + section)
    return path


@pytest.fixture
async def make(
    slack: Slack, clock: FakeClock, tmp_path: Path, statusio: StatusIoServer, atlassian: Atlassian
) -> Callable[[], World]:
    path = configured(tmp_path / "muster.yml", statusio, atlassian)
    return lambda: World(slack, clock, tmp_path / "muster.db", load(path, ENVIRON))


@pytest.fixture
async def world(make: Callable[[], World]) -> AsyncIterator[World]:
    world = make()
    await world.start()
    yield world
    if world.bot:
        await world.stop()


async def confirmed(world: World) -> None:
    """Have an S3 that degrades the API, confirmed by the EOC, with a CMOC at work."""
    await world.declare()
    await acknowledged(world)
    await inc(world, "dev", "public degraded")
    await inc(world, "dev", "role CMOC @carla")
    await inc(world, "ana", "public confirm")


async def test_a_notice_is_published_followed_and_resolved_together(
    world: World, statusio: StatusIoServer, atlassian: Atlassian
) -> None:
    await confirmed(world)
    refused = await asks(world, "ren", "public publish on API: Ren says it")
    assert "publishes it" in refused["text"]
    assert "carla" in shown(refused) or "<@" in refused["text"]
    unsaid = await asks(world, "carla", "public publish It is slow")
    assert "Components are: API, Git." in unsaid["text"]
    assert "It is slow" in shown(await asks(world, "carla", "public notice"))
    assert not statusio.incidents
    assert not atlassian.incidents

    cora = await inc(world, "carla", "public publish")
    form = shown(cora.modal)
    assert "status.io (sends subscribers a message)" in form
    assert "Statuspage (sends nobody a message)" in form
    assert await sends(world, cora, notice="API requests are slow <&>", components=["API", "Git"]) == {}
    [there], [here] = statusio.incidents.values(), atlassian.incidents.values()
    assert there["name"] == here["name"] == "Degraded Performance: API, Git"
    assert there["affected"] == ["k1-a", "k2-a"]
    assert there["messages"] == [{"details": "API requests are slow <&>", "state": 100, "status": 300}]
    assert here["status"] == "investigating"
    assert atlassian.components == {"c1": "degraded_performance", "c2": "degraded_performance"}

    await inc(world, "dev", "status Monitoring")
    await inc(world, "dev", "public outage")
    await inc(world, "carla", "public publish on git: Only pushes fail")
    assert here["status"] == "monitoring"
    assert atlassian.components == {"c1": "operational", "c2": "major_outage"}
    await inc(world, "ana", "resolve fix")
    asked = next(one for one in cora.dm() if "still shows it as open" in shown(one))
    await presses(world, cora, asked, "Publish that it is over")
    assert await sends(world, cora, notice="It is over", components=["Git"]) == {}
    assert (there["resolved"], here["status"]) == (True, "resolved")
    assert atlassian.components == {"c1": "operational", "c2": "operational"}
    assert there["messages"][-1]["status"] == 100
    assert statusio.mails == ["API requests are slow <&>", "Only pushes fail", "It is over"]
    assert atlassian.mails == []
    assert "Disk full" not in statusio.said + atlassian.said, (
        "an incident's own name is no text for customers"
    )

    await inc(world, "dev", "reopen It is back")
    await inc(world, "dev", "public degraded")
    assert "publishes it" in (await asks(world, "carla", "public publish on API: It is back"))["text"], (
        "her role rests"
    )
    await inc(world, "ana", "public publish on API: It is back")
    assert len(statusio.incidents) == len(atlassian.incidents) == 2


async def test_no_answer_makes_a_second_notice_or_message(
    world: World, make: Callable[[], World], statusio: StatusIoServer, atlassian: Atlassian
) -> None:
    await confirmed(world)
    statusio.faults = [("POST", "lost")]
    atlassian.faults = [("POST", "lost"), ("GET", 420), ("GET", 500)]
    await inc(world, "carla", "public publish on API: It is slow")
    await world.stop()
    world = make()
    await world.start()
    await world.pass_minutes(6)
    assert (len(statusio.incidents), statusio.mails) == (1, ["It is slow"])
    assert len(atlassian.incidents) == 1

    statusio.faults = [("POST", "lost")]
    atlassian.faults = [("PATCH", "lost"), ("GET", 502), ("PATCH", "unread")]
    await inc(world, "carla", "public publish on API: It is better")
    await world.pass_minutes(6)
    assert statusio.mails == ["It is slow", "It is better"]
    assert len(atlassian.incidents["inc1"]["incident_updates"]) == 2
    await world.stop()


async def test_who_published_hears_that_a_page_did_not_take_it_and_sends_it_again(
    world: World, statusio: StatusIoServer, atlassian: Atlassian
) -> None:
    await confirmed(world)
    statusio.refuses = "statuspage is locked"
    atlassian.key = "renewed"
    await inc(world, "carla", "public publish on API: It is slow")
    cora = world.person("carla")
    lost = next(one for one in cora.dm() if "status.io did not take what you published" in shown(one))
    assert "statuspage is locked" in shown(lost)
    assert any("status.io did not take what was published" in one for one in told(cora))
    await world.pass_minutes(6)
    assert any("Statuspage did not take" in shown(one) and "by itself" in shown(one) for one in cora.dm())
    assert KEY not in str(cora.dm())

    statusio.refuses, atlassian.key = "", KEY
    await presses(world, cora, lost, "Send again")
    await world.pass_minutes(6)
    assert statusio.mails == ["It is slow"]
    assert len(atlassian.incidents["inc1"]["incident_updates"]) == 1
    nothing = await asks(world, "carla", "public send-again")
    assert "waits to be sent again" in nothing["text"]
    del atlassian.incidents["inc1"]
    await inc(world, "carla", "public publish on API: It is well")
    assert any("Statuspage did not take" in shown(one) and "404" in shown(one) for one in cora.dm())


@pytest.mark.parametrize("kind", ["private", "security"])
async def test_what_is_no_business_of_customers_goes_nowhere(
    world: World, kind: str, statusio: StatusIoServer, atlassian: Atlassian
) -> None:
    how = {"private": {"visibility": "private"}, "security": {"type": "SIRT"}}
    await world.declare(**how.get(kind, {}))
    who = "dev" if kind == "security" else "ana"
    ana = world.person(who)
    if kind == "private":
        await presses(world, ana, ana.dm()[0], "Acknowledge")
    await asks(world, who, "public INC-1 confirm", "general")
    said = await asks(world, who, "public INC-1 publish It is slow", "general")
    assert "Muster publishes nothing of it" in shown(said) or "Publish nothing yet" in shown(said)
    await world.pass_minutes(1)
    assert statusio.calls == atlassian.calls == []


@pytest.mark.faults
@pytest.mark.parametrize("n", [1, 2, 3])
async def test_a_death_on_the_way_publishes_once(
    n: int, slack: Slack, clock: FakeClock, tmp_path: Path, both: tuple[StatusIoServer, Atlassian]
) -> None:
    statusio, atlassian = both
    strikes = (Strikes.AFTER_COMMIT, Strikes.BEFORE_COMMIT)[n % 2]
    fate, config = Fate(strikes, 0), load(configured(tmp_path / "muster.yml", statusio, atlassian), ENVIRON)
    world = Mortal(slack, clock, str(tmp_path / "muster.db"), config, fate)
    impatient, slack.patience = slack.patience, PATIENCE
    await world.start()
    await confirmed(world)
    slack.patience, world.fate.left = impatient, n
    text, cora = "public publish on API: It is slow", world.person("carla")

    async def published() -> bool:
        return bool(await world.muster.uow.read(public_posts.last, 1))

    await world.insist(lambda: cora.slash("/inc", text, channel=CHANNEL), published)
    await world.pass_time(180)
    await world.stop()
    assert fate.struck
    assert (len(statusio.incidents), statusio.mails) == (1, ["It is slow"])
    assert [len(one["incident_updates"]) for one in atlassian.incidents.values()] == [1]
