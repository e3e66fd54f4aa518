"""What customers are told: who is asked for it, and the channels of those who talk with them."""

from bot.domain import facts
from bot.domain.facts import Fact, OfIncident
from bot.domain.incidents.communication import Told
from bot.domain.incidents.incident import FINISHED, GONE, Incident, Status
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Job, Subjects
from bot.operations.incidents.public_notices import told
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import public_notice
from storage import incidents, places, public_notices
from storage.outbox import Delivery
from storage.transaction import Tx

CONFIRM, PUBLIC = "confirm", "public"
"""Kinds of messages: whether customers are affected, and what they are told."""
ASKED_FOR_CONFIRMATION: frozenset[type[Fact]] = frozenset(
    {facts.NoticeDrafted, facts.PageAcknowledged, facts.RoleGiven, facts.TakenOver}
)


def to_confirm(tx: Tx, fact: Fact) -> Subjects:
    """Return who is asked whether customers are significantly affected: whoever holds a role that has to say
    so, when a notice is drafted or later, when they get the role.
    """
    if not isinstance(fact, OfIncident) or not public_notices.of(tx, fact.incident):
        return ()
    incident = incidents.get(tx, fact.incident)
    now = told(tx, incident)
    if not asks_to_confirm(incident, now):
        return ()
    drafted = isinstance(fact, facts.NoticeDrafted)
    new = {getattr(fact, "person", fact.by), fact.by}
    whom = dict.fromkeys(now.holders[role] for role in now.missing if role in now.holders)
    return [{"incident": incident.id, "person": one} for one in whom if drafted or one in new]


def asks_to_confirm(incident: Incident, now: Told) -> bool:
    """Say whether anybody is asked at all: there is something to publish, and it waits for them."""
    publicity, waits = incident.publicity, bool(now.notice and now.missing)
    decided = publicity.noticed_at or publicity.unpublished or incident.status in GONE
    return waits and not decided


def asks_for_notice(incident: Incident, now: Told) -> bool:
    """Say whether somebody is to see that customers hear of it, or hear more."""
    if now.shown and not incident.status.open:
        return True
    if incident.publicity.unpublished or incident.status in GONE:
        return False
    if incident.status.active and (incident.publicity.noticed_at or incident.publicity.impaired):
        return True
    return now.by is not None


class Customers:
    """Tells customer success and the community that customers were told, and that it is mitigated."""

    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane, heard, moved = "stakeholders:{incident}:{place}", {facts.NoticePublished}, {facts.StatusChanged}
        return [
            Job("slack.tell_published", heard, self.tell_published, lane, _failed, about=_published),
            Job("slack.tell_mitigated", moved, self.tell_mitigated, lane, _failed, about=_mitigated),
            Job("slack.tell_not_taken", {facts.NoticeNotTaken}, self.tell_not_taken, _NOT_TAKEN, _unheard),
        ]

    async def tell_published(self, delivery: Delivery) -> None:
        incident, now = await self._uow.read(_now, delivery)
        if now.notice:
            await self._post(
                delivery, incident, public_notice.published(incident, now.notice.text, now.where)
            )

    async def tell_mitigated(self, delivery: Delivery) -> None:
        incident, now = await self._uow.read(_now, delivery)
        if incident.status is Status.MONITORING or incident.status in FINISHED:  # it may be worse again
            await self._post(delivery, incident, public_notice.mitigated(incident, now.where))

    async def tell_not_taken(self, delivery: Delivery) -> None:
        """Tell whoever published a text that a status page does not say it."""
        incident, _ = await self._uow.read(_now, delivery)
        page, why, over = (delivery.subject[key] for key in ("page", "why", "over"))
        message = public_notice.not_taken(incident, page, why, over=over)
        await self._slack.post(delivery, delivery.subject["person"], message, readable=False)

    async def _post(self, delivery: Delivery, incident: Incident, message: Message) -> None:
        if incident.private:  # since it was decided
            return
        channel = await self._uow.read(places.named, delivery.subject["place"])
        if not channel or channel.archived:
            raise DeliveryFailed(f"I see no channel #{delivery.subject['place']}", permanent=True)
        await self._slack.post(delivery, channel.id, message)


def _published(tx: Tx, fact: facts.NoticePublished) -> Subjects:
    return _places(tx, fact.incident) if fact.first else ()


def _mitigated(tx: Tx, fact: facts.StatusChanged) -> Subjects:
    """Return the channels that are told when people leave the work on a published incident behind them: it is
    watched, or over at once.
    """
    before, after = Status(fact.before), Status(fact.after)
    at_work = before in {Status.INVESTIGATING, Status.FIXING}
    left = at_work and (after is Status.MONITORING or after in FINISHED)
    heard = left and incidents.get(tx, fact.incident).publicity.noticed_at
    return _places(tx, fact.incident) if heard else ()


def _places(tx: Tx, incident_id: int) -> Subjects:
    """Return the channels that are told. Of a private incident, or a drill, nobody else is told."""
    incident = incidents.get(tx, incident_id)
    if incident.private or incident.drill:
        return ()
    return [{"incident": incident.id, "place": one} for one in tx.process.communication.channels]


def _now(tx: Tx, delivery: Delivery) -> tuple[Incident, Told]:
    incident = incidents.get(tx, delivery.subject["incident"])
    return incident, told(tx, incident)


_NOT_TAKEN = "not_taken:{incident}:{person}"


def _unheard(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "Who published could not be told that a status page did not take it"
    problem(tx, delivery.subject["incident"], what, reason, "Look: `/inc public notice`.")


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = f"#{delivery.subject['place']} could not be told what customers know"
    problem(tx, delivery.subject["incident"], what, reason, "Tell them by hand.")
