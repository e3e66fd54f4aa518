"""The app's Home: drawn when somebody opens it, and after a press there."""

import functools
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NotFound, Refused
from bot.domain.incidents.incident import Incident
from bot.domain.incidents.listing import Listed, Which
from bot.domain.paging.pages import Page
from bot.domain.rights import Right
from bot.operations import dead_letters as letters
from bot.operations.maintenance.relating import running_for
from bot.operations.oncall.rota import shifts_of, zone_of
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.notification_tests import begin_notification_test
from bot.operations.paging.notify import contact_of
from bot.operations.rights import rights_of
from bot.unit_of_work import UnitOfWork
from bot.views.incidents import at_home as incidents_view
from bot.views.incidents.at_home import Incidents
from bot.views.mrkdwn import harmless
from bot.views.oncall import home as view
from bot.views.oncall import unsent
from bot.views.oncall.unsent import Unsent
from bot.views.paging import notification_test
from bot.views.paging.own_contact_methods import TEST, Reach
from handlers.pressed import pressed
from handlers.request import Feature, Handler, Listener, Request, Submission
from storage import (
    contact_methods,
    dead_letters,
    incidents,
    listing,
    notification_rules,
    pages,
    verification_codes,
)
from storage.dead_letters import DeadLetter
from storage.transaction import Tx

log = logging.getLogger(__name__)


async def opened(event: dict[str, Any], client: AsyncWebClient, uow: UnitOfWork) -> None:
    """Show somebody incidents, their shifts and pages, and how they are reached."""
    if event.get("tab", "home") == "home":
        await _publish(event["user"], client, uow)


def at_home(act: Callable[[Request], Awaitable[str]]) -> Handler:
    """Return what listens for a button of the Home: the tab itself says what came of it, or why not."""

    @functools.wraps(act)
    async def acting(request: Request) -> None:
        try:
            said = await act(request)
        except Refused as refused:
            said = str(refused)
        await publish(request, said)

    return pressed(acting)


async def publish(by: Request | Submission, said: str = "") -> None:
    """Draw the Home of whoever acted anew. What was decided stands, whether or not Slack takes it."""
    try:
        await _publish(by.user, by.client, by.uow, harmless(said))
    except (SlackApiError, ClientError, TimeoutError, OSError) as error:
        log.warning("a Home could not be drawn", extra={"reason": type(error).__name__})


@at_home
async def acknowledged(request: Request) -> str:
    """Acknowledge a page; there is no place for an answer but the Home itself."""
    await request.uow.perform(acknowledge, request.number, by=request.user)
    return "Acknowledged."


@at_home
async def tested(request: Request) -> str:
    """Test every contact method of the person."""
    test = await request.uow.perform(begin_notification_test, by=request.user)
    return notification_test.begun(test).text


@at_home
async def sent_again(request: Request) -> str:
    """Send again what could not be sent, for whoever looks after Muster."""
    await request.uow.perform(letters.send_again_as, request.number, by=request.user)
    return "It goes out again."


@at_home
async def dropped(request: Request) -> str:
    await request.uow.perform(letters.drop_as, request.number, by=request.user)
    return "Dropped."


async def _publish(user: str, client: AsyncWebClient, uow: UnitOfWork, said: str = "") -> None:
    found = await uow.read(_home_of, user)
    await client.views_publish(user_id=user, view=view.home(found, said))


def _home_of(tx: Tx, user: str) -> view.Home:
    waiting = [(page, _incident(tx, page, user)) for page in pages.pending_for(tx, user)]
    return view.Home(
        shifts_of(tx, user, view.AHEAD),
        waiting,
        tx.now,
        zone_of(tx, user),
        reach_of(tx, user),
        _incidents(tx, user),
        running_for(tx, user),
        *_unsent(tx, user),
    )


def _unsent(tx: Tx, user: str) -> tuple[list[Unsent], int]:
    """Return the newest of what could not be sent and how much there is: to whoever looks after Muster."""
    if not letters.is_admin(tx, user):
        return [], 0
    newest = dead_letters.newest(tx, unsent.SHOWN)
    shown = [Unsent(one.id, one.job, about(tx, one, user), one.given_up_at, one.reason) for one in newest]
    return shown, sum(dead_letters.counts(tx).values())


def about(tx: Tx, one: DeadLetter, user: str) -> str:
    """Return of which incident a delivery is, if this person may know of it."""
    number = letters.incident_of(tx, one)
    try:
        return f"INC-{incidents.visible(tx, number, user).id}" if number else ""
    except NotFound:
        return "of a private incident"


def _incidents(tx: Tx, user: str) -> Incidents:
    """Return what the person may see of the incidents that are open."""
    open_ones, mine = Listed(), Listed(Which.MINE)
    return Incidents(
        listing.of(tx, open_ones, user, incidents_view.OPEN_ONES),
        listing.count(tx, open_ones, user),
        listing.of(tx, mine, user, incidents_view.MINE, standing=True),
        listing.count(tx, mine, user, standing=True),
        Right.DECLARE in rights_of(tx, user),
    )


def reach_of(tx: Tx, user: str) -> Reach:
    """Return how a person is reached, for themselves alone."""
    own = [(one, verification_codes.latest(tx, one.id)) for one in contact_methods.of(tx, user)]
    rules = frozenset(notification_rules.of(tx, user))
    return Reach(tx.process.contact_methods, contact_of(tx, user), own, rules)


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
        Listener("action", TEST, tested),
        Listener("action", unsent.AGAIN, sent_again),
        Listener("action", unsent.DROP, dropped),
    ),
)
