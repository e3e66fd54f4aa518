"""The owner of a review is told of comments on it: with a sound once, then in one message for an hour."""

from functools import partial

from bot.domain import facts
from bot.domain.reviews.versions import together
from bot.integrations.slack.client import SlackClient
from bot.integrations.slack.nudges import replacing
from bot.jobs import Effect, Job, Subjects
from bot.operations.work.review_reminders import owner_of
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.work import review_comments as view
from bot.web.links import Links
from storage import incidents, posts, review_documents, reviews
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

COMMENTED = "review_commented"


class ReviewComments:
    def __init__(self, uow: UnitOfWork, slack: SlackClient, links: Links | None = None) -> None:
        self._uow = uow
        self._slack = slack
        self._links = links

    def jobs(self) -> list[Job]:
        heard, lane = {facts.ReviewCommented}, "review_commented:{incident}"
        changed = {facts.ReviewCommentChanged}
        return [
            Job("slack.tell_commented", heard, self.tell, lane, _failed, about=_to_owner),
            Job(
                "slack.redraw_commented", changed, self.redraw, lane, _failed, about=_to_owner, coalesce=True
            ),
        ]

    async def tell(self, delivery: Delivery) -> Effect | None:
        """Tell of the newest comments, in the message that told of those just before, if one did."""
        number, person = delivery.subject["incident"], delivery.subject["person"]
        shown, goes_on = await self._uow.read(_told, number, person, self._page(number))
        if not shown:
            return None
        before = await self._uow.read(posts.find, number, COMMENTED, person)
        if before and goes_on:
            await self._slack.redraw(delivery, before.channel, before.ts, shown)
            return None
        posted = await replacing(self._slack, delivery, person, shown, before)
        return partial(posts.record, post=Post(number, COMMENTED, person, posted.channel, posted.ts))

    async def redraw(self, delivery: Delivery) -> None:
        """Have the owner read no words that were changed or taken back since."""
        number, person = delivery.subject["incident"], delivery.subject["person"]
        before = await self._uow.read(posts.find, number, COMMENTED, person)
        if before:
            shown = await self._uow.read(_left, number, person, self._page(number))
            await self._slack.redraw(delivery, before.channel, before.ts, shown)

    def _page(self, incident_id: int) -> str:
        page = self._links.to_incident(incident_id) if self._links else None
        return f"{page}/review#comments" if page else ""


def _to_owner(tx: Tx, fact: facts.ReviewCommented | facts.ReviewCommentChanged) -> Subjects:
    """Return who owns the review, unless they wrote the comment."""
    incident, review = incidents.get(tx, fact.incident), reviews.review_of(tx, fact.incident)
    owner = owner_of(tx, incident, review) if review else ""
    return ({"incident": fact.incident, "person": owner},) if owner and owner != fact.by else ()


def _told(tx: Tx, incident_id: int, person: str, page: str) -> tuple[Message | None, bool]:
    """Return what is told, and whether it goes on what was told of earlier comments."""
    found = together(review_documents.comments(tx, incident_id), person)
    if not found:
        return None, False
    return view.told(incidents.get(tx, incident_id), found, page), len(found) > 1


def _left(tx: Tx, incident_id: int, person: str, page: str) -> Message:
    """Return what is left of what was told, also where the person has answered since."""
    others = [one for one in review_documents.comments(tx, incident_id) if one.by != person]
    incident, found = incidents.get(tx, incident_id), together(others, person)
    return view.told(incident, found, page) if found else view.none_left(incident)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what, cure = "The owner of the review could not be told of a comment", "It stands on the review's page."
    problem(tx, delivery.subject["incident"], what, reason, cure)
