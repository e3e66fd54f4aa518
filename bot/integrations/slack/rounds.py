"""Who answered the pages that one decision sent: one message in the channel, edited with each answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.domain.actors import BOT
from bot.domain.incidents.incident import Incident
from bot.domain.timeline.entries import Entry, Kind
from bot.integrations.slack.backlog import answered_in
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect
from bot.unit_of_work import Guarded, UnitOfWork
from bot.views.blocks import Message
from bot.views.drill import marked
from bot.views.paging import told
from storage import incidents, pages, posts, timeline
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

ROUND = "round"
"""The kind of its row; the place is the first page that was sent."""


@dataclass(frozen=True, slots=True)
class Round:
    """The message as it should be now; `answered` travels with it, for a bot that knows an older state."""

    place: str
    message: Message
    answered: dict[str, str]
    post: Post | None


def answer_in(found: Sequence[Entry]) -> int | None:
    """Return the page that was answered where a decision tells of its answer and of nothing but that."""
    kinds = {one.kind for one in found}
    if Kind.ACKNOWLEDGED not in kinds or kinds - {Kind.ACKNOWLEDGED, Kind.LEAD}:
        return None
    return next(int(one.data["page"]) for one in found if one.kind is Kind.ACKNOWLEDGED)


async def tell(
    uow: UnitOfWork, slack: SlackClient, delivery: Delivery, incident: Incident, page: int
) -> Effect:
    """Edit the message of the round in which a page was sent, or post it."""
    now = await uow.read(of_page, page)
    post, about = now.post, now.answered
    if post and await slack.redraw(delivery, post.channel, post.ts, now.message, about=about):
        return Guarded(partial(posts.record, post=post))
    there = await slack.post(delivery, incident.channel or "", now.message, about=about)
    return Guarded(partial(posts.record, post=Post(incident.id, ROUND, now.place, there.channel, there.ts)))


def of_page(tx: Tx, page_id: int) -> Round:
    """Return the round in which a page was sent: all paths of its incident that began at the same time."""
    first = pages.get(tx, page_id).escalation
    assert first.incident
    known = pages.of_incident(tx, first.incident)
    path_of = {one.id: one.escalation.id for one in known}
    paths = {one.escalation.id for one in known if one.escalation.started_at == first.started_at}
    said = timeline.of_kinds(tx, first.incident, Kind.ACKNOWLEDGED, Kind.LEAD)
    answers = {one.at for one in said if one.kind is Kind.ACKNOWLEDGED and path_of[one.data["page"]] in paths}
    found = [
        one
        for one in said
        if one.at in answers
        and (path_of[one.data["page"]] in paths if one.kind is Kind.ACKNOWLEDGED else one.by == BOT)
    ]
    some = {
        one.escalation.id for one in known if one.answered_by and one.needs_all
    }  # the entries name the others
    waiting = [one.escalation.role for one in known if one.pending and one.escalation.id in paths - some]
    place = str(min(number for number, path in path_of.items() if path in paths))
    return Round(
        place,
        marked(told.answers(found, waiting), incidents.get(tx, first.incident)),
        answered_in(tx, found),
        posts.find(tx, first.incident, ROUND, place),
    )
