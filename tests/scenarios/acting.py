"""What people do in a rehearsal and in reality alike: by operations, and by buttons, menus and forms."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol, TypeAlias

from bot.app import Muster
from bot.domain.errors import Refused
from bot.domain.paging.answers import LENGTHS, lengths
from bot.domain.paging.calling import shown as shown_of
from bot.domain.paging.pages import Page
from bot.operations.incidents.declare import declare
from bot.operations.incidents.merging import merge
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import cannot_take, on_my_way
from bot.operations.paging.offers import accept, decline, offer_page
from bot.rehearsal import NAME, REPORTER, _settle, filled_in
from bot.views.rehearsal import Script
from sandbox.person import Person
from storage import incidents, pages
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import Json, buttons, inc, presses, sends
from tests.scenarios.test_page_answers import chooses

ANSWERS = ("", "", "", "on my way", "accepted", "declined", "offered", "cannot", "acknowledge")
OF_A_SECOND = ("acknowledge", "acknowledge", "", "on my way")
"""Of the pages of a second incident, so that the same people have two of them."""
COLLEAGUE, REASON = "ren", "Ill or not fit"

Act: TypeAlias = tuple[str, Page]


@dataclass
class Acts:
    """What a seed has people do: each page that calls a person is answered at once, or left."""

    seed: int
    done: set[str] = field(default_factory=set)

    @property
    def second(self) -> str:
        """Return what becomes of a second incident, declared just after the first: none, there, merged."""
        return Random(f"second {self.seed}").choice(["", "", "there", "there", "merged"])

    def due(self, tx: Tx) -> list[Act]:
        """Return what is done now, in the order of the pages."""
        return [(what, page) for what, page in self._each(tx) if what]

    def _each(self, tx: Tx) -> Iterator[Act]:
        for incident in incidents.everyone(tx):
            waiting = [
                one for one in pages.pending_of(tx, incident.id) if one.responder and not one.in_channel
            ]
            for person in dict.fromkeys(one.responder for one in waiting):
                page = shown_of([one for one in waiting if one.responder == person])
                of = page.escalation
                who = "reporter" if person == incident.reporter else person  # is another one in a rehearsal
                key = f"{self.seed} {incident.id} {who} {of.team} {of.reason} {of.level} {of.round}"
                if key not in self.done:
                    self.done.add(key)
                    what = Random(key).choice(ANSWERS if incident.id == 1 else OF_A_SECOND)
                    possible = what != "on my way" or lengths(page, incident.severity, tx.now)
                    yield (what if possible else ""), page


class Doing(Protocol):
    """How it is done."""

    async def settle(self) -> None: ...
    async def declare(self) -> None: ...
    async def merge(self) -> None: ...
    async def answer(self, what: str, page: Page) -> None: ...


async def act(acts: Acts, muster: Muster, how: Doing) -> None:
    """Do all that is due now, and what follows from it at once."""
    await how.settle()
    if acts.second and "declared" not in acts.done:
        acts.done.add("declared")
        await how.declare()
        await how.settle()
        if acts.second == "merged":
            await how.merge()
            await how.settle()
    while due := await muster.uow.perform(acts.due):
        for what, page in due:
            if (await muster.uow.read(pages.get, page.id)).pending:  # nobody else answered it meanwhile
                await how.answer(what, page)
                await how.settle()


class Rehearsing:
    """In a rehearsal: by operations. It makes the bot, and acts between two moments."""

    def __init__(self, script: Script, acts: Acts, colleague: str) -> None:
        self._script, self._acts, self._colleague = script, acts, colleague
        self._muster: Any = None

    def make(self, *given: Any, **more: Any) -> Any:
        self._muster = Muster(*given, **more)
        return self._muster

    async def pause(self) -> None:
        await act(self._acts, self._muster, self)

    async def settle(self) -> None:
        await _settle(self._muster)

    async def declare(self) -> None:
        await self._perform(
            declare, filled_in(self._muster.uow.process, self._script), by=REPORTER.id, form=None
        )

    async def merge(self) -> None:
        await self._perform(merge, 2, 1, by=REPORTER.id)

    async def answer(self, what: str, page: Page) -> None:
        by, there = page.responder or "", self._colleague
        if what == "acknowledge":
            await self._perform(acknowledge, page.id, by=by)
        elif what == "on my way":
            await self._perform(on_my_way, page.id, LENGTHS[0], by=by)
        elif what == "cannot":
            await self._perform(cannot_take, page.id, REASON, by=by)
        elif offer := await self._perform(offer_page, page.id, there, "", by=by):
            await self.settle()
            if what != "offered":
                await self._perform(accept if what == "accepted" else decline, offer, by=there)

    async def _perform(self, operation: Any, *given: Any, **more: Any) -> Any:
        with suppress(Refused):
            return await self._muster.uow.perform(operation, *given, **more)


class Living:
    """In reality: by buttons, menus, forms and commands."""

    def __init__(self, world: World, script: Script) -> None:
        self._world, self._script = world, script

    async def settle(self) -> None:
        for _ in range(2):
            await self._world.muster.ticks.tick()  # what one deadline sets off may be due at once
            await self._world.settle()

    async def declare(self) -> None:
        script, values = self._script, {"Region": "EU", "Customer impact": "no"}
        needed = (one.name for one in self._world.config.process.fields.values() if one.required == "declare")
        entered: dict[str, Any] = {f"field:{name}": values[name] for name in needed}
        if self._world.config.process.types[script.type].drill:  # practice calls whoever takes part
            entered |= {"people": ["dev"], "announced": ["yes"]}
        await self._world.declare(name=NAME, type=script.type, severity=script.severity.value, **entered)

    async def merge(self) -> None:
        dev = await inc(self._world, "dev", "merge INC-1", channel="inc-2-rehearsal")
        if dev.modal:
            await sends(self._world, dev)

    async def answer(self, what: str, page: Page) -> None:
        handle = self._world.slack.workspace.users[page.responder or ""].handle
        person, message = self._world.person(handle), calling(self._world.person(handle), page.incident)
        if what == "acknowledge":
            await presses(self._world, person, message, "Acknowledge")
        elif what == "on my way":
            await chooses(self._world, handle, message, "On my way")
        elif what == "cannot":
            await chooses(self._world, handle, message, "Cannot take it")
            await sends(self._world, person, reason=REASON)
            await person.close_modal(clear=True)
        else:
            await self._offer(handle, message, what)

    async def _offer(self, handle: str, message: Json, what: str) -> None:
        person, other = self._world.person(handle), self._world.person(COLLEAGUE)
        await chooses(self._world, handle, message, "Hand it to")
        if await sends(self._world, person, person=other.id):
            await person.close_modal(clear=True)
        elif what != "offered":
            asked = next(one for one in reversed(other.dm()) if "Accept" in buttons(one))
            await presses(self._world, other, asked, "Accept" if what == "accepted" else "Decline")


def calling(person: Person, incident: int | None) -> Json:
    """Return the message by which somebody is called for an incident."""
    found = [one for one in person.dm() if "Acknowledge" in buttons(one)]
    return next(one for one in reversed(found) if re.search(rf"\bINC-{incident}\b", one["text"]))
