"""The app's Home: drawn when somebody opens it, and after a press there."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.paging.pages import Page
from bot.operations.oncall.rota import shifts_of
from bot.operations.paging.acknowledge import acknowledge
from bot.unit_of_work import UnitOfWork
from bot.views.mrkdwn import harmless
from bot.views.oncall import home as view
from handlers.oncall.typed import AHEAD
from handlers.pressed import pressed
from handlers.request import Feature, Listener, Request
from storage import incidents, pages
from storage.transaction import Tx


async def opened(event: dict[str, Any], client: AsyncWebClient, uow: UnitOfWork) -> None:
    """Show somebody their shifts and pages."""
    if event.get("tab", "home") == "home":
        await _publish(event["user"], client, uow)


@pressed
async def acknowledged(request: Request) -> None:
    """Acknowledge a page; there is no place for an answer but the Home itself."""
    try:
        await request.uow.perform(acknowledge, request.number, by=request.user)
        said = "*Acknowledged.*"
    except Refused as refused:
        said = harmless(str(refused))
    await _publish(request.user, request.client, request.uow, said)


async def _publish(user: str, client: AsyncWebClient, uow: UnitOfWork, said: str = "") -> None:
    mine = await uow.read(shifts_of, user, AHEAD)
    waiting = await uow.read(_waiting, user)
    await client.views_publish(user_id=user, view=view.home(mine, waiting, said))


def _waiting(tx: Tx, user: str) -> list[tuple[Page, Incident | None]]:
    return [(page, _incident(tx, page, user)) for page in pages.pending_for(tx, user)]


def _incident(tx: Tx, page: Page, user: str) -> Incident | None:
    """Return the incident of a page, unless it is a private one in which this person is not yet."""
    try:
        return incidents.visible(tx, page.incident, user) if page.incident else None
    except NotFound:
        return None


FEATURE = Feature(
    listeners=(
        Listener("event", "app_home_opened", opened),
        Listener("action", view.ACKNOWLEDGE, acknowledged),
    ),
)
