"""Proof: the process dies at any commit or call of a story, and in the end all is as if it had not."""

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.config import Config, load
from bot.domain.incidents.incident import Incident, Status
from bot.domain.timeline.entries import Kind
from sandbox.person import Person
from sandbox.slack import Slack
from storage import incidents, pages, timeline
from tests.engines import ENGINES
from tests.patience import PATIENCE
from tests.scenarios import at_work, chapters
from tests.scenarios.conftest import CONFIG, World
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.ending import differences
from tests.scenarios.hasty import hasty
from tests.scenarios.telling import (
    Files,
    Place,
    Rows,
    Story,
    compared,
    ended,
    heard,
    in_silence,
    told,
    undisturbed,
)
from tests.tally import Tally, report

pytestmark = pytest.mark.proof

CHANNEL = "inc-{}-disk-full"
MEMORY = Path("/dev/shm")
MOST = 400
"""More than the story has: the sweep ends when a run comes through."""
MOST_IN_A_DM = 2
"""Nobody is sent the same a third time."""
SHARES = 2
"""Parts of the sweep that can run side by side."""
APART = {"sqlite": 16, "postgres": 24}
"""Of the grave story so many moments lie between two that are struck: each manner of death has others."""
APART_ON_POSTGRES = 24
"""The same for each chapter on PostgreSQL."""
ONE_MOMENT = os.environ.get("MUSTER_MOMENT")
"""The only commit or call to strike, when one of a sweep that failed is repeated."""
CHAPTERS = {**chapters.CHAPTERS, **at_work.CHAPTERS}
DECLARED = 2
"""The commit that declares; the one before it learns who is there."""


