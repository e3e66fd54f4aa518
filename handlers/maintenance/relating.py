"""Whether an incident has to do with a maintenance that runs: answered by a command or a button."""

import re
from dataclasses import dataclass

from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import Incident
from bot.domain.maintenance.maintenance import Maintenance
from bot.domain.process import IM
from bot.operations.maintenance.relating import NONE, connection, relate
from bot.views.maintenance import related as view
from handlers.pressed import pressed
from handlers.request import Listener, Request
from storage import incidents, roles
from storage.transaction import Tx

_RELATED = re.compile(
    r"(?:INC-?(?P<before>\d{1,9})\s+)?(?P<word>related|unrelated|not related)\b"
    r"(?:\s+INC-?(?P<after>\d{1,9}))?(?:\s+(?P<rest>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_LAST = re.compile(r"(?:^|\s)INC-?(\d{1,9})$", re.IGNORECASE)
_NUMBER = re.compile(r"(?:to\s+)?(?:MNT-?|#)?(\d{1,9})", re.IGNORECASE)
_YES, _NO = {"", "yes", "y", "true"}, {"no", "n", "none", "not", "false"}


@dataclass(frozen=True, slots=True)
class Meant:
    """An answer as it was typed: of which incident, if that is named, and to which maintenance."""

    incident: int | None
    maintenance: int | None


def meant(request: Request) -> Meant | None:
    """Return the answer that was typed, or None where something else was."""
    found = _RELATED.fullmatch(request.plain)
    if not found:
        return None
    rest, number = (found["rest"] or "").strip(), found["before"] or found["after"]
    if last := _LAST.search(rest):
        rest, number = rest[: last.start()].strip(), last[1]
    incident = int(number) if number else None
    said = rest.lower()
    if found["word"].lower() != "related":
        if said:
            raise _unclear(rest)
        return Meant(incident, NONE)
    if said in _NO:
        return Meant(incident, NONE)
    if said in _YES:
        return Meant(incident, None)
    named = _NUMBER.fullmatch(said)
    if not named:
        raise _unclear(rest)
    return Meant(incident, int(named[1]))


async def relate_by_command(request: Request, answer: Meant) -> None:
    """Answer for the incident of the channel, or the one whose number is typed."""
    incident = request.here if answer.incident is None else await _seen(request, answer.incident)
    await _relate(request, incident.id, answer.maintenance)


async def _seen(request: Request, number: int) -> Incident:
    return await request.uow.read(incidents.visible, number, request.user)


@pressed
async def related_pressed(request: Request) -> None:
    """Answer for the incident that the button carries, with the maintenance after it."""
    await _relate(request, request.number, _carried(request))


def _carried(request: Request) -> int:
    found = _NUMBER.fullmatch(request.rest)
    return int(found[1]) if found else NONE


async def _relate(request: Request, number: int, maintenance: int | None) -> None:
    """Keep the answer and say what follows; the card and the panel ask no more."""
    await request.once(relate, number, maintenance, by=request.user)
    found, im = await request.uow.read(_now, number, request.user)
    incident = await _seen(request, number)
    await request.answer(view.related(incident, found, im))


def _now(tx: Tx, number: int, by: str) -> tuple[tuple[Maintenance, ...], str | None]:
    incident = incidents.visible(tx, number, by)
    return connection(tx, incident).related, roles.of(tx, number).get(IM)


def _unclear(rest: str) -> Refused:
    return Refused(
        f"I do not understand `{rest.replace('`', '')[:60]}`. Write `/inc maintenance related yes`, "
        "`related no`, or the number of the maintenance: `related MNT-3`.",
        Step("Related", "maintenance related yes"),
        Step("Not related", "maintenance related no"),
    )


LISTENERS = (
    *(Listener("action", one, related_pressed) for one in view.RELATED),
    Listener("action", view.UNRELATED, related_pressed),
)
