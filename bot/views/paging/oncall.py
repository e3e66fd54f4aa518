"""Who would be paged now, for each team: the people, who is next, and who is called after them and when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from bot.domain.oncall.shifts import LastKnown, Shift
from bot.domain.paging.escalations import OnCall
from bot.domain.process import ALWAYS, EOC, Level, Process, Team
from bot.views.blocks import Message, actions, button, context, message, section
from bot.views.mrkdwn import escape, lasting, listed, person, when
from bot.views.naming import in_role
from bot.views.oncall.calendar import ADDRESSES
from bot.views.paging.notification_test import BEGIN

HINT = "The last one is called again until somebody answers. To page a team: `/inc escalate [team]`."
MENTION_OR_DECLARE = (
    "Mention the EOC only to halt deployments, or for the approval of a production change: they answer when "
    "they can. Whatever cannot wait you declare with `/inc`, which pages them."
)
"""When to contact the current EOC, from the public GitLab handbook."""


def listing(
    process: Process,
    names: Sequence[str],
    on_call: OnCall,
    phones: Mapping[str, str],
    following: Mapping[str, Shift],
    *,
    stale: Mapping[str, datetime | None] | None = None,
) -> Message:
    """Return the path of each team that is named; of one alone it says at each level who is next.

    `phones` has the numbers of people that are known, `following` the next shift of each team that has one,
    `stale` the schedules whose calendar was not read for long, with when it was.
    """
    nexts = {name: _next(shift) for name, shift in following.items()}
    each = {name: nexts if len(names) == 1 else {name: nexts.get(name, "")} for name in names}
    teams = [_team(process.teams[name], process, on_call, phones, each[name]) for name in names]
    old = [_stale(schedule, read_at) for schedule, read_at in (stale or {}).items()]
    hints = [
        *old,
        HINT,
        *([MENTION_OR_DECLARE] if EOC in {process.teams[name].role for name in names} else ()),
    ]
    test = actions(button("Test how I am paged", BEGIN), button("In my calendar", ADDRESSES))
    return message("\n".join([*teams, *hints]), *map(section, teams), *map(context, hints), test)


def without_database(process: Process, at: datetime, known: LastKnown) -> list[str]:
    """Return the path of each team without a look into the database.

    A schedule that was read before it went away counts as it was then, any other as the configuration has it.
    """
    on_call = {}
    for team in process.teams.values():
        named = known.on_call(team.schedule, at) if team.schedule else team.on_call
        on_call[team.name] = named if team.schedule or team.everybody else named[:1]
    called = {one for named in on_call.values() for one in named}
    phones = {one: known.phones.get(one) or process.contact(one, one).phone for one in called}
    return [
        f"{_team(team, process, on_call, phones, {})}{_unread(team, known)}"
        for team in process.teams.values()
    ]


def _unread(team: Team, known: LastKnown) -> str:
    if not team.schedule or not team.schedule.calendar or team.schedule.name in known.schedules:
        return ""
    return f"\n_The calendar of {escape(team.schedule.name)} may name somebody else: ask whoever keeps it._"


def _team(
    team: Team, process: Process, on_call: OnCall, phones: Mapping[str, str], nexts: Mapping[str, str]
) -> str:
    """Return one line for the team, and one for who follows: their numbers stand with their own teams."""
    waited, next_, then = timedelta(), nexts.get(team.name, ""), []
    first = f"*nobody on call*{next_}"
    for number, level in enumerate(team.path):
        called = on_call.get(level.key)
        if not called:
            continue
        if number == 0:
            who = [f"{_named(one)}{f', {escape(phones[one])}' if phones.get(one) else ''}" for one in called]
            first = f"{listed(who)}{next_}"
        else:
            after = f"after {lasting(waited)}" if waited else "at once"
            role = escape(process.teams[level.team].role)
            next_ = nexts.get(level.team, "") if level.plain else _only(level)
            then.append(f"{after} {role} {listed(map(_named, called))}{next_}")
        waited += level.timeout
    line = f"*{in_role(team.role, team.name)}*: {first}"
    return f"{line}\nthen {', '.join(then)}" if then else line


def _only(level: Level) -> str:
    """Say when a level is called, where that is not always."""
    return "" if level.only == ALWAYS else f" (only {escape(str(level.only))})"


def _stale(schedule: str, read_at: datetime | None) -> str:
    since = f"since {when(read_at)}" if read_at else "yet"
    return f"*{escape(schedule)}: its calendar could not be read {since}.* Who is on call may have changed."


def _next(shift: Shift) -> str:
    who = listed(map(_named, shift.people)) if shift.people else "nobody"
    return f" until {when(shift.start)}, next {who}"


def _named(one: str) -> str:
    """Return a mention, or the e-mail address of somebody whose user id is not known."""
    return escape(one) if "@" in one else person(one)
