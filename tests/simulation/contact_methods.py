"""The services behind contact methods, in memory: they take a text, refuse it, answer late, or never."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from random import Random
from urllib.parse import unquote

from bot.config.contact_methods import ContactMethod
from bot.integrations.contact_methods import TIMEOUT
from bot.jobs import DeliveryFailed
from tests.simulation.loop import OUTSIDE
from tests.simulation.network import SimLoop

MANNERS = ("refuses", "is away", "forgets to answer", "answers late", "brings late", "hangs", "hangs after")
"""How a service may behave; `hangs after` does so when the text has arrived."""


@dataclass
class Handed:
    """A text that was handed over at a contact method, and whether and when it arrived."""

    contact_method: str
    address: str
    text: str
    at: float
    arrived: list[float] = field(default_factory=list)
    answered: tuple[float, bool] | None = None
    """When the service answered, and whether it took the text."""

    def failed(self, now: float) -> bool:
        """Say whether the bot has heard by now that it failed, or waits for no answer any more."""
        at, taken = self.answered or (inf, False)
        return now >= min(at, self.at + TIMEOUT) and not (taken and at < self.at + TIMEOUT)


class ContactMethods:
    """Carries texts as Apprise would. What the bot handed over goes on without it."""

    def __init__(
        self,
        contact_methods: Mapping[str, ContactMethod],
        loop: SimLoop,
        random: Random,
        trace: Callable[[str], None],
    ) -> None:
        self._loop, self._random, self._trace = loop, random, trace
        self._names = {
            contact_method.template.partition("{")[0]: name
            for name, contact_method in contact_methods.items()
        }
        self.manners: dict[str, str] = {}
        """How each service behaves that is not well."""
        self.ill_at: dict[str, float] = {}
        """When each service last took a text and did not do as it should."""
        self.on_handed: Callable[[Handed], None] = lambda _: None
        self.on_arrived: Callable[[Handed], None] = lambda _: None
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def names(self) -> list[str]:
        return list(self._names.values())

    async def carry(self, url: str, text: str) -> None:
        """Take a text from the bot, and answer as the service does."""
        start = next(one for one in self._names if url.startswith(one))
        handed = Handed(self._names[start], unquote(url.removeprefix(start)), text, self._loop.now)
        self.on_handed(handed)
        answer: asyncio.Future[DeliveryFailed | None] = self._loop.create_future()
        manner = self.manners.get(handed.contact_method, "")
        if manner:
            self.ill_at[handed.contact_method] = self._loop.now
        task = self._loop.run_in(OUTSIDE, lambda: self._loop.create_task(self._bring(handed, answer, manner)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if failure := await answer:
            raise failure

    def heal(self) -> None:
        self.manners.clear()

    async def _bring(self, handed: Handed, answer: asyncio.Future[DeliveryFailed | None], how: str) -> None:
        self._trace(f"{handed.contact_method} for {handed.address}: {how or 'taken'}")
        await asyncio.sleep(self._random.uniform(0.1, 0.9))
        if how == "brings late":
            await asyncio.sleep(self._random.uniform(1, 40))
        if how not in ("refuses", "is away", "hangs"):
            handed.arrived.append(self._loop.now)
            self.on_arrived(handed)
        if how == "answers late":
            await asyncio.sleep(self._random.uniform(1, 40))
        failure = {
            "refuses": DeliveryFailed("it answered 503"),
            "is away": DeliveryFailed("it could not be reached", uncertain=True),
            "forgets to answer": DeliveryFailed("it could not be reached", uncertain=True),
        }.get(how)
        if not how.startswith("hangs") and not answer.done():
            handed.answered = (self._loop.now, failure is None)
            answer.set_result(failure)
