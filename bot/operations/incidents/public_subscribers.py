"""Reading the status page by e-mail: asked for by anybody, confirmed and ended in the mailbox."""

from bot.domain.errors import NotFound, Refused
from bot.domain.facts import NoticeToMail, NoticeToMailAgain, SubscriberAsked
from bot.domain.incidents.public_posts import PublicPost
from bot.domain.incidents.public_subscribers import (
    ASK_AGAIN,
    CONFIRM_WITHIN,
    LANES,
    MOST,
    MOST_WAITING,
    REFUSED,
    Subscriber,
)
from bot.domain.paging.contact_methods import AddressKind, address_of
from bot.operations.workspace.channel import problem
from storage import public_posts, public_subscribers
from storage.transaction import Tx


def subscribe(tx: Tx, address: str, token: str) -> None:
    """Have an address asked whether it wants mail. Nothing says whether it is known already."""
    _refuse_unmailed(tx)
    kept = address_of(AddressKind.MAIL, address).lower()
    public_subscribers.forget_waiting(tx, tx.now - CONFIRM_WITHIN)
    known = public_subscribers.of_address(tx, kept)
    if known:
        if known.confirmed_at or tx.now - known.asked_at < ASK_AGAIN:
            return
        public_subscribers.ask_again(tx, known.id)
        tx.record(SubscriberAsked(subscriber=known.id))
        return
    confirmed, waiting = public_subscribers.counted(tx)
    if waiting >= MOST_WAITING or confirmed >= MOST:
        raise Refused("Too many have asked for mail just now. Try again tomorrow, or read one of the feeds.")
    tx.record(SubscriberAsked(subscriber=public_subscribers.add(tx, kept, token)))


def confirm_subscription(tx: Tx, token: str) -> None:
    """Have the mailbox in which this link arrived get mail from now on."""
    _refuse_unmailed(tx)
    known = public_subscribers.of_token(tx, token)
    if not known or not (known.confirmed_at or known.waits(tx.now)):
        raise NotFound("subscription", "of this link")
    public_subscribers.confirm(tx, known.id)


def unsubscribe(tx: Tx, token: str) -> None:
    """Send nothing more to the mailbox of this link, and forget it. One that is forgotten stays so."""
    if known := public_subscribers.of_token(tx, token):
        public_subscribers.forget(tx, known.id)


def mail_post(tx: Tx, post: PublicPost, number: int) -> None:
    """Have a text mailed to all who had confirmed when it was published, one after another in each lane."""
    if tx.process.communication.mails:
        for lane in range(LANES):
            tx.record(NoticeToMail(incident=post.incident, by=post.by, post=number, part=lane, after=0))


def mailed(tx: Tx, number: int, lane: int, subscriber: Subscriber, refused: str) -> None:
    """Go on with whoever is next. Whoever was `refused` is tried once more by themselves, later."""
    post = public_posts.get(tx, number)
    if refused:
        tx.record(
            NoticeToMailAgain(incident=post.incident, by=post.by, post=number, subscriber=subscriber.id)
        )
    elif subscriber.refused:
        public_subscribers.count_refusal(tx, subscriber.id, 0)
    tx.record(NoticeToMail(incident=post.incident, by=post.by, post=number, part=lane, after=subscriber.id))


def taken_later(tx: Tx, subscriber: int) -> None:
    public_subscribers.count_refusal(tx, subscriber, 0)


def not_taken_at_all(tx: Tx, subscriber: int) -> None:
    """Count that a mailbox took nothing; one that never does is forgotten."""
    if not (known := public_subscribers.get(tx, subscriber)):
        return
    if known.refused + 1 >= REFUSED:
        public_subscribers.forget(tx, known.id)
    else:
        public_subscribers.count_refusal(tx, known.id, known.refused + 1)


def mailing_given_up(tx: Tx, incident: int, why: str) -> None:
    """Say where it is seen that subscribers did not all get a text: their mail server takes nothing."""
    problem(
        tx, incident, "Not all subscribers of the status page were mailed", why, "Look at the mail server."
    )


def _refuse_unmailed(tx: Tx) -> None:
    if not tx.process.communication.mails:
        raise Refused("This status page sends no mail. Read one of its feeds.")
