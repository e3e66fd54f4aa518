"""In front of Bolt: what Slack sends is parsed, is for us, and comes from somebody who may be here at all.

The first two are checked in front of Bolt, which trips over much that is not as it expects; the people by a
middleware, since they are answered where they acted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.kwargs_injection.async_args import AsyncArgs
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.rights import Kind
from bot.operations.workspace.membership import joined, unheard
from bot.operations.workspace.people import changed
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import message
from handlers import payloads
from handlers.request import answer, answerable
from handlers.workspace.activity import Activity
from storage import people
from storage.database import DatabaseBusy
from storage.people import Person
from storage.transaction import Tx

log = logging.getLogger("muster.requests")

ASKING = 1.5
"""Seconds in which Slack says who is in a channel: it waits three for our answer."""
NOT_HERE = "Only members of this workspace and its guests can do that."
UNKNOWN = "I do not know you yet, and Slack does not tell me who you are. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace and the app that we are; None for what is not known yet."""

    team: str | None = None
    enterprise: str | None = None
    app: str | None = None


class Unheard(logging.Filter):
    """Keeps Bolt from logging a whole payload that nobody listens for: the filter says it in a word."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether to log this."""
        return not record.getMessage().startswith("Unhandled request")


class RequestFilter:
    """Stands in front of Bolt. `home` says who we are, as far as Slack has told us.

    Private answers go to Slack's own hosts, and to that of `api_url`. Who does something where is noted in
    `uow`.
    """

    def __init__(
        self,
        dispatch: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
        home: Callable[[], Home],
        api_url: str = "",
        uow: UnitOfWork | None = None,
    ) -> None:
        self._activity = Activity(uow) if uow else None
        self._dispatch = dispatch
        self._home = home
        self._api_url = api_url
        self.refused = 0

    async def receive(self, body: Any, headers: dict[str, str | Sequence[str]]) -> BoltResponse:
        """Answer what Slack sent: 400 for what it never sends, 403 for what is not for us."""
        try:
            payload = payloads.read(body) if isinstance(body, dict) else payloads.read({})
        except payloads.NotSlacks as why:
            return self._turned_away(400, str(why))
        if payload is None:
            return BoltResponse(status=200)
        if stranger := not_ours(payload, self._home()):
            return self._turned_away(403, stranger)
        if self._activity and (who := payloads.doing(payload)):
            await self._activity.heard(*who)
        if payloads.only_said(payload):  # the most of what happens; Bolt would try every listener for each
            return BoltResponse(status=200)
        known = payload.model_dump(exclude_unset=True)
        if not answerable(url := known.get("response_url") or "", self._api_url):
            known.pop("response_url", None)  # what was asked for is done all the same
            if url:
                log.warning("a response_url is not Slack's; nobody is answered", extra={"url": url[:60]})
        # A dict is taken in this mode only; there is nothing else that Bolt does differently in it, as
        # signatures are checked before.
        response = await self._dispatch(AsyncBoltRequest(body=known, headers=headers, mode="socket_mode"))
        return self._turned_away(400, "nobody listens for it") if response.status == 404 else response

    def _turned_away(self, status: int, why: str) -> BoltResponse:
        self.refused += 1
        log.warning(
            "a payload was refused", extra={"reason": why[:120], "status": status, "so_far": self.refused}
        )
        return BoltResponse(status=status, body={"ok": False, "error": why[:120]})


def not_ours(payload: Any, home: Home) -> str | None:
    """Return why a payload is not for us: of another app, or from another workspace or organisation."""
    user, team = getattr(payload, "user", None), getattr(payload, "team", None)
    enterprise = getattr(payload, "enterprise", None)
    event = getattr(payload, "event", None)
    teams = {
        getattr(payload, "team_id", None),
        getattr(team, "id", None),
        getattr(user, "team_id", None),
        getattr(event, "user_team", None),
    }
    organisations = {getattr(payload, "enterprise_id", None), getattr(enterprise, "id", None)}
    if home.app and getattr(payload, "api_app_id", None) not in {None, home.app}:
        return "for another app"
    if home.team and teams - {None, home.team}:
        return "from another workspace"
    if home.team and organisations - {None, "", home.enterprise}:
        return "from another organisation"
    return None


async def admitted(args: AsyncArgs) -> BoltResponse:
    """Let nobody act whom we do not know; ask who is in a channel where one acts of whom we did not hear.

    Without the database everybody passes: nothing can be done without it, and the handler says so.
    """
    uow: UnitOfWork = args.context["uow"]
    user, channel = acting(args.body)
    if not user:
        return await _on(args)
    try:
        person, missed = await uow.read(_look, user, channel)
        person = person or await _introduced(args.client, uow, user)
        who = args.context.authorize_result
        refusal = refusal_of(person, who.team_id if who else None)
        if missed and channel and not refusal:
            asked_at = uow.clock.now()
            if await _is_in(args.client, channel, user):
                await uow.perform(joined, channel, user, at=asked_at)
    except DatabaseBusy:
        refusal = None
    return await _refused(refusal, args) if refusal else await _on(args)


async def _on(args: AsyncArgs) -> BoltResponse:
    await args.next()
    return args.response


def acting(body: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the person and the channel of a command, button, form or shortcut; nobody for an event."""
    if "command" in body:
        return body.get("user_id"), body.get("channel_id")
    return (body.get("user") or {}).get("id"), (body.get("channel") or {}).get("id")


def _look(tx: Tx, user: str, channel: str | None) -> tuple[Person | None, bool]:
    return people.get(tx, user), channel is not None and unheard(tx, channel, user)


async def _is_in(client: AsyncWebClient, channel: str, user: str) -> bool:
    """Ask Slack whether somebody is in a channel: a payload that names one lets nobody see an incident."""
    cursor: str | None = ""
    try:
        async with asyncio.timeout(ASKING):
            while cursor is not None:
                found = await client.conversations_members(channel=channel, limit=1000, cursor=cursor)
                if user in found["members"]:
                    return True
                cursor = (found.get("response_metadata") or {}).get("next_cursor") or None
    except (SlackApiError, KeyError, TypeError, OSError, TimeoutError) as error:
        log.warning(
            "a channel's members are not told", extra={"person": user, "reason": type(error).__name__}
        )
    return False


async def _introduced(client: AsyncWebClient, uow: UnitOfWork, user: str) -> Person | None:
    """Ask Slack about somebody who is in none of our tables: new, or nobody has read the workspace yet."""
    try:
        found = (await client.users_info(user=user))["user"]
        if found["id"] != user:
            return None
        await uow.perform(changed, found)
    except (SlackApiError, KeyError, TypeError, OSError, TimeoutError) as error:
        log.warning("somebody could not be looked up", extra={"person": user, "reason": type(error).__name__})
        return None
    return await uow.read(people.get, user)


def refusal_of(person: Person | None, home: str | None) -> str | None:
    if not person:
        return UNKNOWN
    foreign = person.kind in {Kind.FOREIGN, Kind.BOT} or (home and person.team not in {"", home})
    return NOT_HERE if foreign or not person.active else None


async def _refused(why: str, args: AsyncArgs) -> BoltResponse:
    """Say no where somebody acted: in the form that stays open, else in private where there is a place."""
    if args.body.get("type") == "view_submission":
        fields = list(args.body["view"]["state"]["values"]) or ["none"]
        return await args.ack(response_action="errors", errors={fields[0]: why})
    response = await args.ack()
    if args.body.get("response_url"):
        await answer(args.respond, message(why))
    return response
