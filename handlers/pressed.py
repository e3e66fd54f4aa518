"""What every button of an incident needs: the incident, if this person may see it, and where to answer."""

from typing import Any

from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.domain.incidents.incident import Incident
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents.state import number
from handlers.request import answer, replace
from storage import incidents


def value_of(body: dict[str, Any]) -> str:
    """Return what the pressed button carries."""
    return str(body["actions"][0].get("value") or "")


def number_of(body: dict[str, Any]) -> int:
    """Return the number that the pressed button carries, alone or before a colon."""
    return number(value_of(body).partition(":")[0])


async def incident_of(uow: UnitOfWork, body: dict[str, Any]) -> Incident:
    """Return the incident whose number the button carries, alone or before a colon. Raises NotFound."""
    return await seen(uow, body, number_of(body))


async def seen(uow: UnitOfWork, body: dict[str, Any], incident_id: int) -> Incident:
    """Return an incident to somebody who pressed a button. Raises NotFound unless they may know of it."""
    return await uow.read(incidents.visible, incident_id, body["user"]["id"])


async def show_instead(respond: AsyncRespond, body: dict[str, Any], shown: Message) -> None:
    """Answer in private: in place of the private message that was pressed, beside a public one."""
    await (replace if in_private(body) else answer)(respond, shown)


def in_private(body: dict[str, Any]) -> bool:
    """Say whether the pressed message is one that only this person sees."""
    return bool(body.get("container", {}).get("is_ephemeral"))
