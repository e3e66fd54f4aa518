"""A schedule, a person and a time, as somebody types them after a command."""

import re
from dataclasses import dataclass
from datetime import timedelta
from difflib import SequenceMatcher

from bot.domain.errors import Refused, Step
from bot.domain.oncall.overrides import LONGEST
from bot.domain.oncall.spans import HOW, Span, span, unknown_words
from bot.domain.process import Process
from bot.operations.oncall.rota import shifts_of, zone_of
from bot.views.oncall.cover import Mine
from handlers.request import Request, plain_text
from storage import people
from storage.transaction import Tx

AHEAD = timedelta(weeks=4)
ALIKE = 0.6
"""How alike, of 1, what was typed and a schedule's name are, if that may be meant."""
_MENTION = re.compile(r"<@[^>]*>")
_AT_NAME = re.compile(r"@(\S+)")
_ME = re.compile(r"\bme\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meant:
    """What was typed: `person` is None where nobody is named, `schedule` where no word is one."""

    schedule: str | None
    person: str | None
    text: str

    async def span(self, request: Request, command: str) -> Span:
        """Return the time that is meant. Refuses what is none, and a word before it that is no schedule."""
        zone, now = await request.uow.read(zone_of, request.user), request.uow.clock.now()
        try:
            return span(self.text, zone, now)
        except Refused:
            if not self.schedule:
                refuse_unknown(request, command, self.text)
            raise


def names(process: Process) -> dict[str, str]:
    """Return the schedules by what people call them: their own name, their team's, or its role."""
    teams = [(team, team.schedule.name) for team in process.teams.values() if team.schedule]
    found = {team.role.lower(): name for team, name in reversed(teams)}
    found |= {team.name.lower(): name for team, name in teams}
    return found | {name.lower(): name for name in process.schedules}


async def meant(request: Request) -> Meant:
    """Return what was typed after a command: the schedule first, or last."""
    person, text = await _person(request)
    schedule, text = schedule_first(request, text)
    if not schedule:
        known = names(request.uow.process)
        ends = (one for one in sorted(known, key=len, reverse=True) if f" {text.lower()}".endswith(f" {one}"))
        last = next(ends, "")
        schedule, text = known.get(last), text[: len(text) - len(last)].strip()
    return Meant(schedule, person, text)


def schedule_first(request: Request, text: str) -> tuple[str | None, str]:
    """Return the schedule that a text begins with, if it does, and the rest. Refuses where there is none."""
    known = names(request.uow.process)
    if not known:
        raise Refused(
            "There are no schedules: who is on call stands in the operator's `muster.yml`, under `on_call`. "
            "`/inc oncall` shows who is called now."
        )
    said = f"{text.lower()} "
    word = next((one for one in sorted(known, key=len, reverse=True) if said.startswith(f"{one} ")), "")
    return known.get(word), text[len(word) :].strip()


async def _person(request: Request) -> tuple[str | None, str]:
    """Return the person who is named, if any, and the text without them."""
    text = plain_text(_MENTION.sub(" ", request.text))
    if request.mentioned:
        return request.mentioned, text
    if _ME.search(text):
        return request.user, plain_text(_ME.sub(" ", text, count=1))
    if found := _AT_NAME.search(text):
        called = await request.uow.read(people.meant, found[1])
        if len(called) != 1:
            raise Refused(
                f"I do not know who `@{_quoted(found[1])}` is. "
                "Mention a person and choose them from Slack's list."
            )
        return called[0], plain_text(_AT_NAME.sub(" ", text))
    return None, text


def refuse_unknown(request: Request, command: str, text: str, what: str = "time", how: str = HOW) -> None:
    """Refuse a first word that may have been meant for a schedule."""
    first, _, rest = text.partition(" ")
    if first.lower() not in unknown_words(first):
        return  # it begins with a time
    known, words = names(request.uow.process), text.split()
    begins = (" ".join(words[:count]) for count in range(1, min(len(words), 3) + 1))
    pairs = [(said, name) for said in begins for name in known]
    said, name = max(pairs, key=_alike)
    if _alike((said, name)) >= ALIKE:
        again = f"{command} {known[name]} {request.text.replace(said, '', 1).strip()}"
        raise Refused(f"There is no schedule `{_quoted(said)}`. Did you mean {known[name]}?", _step(again))
    if re.match(r"\D", first) and re.search(r"\d", rest):
        there = ", ".join(request.uow.process.schedules)
        raise Refused(f"`{_quoted(first)}` is no schedule, and no {what}. Schedules: {there}. {how}")


def _alike(pair: tuple[str, str]) -> float:
    typed, name = pair
    return SequenceMatcher(None, typed.lower(), name).ratio()


def which(request: Request, command: str, among: list[str]) -> str:
    """Return the only schedule of these, or ask which one is meant."""
    if len(among) == 1:
        return among[0]
    steps = [Step(name, f"{command} {name} {request.text}".strip()) for name in among[:5]]
    raise Refused("Which schedule do you mean?", *steps)


async def shifts(request: Request) -> Mine:
    """Return the person's own shifts of the next four weeks."""
    return await request.uow.read(shifts_of, request.user, AHEAD)


def at_work(tx: Tx, who: str, meant: Span) -> list[str]:
    """Return the schedules for which a person is on call in that time."""
    found = shifts_of(tx, who, min(max(meant.end - tx.now, timedelta()), LONGEST))
    return list(dict.fromkeys(name for name, one in found if one.start < meant.end and meant.start < one.end))


def _step(command: str) -> Step:
    return Step(f"/inc {command}" if len(command) < 36 and "<" not in command else "Yes", command)


def _quoted(text: str) -> str:
    return text.replace("`", "'")[:60]
