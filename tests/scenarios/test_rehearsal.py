"""A rehearsal equals reality: the same configuration is rehearsed, and then run against the local Slack."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
import yaml

from bot.config import Config, load
from bot.domain.incidents.incident import Severity
from bot.domain.oncall.overrides import Override
from bot.rehearsal import REPORTER, Story, next_answer, rehearse
from bot.views.rehearsal import Reader, Script
from sandbox.slack import Slack
from storage import overrides
from storage.copying import workspace_of
from tests.fakes import FakeClock
from tests.scenarios.acting import COLLEAGUE, Acts, Living, Rehearsing, act, calling
from tests.scenarios.conftest import TEXTED, World
from tests.scenarios.look import presses

ZONE = ZoneInfo("Europe/Berlin")
HOURS = 1
ROTA = "rota"
OF_NO_INCIDENT = ("Your shift on", "Change of shift on", "It still waits for you", "Nobody has taken over")
A_WHILE = timedelta(minutes=10)
SEEDS = [pytest.param(seed, marks=[pytest.mark.proof] if seed else []) for seed in range(10)]

Line: TypeAlias = tuple[str, str, str, str]
"""The minute, to whom, by what, and the text."""


def written(random: Random) -> dict[str, Any]:
    """Return a configuration: other paths, lists, reminders and contact methods than usual, now and then."""
    file: dict[str, Any] = yaml.safe_load(TEXTED.read_text("utf-8"))
    people = list(file["people"])
    names = list(file["teams"])
    for name, team in file["teams"].items():
        team["on_call"] = random.sample(people, random.choice([0, 1, 1, 2]))
        others = random.sample([one for one in names if one != name], random.randint(0, 2))
        team["call"] = random.choice(["first", "everybody"])
        team["path"] = [other_target(random, level(random, one), people) for one in (name, *others)]
        team["path"].append(level(random, random.choice([one for one in names if one != name])))
        team["repeat"], team["channel"] = random.choice([0, 0, 1]), "incidents"
        team["reminders"] = random.sample(["75s", "3m", "5m", "8m"], random.randint(0, 2))
    for name in random.sample(names, 3):
        file["teams"][name] |= {"on_call": ROTA, "call": "first"}
    file["schedules"] = {ROTA: rota(random, people)}
    file["teams"]["dotcom leadership escalation"]["on_call"] = random.sample(people, 1)
    for name in ("dotcom leadership escalation", "Infrastructure Liaison"):
        for one in file["teams"].get(name, {}).get("path", ()):
            one.pop("only", None)
    for name in ("dotcom EOC", "Security on-call"):  # a page of a type reaches somebody, or it does not start
        file["teams"][name]["path"][-1] = level(random, "dotcom leadership escalation")
    for name in random.sample(people, 6):
        del file["people"][name]["sms"]
    if random.random() < 0.4:  # links are in pages, but not of private incidents
        file["types"] = {
            name: {"call": "https://meet.example/inc-{id}"} for name in ("GitLab.com", "Dedicated")
        }
    file["fields"] = {
        "Region": {"required": random.choice(["never", "declare", "resolve"])},
        "Customer impact": {"required": random.choice(["never", "declare"])},
    }
    return file


def rota(random: Random, people: list[str]) -> dict[str, Any]:
    """Return a schedule that is handed over 20 minutes after it begins, and has nobody for a while."""
    layer = {"rotation": "every 1 hour", "handover": "00:20", "start": date(2026, 3, 1)}
    first = {**layer, "people": [random.sample(people, random.choice([1, 1, 2])) for _ in range(3)]}
    return {"zone": str(ZONE), "layers": [{**first, "only": [random.choice(["13:00-24:00", "13:00-13:35"])]}]}


def level(random: Random, team: str) -> dict[str, Any]:
    notify = random.choice([["slack"], ["slack", "sms"], ["slack", "sms after 2m"]])
    timeout, acknowledge = random.choice(["4m", "7m", "15m"]), random.choice(["one", "one", "all"])
    return {"page": team, "timeout": timeout, "notify": notify, "acknowledge": acknowledge}


def other_target(random: Random, level: dict[str, Any], people: list[str]) -> dict[str, Any]:
    """Return a level that calls others than who is on call, or not always, now and then."""
    plain = {"on_call": {}, "next": {}, "everybody": {}, "person": {"call": random.choice(people)}}
    call = random.choice([*plain, *(["channel"] if level["acknowledge"] == "one" else [])])
    only = random.choice(
        [{}, {}, {"severities": ["S1", "S2"]}, {"types": ["GitLab.com"]}, {"hours": "working"}]
    )
    if call == "channel":
        level.pop("notify")
    return {**level, "call": call, **plain.get(call, {}), **({"only": only} if only else {})}


def a_script(random: Random, config: Config, clock: FakeClock) -> Script:
    roles = [team.role for team in config.process.teams.values()]
    return Script(
        type=random.choice(list(config.process.types)),
        severity=random.choice(list(Severity)),
        at=clock.now(),
        zone=ZONE,
        lasts=timedelta(hours=HOURS),
        answers_after=timedelta(minutes=random.randint(0, 6), seconds=30),  # no deadline is at that moment
        silent=frozenset(random.sample(roles, random.randint(0, 4))),
        nobody=random.random() < 0.2,
    )


def rehearsed(story: Story) -> list[Line]:
    return [(f"{one.at:%H:%M}", one.to, one.by, one.text) for one in story.said]


async def lived(world: World, script: Script, acts: Acts) -> list[Line]:
    """Let it happen: whoever is to answer presses the button, so long after they were called."""
    told, by_hand = list[Line](), Living(world, script)
    await by_hand.declare()
    await act(acts, world.muster, by_hand)
    for _ in range(HOURS * 240):
        await world.pass_minutes(0.25)
        await act(acts, world.muster, by_hand)
        while answer := await world.muster.uow.read(next_answer, script, 1, ()):
            at, person, _ = answer
            if at > world.clock.now():
                break
            user = world.slack.workspace.users[person]
            told.append((minute(world.clock.now()), user.handle, "", "acknowledges"))
            await acknowledges(world, user.handle)
    return [*told, *messages(world)]


async def acknowledges(world: World, handle: str) -> None:
    person = world.person(handle)
    await presses(world, person, calling(person, 1), "Acknowledge")


def messages(world: World) -> list[Line]:
    """Return what the bot posted, by the minute."""
    ws = world.slack.workspace
    names = {user.id: user.handle for user in ws.users.values()}
    reader = Reader(names, {one.id: one.name for one in ws.channels.values()}, ZONE)
    posted = [one for one in world.slack.calls("chat.postMessage") if one.ok]
    return [
        (minute(one.at), names.get(to := one.args["channel"]) or reader.channel(to), "Slack", said)
        for one in posted
        if not (said := reader.plain(one.args["text"])).startswith(OF_NO_INCIDENT)
    ]


class Pockets:
    """The phones in people's pockets. They are in this process: no busy machine keeps a text waiting."""

    def __init__(self, people: Mapping[str, Any], clock: FakeClock) -> None:
        self.told: list[Line] = []
        self._whose = {to["sms"]: who.partition("@")[0] for who, to in people.items() if "sms" in to}
        self._clock = clock

    async def carry(self, url: str, text: str) -> None:
        whose = self._whose[unquote(url.rpartition("/")[2])]
        self.told.append((minute(self._clock.now()), whose, "sms", text))