def with_shifts(slack: Slack) -> Config:
    """Return the tests' configuration with a call after a minute, and another EOC after five."""
    people = "[ana@example.com, bo@example.com]"
    layer = f"{{rotation: daily, handover: '12:05', start: 2026-03-01, people: {people}}}"
    text = CONFIG.read_text("utf-8").replace(f"on_call: {people}", "on_call: EOC\n    reminders: []", 1)
    text = f"""{text}
schedules: {{EOC: {{zone: UTC, reminders: [], layers: [{layer}]}}}}
contact_methods: {{call: twilio call}}
notification_rules: {{default: {{quiet: [slack, call after 1m]}}}}
people: {{ana@example.com: {{call: "+351215550101"}}}}
"""
    environ = {
        "TWILIO_ACCOUNT_SID": slack.twilio.sid,
        "TWILIO_AUTH_TOKEN": slack.credentials.twilio_token,
        "TWILIO_FROM": "+15005550006",
        "TWILIO_API_URL": slack.url,
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "muster.yml"
        file.write_text(text, "utf-8")
        return load(file, environ)


async def long_story(world: Mortal) -> None:
    """Declare, let EOC and IM be silent, answer as leader; pin, update, resolve."""
    dev, lena = world.person("dev"), world.person("lena")
    await world.insist(lambda: declares(world, dev), lambda: declared(world, dev))
    while not calls_of(lena):
        await world.pass_time(60)
    await world.insist(
        lambda: lena.click(calls_of(lena)[-1], text="Acknowledge"), lambda: has(world, Kind.ACKNOWLEDGED)
    )
    message = await dev.say(await channel(world), "Found it")
    await dev.react(message, "pushpin")
    await world.rest()
    await world.until(lambda: has(world, Kind.PIN))
    await ends(world, dev, lead=lena)


async def grave_story(world: Mortal) -> None:
    """Declare an S1. The pages of EOC and CMOC come to stand beside the IM's, which goes on without them."""
    dev, lena = world.person("dev"), world.person("lena")
    await world.insist(lambda: declares(world, dev, "S1"), lambda: declared(world, dev))
    async with asyncio.timeout(PATIENCE):
        while await called(world) != {lena.id}:
            await world.pass_time(15)
    await world.insist(
        lambda: lena.click(calls_of(lena)[-1], text="Acknowledge"), lambda: has(world, Kind.ACKNOWLEDGED)
    )
    await ends(world, dev, lead=lena)


async def handed_over_story(world: Mortal) -> None:
    """Declare, answer by a key of the phone; at the change of shift the next one takes over, and resolves."""
    dev, bo = world.person("dev"), world.person("bo")
    await world.insist(lambda: declares(world, dev), lambda: declared(world, dev))
    while not world.slack.twilio.calls:
        await world.pass_time(15)
    await world.insist(lambda: presses_1(world), lambda: has(world, Kind.ACKNOWLEDGED))
    while not briefs_of(bo):
        await world.pass_time(60)
    await world.insist(
        lambda: bo.click(briefs_of(bo)[-1], text="Take over"), lambda: has(world, Kind.TAKEN_OVER)
    )
    await ends(world, dev, lead=bo)


async def offered_story(world: Mortal) -> None:
    """Declare; the EOC offers the page to somebody, who accepts and leads."""
    dev, ana, ren = (world.person(name) for name in ("dev", "ana", "ren"))
    await world.insist(lambda: declares(world, dev), lambda: declared(world, dev))
    while not calls_of(ana):
        await world.pass_time(15)
    await world.insist(lambda: offers(ana, to=ren), lambda: has(world, Kind.OFFERED))
    while not offers_to(ren):
        await world.pass_time(15)
    await world.insist(
        lambda: ren.click(offers_to(ren)[-1], text="Accept"), lambda: has(world, Kind.ACKNOWLEDGED)
    )
    await ends(world, dev, lead=ren)


async def offers(person: Person, *, to: Person) -> None:
    """Have somebody offer the page that calls them, or send the form that is open already."""
    if not person.modal:
        message = calls_of(person)[-1]
        elements = [one for block in message["blocks"] for one in block.get("elements", [])]
        menu = next(one for one in elements if one["type"] == "overflow")
        value = next(one["value"] for one in menu["options"] if one["value"].startswith("hand:"))
        await person.click(message, menu["action_id"], value=value)
    if person.modal:
        await person.fill({"person": to.id})
        await person.submit()


def offers_to(person: Person) -> list[dict[str, Any]]:
    return [one for one in person.dm() if "asks you to take a page over" in one["text"]]


async def presses_1(world: World) -> None:
    """Have Ana take the call that rings, or go on with the one that she has; in Slack, if it broke off."""
    here = f"127.0.0.1:{world.muster.web.port}"  # a bot that was started anew has the address it had
    call = world.slack.twilio.calls[-1]
    call.asked["Url"] = re.sub(r"127\.0\.0\.1:\d+", here, call.asked["Url"])
    if call.status == "ringing":
        await call.answer()
    if call.listens:
        call.listens = re.sub(r"127\.0\.0\.1:\d+", here, call.listens)
        await call.press("1")
    elif call.status not in {"queued", "ringing"}:  # the process died while she pressed
        ana = world.person("ana")
        await ana.click(calls_of(ana)[-1], text="Acknowledge")


async def ends(world: Mortal, dev: Person, *, lead: Person) -> None:
    await world.insist(lambda: updates(world, dev), lambda: has(world, Kind.UPDATE))
    await world.insist(lambda: resolves(world, lead), lambda: resolved(world))
    await world.pass_time(60)


USUAL = Story(long_story, in_flight=2, configured=lambda _: hasty())
"""The page and the words to the reporter."""
GRAVE = Story(grave_story, in_flight=4, configured=lambda _: hasty())
"""Three pages and the words to the reporter."""
HANDED_OVER = Story(handed_over_story, in_flight=3, configured=with_shifts)
"""What who goes and who comes are told, and the answer to who takes over."""
OFFERED = Story(offered_story, in_flight=3, configured=lambda _: hasty())
"""The page, the offer and the words to the reporter."""


async def declares(world: World, dev: Person, severity: str = "S3") -> None:
    if not dev.modal:
        await dev.slash("/inc", "", channel="general")
        await world.calm()
    if dev.modal:
        await dev.fill({"name": "Disk full", "severity": severity})
        await dev.submit()


async def updates(world: World, dev: Person) -> None:
    if not dev.modal:
        await dev.slash("/inc", "update", channel=await channel(world))
        await world.calm()
    if dev.modal:
        await dev.fill({"text": "Half of the disks are full", "status": "Fixing"})
        await dev.submit()


async def resolves(world: World, lead: Person) -> None:
    await lead.slash("/inc", "resolve fix", channel=await channel(world))


async def declared(world: World, dev: Person, number: int = 1) -> bool:
    return not dev.modal and len(await world.muster.uow.read(incidents.open_ones, dev.id)) == number


async def incident(world: World) -> Incident:
    """Return the first there is. On PostgreSQL a declare that died before its commit has used up a number."""
    return min(await world.muster.uow.read(incidents.everyone), key=lambda one: one.id)


async def channel(world: World) -> str:
    return CHANNEL.format((await incident(world)).id)


async def called(world: World) -> set[str | None]:
    """Return who is to answer now."""
    number = (await incident(world)).id
    return {page.responder for page in await world.muster.uow.read(pages.pending_of, number)}


async def has(world: World, kind: Kind) -> bool:
    number = (await incident(world)).id
    return any(one.kind is kind for one in await world.muster.uow.read(timeline.of, number, False, 0, 100))


async def resolved(world: World) -> bool:
    return (await incident(world)).status is Status.RESOLVED


def briefs_of(person: Person) -> list[dict[str, Any]]:
    return [one for one in person.dm() if "Change of shift" in one["text"]]


def calls_of(person: Person) -> list[dict[str, Any]]:
    return [one for one in person.dm() if "*You are paged*" in one["text"]]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest) -> Iterator[Place]:
    if engine == "postgres":
        yield Rows(request.getfixturevalue("postgres"))
        return
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Files(Path(folder))


