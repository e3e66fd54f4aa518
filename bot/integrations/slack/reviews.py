"""Reviews in Slack: their tasks in the incident's channel, reminders of the owner, and the offer to close."""

from datetime import date
from functools import partial
from typing import TypeAlias

from bot.domain import facts
from bot.domain.incidents.incident import FINISHED, Incident
from bot.domain.incidents.timers import TimerKind
from bot.domain.incidents.weekend import zone_of
from bot.domain.paging.practice import asked_in
from bot.domain.work.reviews import Review, due_soon
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.nudges import replacing
from bot.jobs import Effect, Job, Subjects
from bot.operations.work.review_reminders import owner_of
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.work import review as view
from bot.web.links import Links
from storage import incidents, members, people, posts, reviews, timers
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

REVIEW, NUDGE, OFFER = "review", "review_nudge", "review_offer"
_TASKS = {facts.ReviewTaskDone, facts.ReviewTaskUndone, facts.ReviewTaskChanged, facts.ReviewGiven}
_CHANGED = {*_TASKS, facts.ReviewEnded, facts.ReviewBegun, facts.StatusChanged}
_Given: TypeAlias = facts.ReviewGiven | facts.ReviewTaskChanged
_Changed: TypeAlias = (
    facts.ReviewTaskDone
    | facts.ReviewTaskUndone
    | facts.ReviewTaskChanged
    | facts.ReviewGiven
    | facts.ReviewEnded
    | facts.ReviewBegun
    | facts.ReviewPutOff
    | facts.StatusChanged
)


class Reviews:
    def __init__(self, uow: UnitOfWork, slack: SlackClient, links: Links | None = None) -> None:
        self._uow = uow
        self._slack = slack
        self._links = links

    def jobs(self) -> list[Job]:
        return [*self._task_jobs(), *self._private_jobs()]

    def _task_jobs(self) -> list[Job]:
        job, posts_it = partial(Job, lane="review:{incident}", on_dead=_failed), "slack.post_review"
        shown = partial(_kept, REVIEW)
        return [
            job(posts_it, {facts.ReviewBegun, facts.ChannelOpened}, self.post, about=_unposted),
            job("slack.redraw_review", _CHANGED, self.redraw, about=shown, coalesce=True, drawn_by=posts_it),
        ]

    def _private_jobs(self) -> list[Job]:
        """Return what tells one person: the owner, who was given something, and the lead."""
        nudge = partial(Job, lane="review_nudge:{incident}", on_dead=_failed)
        offer = partial(Job, lane="review_offer:{incident}", on_dead=_failed)
        nudged, offered = partial(_kept, NUDGE), partial(_kept, OFFER)
        changed, begun = {*_CHANGED, facts.ReviewPutOff}, {facts.ReviewBegun, facts.StatusChanged}
        given = {facts.ReviewGiven, facts.ReviewTaskChanged}
        lane = "review_given:{person}"
        return [
            nudge("slack.nudge_review", {facts.ReviewDue}, self.nudge),
            nudge("slack.redraw_review_nudge", changed, self.settle_nudge, about=nudged, coalesce=True),
            Job("slack.tell_reviewer", given, self.tell, lane, _failed, about=_given),
            offer("slack.offer_close", {facts.ReviewEnded}, self.offer, about=_to_lead),
            offer("slack.redraw_offer_close", begun, self.settle_offer, about=offered, coalesce=True),
        ]

    async def post(self, delivery: Delivery) -> Effect | None:
        """Post the tasks, once in each channel that the incident has."""
        incident, review, today = await self._uow.read(_shown, delivery)
        post = await self._uow.read(posts.find, incident.id, REVIEW)
        if not incident.channel or not review or (post and post.channel == incident.channel):
            return None
        shown = view.begun(incident, review, today, self._page_of(incident.id))
        posted = await self._slack.post(delivery, incident.channel, shown)
        return partial(posts.record, post=Post(incident.id, REVIEW, "", posted.channel, posted.ts))

    async def redraw(self, delivery: Delivery) -> None:
        incident, review, today = await self._uow.read(_shown, delivery)
        post = await self._uow.read(posts.find, incident.id, REVIEW)
        if post and review:
            shown = view.standing(incident, review, today, self._page_of(incident.id))
            await self._slack.redraw(delivery, post.channel, post.ts, shown)

    def _page_of(self, number: int) -> str:
        page = self._links and self._links.to_incident(number)
        return f"{page}/review" if page else ""

    async def nudge(self, delivery: Delivery) -> Effect | None:
        """Remind the owner, in place of the reminder before, unless nothing is due any more."""
        person, number = delivery.subject["person"], delivery.subject["incident"]
        shown = await self._uow.read(_nudge, number, person)
        if not shown:
            return None
        before = await self._uow.read(posts.find, number, NUDGE, person)
        posted = await replacing(self._slack, delivery, person, shown, before)
        return partial(posts.record, post=Post(number, NUDGE, person, posted.channel, posted.ts))

    async def settle_nudge(self, delivery: Delivery) -> Effect | None:
        """Bring a reminder up to date; one that asks nothing more is forgotten."""
        number = delivery.subject["incident"]
        post = await self._uow.read(posts.find, number, NUDGE, delivery.subject["place"])
        if not post:
            return None
        shown, over = await self._uow.read(_settled, number, post.place)
        await self._slack.redraw(delivery, post.channel, post.ts, shown)
        return partial(posts.forget, post=post) if over else None

    async def tell(self, delivery: Delivery) -> None:
        shown = await self._uow.read(_told, delivery)
        if shown:
            await self._slack.post(delivery, delivery.subject["person"], shown, readable=False)

    async def offer(self, delivery: Delivery) -> Effect | None:
        """Ask whoever leads whether the incident is to be closed. Nothing closes it by itself."""
        person, number = delivery.subject["person"], delivery.subject["incident"]
        incident, review, _ = await self._uow.read(_shown, delivery)
        if incident.lead != person or not review or review.open:
            return None
        before = await self._uow.read(posts.find, number, OFFER, person)
        shown = view.offered(incident, review)
        posted = await replacing(self._slack, delivery, person, shown, before)
        return partial(posts.record, post=Post(number, OFFER, person, posted.channel, posted.ts))

    async def settle_offer(self, delivery: Delivery) -> Effect | None:
        incident, review, _ = await self._uow.read(_shown, delivery)
        post = await self._uow.read(posts.find, incident.id, OFFER, delivery.subject["place"])
        if not post:
            return None
        await self._slack.redraw(delivery, post.channel, post.ts, view.offered(incident, review))
        return partial(posts.forget, post=post)


