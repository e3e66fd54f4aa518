"""Holds the configuration against the workspace: can everybody be paged, is there every channel?"""

import stat
from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.cli.manifest import SCOPES
from bot.config import Config, Secrets
from bot.config.contact_methods import described, undeliverable
from bot.config.environment import APP_TOKEN_AT, BOT_TOKEN_AT
from bot.config.staffing import gaps
from bot.domain.process import CHANNEL, Process, Team
from bot.integrations.slack.web import sends
from storage.engines import file_of, is_postgres

NEEDED_TO_PAGE = frozenset({"chat:write", "commands", "im:write", "users:read", "users:read.email"})
"""Scopes without which nobody can be paged; without another something smaller fails."""

_UNSEEN = (
    "Slack tells the app's events, slash commands, interactivity and shortcuts to no bot token: they are not "
    "checked."
)
_COMPARE = (
    "Hold what `muster manifest{url}` prints against api.slack.com/apps > your app > App Manifest. Where "
    "they differ, paste it there and reinstall the app."
)

_GROUPS = "They need a paid plan of Slack, and admins who let apps change them; else leave `user_group` out."
_AGAIN = "Run `muster check` again; it is looked up anew."
_ROWS = 200


class Level(StrEnum):
    """How grave a finding is. With a fatal one a page would be impossible; a hint is a choice to think of."""

    FATAL = "fatal"
    WARNING = "warning"
    HINT = "hint"
    OK = "ok"


@dataclass(frozen=True, slots=True)
class Finding:
    level: Level
    what: str
    cure: str = ""

    @property
    def said(self) -> str:
        return f"{self.what}{' ' + self.cure if self.cure else ''}"

    @property
    def line(self) -> str:
        return f"{self.level:<7}  {self.said}"


_BESIDE = ("", "-wal", "-shm", ".lock", ".reserve")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def too_open(database: str) -> list[Finding]:
    found = []
    files = () if is_postgres(database) else (f"{file_of(database)}{ending}" for ending in _BESIDE)
    for file in files:
        with suppress(OSError):
            mode = stat.S_IMODE(Path(file).stat().st_mode)
            if mode & _OTHERS:
                what = f"{file} may be used by others than its owner (mode {mode:03o}), and it names people."
                found.append(Finding(Level.WARNING, what, f"Run: chmod 600 {file}"))
    return found


class Unreachable(Exception):
    """Slack did not answer, or not as Slack does."""


async def check(
    config: Config,
    secrets: Secrets,
    client: AsyncWebClient,
    *,
    unreachable: Level = Level.FATAL,
    reached: Collection[str] = (),
) -> list[Finding]:
    """Return what was found, in the order in which it was looked at.

    `unreachable` says how grave it is that Slack does not answer: a bot that starts waits for it. Those who
    are `reached`, by Slack user id, have verified a contact method of their own.
    """
    found: list[Finding] = []
    try:
        async for finding in _findings(config, secrets, client, reached):
            found.append(finding)  # noqa: PERF401 - what was found before Slack went away is kept
    except Unreachable as error:
        cure = "Look at https://slack-status.com and at the way out of this network (proxy, SLACK_API_URL)."
        found.append(Finding(unreachable, f"Slack cannot be reached at {secrets.api_url}: {error}.", cure))
        found += _gaps(config.process)
    return list(dict.fromkeys(found))


async def _findings(
    config: Config, secrets: Secrets, client: AsyncWebClient, reached: Collection[str]
) -> AsyncIterator[Finding]:
    identity = await _call(client, "auth.test")
    yield identity.finding
    if identity.error:
        for finding in _gaps(config.process):
            yield finding
        return
    url = "" if secrets.app_token else " --url https://your.host"
    for finding in (*_scope_findings(identity.scopes), await _transport(secrets, client)):
        yield finding
    yield Finding(Level.HINT, _UNSEEN, _COMPARE.format(url=url))
    present, absent, known = await _people(config.process, client)
    for finding in (
        *absent,
        *_gaps(present),
        *_on_call(present, known),
        *_contact_methods(config, present, known, reached),
    ):
        yield finding
    for finding in (*await _channels(config.process, client), *await _user_groups(config.process, client)):
        yield finding


@dataclass(frozen=True, slots=True)
class _Answer:
    data: Mapping[str, Any]
    scopes: frozenset[str] | None = None

    @property
    def error(self) -> str:
        return "" if self.data.get("ok") else str(self.data.get("error") or "no reason given")

    @property
    def lacking(self) -> list[Finding]:
        """Return which scopes are missing, where Slack refuses for want of one."""
        if self.error != "missing_scope":
            return []
        needed, provided = (_scopes(self.data.get(key)) for key in ("needed", "provided"))
        return [_lacks(scope) for scope in sorted(needed - provided)]

    @property
    def finding(self) -> Finding:
        """Return what the answer to auth.test means."""
        if self.error:
            cure = f"Copy the token anew from {BOT_TOKEN_AT}."
            return Finding(Level.FATAL, f"SLACK_BOT_TOKEN is refused by Slack: {self.error}.", cure)
        return Finding(Level.OK, f"I am {self.data.get('user')} in {self.data.get('team')}.")


