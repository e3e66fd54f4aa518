"""Whoever wrote or pinned what looks like a secret is warned in private: one message, edited when decided."""

from functools import partial

from bot.domain.facts import SecretDecided, SecretMasked
from bot.integrations.slack.client import SlackClient
from bot.jobs import Effect, Job, Subjects
from bot.operations.workspace.channel import problem
from bot.unit_of_work import UnitOfWork
from bot.views.blocks import Message
from bot.views.work import secret
from storage import held_texts, incidents, posts, timeline
from storage.outbox import Delivery
from storage.posts import Post
from storage.transaction import Tx

WARNED = "secret"
"""The kind of the direct message; its place is the text and the person."""
_LANE = "secret:{held}:{person}"


class SecretWarnings:
    def __init__(self, uow: UnitOfWork, slack: SlackClient) -> None:
        self._uow = uow
        self._slack = slack

    def jobs(self) -> list[Job]:
        return [
            Job("slack.warn_of_secret", {SecretMasked}, self.warn, _LANE, _failed, about=_asked),
            Job("slack.redraw_warning", {SecretDecided}, self.redraw, _LANE, _failed, about=_warned),
        ]

    async def warn(self, delivery: Delivery) -> Effect:
        """Ask a person what it is, unless somebody said so meanwhile: then the message tells that."""
        subject = delivery.subject
        message = await self._uow.read(_message, delivery)
        posted = await self._slack.post(delivery, subject["person"], message, readable=False)
        place = f"{subject['held']}:{subject['person']}"
        return partial(posts.record, post=Post(subject["incident"], WARNED, place, posted.channel, posted.ts))

    async def redraw(self, delivery: Delivery) -> None:
        subject = delivery.subject
        place = f"{subject['held']}:{subject['person']}"
        if post := await self._uow.read(posts.find, subject["incident"], WARNED, place):
            message = await self._uow.read(_message, delivery)
            await self._slack.redraw(delivery, post.channel, post.ts, message)


def _asked(tx: Tx, fact: SecretMasked) -> Subjects:
    return [{"incident": fact.incident, "held": fact.held, "person": person} for person in fact.people]


def _warned(tx: Tx, fact: SecretDecided) -> Subjects:
    return [
        {"incident": fact.incident, "held": fact.held, "person": person}
        for person in held_texts.get(tx, fact.held).people
    ]


def _message(tx: Tx, delivery: Delivery) -> Message:
    held = held_texts.get(tx, delivery.subject["held"])
    entry = timeline.pinned(tx, held.incident, held.ts) if held.ts else None
    permalink = str(entry.data.get("permalink") or "") if entry else ""
    return secret.warning(held, incidents.get(tx, held.incident), delivery.subject["person"], permalink)


def _failed(tx: Tx, delivery: Delivery, reason: str) -> None:
    what = "Somebody could not be told that a text of theirs looks like a secret, which I show masked"
    problem(
        tx, delivery.subject["incident"], what, reason, "Whoever leads can look at it: `/inc timeline all`."
    )
