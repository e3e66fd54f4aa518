"""What a button or shortcut does: it is acknowledged first, and its refusals are answered in private."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeAlias

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.rehearsal.asked import Rehearsals
from bot.unit_of_work import UnitOfWork
from bot.web.links import Links
from handlers.refusals import answers_refusals, concerning
from handlers.request import Handler, Request
from storage import incidents

Act: TypeAlias = Callable[[Request], Awaitable[None]]


def pressed(act: Act) -> Handler:
    """Return what listens for a button or shortcut. A subcommand that is run by one has no text."""

    async def handler(  # noqa: PLR0917 - Bolt passes what is named
        ack: AsyncAck,
        body: dict[str, Any],
        client: AsyncWebClient,
        respond: AsyncRespond,
        uow: UnitOfWork,
        links: Links,
        rehearsals: Rehearsals,
    ) -> None:
        await ack()
        request = Request(
            text="",
            user=body["user"]["id"],
            channel=(body.get("channel") or {}).get("id", ""),
            trigger_id=body["trigger_id"],
            client=client,
            respond=respond,
            uow=uow,
            incident=None,
            links=links,
            rehearsals=rehearsals,
            response_url=body.get("response_url") or "",
            body=body,
        )
        await act(request)

    handler.__name__ = act.__name__
    return answers_refusals(handler)


def of_incident(act: Act) -> Handler:
    """Return what listens for a button that carries the number of an incident, which its person may see."""

    async def found(request: Request) -> None:
        incident = await request.uow.read(incidents.visible, request.number, request.user)
        with concerning(incident):
            await act(replace(request, incident=incident, of_incident=True))

    found.__name__ = act.__name__
    return pressed(found)
