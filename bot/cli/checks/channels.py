"""Are the channels and user groups there that the configuration names?"""

from collections.abc import Iterator, Mapping

from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.checks.answers import AGAIN, call
from bot.cli.findings import Finding, Level
from bot.domain.process import CHANNEL, Process

_GROUPS = "They need a paid plan of Slack, and admins who let apps change them; else leave `user_group` out."
_ROWS = 200


async def channel_findings(process: Process, client: AsyncWebClient) -> list[Finding]:
    listed: dict[str, bool] = {}
    cursor = ""
    while True:
        answer = await call(
            client,
            "conversations.list",
            types="public_channel,private_channel",
            limit=_ROWS,
            **({"cursor": cursor} if cursor else {}),
        )
        if answer.error:
            unlisted = Finding(Level.WARNING, f"The channels could not be listed: {answer.error}.", AGAIN)
            return answer.lacking or [unlisted]
        for row in answer.data["channels"]:
            archived = bool(row.get("is_archived"))
            listed[row["name"]] = listed.get(row["name"], True) and archived
        cursor = (answer.data.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return list(_each_channel(process, listed))


async def user_group_findings(process: Process, client: AsyncWebClient) -> list[Finding]:
    """Say whether the user groups that schedules name can follow them."""
    named = {one.user_group: one.name for one in process.schedules.values() if one.user_group}
    if not named:
        return []
    answer = await call(client, "usergroups.list")
    if answer.error:
        off = Finding(Level.WARNING, f"User groups follow no schedule: Slack says {answer.error}.", _GROUPS)
        return answer.lacking or [off]
    there = {str(row.get("handle")).lower() for row in answer.data.get("usergroups") or ()}
    return [
        Finding(Level.OK, f"@{handle} follows schedules.{name}.")
        if handle in there
        else Finding(
            Level.WARNING,
            f"schedules.{name}.user_group: there is no user group @{handle}.",
            "Make it in Slack, or enable it.",
        )
        for handle, name in named.items()
    ]


def _each_channel(process: Process, archived: Mapping[str, bool]) -> Iterator[Finding]:
    wanted: dict[str, list[str]] = {}
    for name, place in _wanted(process):
        if name:
            wanted.setdefault(name, []).append(place)
    for name, places in wanted.items():
        if name not in archived:
            cure = f"Create #{name}, or invite me if it is private."
            yield Finding(Level.WARNING, f"{', '.join(places)}: I see no channel #{name}.", cure)
        elif archived[name]:
            cure = "Unarchive it, or name another."
            yield Finding(Level.WARNING, f"{', '.join(places)}: #{name} is archived.", cure)
        else:
            yield Finding(Level.OK, f"#{name} is there.")


def _wanted(process: Process) -> Iterator[tuple[str | None, str]]:
    """Yield the channels that are named, each with its place in the configuration."""
    for kind in process.types.values():
        for index, name in enumerate(kind.announce):
            yield name, f"types.{kind.name}.announce[{index}]"
        yield kind.triage, f"types.{kind.name}.triage"
    for schedule in process.schedules.values():
        yield schedule.channel, f"schedules.{schedule.name}.channel"
    yield from _wanted_beside(process)
    for team in process.teams.values():
        for index, level in enumerate(team.path):
            if level.call.startswith(CHANNEL):
                yield level.call.removeprefix(CHANNEL), f"teams.{team.name}.path[{index}].call"


def _wanted_beside(process: Process) -> Iterator[tuple[str | None, str]]:
    """Yield the channels that are named for all types together."""
    for index, name in enumerate(process.maintenance.announce):
        yield name, f"maintenance.announce[{index}]"
    for key in ("customer_success", "community"):
        yield getattr(process.communication, key), f"communication.{key}"
    yield process.executive_channel, "executive_channel"
    yield process.follow_ups.digest, "follow_ups.digest"
    yield process.insights.channel, "insights.channel"
