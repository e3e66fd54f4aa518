"""Mails what was published to those who subscribed: each once, a few at a time, nobody who left since."""

from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from email.utils import formatdate, parseaddr
from functools import partial

from bot.config.statuspage import StatuspageSettings
from bot.domain import facts
from bot.domain.incidents.public_posts import PublicPost, kept_back
from bot.domain.incidents.public_subscribers import Subscriber
from bot.integrations.smtp import RecipientRefused, Smtp
from bot.jobs import DeliveryFailed, Effect, Job
from bot.operations.incidents.public_subscribers import (
    mailed,
    mailing_given_up,
    not_taken_at_all,
    taken_later,
)
from bot.unit_of_work import UnitOfWork
from bot.views.statuspage.mails import body, confirming, leaving, question, subject
from storage import incidents, public_posts, public_subscribers
from storage.outbox import Delivery
from storage.transaction import Tx

_POLICY = default.clone(max_line_length=900)
"""A link in a header stands on one line: parted, it is no link to the program that has to press it."""
LATER = timedelta(minutes=5)
"""After so long a mailbox that refused a mail is tried again: many servers refuse whom they do not know."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is mailed to whom; `began` is the first text of the same notice."""

    post: PublicPost
    began: PublicPost
    to: Subscriber


class Mailing:
    """One mail a delivery: what is known to have been sent is not sent again. A mail whose fate is unknown is
    sent once more under the same Message-ID, by which mailboxes know it.
    """

    def __init__(self, uow: UnitOfWork, settings: StatuspageSettings) -> None:
        self._uow, self._smtp = uow, Smtp(settings.mail)
        self._name, self._url = settings.name, settings.url

    def jobs(self) -> list[Job]:
        return [
            Job("statuspage.mail", {facts.NoticeToMail}, self.mail, "statuspage:mail:{part}", _given_up),
            Job(
                "statuspage.mail_again",
                {facts.NoticeToMailAgain},
                self.again,
                "statuspage:mail:again",
                _never_taken,
                after=LATER,
            ),
            Job(
                "statuspage.ask",
                {facts.SubscriberAsked},
                self.ask,
                "statuspage:mail:ask",
                _not_asked,
            ),
        ]

    async def mail(self, delivery: Delivery) -> Effect | None:
        """Mail whoever is next in a part."""
        number, part = delivery.subject["post"], delivery.subject["part"]
        scene = await self._uow.read(_next, number, part, delivery.subject["after"])
        if not scene:
            return None
        refused = ""
        try:
            await self._smtp.post(self._text(scene))
        except RecipientRefused as no:
            refused = no.reason
        return partial(mailed, number=number, lane=part, subscriber=scene.to, refused=refused)

    async def again(self, delivery: Delivery) -> Effect | None:
        """Mail one whose server did not take it before. What it says now is the last word."""
        number, to = delivery.subject["post"], delivery.subject["subscriber"]
        scene = await self._uow.read(_one, number, to)
        if not scene:
            return None
        try:
            await self._smtp.post(self._text(scene))
        except RecipientRefused:
            return partial(not_taken_at_all, subscriber=to)
        return partial(taken_later, subscriber=to)

    async def ask(self, delivery: Delivery) -> Effect | None:
        """Ask a mailbox whether it wants mail."""
        number = delivery.subject["subscriber"]
        to = await self._uow.read(public_subscribers.get, number)
        if not to or not to.waits(self._uow.clock.now()):
            return None
        about, text = question(self._name, self._url, confirming(self._url, to.token))
        at = int(to.asked_at.timestamp())
        mail = self._mail(to, about, text, f"ask-{to.id}-{at}")
        try:
            await self._smtp.post(mail)
        except RecipientRefused as no:
            raise DeliveryFailed(no.reason, permanent=no.permanent) from no
        return None

    def _text(self, scene: _Scene) -> EmailMessage:
        post, to = scene.post, scene.to
        leave = leaving(self._url, to.token)
        text = body(self._name, post, scene.began, self._url, leave)
        mail = self._mail(to, subject(self._name, post), text, f"post-{post.id}-{to.id}")
        mail["List-Unsubscribe"] = f"<{leave}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        return mail

    def _mail(self, to: Subscriber, about: str, text: str, key: str) -> EmailMessage:
        mail = EmailMessage(policy=_POLICY)
        mail["From"], mail["To"], mail["Subject"] = self._smtp.sender, to.address, about
        domain = parseaddr(self._smtp.sender)[1].rpartition("@")[2] or "muster.invalid"
        mail["Date"], mail["Message-ID"] = formatdate(), f"<statuspage-{key}@{domain}>"
        mail["Auto-Submitted"], mail["Precedence"] = "auto-generated", "bulk"
        mail.set_content(text, cte="quoted-printable")
        return mail


def _next(tx: Tx, number: int, part: int, after: int) -> _Scene | None:
    post = public_posts.get(tx, number)
    to = public_subscribers.following(tx, part, after, post.at)
    return _scene(tx, post, to) if to else None


def _one(tx: Tx, number: int, subscriber: int) -> _Scene | None:
    to = public_subscribers.get(tx, subscriber)
    return _scene(tx, public_posts.get(tx, number), to) if to and to.confirmed_at else None


def _scene(tx: Tx, post: PublicPost, to: Subscriber) -> _Scene | None:
    """Return what is mailed; nothing of what turned private since."""
    if kept_back(incidents.get(tx, post.incident), tx.process):
        return None
    return _Scene(post, public_posts.of_notice(tx, post)[0], to)


def _given_up(tx: Tx, delivery: Delivery, reason: str) -> None:
    mailing_given_up(tx, delivery.subject["incident"], reason)


def _never_taken(tx: Tx, delivery: Delivery, reason: str) -> None:
    not_taken_at_all(tx, delivery.subject["subscriber"])


def _not_asked(tx: Tx, delivery: Delivery, reason: str) -> None:
    """Nothing waits for the answer of a mailbox that could not be asked: its owner may ask again."""
