"""Addresses of issues that are pasted into an incident's channel: each is offered as a follow-up, once."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Malformed
from bot.domain.incidents.incident import GONE, Incident
from bot.domain.incidents.silence import SPOKEN
from bot.domain.rights import Right
from bot.domain.work.follow_ups import TrackedIssue
from bot.domain.work.issue_links import found_in, issue_at, reference
from bot.operations.rights import rights_of
from bot.operations.work.follow_ups import NewFollowUp, add_linked
from bot.unit_of_work import UnitOfWork
from bot.views.work import follow_up as view_of
from handlers.pressed import of_incident
from handlers.request import Feature, Listener, Request
from storage import follow_ups, issues, review_issues, streams
from storage.database import DatabaseBusy, Outdated
from storage.transaction import Tx

log = logging.getLogger("muster.follow_ups")


async def pasted(event: dict[str, Any], client: AsyncWebClient, uow: UnitOfWork) -> None:
    """Offer the issues of a message to whoever wrote it. Nothing that they did fails by this."""
    found = found_in(event.get("text") or "")
    user, channel = event.get("user") or "", event["channel"]
    if not found or not user or event.get("bot_id"):
        return
    try:
        incident, new = await uow.perform(_to_offer, channel, user, found)
        if not incident or not new:
            return
        shown = view_of.offer(new, incident)
        thread = {"thread_ts": event["thread_ts"]} if event.get("thread_ts") else {}
        await client.chat_postEphemeral(
            channel=channel, user=user, text=shown.text, blocks=shown.blocks, **thread
        )
    except SlackApiError as error:
        log.info("a link is not offered", extra={"reason": str(error.response.get("error"))})
    except (ClientError, TimeoutError, OSError, DatabaseBusy, Outdated) as error:
        log.warning("a link could not be offered", extra={"reason": type(error).__name__})


def _to_offer(
    tx: Tx, channel: str, user: str, found: Sequence[TrackedIssue]
) -> tuple[Incident | None, list[TrackedIssue]]:
    """Return the incident of a channel, and which of these issues it was not offered yet."""
    incident, _ = streams.here(tx, channel, user)
    if not incident or incident.status in GONE or Right.ACTION not in rights_of(tx, user):
        return None, []
    known = follow_ups.linked(tx, incident.id, [one.url for one in found])
    # where the incident and its review are told of is not what is left to do
    own = {one.url for one in (issues.of(tx, incident.id), review_issues.of(tx, incident.id)) if one}
    new = [one for one in found if one.url not in known | own]
    return incident, [one for one in new if follow_ups.offer(tx, incident.id, one.url)]


async def accepted(request: Request) -> None:
    """Add the issue as a follow-up: its title is read there, where we may."""
    issue = issue_at(request.rest)
    if not issue:
        raise Malformed
    new = NewFollowUp(reference(issue), owner=request.user, issue=replace(issue, made=False))
    made = await request.uow.perform(add_linked, request.here.id, new, by=request.user)
    await request.answer(view_of.added(made, linked=True))


FEATURE = Feature(
    listeners=(
        *(Listener("event", {"type": "message", "subtype": one}, pasted) for one in sorted(SPOKEN, key=str)),
        Listener("action", view_of.OFFERED, of_incident(accepted)),
    )
)
