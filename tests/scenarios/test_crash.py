"""Proof: the process dies at any commit or call of a story, and in the end all is as if it had not."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from bot.config import Config, load
from bot.config.handbook import DOTCOM_IMOC
from bot.domain.incidents.incident import Incident, Status
from bot.domain.timeline.entries import Kind
from sandbox.person import Person
from sandbox.slack import Slack
from storage import incidents, pages, timeline
from storage.engines import open_database
from tests.engines import ENGINES
from tests.fakes import FakeClock
from tests.patience import PATIENCE
from tests.scenarios.conftest import CONFIG, World, manifest
from tests.scenarios.dying import Fate, Mortal, Strikes
from tests.scenarios.ending import Ending, differences, ending
from tests.scenarios.kinds import kinds_story, of_kinds
from tests.tally import Tally, report

pytestmark = pytest.mark.proof

CHANNEL = "inc-{}-disk-full"
LEVEL, MANAGERS_OWN = timedelta(minutes=2), timedelta(minutes=3)
"""How long people have to answer; the manager's own page has more time than those that come beside it."""
MEMORY = Path("/dev/shm")
MOST = 400
"""More than the story has: the sweep ends when a run comes through."""
MOST_IN_A_DM = 2
"""Nobody is sent the same a third time."""
SHARES = 2
"""Parts of the sweep that can run side by side."""
APART = {"sqlite": 16, "postgres": 24}
"""Of the grave story so many moments lie between two that are struck: each manner of death has others."""
ONE_MOMENT = os.environ.get("MUSTER_MOMENT")
"""The only commit or call to strike, when one of a sweep that failed is repeated."""
DECLARED = 2
"""The commit that declares; the one before it learns who is there."""


def hasty() -> Config:
    """Return the tests' configuration with short levels and no reminders: hours add nothing to a story."""
    config = load(CONFIG)
    teams = {
        name: replace(
            team,
            reminders=(),
            path=tuple(
                replace(level, timeout=MANAGERS_OWN if level.team == name == DOTCOM_IMOC else LEVEL)
                for level in team.path
            ),
        )
        for name, team in config.process.teams.items()
    }
    return replace(config, process=replace(config.process, teams=teams))


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
    """Have Ana take the call that rings, or go on with the one that she has."""
    here = f"127.0.0.1:{world.muster.web.port}"  # a bot that was started anew has the address it had
    call = world.slack.twilio.calls[-1]
    call.asked["Url"] = re.sub(r"127\.0\.0\.1:\d+", here, call.asked["Url"])
    if call.status == "ringing":
        await call.answer()
    if call.listens:
        call.listens = re.sub(r"127\.0\.0\.1:\d+", here, call.listens)
        await call.press("1")


async def ends(world: Mortal, dev: Person, *, lead: Person) -> None:
    await world.insist(lambda: updates(world, dev), lambda: has(world, Kind.UPDATE))
    await world.insist(lambda: resolves(world, lead), lambda: resolved(world))
    await world.pass_time(60)


@dataclass(frozen=True)
class Story:
    """What is told again and again, and how many direct messages are on their way in it side by side."""

    tell: Callable[[Mortal], Awaitable[None]]
    in_flight: int
    configured: Callable[[Slack], Config] = lambda _: hasty()


USUAL = Story(long_story, in_flight=2)
"""The page and the words to the reporter."""
GRAVE = Story(grave_story, in_flight=4)
"""Three pages and the words to the reporter."""
HANDED_OVER = Story(handed_over_story, in_flight=3, configured=with_shifts)
"""What who goes and who comes are told, and the answer to who takes over."""
OFFERED = Story(offered_story, in_flight=3)
"""The page, the offer and the words to the reporter."""
KINDS = Story(kinds_story, in_flight=6, configured=lambda _: of_kinds(hasty()))
"""Pages, questions and words to reporters."""


async def declares(world: World, dev: Person, severity: str = "S3") -> None:
    if not dev.modal:
        await dev.slash("/inc", "", channel="general")
        await world.slack.idle()
    if dev.modal:
        await dev.fill({"name": "Disk full", "severity": severity})
        await dev.submit()


async def updates(world: World, dev: Person) -> None:
    if not dev.modal:
        await dev.slash("/inc", "update", channel=await channel(world))
        await world.slack.idle()
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


async def told(story: Story, where: str, fate: Fate) -> tuple[Mortal, Ending]:
    """Run the story with this fate, and return the world and what is stored in the end."""
    clock = FakeClock()
    slack = Slack(manifest(), clock)
    await slack.start(port=0)
    world = Mortal(slack, clock, where, story.configured(slack), fate)
    world.public_url = "http://127.0.0.1:{port}"
    try:
        await world.start()
        await story.tell(world)
    finally:
        await world.stop()
        await slack.stop()
    database = open_database(where, own_time=False)
    try:
        return world, ending(database)
    finally:
        database.close()


