"""Who would be paged now, for each team: the person, then who is called after them and when."""

from collections.abc import Mapping
from datetime import timedelta

from bot.domain.process import Level, Process, Team
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.mrkdwn import escape, lasting, person
from bot.views.trial import BEGIN


def listing(process: Process, on_call: Mapping[str, str | None], phones: Mapping[str, str]) -> Message:
    """Return every team's path. `phones` has the numbers of people that are known."""
    teams = [_team(team, on_call, phones) for team in process.teams.values()]
    hint = "To page a team: `/inc escalate [team]`."
    test = actions(button("Test how I am paged", BEGIN))
    return message("\n".join([*teams, hint]), *map(section, teams), context(hint), test)


def _team(team: Team, on_call: Mapping[str, str | None], phones: Mapping[str, str]) -> str:
    role = "" if team.role in team.name else f" ({escape(team.role)})"
    waited, said = timedelta(), []
    for level in team.path:
        when = f"then after {lasting(waited)} " if waited else ""
        said.append(when + _level(level, team, on_call, phones))
        if on_call.get(level.team):
            waited += level.timeout
    return f"*{escape(team.name)}*{role}: {' — '.join(said)}, again until somebody answers"


def _level(level: Level, team: Team, on_call: Mapping[str, str | None], phones: Mapping[str, str]) -> str:
    who = on_call.get(level.team)
    label = "" if level.team == team.name else f" ({escape(level.team)})"
    if not who:
        return f"*nobody on call*{label}, passed over at once"
    phone = f", {escape(phones[who])}" if phones.get(who) else ""
    return f"{person(who)}{label}{phone}"
