"""Who would be paged now, for each team: the people, then who is called after them and when."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.domain.paging.escalations import OnCall
from bot.domain.process import Process, Team
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.mrkdwn import escape, lasting, listed, people, person
from bot.views.naming import in_role
from bot.views.paging.notification_test import BEGIN


def listing(process: Process, names: Sequence[str], on_call: OnCall, phones: Mapping[str, str]) -> Message:
    """Return the path of each team that is named. `phones` has the numbers of people that are known."""
    teams = [_team(process.teams[name], process, on_call, phones) for name in names]
    hint = "The last one is called again until somebody answers. To page a team: `/inc escalate [team]`."
    test = actions(button("Test how I am paged", BEGIN))
    return message("\n".join([*teams, hint]), *map(section, teams), context(hint), test)


def _team(team: Team, process: Process, on_call: OnCall, phones: Mapping[str, str]) -> str:
    """Return one line for the team, and one for who follows: their numbers stand with their own teams."""
    waited, first, then = timedelta(), "*nobody on call*", []
    for number, level in enumerate(team.path):
        called = on_call.get(level.team)
        if not called:
            continue
        if number == 0:
            first = listed(
                f"{person(who)}{f', {escape(phones[who])}' if phones.get(who) else ''}" for who in called
            )
        else:
            when = f"after {lasting(waited)}" if waited else "at once"
            then.append(f"{when} {escape(process.teams[level.team].role)} {people(called)}")
        waited += level.timeout
    line = f"*{in_role(team.role, team.name)}*: {first}"
    return f"{line}\nthen {', '.join(then)}" if then else line
