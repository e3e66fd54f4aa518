"""What is wrong with a path as a whole, where each of its keys is right by itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.config.names import Place
from bot.config.schedules import CHANNELS
from bot.config.schema import CHANNEL, File, LevelEntry, TeamEntry
from bot.domain.process import (
    EOC,
    EVERYBODY,
    INFRASTRUCTURE_LEADER,
    INFRASTRUCTURE_LIAISON,
    Level,
    Process,
    Team,
)

LEADERSHIP = (INFRASTRUCTURE_LEADER, INFRASTRUCTURE_LIAISON)
"""Roles whose path nothing may limit: they are paged at any hour."""


def channel_of(entry: TeamEntry | None, role: str, schedules: Mapping[str, Any]) -> str:
    """Return the channel of a team: its own, else its schedule's, else the usual one of its role."""
    of_schedule = schedules.get(entry.on_call) if entry and isinstance(entry.on_call, str) else None
    return (entry.channel if entry else "") or getattr(of_schedule, "channel", "") or CHANNELS.get(role, "")


def odd_paths(file: File, roles: Mapping[str, str]) -> Iterator[tuple[Place, str]]:
    """Yield what is wrong with paths; `roles` has the role of each team."""
    for name, entry in file.teams.items():
        path = entry.path if entry else []
        whom = [(one.page, one.call, one.only) for one in path]
        if len(whom) > 1 and all(one == whom[0] for one in whom):
            yield (
                ("teams", name, "path"),
                "is a path to itself: every level calls the same. Expected levels that call others, or one "
                "level and `reminders`, which call the same person again",
            )
        for number, level in enumerate(path):
            place: Place = ("teams", name, "path", number)
            last = number == len(path) - 1
            yield from ((place + at, text) for at, text in _odd_level(level, last=last, role=roles[name]))
            if level.call == CHANNEL and not channel_of(
                file.teams.get(level.page), roles[level.page], file.schedules
            ):
                yield (
                    (*place, "call"),
                    f"found `{CHANNEL}`, and `{level.page}` has none. Write `channel:` for that team",
                )


def _odd_level(level: LevelEntry, *, last: bool, role: str) -> Iterator[tuple[Place, str]]:
    if level.only and role in LEADERSHIP:
        yield (
            ("only",),
            f"is refused on the path of the {role}: they are paged at any hour, for whatever comes to them. "
            "Remove it",
        )
    elif level.only and last:
        yield (
            ("only",),
            "is refused at the last level, which is called until somebody answers. Remove it, or add a level",
        )
    if level.call != CHANNEL:
        return
    if last:
        yield (
            ("call",),
            f"found `{CHANNEL}` at the last level, expected people: it is called until somebody answers. "
            "Add a level that calls some",
        )
    if level.acknowledge == "all":
        yield ("acknowledge",), f"found `all`, expected one: with `call: {CHANNEL}` one answer is enough"
    if level.notify:
        yield ("notify",), f"is of no use with `call: {CHANNEL}`, which Slack alone reaches. Remove it"


def odd_levels(process: Process) -> Iterator[str]:
    """Yield what wants telling of levels that may be as they are."""
    yield from _eoc_passed_over(process)
    yield from _alone_in_all(process)


def _eoc_passed_over(process: Process) -> Iterator[str]:
    """Yield where a condition could keep a page from an EOC."""
    for team in process.teams.values():
        for number, level in enumerate(process.walk(team)[: len(team.path)]):
            only = level.only
            if level.role != EOC or level.plain:
                continue
            place = f"teams.{team.name}.path[{number}].only"
            if only.working:
                yield (
                    f"{place}.hours: a page for the EOC waits for no hours, so this one is sent at any hour. "
                    "Remove it: EOCs respond at weekends too."
                )
            if only.severities or only.types:
                limits = ", ".join(" and ".join(one) for one in (only.severities, only.types) if one)
                yield f"{place}: a page for anything but {limits} passes the EOC over."


def _alone_in_all(process: Process) -> Iterator[str]:
    """Yield where each who is called has to acknowledge, and only one ever is."""
    for team in process.teams.values():
        for number, level in enumerate(process.walk(team)[: len(team.path)]):
            if level.needs_all and not _may_call_several(level, process.teams[level.team]):
                yield (
                    f"teams.{team.name}.path[{number}].acknowledge: `all` changes nothing, as one person is "
                    f"called. Remove it, or have {level.team} call several, such as with `call: everybody`."
                )


def _may_call_several(level: Level, team: Team) -> bool:
    if level.names_person:
        return False
    if not team.schedule:
        several = len(team.on_call) > 1 and (team.everybody or level.call == EVERYBODY)
        return several or not team.on_call  # of nobody there is another warning
    turns = [turn for layer in team.schedule.layers for turn in layer.turns]
    return team.schedule.calendar is not None or any(len(turn) > 1 for turn in turns)
