"""The notice in the executives' channel, and what is told in its thread."""

from functools import partial

from bot.domain.facts import (
    NoticeContinued,
    NoticeCorrected,
    NoticePosted,
    StatusChanged,
    TurnedPrivate,
    UpdatePosted,
)
from bot.domain.incidents.incident import Incident, Status
from bot.integrations.slack.client import SlackClient
from bot.jobs import DeliveryFailed, Effect, Job, Subjects
from bot.operations.workspace.channel import not_posted, problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.incidents import executive_notice as view
from storage import executive_notices, incidents, people, places, posts, updates
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

EXECUTIVES = "executives"
"""The kind of the notice among the messages of an incident."""


class Executives:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        lane = "executives:{incident}"
        in_thread = {NoticeContinued, NoticeCorrected, UpdatePosted, StatusChanged}
        return [
            Job("slack.post_notice", {NoticePosted}, self.post, lane, _failed),
            Job("slack.thread_notice", in_thread, self.thread, lane, _failed, about=_in_thread),
            Job("slack.redraw_notice", {NoticeCorrected}, self.redraw, lane, _failed, about=_posted),
            Job("slack.withdraw_notice", {TurnedPrivate}, self.redraw, lane, _failed, about=_posted),
        ]

    async def post(self, delivery: Delivery) -> Effect | None:
        incident, shown = await self._uow.read(_notice, delivery)
        name = self._uow.process.executive_channel
        place = await self._uow.read(places.named, name)
        if incident.private:  # since it was written
            return None
        if not place or place.archived:
            state = "is archived" if place else "does not exist, or I cannot see it"
            raise DeliveryFailed(f"#{name} {state}", permanent=True)
        posted = await self._slack.post(delivery, place.id, shown)
        return partial(posts.record, post=Post(incident.id, EXECUTIVES, name, posted.channel, posted.ts))

    async def thread(self, delivery: Delivery) -> None:
        """Tell in the thread what changed, unless there is none, or the incident is private meanwhile."""
        incident, post, shown = await self._uow.read(_told, delivery)
        if post and not incident.private:
            await self._slack.post(delivery, post.channel, shown, thread=post.ts)

    async def redraw(self, delivery: Delivery) -> None:
        """Have the notice say what is right, or no more than that the incident is private now."""
        incident, shown = await self._uow.read(_notice, delivery)
        post = await self._uow.read(_post, incident.id)
        if post:
            await self._slack.redraw(delivery, post.channel, post.ts, shown)


def _notice(tx: Tx, delivery: Delivery) -> tuple[Incident, Message]:
    incident = incidents.get(tx, delivery.subject["incident"])
    found = executive_notices.of(tx, incident.id)
    assert found
    return incident, view.notice(incident, found)


def _told(tx: Tx, delivery: Delivery) -> tuple[Incident, Post | None, Message]:
    incident, subject = incidents.get(tx, delivery.subject["incident"]), delivery.subject
    if "notice" in subject:
        more = executive_notices.get(tx, subject["notice"])
        author = people.name_of(tx, more.written_by)
        corrects = bool(more.impact)  # else it has a summary alone
        shown = view.corrected(more, author) if corrects else view.continued(incident, more.summary, author)
    elif "update" in subject:
        sent = updates.get(tx, subject["update"])
        shown = view.continued(incident, sent.text, people.name_of(tx, sent.by))
    else:
        shown = view.moved(incident)
    return incident, _post(tx, incident.id), shown


def _post(tx: Tx, incident_id: int) -> Post | None:
    return next((one for one in posts.of(tx, incident_id) if one.kind == EXECUTIVES), None)


def _in_thread(tx: Tx, fact: NoticeContinued | NoticeCorrected | UpdatePosted | StatusChanged) -> Subjects:
    """Return what is told to executives with a notice: what is written, and that it is over or open again."""
    if isinstance(fact, StatusChanged):
        before, after = Status(fact.before), Status(fact.after)
        turned = (before.open and not after.open) or fact.back is True
        if not turned or not executive_notices.of(tx, fact.incident):
            return ()
        return ({"incident": fact.incident},)
    if not executive_notices.of(tx, fact.incident):
        return ()
    if isinstance(fact, UpdatePosted):
        return ({"incident": fact.incident, "update": fact.update},)
    return ({"incident": fact.incident, "notice": fact.notice},)


def _posted(tx: Tx, fact: TurnedPrivate | NoticeCorrected) -> Subjects:
    """Return the notice, also one that is on its way: what becomes of it follows in its lane."""
    return ({"incident": fact.incident},) if executive_notices.of(tx, fact.incident) else ()


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    incident = delivery.subject["incident"]
    what = "The executives could not be told"
    problem(tx, incident, what, reason, "Check `executive_channel`, and invite me there: `/invite @muster`.")
    if found := delivery.subject.get("notice"):
        written = executive_notices.get(tx, found)
        parts = filter(None, (written.summary, written.impact, written.response))
        not_posted(tx, incident, "notice", reason, "\n".join(parts), by=written.written_by)
