"""Rehearsals that the running bot is asked for: one at a time, beside its own work and bounded in time."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from threading import Event
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.process import Process
from bot.health.logs import rehearsed
from bot.rehearsal import Make, Story, rehearse
from bot.unit_of_work import UnitOfWork
from bot.views.paging.simulate import NOBODY
from bot.views.rehearsal import Script
from storage.copying import Workspace, workspace_in
from storage.people import active_names, of_full_name
from storage.transaction import Tx

LIMIT = 20.0
"""Seconds of real time that one may take."""
REST = 0.01
"""Seconds that it leaves the processor to the bot's own work between two moments."""
LONGEST = 24
"""Hours."""
ANSWERS = 120
"""Minutes after which somebody answers at the latest."""


class Unusable(Refused):
    """What somebody asked for cannot be rehearsed: `field` is what is wrong."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to have rehearsed, by names as they type or choose them."""

    type: str = ""
    severity: str = "S1"
    at: datetime | None = None
    silent: tuple[str, ...] = ()
    hours: float = 1
    answers: float = 2
    """Minutes after which those who answer do so."""


def may_be_silent(process: Process, names: Collection[str] = ()) -> tuple[str, ...]:
    """Return who may be named as not answering: roles, teams, and people."""
    return tuple(dict.fromkeys([*process.roles, *process.teams, *process.named, *names]))


def script_of(tx: Tx, wish: Wish, zone: ZoneInfo) -> Script:
    """Return what is rehearsed, or refuse a name that nobody has."""
    names = active_names(tx)  # who is mentioned is named by their id
    known = may_be_silent(tx.process, names.values())
    wanted = [_of_person(tx, one, names) for one in wish.silent if one != NOBODY]
    silent = [_named("silent", "role, team or person", one, known) for one in wanted]
    if not 0 < wish.hours <= LONGEST:
        raise Unusable("hours", f"Rehearse 1 to {LONGEST} hours.")
    if not 0 <= wish.answers <= ANSWERS:
        raise Unusable("answers", f"Write after how many minutes they answer, up to {ANSWERS}.")
    return Script(
        type=_named("type", "incident type", wish.type or next(iter(tx.process.types)), [*tx.process.types]),
        severity=Severity(_named("severity", "severity", wish.severity, [*Severity])),
        at=wish.at or tx.now.replace(second=0, microsecond=0),
        zone=zone,
        lasts=timedelta(hours=wish.hours),
        answers_after=timedelta(minutes=wish.answers),
        silent=frozenset(silent),
        nobody=NOBODY in wish.silent,
    )


def _of_person(tx: Tx, said: str, names: Mapping[str, str]) -> str:
    """Return the name of whom an id or a full name means, else what was said."""
    found = [said] if said in names else of_full_name(tx, said)
    return names[found[0]] if len(found) == 1 else said


def _named(field: str, what: str, name: str, known: Sequence[str]) -> str:
    lowered = {one.lower(): one for one in known}
    if found := lowered.get(name.lower()):
        return found
    near = get_close_matches(name.lower(), lowered, 1, 0.6)
    there = f"Did you mean {lowered[near[0]]}?" if near else f"There are: {', '.join(known[:12])}."
    raise Unusable(field, f"I know no {what} “{name[:40]}”. {there}")


class Rehearsals:
    """Tells stories of what would happen. It never calls anybody, and stores nothing."""

    def __init__(self, make: Make, config: Config, uow: UnitOfWork) -> None:
        self._make, self._config, self._uow = make, config, uow
        self._busy, self._over = False, Event()

    async def tell(self, script: Script) -> Story:
        """Rehearse in a thread of its own. Refuses a second one meanwhile, and one that takes too long."""
        if self._busy:
            raise Refused("Somebody rehearses just now. Try again in a moment.")
        self._busy = True
        try:
            workspace = await self._uow.read(workspace_in)
            return await asyncio.to_thread(self._told, script, workspace)
        except TimeoutError:
            raise Refused(
                "This takes too long beside my own work. Choose fewer hours, or use `muster simulate`."
            ) from None
        finally:
            self._busy = False

    def stop(self) -> None:
        """Give up what is being rehearsed: the bot stops."""
        self._over.set()

    def _told(self, script: Script, workspace: Workspace) -> Story:
        rehearsed.set(True)  # in this thread alone

        async def bounded() -> Story:
            async with asyncio.timeout(LIMIT):
                return await rehearse(self._make, self._config, script, workspace, self._rest)

        return asyncio.run(bounded())

    async def _rest(self) -> None:
        if self._over.is_set():
            raise TimeoutError
        await asyncio.sleep(REST)
