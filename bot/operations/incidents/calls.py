"""The calls of an incident, made by a service or by what stands in for it."""

from bot.domain import facts
from bot.domain.actors import BOT
from bot.domain.incidents.calls import Which
from bot.domain.incidents.fields import Link
from bot.operations.workspace.channel import problem
from storage import links
from storage.transaction import Tx

BY_HAND = "Add one: `/inc link {which} https://…`."


def call_opened(tx: Tx, *, incident: int, which: Which, url: str, service: str, why: str) -> None:
    """Note where people talk, and say `why` that is not where they would expect it.

    What somebody added meanwhile stays.
    """
    if any(one.name == which for one in links.of(tx, incident)):
        return
    if url:
        links.put(tx, incident, Link(which.value, url, BOT, tx.now))
        tx.record(facts.LinkAdded(incident=incident, name=which.value, url=url))
    if why:
        cure = f"The call is at {url}" if url else BY_HAND.format(which=which.value.lower())
        problem(tx, incident, f"{service} made no call", why, cure)


def call_stays_open(tx: Tx, incident: int, url: str, why: str) -> None:
    """Say that a call could not be ended."""
    problem(tx, incident, "The call could not be ended", why, f"End it by hand: {url}")