def before(end: str, told: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return it in one order, without the last minute, of which only the beginning was lived."""
    return sorted(one for one in told if one[0] < end)


def minute(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%H:%M}"


@pytest.mark.faults  # now and then nobody can be called, which is an error in the log
@pytest.mark.parametrize("seed", SEEDS)
async def test_a_rehearsal_equals_reality(slack: Slack, clock: FakeClock, tmp_path: Path, seed: int) -> None:
    random, file, database = Random(seed), tmp_path / "muster.yml", tmp_path / "muster.db"
    data = written(random)
    if Acts(seed).second:  # a list of many pages is answered otherwise
        data["limits"] = {"pages_before_digest": 0}
    file.write_text(yaml.safe_dump(data))
    config = load(file, {"MUSTER_SANDBOX": urlsplit(slack.url).netloc})
    script = a_script(random, config, clock)
    world = World(slack, clock, database, config)
    world.carrier = pockets = Pockets(data["people"], clock)
    await world.start()
    try:
        for_a_while = Override(clock.now() + A_WHILE, clock.now() + 3 * A_WHILE, "U0ROSA0017", "")
        if random.random() < 0.5:
            await world.muster.uow.perform(overrides.add, ROTA, for_a_while, "U0ROSA0017")
        played = Rehearsing(script, Acts(seed), world.person(COLLEAGUE).id)
        there = workspace_of(str(database))
        story = await rehearse(played.make, load(file, sends=False), script, there, played.pause)
        real = await lived(world, script, Acts(seed))
    finally:
        await world.stop()

    end = minute(clock.now())
    told = [tuple(part.replace(REPORTER.name, "dev") for part in one) for one in rehearsed(story)]
    assert before(end, told) == before(end, [*real, *pockets.told])