async def _call(client: AsyncWebClient, method: str, **arguments: Any) -> _Answer:
    """Return Slack's answer, a refusal too; raise Unreachable where there is none."""
    try:
        response = await sends(client, method)(**arguments)
    except SlackApiError as error:
        data = getattr(error.response, "data", None)
        if isinstance(data, dict) and data.get("error") and data["error"] != "ratelimited":
            return _Answer(data)
        status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "?")
        raise Unreachable(f"it answers {method} with {status}") from error
    except TimeoutError as error:
        raise Unreachable(f"no answer to {method} in {client.timeout} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    except AttributeError as error:  # what slack_sdk makes of plain text with status 200
        raise Unreachable(f"what answers {method} is not Slack") from error
    granted = response.headers.get("x-oauth-scopes")
    data = response.data if isinstance(response.data, dict) else {}
    return _Answer(data, None if granted is None else _scopes(granted))


def _scopes(written: Any) -> frozenset[str]:
    return frozenset(name.strip() for name in str(written or "").split(",") if name.strip())


def _scope_findings(granted: frozenset[str] | None) -> Iterator[Finding]:
    if granted is None:
        return
    missing = [scope for scope in SCOPES if scope not in granted]
    yield from map(_lacks, sorted(missing, key=lambda scope: scope not in NEEDED_TO_PAGE))
    if not missing:
        yield Finding(Level.OK, "The app has every scope of the manifest.")


def _lacks(scope: str) -> Finding:
    """Return what it means that a scope is missing, in the same words wherever that shows."""
    level = Level.FATAL if scope in NEEDED_TO_PAGE else Level.WARNING
    what = f"The app lacks the scope {scope}: {SCOPES.get(scope, 'what needs it')} will not work."
    cure = "Add it at api.slack.com/apps > your app > OAuth & Permissions > Scopes, and reinstall the app."
    return Finding(level, what, cure)


async def _transport(secrets: Secrets, client: AsyncWebClient) -> Finding:
    if not secrets.app_token:
        what = "Slack's requests are expected at /slack/events, signed."
        return Finding(Level.OK, what)
    opened = await _call(client, "apps.connections.open", app_token=secrets.app_token)
    if opened.error:
        cure = f"Make a token at {APP_TOKEN_AT}, and see that Socket Mode is enabled."
        return Finding(Level.FATAL, f"SLACK_APP_TOKEN opens no connection: {opened.error}.", cure)
    return Finding(Level.OK, "Socket Mode opens a connection.")


@dataclass(frozen=True, slots=True)
class _Known:
    """Somebody who is named on call, and what keeps them from being paged.

    Whom Slack would not look up is `unseen`: nobody can say whether they can be paged.
    """

    why_not: str
    id: str = ""
    email: str | None = None
    odd: str = ""
    unseen: tuple[Finding, ...] = ()


async def _people(
    process: Process, client: AsyncWebClient
) -> tuple[Process, list[Finding], dict[str, _Known]]:
    """Return the process with only those people on call who can be paged, and what keeps the others out."""
    known: dict[str, _Known] = {}
    found: list[Finding] = []
    teams = {}
    for team in process.teams.values():
        active = []
        for place, entry in _named(team):
            if entry not in known:
                known[entry] = await _looked_up(entry, client)
            if not known[entry].why_not:
                active.append(entry)
                found += known[entry].unseen
                if odd := known[entry].odd:
                    found.append(Finding(Level.WARNING, f"{place}: {entry} {odd}."))
                continue
            what = f"{place}: {entry} {known[entry].why_not}."
            found.append(Finding(Level.WARNING, what, "Name somebody else, or correct the entry."))
        if team.schedule:
            someone = set(active) & set(team.schedule.people) or team.schedule.calendar
            teams[team.name] = replace(team, schedule=team.schedule if someone else None)
        else:
            teams[team.name] = replace(team, on_call=tuple(one for one in team.on_call if one in active))
    return replace(process, teams=teams), found, known


def _named(team: Team) -> Iterator[tuple[str, str]]:
    """Yield everybody who is named on call for a team or on its path, after where that is."""
    if team.schedule:
        everybody = (*team.schedule.people, *team.schedule.shadows)
        yield from ((f"schedules.{team.schedule.name}", entry) for entry in dict.fromkeys(everybody))
    yield from ((f"teams.{team.name}.on_call[{n}]", entry) for n, entry in enumerate(team.on_call))
    levels = ((f"teams.{team.name}.path[{n}].call", one) for n, one in enumerate(team.path))
    yield from ((place, one.call) for place, one in levels if one.names_person)


async def _looked_up(entry: str, client: AsyncWebClient) -> _Known:
    """Return who this is, and why this person cannot be paged."""
    by_email = "@" in entry
    method, key = ("users.lookupByEmail", "email") if by_email else ("users.info", "user")
    answer = await _call(client, method, **{key: entry})
    if answer.error in {"users_not_found", "user_not_found", "user_not_visible"}:
        return _Known("is nobody in this workspace")
    if answer.error:
        unknown = Finding(Level.WARNING, f"{entry} could not be looked up: {answer.error}.", _AGAIN)
        return _Known("", unseen=tuple(answer.lacking) or (unknown,))
    user = answer.data["user"]
    if user.get("deleted"):
        return _Known("is deactivated in Slack")
    if user.get("is_bot") or user.get("id") == "USLACKBOT":
        return _Known("is a bot")
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        guest = (
            "is a guest, whom Slack lets into few channels: a page arrives, the incident's channel may not"
        )
        return _Known("", user["id"], entry if by_email else _email_of(user), guest)
    return _Known("", user["id"], entry if by_email else _email_of(user))


def _email_of(user: Mapping[str, Any]) -> str | None:
    return (user.get("profile") or {}).get("email")


def _contact_methods(
    config: Config, present: Process, known: Mapping[str, _Known], reached: Collection[str]
) -> Iterator[Finding]:
    """Say what there is beside Slack."""
    if not config.contact_methods:
        what = "No contact methods are configured: only Slack wakes people, and it may be away with the rest."
        yield Finding(Level.HINT, what, "See contact methods in docs/configuration.md.")
        return
    for text in undeliverable(config.contact_methods, config.process.contacts):
        yield Finding(Level.WARNING, text)
    for name, contact_method in config.contact_methods.items():
        addresses = [
            each.addresses[name] for each in config.process.contacts.values() if name in each.addresses
        ]
        people = "1 person" if len(addresses) == 1 else f"{len(addresses)} people"
        yield Finding(
            Level.OK,
            f"contact_methods.{name}: {people} can be reached by {described(contact_method, addresses)}.",
        )
    for entry in present.named:
        if known[entry].why_not:
            continue
        contact = config.process.contact(known[entry].id, known[entry].email)
        if not contact.addresses and known[entry].id not in reached:
            cure = f"Let them add a phone on the Home tab, or name an address under people.{entry}."
            yield Finding(Level.HINT, f"{entry} is on call, and only Slack reaches them.", cure)
        if not contact.phone:
            cure = f"Name it under people.{entry}."
            yield Finding(Level.HINT, f"{entry} is on call and has no phone number to call by hand.", cure)


def _gaps(process: Process) -> Iterator[Finding]:
    fatal, warnings = gaps(process)
    yield from (Finding(Level.FATAL, text) for text in fatal)
    yield from (Finding(Level.WARNING, text) for text in warnings)


def _on_call(process: Process, known: Mapping[str, _Known]) -> Iterator[Finding]:
    for team in process.teams.values():
        called = team.on_call if team.everybody else team.on_call[:1]
        if called and not known[called[0]].unseen:
            yield Finding(Level.OK, f"On call for {team.name}: {', '.join(called)}.")


async def _channels(process: Process, client: AsyncWebClient) -> list[Finding]:
    listed: dict[str, bool] = {}
    cursor = ""
    while True:
        answer = await _call(
            client,
            "conversations.list",
            types="public_channel,private_channel",
            limit=_ROWS,
            **({"cursor": cursor} if cursor else {}),
        )
        if answer.error:
            unlisted = Finding(Level.WARNING, f"The channels could not be listed: {answer.error}.", _AGAIN)
            return answer.lacking or [unlisted]
        for row in answer.data["channels"]:
            archived = bool(row.get("is_archived"))
            listed[row["name"]] = listed.get(row["name"], True) and archived
        cursor = (answer.data.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            return list(_channel_findings(process, listed))


async def _user_groups(process: Process, client: AsyncWebClient) -> list[Finding]:
    """Say whether the user groups that schedules name can follow them."""
    named = {one.user_group: one.name for one in process.schedules.values() if one.user_group}
    if not named:
        return []
    answer = await _call(client, "usergroups.list")
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


def _channel_findings(process: Process, archived: Mapping[str, bool]) -> Iterator[Finding]:
    for name, places in _wanted(process).items():
        if name not in archived:
            cure = f"Create #{name}, or invite me if it is private."
            yield Finding(Level.WARNING, f"{', '.join(places)}: I see no channel #{name}.", cure)
        elif archived[name]:
            cure = "Unarchive it, or name another."
            yield Finding(Level.WARNING, f"{', '.join(places)}: #{name} is archived.", cure)
        else:
            yield Finding(Level.OK, f"#{name} is there.")


def _wanted(process: Process) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for kind in process.types.values():
        for index, name in enumerate(kind.announce):
            wanted.setdefault(name, []).append(f"types.{kind.name}.announce[{index}]")
        if kind.triage:
            wanted.setdefault(kind.triage, []).append(f"types.{kind.name}.triage")
    for team in process.teams.values():
        for index, level in enumerate(team.path):
            if level.call.startswith(CHANNEL):
                name = level.call.removeprefix(CHANNEL)
                wanted.setdefault(name, []).append(f"teams.{team.name}.path[{index}].call")
    return wanted