def _shown(tx: Tx, delivery: Delivery) -> tuple[Incident, Review | None, date]:
    number = delivery.subject["incident"]
    return incidents.get(tx, number), reviews.review_of(tx, number), tx.now.date()


def _nudge(tx: Tx, incident_id: int, person: str) -> Message | None:
    """Return what the owner is reminded of now, if anything."""
    incident, review = incidents.get(tx, incident_id), reviews.review_of(tx, incident_id)
    if not review or not review.open or incident.status not in FINISHED:
        return None
    if owner_of(tx, incident, review) != person:
        return None
    known = people.get(tx, person)
    today = tx.now.astimezone(zone_of(known.tz if known else None)).date()
    found = due_soon(review, today)
    return view.due(incident, review, found, today) if found else None


def _settled(tx: Tx, incident_id: int, person: str) -> tuple[Message, bool]:
    """Return what a reminder says now, and whether it asks nothing more."""
    incident, shown = incidents.get(tx, incident_id), _nudge(tx, incident_id, person)
    timer = timers.of(tx, incident_id, TimerKind.REVIEW)
    if shown and timer and timer.snoozed_until:
        return view.due_no_more(incident, timer.snoozed_until), False
    return (shown, False) if shown else (view.due_no_more(incident), True)


def _told(tx: Tx, delivery: Delivery) -> Message | None:
    """Return what somebody is told who was given a review, or a task, unless they have it no more."""
    subject = delivery.subject
    incident, review = incidents.get(tx, subject["incident"]), reviews.review_of(tx, subject["incident"])
    if not review:
        return None
    task = next((one for one in review.tasks if one.id == subject["task"]), None)
    owner = task.owner if task else review.owner
    return view.told(incident, subject["giver"], task) if owner == subject["person"] else None


def _unposted(tx: Tx, fact: facts.ReviewBegun | facts.ChannelOpened) -> Subjects:
    """Return the incident if its tasks are to be posted: a channel that opens later has them then."""
    if isinstance(fact, facts.ReviewBegun) and fact.again:
        return ()
    ready = incidents.has_channel(tx, fact.incident) and reviews.review_of(tx, fact.incident)
    return ({"incident": fact.incident},) if ready else ()


def _kept(kind: str, tx: Tx, fact: _Changed) -> Subjects:
    """Return each message of a kind that stands."""
    found = (one for one in posts.of(tx, fact.incident) if one.kind == kind)
    subjects = [{"incident": fact.incident, "place": one.place} for one in found]
    if kind == REVIEW and not subjects and not isinstance(fact, facts.StatusChanged | facts.ReviewBegun):
        return ({"incident": fact.incident, "place": ""},)  # it may be on its way into the channel
    return subjects


def _given(tx: Tx, fact: _Given) -> Subjects:
    """Return who is told: nobody of what they did themselves."""
    if isinstance(fact, facts.ReviewTaskChanged):
        person, task = (fact.after if fact.what == "owner" else ""), fact.task
    else:
        person, task = fact.person, 0
    if not person or person == fact.by:
        return ()
    return ({"incident": fact.incident, "person": person, "task": task, "giver": str(fact.by)},)


def _to_lead(tx: Tx, fact: facts.ReviewEnded) -> Subjects:
    """Return whoever leads, unless they ended the review: their answer has the button."""
    incident = incidents.get(tx, fact.incident)
    lead = incident.lead
    there = lead and people.present(tx, lead) and lead not in members.gone(tx, incident.id)
    asked = there and lead != fact.by and asked_in(incident, lead)
    return ({"incident": incident.id, "person": lead},) if asked else ()


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "A message about the review could not be shown"
    problem(tx, delivery.subject["incident"], what, reason, "`/inc review` shows how it stands.")
