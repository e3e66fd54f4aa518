"""Checklists in the incident's channel, and the call for a second IM where IMs are."""

from functools import partial

from bot.domain.facts import (
    ChecklistTicked,
    LinkAdded,
    LinkRemoved,
    RoleGiven,
    SecondImAsked,
    StatusChanged,
)
from bot.domain.incidents.checklists import BEGUN
from bot.domain.incidents.incident import Incident
from bot.domain.process import ENGINEERING_COMMUNICATIONS_LEAD, IM
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.incidents.checklists import done
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import checklist as view
from storage import incidents, places, posts, roles
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

CHECKLIST, SECOND_IM = "checklist", "second_im"


class ChecklistMessages:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane, asked = "checklist:{incident}:{checklist}", "second_im:{incident}"
        changes = {ChecklistTicked, RoleGiven, LinkAdded, LinkRemoved, StatusChanged}
        return [
            Job("slack.post_checklist", {ChecklistTicked}, self.post, lane, _failed, about=_begun),
            Job(
                "slack.redraw_checklist",
                changes,
                self.redraw,
                lane,
                _failed,
                about=_posted,
                coalesce=True,
                drawn_by="slack.post_checklist",
            ),
            Job("slack.ask_second_im", {SecondImAsked}, self.ask, asked, _failed),
            Job(
                "slack.settle_second_im",
                {RoleGiven, StatusChanged},
                self.settle,
                asked,
                _failed,
                about=_asked,
            ),
        ]

    async def post(self, delivery: Delivery) -> Effect | None:
        incident, shown = await self._uow.read(_shown, delivery)
        if not incident.channel:
            return None
        posted = await self._slack.post(delivery, incident.channel, shown)
        row = Post(incident.id, CHECKLIST, delivery.subject["checklist"], posted.channel, posted.ts)
        return partial(posts.record, post=row)

    async def redraw(self, delivery: Delivery) -> None:
        incident, shown = await self._uow.read(_shown, delivery)
        post = await self._uow.read(posts.find, incident.id, CHECKLIST, delivery.subject["checklist"])
        if post:
            await self._slack.redraw(delivery, post.channel, post.ts, shown)

    async def ask(self, delivery: Delivery) -> Effect | None:
        """Ask in the channel of the IMs, unless somebody takes the call already."""
        incident, who, name = await self._uow.read(_wanted, delivery)
        if who or not incident.status.active:
            return None
        place = await self._uow.read(places.named, name) if name else None
        if not place or place.archived:
            raise DeliveryFailed(f"I see no channel #{name}" if name else "no team is IM", permanent=True)
        posted = await self._slack.post(delivery, place.id, view.second_im(incident))
        return partial(posts.record, post=Post(incident.id, SECOND_IM, name, posted.channel, posted.ts))

    async def settle(self, delivery: Delivery) -> Effect | None:
        """Edit the question once somebody takes the call, or the incident is over."""
        incident, who, _ = await self._uow.read(_wanted, delivery)
        post = await self._uow.read(_question, incident.id)
        if not post or not (who or not incident.status.active):
            return None
        await self._slack.redraw(delivery, post.channel, post.ts, view.second_im_found(incident, who))
        return partial(posts.forget, post=post)


def _shown(tx: Tx, delivery: Delivery) -> tuple[Incident, Message]:
    incident, name = incidents.get(tx, delivery.subject["incident"]), delivery.subject["checklist"]
    return incident, view.checklist(incident, name, done(tx, incident, name))


def _wanted(tx: Tx, delivery: Delivery) -> tuple[Incident, str | None, str]:
    """Return the incident, who takes the call, and the channel of its IMs."""
    incident = incidents.get(tx, delivery.subject["incident"])
    team = tx.process.team_of_role(IM, tx.process.type_of(incident.type))
    who = roles.of(tx, incident.id).get(ENGINEERING_COMMUNICATIONS_LEAD)
    return incident, who, team.channel if team else ""


def _question(tx: Tx, incident_id: int) -> Post | None:
    return next((one for one in posts.of(tx, incident_id) if one.kind == SECOND_IM), None)


def _begun(tx: Tx, fact: ChecklistTicked) -> Subjects:
    new = fact.item == BEGUN and incidents.has_channel(tx, fact.incident)
    return ({"incident": fact.incident, "checklist": fact.checklist},) if new else ()


def _posted(tx: Tx, fact: ChecklistTicked | RoleGiven | LinkAdded | LinkRemoved | StatusChanged) -> Subjects:
    if isinstance(fact, ChecklistTicked):  # it may be on its way into the channel
        new = fact.item == BEGUN
        return () if new else ({"incident": fact.incident, "checklist": fact.checklist},)
    found = (one for one in posts.of(tx, fact.incident) if one.kind == CHECKLIST)
    return [{"incident": fact.incident, "checklist": one.place} for one in found]


def _asked(tx: Tx, fact: RoleGiven | StatusChanged) -> Subjects:
    return ({"incident": fact.incident},) if _question(tx, fact.incident) else ()


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    of = delivery.job == "slack.ask_second_im"
    what = "A second IM could not be asked for" if of else "A checklist could not be shown"
    cure = "Ask by hand where IMs are." if of else "`/inc customer-call` and `/inc blocked-users` show it."
    problem(tx, delivery.subject["incident"], what, reason, cure)
