"""Requests to be let into private incidents: one question to the lead, edited when it is answered."""

from functools import partial

from bot.domain.facts import AccessAnswered, AccessAsked
from bot.domain.incidents.access import AccessRequest
from bot.domain.incidents.incident import Incident
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job
from bot.operations.workspace.channel import problem
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.incidents import access as view
from storage import access_requests, incidents
from storage.outbox import Delivery
from storage.transaction import Tx


class AccessRequests:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "access:{request}"
        return [
            Job("slack.ask_access", {AccessAsked}, self.ask, lane, _failed),
            Job("slack.redraw_access", {AccessAnswered}, self.redraw, lane, _failed),
        ]

    async def ask(self, delivery: Delivery) -> Effect | None:
        """Ask the lead; where there is none, whoever is in the incident's channel."""
        request, incident = await self._uow.read(_asked, delivery)
        whom = incident.lead if incident.lead and not incident.lead_gone else incident.channel
        if not whom:
            return None
        in_channel = whom == incident.channel
        posted = await self._slack.post(delivery, whom, view.asked(request, incident), readable=in_channel)
        noted = partial(access_requests.record_message, channel=posted.channel, ts=posted.ts)
        return Guarded(partial(noted, request_id=request.id))

    async def redraw(self, delivery: Delivery) -> None:
        request, incident = await self._uow.read(_asked, delivery)
        if request.channel and request.ts:
            await self._slack.redraw(delivery, request.channel, request.ts, view.asked(request, incident))


def _asked(tx: Tx, delivery: Delivery) -> tuple[AccessRequest, Incident]:
    request = access_requests.get(tx, delivery.subject["request"])
    return request, incidents.get(tx, request.incident)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what, cure = "The lead could not be asked to let somebody in", "`/inc lead` names another lead."
    problem(tx, delivery.subject["incident"], what, reason, cure)