def moments(engine: str, strikes: Strikes, share: int) -> Iterator[int]:
    """Return which commits or calls a part of the sweep strikes.

    On SQLite each of them is struck before and after; on PostgreSQL alternately before, as the one that
    declares, or after.
    """
    if engine == "sqlite":
        yield from range(1 + share, MOST, SHARES)
    else:
        second = strikes in {Strikes.BEFORE_COMMIT, Strikes.BEFORE_CALL}
        yield from range(1 + 2 * share + second, MOST, 2 * SHARES)


def some_of(engine: str, strikes: Strikes, chapter: int) -> range:
    """Return which moments of a chapter are struck: on SQLite every one, on PostgreSQL a few.

    On SQLite the process dies alternately before a moment and after it. What may go wrong is in what
    is decided and sent, which is the same on both engines. Of what is about the database alone, the
    usual story has every moment on both, and on SQLite both manners of each.
    """
    if engine == "sqlite":
        before = strikes in {Strikes.BEFORE_COMMIT, Strikes.BEFORE_CALL}
        return range(1 + (chapter + before) % 2, MOST, 2)
    return range(
        1 + (7 * chapter + 5 * list(Strikes).index(strikes)) % APART_ON_POSTGRES, MOST, APART_ON_POSTGRES
    )


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_at_any_commit_or_call_changes_nothing(
    engine: str,
    strikes: Strikes,
    share: int,
    place: Place,
    record_property: Callable[[str, object], None],
):
    total = await swept(USUAL, engine, strikes, moments(engine, strikes, share), place)
    report(record_property, f"Crash sweep, {engine}", total)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_changes_nothing_when_pages_stand_beside_each_other(
    engine: str,
    strikes: Strikes,
    place: Place,
    record_property: Callable[[str, object], None],
):
    apart = APART[engine]
    some = range(DECLARED + list(Strikes).index(strikes) * apart // len(Strikes), MOST, apart)
    total = await swept(GRAVE, engine, strikes, some, place)
    report(record_property, f"Crash sweep of an S1, {engine}", total)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_changes_nothing_when_a_call_is_answered_and_a_shift_handed_over(
    engine: str,
    strikes: Strikes,
    place: Place,
    record_property: Callable[[str, object], None],
):
    apart = APART[engine]
    some = range(DECLARED + list(Strikes).index(strikes) * apart // len(Strikes), MOST, apart)
    total = await swept(HANDED_OVER, engine, strikes, some, place)
    report(record_property, f"Crash sweep of a change of shift, {engine}", total)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_changes_nothing_when_a_page_is_handed_to_a_person(
    engine: str,
    strikes: Strikes,
    place: Place,
    record_property: Callable[[str, object], None],
):
    apart = APART[engine]
    some = range(DECLARED + list(Strikes).index(strikes) * apart // len(Strikes), MOST, apart)
    total = await swept(OFFERED, engine, strikes, some, place)
    report(record_property, f"Crash sweep of a page that is handed on, {engine}", total)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strikes", Strikes)
@pytest.mark.parametrize("chapter", CHAPTERS)
async def test_death_changes_nothing_of_what_an_incident_may_be_besides(
    engine: str,
    chapter: str,
    strikes: Strikes,
    place: Place,
    record_property: Callable[[str, object], None],
):
    some = some_of(engine, strikes, list(CHAPTERS).index(chapter))
    total = await swept(CHAPTERS[chapter], engine, strikes, some, place)
    report(record_property, f"Crash sweep of every kind, {engine}", total)


async def swept(story: Story, engine: str, strikes: Strikes, moments: Iterable[int], place: Place) -> Tally:
    """Tell a story once for each of these moments, with death in it, until one comes through."""
    kept = (await undisturbed(story.after, place)).kept if story.after else None
    usual = await undisturbed(story, place)
    total = Tally()
    for n in (int(ONE_MOMENT), MOST) if ONE_MOMENT else moments:
        fate = Fate(strikes, n)
        with in_silence(not ONE_MOMENT):
            world, where = await told(story, place, fate, kept)
        assert differences(ended(where), usual.ending) == {}, f"died {strikes} {n}"
        tally = compared(world, usual.words, struck=fate.struck)
        assert (tally.lost, tally.unexpected) == (0, 0), (
            f"died {strikes} {n}: {usual.words - heard(world)} {heard(world) - usual.words}"
        )
        tally.check(duplicated_at_most=story.in_flight)
        assert max(world.direct.values(), default=0) <= MOST_IN_A_DM, f"died {strikes} {n}: {world.direct}"
        total += tally
        if not fate.struck:
            return total
    pytest.fail("the story is longer than the sweep")
