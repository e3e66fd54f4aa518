"""Many declare at once while Slack limits how fast it is called: the pages are not to wait for the rest."""

import asyncio
from pathlib import Path

from sandbox.person import Person
from sandbox.record import Record
from tests.bench.declares import open_form
from tests.bench.figures import Line, ms, percentile
from tests.bench.place import CONFIG, Bot, Place, person, place, running, until
from tests.bench.stores import Setup

TEAMS = 10
DECLARES = 30
ESCALATIONS = 5
BUDGET = 2.0
LATENCY = 0.08
PATIENCE = 60.0


async def figures(setup: Setup, *, rounds: int) -> list[Line]:
    """Take the slowest page of each round; each begins with a Slack that was not called yet."""
    late = [seconds for _ in range(rounds) for seconds in await _one_round(setup)]
    p50, most = percentile(late, 0.5), max(late)
    return [
        Line(
            f"{DECLARES} declares, {ESCALATIONS} escalations under Slack's rate limits: to page (p50, most)",
            f"{ms(p50)}, {ms(most)}",
            budget=f"every one under {ms(BUDGET)}",
            kept=most < BUDGET,
        )
    ]


async def _one_round(setup: Setup) -> list[float]:
    """Return how long each page took from the moment when all forms were sent."""
    async with place(setup, people=DECLARES + ESCALATIONS + TEAMS) as at:
        config = _config(at)
        async with running(at, config=config) as muster:
            await muster.ready()
            at.slack.latency = LATENCY
            since, start = await _everybody(muster)
            wanted = DECLARES + ESCALATIONS
            called = [at.slack.person(person(number)).id for number in range(TEAMS)]

            def pages() -> list[Record]:
                posts = at.slack.calls("chat.postMessage", since=since)
                return [call for call in posts if call.ended and call.ok and call.args["channel"] in called]

            await muster.until(lambda: len(pages()) >= wanted, PATIENCE, every=0.05)
            found = [(call.ended or 0.0) - start for call in pages()]
            return found + [PATIENCE] * (wanted - len(found))


async def _everybody(muster: Bot) -> tuple[int, float]:
    """Have everybody declare or escalate; return where the record began, and when."""
    slack = muster.place.slack
    people = [slack.person(person(TEAMS + number)) for number in range(DECLARES + ESCALATIONS)]
    declaring, escalating = people[:DECLARES], people[DECLARES:]
    await asyncio.gather(
        *[
            open_form(one, f"Checkout fails {number}", "S3", _type(number % TEAMS))
            for number, one in enumerate(declaring)
        ],
        *[_open_escalation(one, _team(number)) for number, one in enumerate(escalating)],
    )
    await slack.idle(30, quiet=0.1)
    slack.limits.tiers = slack.limits.posting = True
    since, start = len(slack.record), asyncio.get_running_loop().time()
    await asyncio.gather(*[one.submit() for one in people])
    return since, start


async def _open_escalation(person: Person, team: str) -> None:
    await person.slash("/inc", "escalate", channel="general")
    await until(lambda: person.modal is not None, 10)
    await person.fill({"teams": [team], "message": "Please have a look"})


def _config(at: Place) -> Path:
    """Write a configuration with a team and a type each for so many people on call: nobody is paged more
    often at once than Slack lets a message through."""
    teams = [
        f"  {_team(n)}: {{on_call: [{n}@bench.example], path: [{{page: {_team(n)}}}]}}" for n in range(TEAMS)
    ]
    types = [f"  {_type(n)}: {{pages: {_team(n)}, managers: []}}" for n in range(TEAMS)]
    path = at.folder / "muster.yml"
    path.write_text("\n".join([CONFIG.read_text("utf-8").rstrip(), *teams, "types:", *types, ""]), "utf-8")
    return path


def _team(number: int) -> str:
    return f"Team {number}"


def _type(number: int) -> str:
    return f"Kind {number}"
