"""A rehearsal by the fields of a page: what is typed there, and the story or what is wrong."""

from collections.abc import Mapping
from typing import Any

from bot.domain.errors import Refused
from bot.domain.incidents.incident import Severity
from bot.domain.oncall.spans import moment
from bot.domain.process import Process
from bot.operations.oncall.rota import zone_of
from bot.rehearsal import as_values
from bot.rehearsal.asked import LONGEST, Rehearsals, Unusable, Wish, script_of
from bot.unit_of_work import UnitOfWork
from bot.views.paging.simulate import NOBODY
from bot.views.rehearsal import Script, ending, opening


def choices(process: Process) -> dict[str, list[str]]:
    """Return what the form offers."""
    return {"types": [*process.types], "severities": [*Severity], "roles": [*process.roles]}


async def rehearsed(uow: UnitOfWork, rehearsals: Rehearsals, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the story of what was asked, or under `wrong` what is wrong with each field, "" for all."""
    script, wrong = await asked_for(uow, asked)
    if not script:
        return {"wrong": wrong}
    try:
        story = await rehearsals.tell(script)
    except Refused as refused:
        return {"wrong": {"": str(refused)}}
    end = (script.at + script.lasts).astimezone(script.zone).isoformat()
    return {"opening": opening(script), **as_values(story), "end": end, "ending": ending(story.left)}


async def asked_for(uow: UnitOfWork, asked: Mapping[str, str]) -> tuple[Script | None, dict[str, str]]:
    """Return what the fields of a form ask for, or what is wrong with each of them.

    They are those of `Wish`, with `user` for whose clock `at` is on, and `nobody` where nobody answers.
    """
    wrong: dict[str, str] = {}
    zone = await uow.read(zone_of, asked.get("user", ""))
    at, when = None, asked.get("at", "").strip()
    try:
        at = moment(when, zone, uow.clock.now()) if when else None
    except Refused as refused:
        wrong["at"] = str(refused)
    hours, answers = _number(asked.get("hours") or "1"), _number(asked.get("answers") or "2")
    if not 0 < hours <= LONGEST:
        wrong["hours"], hours = f"Write how many hours, up to {LONGEST}: 1, or 0.5.", 1
    silent = (NOBODY,) if asked.get("nobody") else _names(asked.get("silent", ""))
    wish = Wish(asked.get("type", ""), asked.get("severity") or Severity.S1, at, silent, hours, answers)
    try:
        script = await uow.read(script_of, wish, zone)
    except Unusable as refused:
        wrong[refused.field] = str(refused)
    return (None, wrong) if wrong else (script, wrong)


def _number(text: str) -> float:
    """Return a number, or one that is out of every range."""
    try:
        return float(text)
    except ValueError:
        return -1


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
