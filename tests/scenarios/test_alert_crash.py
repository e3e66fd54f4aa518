"""Proof: the process dies while an alert becomes an incident with an issue: none lost, none made twice."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.config import load
from sandbox.person import Person
from storage.engines import open_database
from tests.engines import ENGINES
from tests.patience import PATIENCE
from tests.scenarios import chapters
from tests.scenarios.conftest import CONFIG
from tests.scenarios.dying import STEP, Fate, Mortal, Strikes
from tests.scenarios.hasty import hasty
from tests.scenarios.kinds import KEY, holds, of_kinds, types
from tests.scenarios.telling import NOBODY_DIES, Files, Place, Rows, Story, in_silence, told, undisturbed
from tests.scenarios.trackers.gitlab import PROJECT, TOKEN, GitLab

pytestmark = pytest.mark.proof

IN_FLIGHT = 4
MOST = 400
TRIAGE = "incidents-dotcom-triage"
APART = 24
"""On PostgreSQL so many moments lie between two that are struck."""


class MortalGitLab(GitLab):
    """A GitLab at whose n-th call the bot dies: before it, or before its reply."""

    def __init__(self, fate: Fate, n: int, *, before: bool) -> None:
        super().__init__()
        self._fate, self._left, self._before = fate, n, before

    @web.middleware
    async def _checked(self, request: web.Request, handler: Callable[..., Any]) -> web.StreamResponse:
        self._left -= 1
        strikes = self._left == 0
        if strikes:
            self._fate.dead = self._fate.struck = True
            self._fate.on_death()
        if self._fate.dead and (self._before or not strikes):
            assert request.transport
            request.transport.abort()
            return web.Response()
        answer: web.StreamResponse = await super()._checked(request, handler)
        if strikes and request.transport:
            request.transport.abort()
        return answer


async def alert_story(world: Mortal, gitlab: GitLab) -> None:
    """Have an alert triaged, accepted and followed by an issue; its source ends it, and the incident ends."""
    ana, ines = world.person("ana"), world.person("ines")
    await sent(world, "trigger")
    await world.pass_time(STEP)
    await world.insist(
        lambda: presses(ines, "Accept"), holds(world, "incidents WHERE status = 'Investigating'")
    )
    async with asyncio.timeout(PATIENCE):
        while not gitlab.issues:
            await world.pass_time(STEP)
    await world.insist(
        lambda: ana.click(calls_of(ana)[-1], text="Acknowledge"),
        holds(world, "entries WHERE kind = 'acknowledged'"),
    )
    await sent(world, "resolve")
    await world.pass_time(STEP)
    await world.until(holds(world, "entries WHERE kind = 'alert_ended'"))
    await world.insist(
        lambda: types(world, ana, "resolve fix", "status = 'Investigating'"),
        holds(world, "incidents WHERE status = 'Resolved'"),
    )
    await world.pass_time(4 * STEP)


async def sent(world: Mortal, action: str) -> None:
    """Send an event until it is taken, as whoever sends it does: what was taken is not sent again."""
    about = {"summary": "Slow api", "source": "api-1", "severity": "error"}
    event = {"routing_key": KEY, "event_action": action, "dedup_key": "api-1", "payload": about}
    for _ in range(4):
        url = f"http://127.0.0.1:{world.muster.web.port}/v2/enqueue"
        try:
            async with aiohttp.ClientSession() as session, session.post(url, json=event) as answer:
                taken = answer.status == 202
        except aiohttp.ClientError:
            taken = False
        await world.rest()
        if taken:
            return
    raise AssertionError("it was sent four times in vain")


async def presses(person: Person, label: str) -> None:
    question = next(one for one in person.messages(TRIAGE) if one.get("blocks"))
    if label in str(question["blocks"]):
        await person.click(question, text=label)


def calls_of(person: Person) -> list[dict[str, Any]]:
    return [one for one in person.dm() if "*You are paged*" in one["text"]]


@dataclass
class Ended:
    """What is there in the end."""

    incidents: list[tuple[str, str]]
    alerts: list[tuple[str, bool]]
    issues: list[tuple[str, str]]
    notes: list[str]


async def told_once(place: Place, fate: Fate, gitlab: MortalGitLab) -> Ended:
    kept = (await undisturbed(chapters.MORNING, place)).kept
    async with gitlab.running():
        story = Story(partial(alert_story, gitlab=gitlab), IN_FLIGHT, lambda _: tracked(gitlab))
        _, where = await told(story, place, fate, kept)
    database = open_database(where, own_time=False)
    try:
        with database.transaction(writing=False) as tx:
            incidents = [(one["name"], one["status"]) for one in tx.query("SELECT * FROM incidents", {})]
            alerts = [(one["key"], bool(one["resolved_at"])) for one in tx.query("SELECT * FROM alerts", {})]
    finally:
        database.close()
    issues = [(one["title"].partition(": ")[2], one["state"]) for one in gitlab.issues.values()]
    return Ended(
        incidents, alerts, issues, sorted(one["body"] for notes in gitlab.notes.values() for one in notes)
    )


def tracked(gitlab: GitLab) -> Any:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "muster.yml"
        file.write_text(f"{CONFIG.read_text()}\ngitlab: {{url: '{gitlab.url}', project: {PROJECT}}}\n")
        return replace(of_kinds(hasty()), tracker=load(file, {"GITLAB_TOKEN": TOKEN}).tracker)


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "postgres":
        yield Rows(request.getfixturevalue("postgres"))
        return
    with TemporaryDirectory() as folder:
        yield Files(Path(folder))


async def usual(place: Place) -> Ended:
    """Return what is there in the end when nobody dies."""
    fate = Fate(Strikes.BEFORE_COMMIT, NOBODY_DIES)
    found = await told_once(place, fate, MortalGitLab(fate, NOBODY_DIES, before=True))
    assert found.incidents == [("Slow api", "Resolved")]
    assert found.alerts == [("api-1", True)]
    assert found.issues == [("Slow api", "closed")]
    return found


async def struck(place: Place, strikes: Strikes, n: int) -> tuple[Ended, bool]:
    """Return what is there in the end when the process dies at a commit, or at a call to GitLab."""
    of_gitlab = strikes in {Strikes.BEFORE_CALL, Strikes.BEFORE_REPLY}
    fate = Fate(Strikes.BEFORE_COMMIT if of_gitlab else strikes, NOBODY_DIES if of_gitlab else n)
    gitlab = MortalGitLab(fate, n if of_gitlab else NOBODY_DIES, before=strikes is Strikes.BEFORE_CALL)
    return await told_once(place, fate, gitlab), fate.struck


def moments(place: Place, strikes: Strikes) -> range:
    """Return which are struck: on SQLite each commit before or after, each call both; on PostgreSQL a few."""
    if place.engine == "postgres":
        return range(2 + 5 * list(Strikes).index(strikes), MOST, APART)
    if strikes in {Strikes.BEFORE_CALL, Strikes.BEFORE_REPLY}:
        return range(1, MOST)
    return range(1 + (strikes is Strikes.AFTER_COMMIT), MOST, 2)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("strikes", Strikes)
async def test_no_alert_is_lost_and_no_issue_made_twice_whenever_the_process_dies(
    place: Place, strikes: Strikes
) -> None:
    with in_silence():
        expected = await usual(place)

        for n in moments(place, strikes):
            found, died = await struck(place, strikes, n)
            assert found == expected, f"died {strikes} {n}"
            if not died:
                return
    pytest.fail("the story is longer than the sweep")
