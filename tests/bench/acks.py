"""How fast commands and forms are acknowledged while many people declare at once."""

import asyncio

from tests.bench.declares import open_form
from tests.bench.figures import Line, ms, of_rounds
from tests.bench.place import Bot, person, place, running
from tests.bench.stores import Setup

BUDGET = 0.25
LATENCY = 0.08


async def figures(setup: Setup, *, rounds: int, at_once: int) -> list[Line]:
    """Send `at_once` forms at the same moment, and commands right after them."""
    forms: list[list[float]] = []
    commands: list[list[float]] = []
    async with place(setup, people=at_once) as at, running(at) as muster:
        await muster.ready()
        at.slack.latency = LATENCY
        for _ in range(rounds):
            since = await _all_at_once(muster, at_once)
            for kind, found in (("view_submission", forms), ("slash_commands", commands)):
                seen = at.slack.deliveries(kind, since)
                # One that was not acknowledged took as long as Slack waits.
                found.append([at.slack.patience if one.seconds is None else one.seconds for one in seen])
    return [
        _line(f"Form acknowledged, {at_once} declares in flight (p50, p99)", forms),
        _line(f"Command acknowledged, {at_once} declares in flight (p50, p99)", commands),
    ]


async def _all_at_once(muster: Bot, at_once: int) -> int:
    """Return where the record began when everybody sent their form."""
    slack = muster.place.slack
    people = [slack.person(person(number)) for number in range(at_once)]
    await asyncio.gather(*[open_form(one, "Checkout fails", "S3") for one in people])
    await slack.idle(30, quiet=0.1)
    since = len(slack.record)
    sent = asyncio.gather(*[one.submit() for one in people])
    await asyncio.sleep(0)
    await asyncio.gather(*[one.slash("/inc", "list", channel="general") for one in people])
    await sent
    for one in people:
        if one.modal:
            await one.close_modal(clear=True)
    await slack.idle(60, quiet=0.2)
    return since


def _line(what: str, rounds: list[list[float]]) -> Line:
    p50, p99 = of_rounds(rounds, 0.5), of_rounds(rounds, 0.99)
    return Line(what, f"{ms(p50)}, {ms(p99)}", budget=f"p99 under {ms(BUDGET)}", kept=p99 < BUDGET)
