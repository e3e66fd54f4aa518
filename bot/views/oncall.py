"""Who would be paged now, for each team and level by level."""

from collections.abc import Mapping

from bot.domain.process import Level, Process, Team
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.mrkdwn import escape, lasting, person
from bot.views.trial import BEGIN


def listing(process: Process, on_call: Mapping[str, str | None]) -> Message:
    """Return every team's path."""
    teams = [_team(team, on_call) for team in process.teams.values()]
    hint = "To page a team: `/inc escalate [team]`."
    test = actions(button("Test how I am paged", BEGIN))
    return message("\n".join([*teams, hint]), *map(section, teams), context(hint), test)


def _team(team: Team, on_call: Mapping[str, str | None]) -> str:
    levels = [_level(number, level, team, on_call) for number, level in enumerate(team.path, 1)]
    return "\n".join([f"*{escape(team.name)}* ({escape(team.role)})", *levels])


def _level(number: int, level: Level, team: Team, on_call: Mapping[str, str | None]) -> str:
    who = on_call.get(level.team)
    label = "" if level.team == team.name else f" ({escape(level.team)})"
    if not who:
        last = number == len(team.path)
        then = "tried again at every deadline" if last else "the next level is paged at once"
        return f"{number}. *nobody on call*{label}: {then}"
    then = ", then again" if number == len(team.path) else ""
    return f"{number}. {person(who)}{label}, {lasting(level.timeout)} to answer{then}"