_VARIES = re.compile(r"<#C\w+>|<!date[^>]*>|after \d+ (s|min)( \d+ s)?|MNT-\d+|\(:\w+: [^)]*S[123][^)]*\)")
"""The id of the channel; times, as death takes a few seconds; a number that a death uses up; and the status
on a page, which is drawn once more when the fate of its last drawing is unknown."""


def labels(world: World) -> dict[str, str]:
    """Return what each incident is called by, such as `inc-2`, and what it is called by when nobody dies."""
    names = [one.name for one in world.slack.workspace.channels.values() if one.name.startswith("inc-")]
    numbers = sorted(int(name.split("-")[1]) for name in names if not name.endswith("-moved"))
    assert len(numbers) == len(set(numbers)), names
    return {f"inc-{number}": f"inc-{n}" for n, number in enumerate(numbers, 1)}


def heard(world: World) -> Counter[tuple[str, str]]:
    """Return what the bot has told whom: the channel or person, and the words as they stand in the end.

    Whatever number the incident has, it is called by the same one here.
    """
    bot, found = world.slack.workspace.app.user_id, Counter[tuple[str, str]]()
    known = labels(world)

    def usual(text: str) -> str:
        return re.sub(
            r"\binc-\d+\b", lambda one: known.get(one[0].lower(), one[0]), text, flags=re.IGNORECASE
        )

    for channel in world.slack.workspace.channels.values():
        reader = next((who for who in channel.members if who != bot), None)
        if reader is None:
            continue
        for message in Person(world.slack.page.acting(reader)).messages(channel.id):
            if message.get("bot_id") and not message.get("is_ephemeral"):
                where = reader if channel.im else usual(channel.name)
                found[where, _VARIES.sub("*", usual(message["text"]))] += 1
    return found


UNDISTURBED: dict[tuple[Story, str], tuple[Ending, Counter[tuple[str, str]]]] = {}
"""How a story ends on each engine when nobody dies."""


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Return where an empty database is, for each run another.

    Files are in memory where there is such a folder: it is the process that dies here, and not the disk.
    """
    if engine == "postgres":
        yield request.getfixturevalue("postgres").emptied
        return
    numbers = count()
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield lambda: str(Path(folder) / f"{next(numbers)}.db")


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


def some_of(engine: str, strikes: Strikes) -> range:
    """Return which moments of a long story are struck: each manner of death has others."""
    number, apart = list(Strikes).index(strikes), 3 if engine == "sqlite" else 24
    return range(1 + number % 3 if engine == "sqlite" else DECLARED + 6 * number, MOST, apart)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_at_any_commit_or_call_changes_nothing(
    engine: str,
    strikes: Strikes,
    share: int,
    place: Callable[[], str],
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
    place: Callable[[], str],
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
    place: Callable[[], str],
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
    place: Callable[[], str],
    record_property: Callable[[str, object], None],
):
    apart = APART[engine]
    some = range(DECLARED + list(Strikes).index(strikes) * apart // len(Strikes), MOST, apart)
    total = await swept(OFFERED, engine, strikes, some, place)
    report(record_property, f"Crash sweep of a page that is handed on, {engine}", total)


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("strikes", Strikes)
async def test_death_changes_nothing_of_what_is_published_merged_private_held_or_archived(
    engine: str,
    strikes: Strikes,
    place: Callable[[], str],
    record_property: Callable[[str, object], None],
):
    total = await swept(KINDS, engine, strikes, some_of(engine, strikes), place)
    report(record_property, f"Crash sweep of every kind, {engine}", total)


async def swept(
    story: Story, engine: str, strikes: Strikes, moments: Iterable[int], place: Callable[[], str]
) -> Tally:
    """Tell a story once for each of these moments, with death in it, until one comes through."""
    if (story, engine) not in UNDISTURBED:
        world, ended = await told(story, place(), Fate(strikes, MOST * 10))
        UNDISTURBED[story, engine] = ended, heard(world)
    ended, words = UNDISTURBED[story, engine]
    total = Tally()
    for n in (int(ONE_MOMENT), MOST) if ONE_MOMENT else moments:
        fate = Fate(strikes, n)
        world, found = await told(story, place(), fate)
        assert differences(found, ended) == {}, f"died {strikes} {n}"
        tally = compared(world, words, struck=fate.struck)
        assert (tally.lost, tally.unexpected) == (0, 0), (
            f"died {strikes} {n}: {words - heard(world)} {heard(world) - words}"
        )
        tally.check(duplicated_at_most=story.in_flight)
        assert max(world.direct.values()) <= MOST_IN_A_DM, f"died {strikes} {n}: {world.direct}"
        total += tally
        if not fate.struck:
            return total
    pytest.fail("the story is longer than the sweep")


def compared(world: Mortal, words: Counter[tuple[str, str]], *, struck: bool) -> Tally:
    """Hold what was heard against what is heard when nobody dies."""
    now = heard(world)
    again = sum(times - 1 for times in world.direct.values())
    return Tally(
        attempted=words.total(),
        acknowledged=words.total(),
        ok=(now & words).total(),
        lost=(words - now).total(),
        unexpected=(now - words).total() - again,
        duplicated=again,
        recovered=int(struck),
    )
