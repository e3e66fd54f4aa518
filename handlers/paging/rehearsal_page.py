"""The rehearsal on the sandbox's page: what is typed there, and the story or what is wrong."""

from collections.abc import Mapping
from contextlib import suppress
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
from bot.views.rehearsal import ending, opening


def choices(process: Process) -> dict[str, list[str]]:
    """Return what the form offers."""
    return {"types": [*process.types], "severities": [*Severity], "roles": [*process.roles]}


async def rehearsed(uow: UnitOfWork, rehearsals: Rehearsals, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the story of what was asked, or under `wrong` what is wrong with each field, "" for all."""
    wrong: dict[str, str] = {}
    zone = await uow.read(zone_of, asked.get("user", ""))
    at, when, hours = None, asked.get("at", "").strip(), 0.0
    try:
        at = moment(when, zone, uow.clock.now()) if when else None
    except Refused as refused:
        wrong["at"] = str(refused)
    with suppress(ValueError):
        hours = float(asked.get("hours") or "1")
    if not 0 < hours <= LONGEST:
        wrong["hours"], hours = f"Write how many hours, up to {LONGEST}: 1, or 0.5.", 1
    silent = (NOBODY,) if asked.get("nobody") else _names(asked.get("silent", ""))
    wish = Wish(asked.get("type", ""), asked.get("severity") or Severity.S1, at, silent, hours)
    try:
        script = await uow.read(script_of, wish, zone)
    except Unusable as refused:
        wrong[refused.field] = str(refused)
    if wrong:
        return {"wrong": wrong}
    try:
        story = await rehearsals.tell(script)
    except Refused as refused:
        return {"wrong": {"": str(refused)}}
    end = (script.at + script.lasts).astimezone(zone).isoformat()
    return {"opening": opening(script), **as_values(story), "end": end, "ending": ending(story.left)}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
