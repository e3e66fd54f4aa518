"""What comes back from phones: how a call or text ended, and replies to texts."""

from collections.abc import Collection
from dataclasses import dataclass

from bot.domain.errors import NotFound, Refused
from bot.domain.facts import PageUnanswered
from bot.domain.paging.contact_methods import dialled
from bot.domain.paging.pages import Page
from bot.domain.paging.replies import CODES, Answer, Reply, meant
from bot.domain.paging.reports import AGAIN_AFTER, Outcome
from bot.domain.process import Contact
from bot.operations.paging.acknowledge import acknowledge
from bot.operations.paging.answers import cannot_take, on_my_way
from bot.operations.paging.notify import called, contact_of
from storage import contact_methods, notifications, pages, people, reports
from storage.transaction import Tx


def reported(tx: Tx, notification_id: int, message: str, outcome: Outcome) -> None:
    """Note how a call or text ended. One that reached nobody hurries the next, and leaves again itself."""
    seen = notifications.get(tx, notification_id)
    page, *_ = called(tx, notification_id)
    if not reports.first(tx, message, notification_id, outcome) or not page.pending:
        return
    on_the_way = page.there_by is not None and tx.now < page.there_by
    if outcome is Outcome.DELIVERED or on_the_way:
        return
    if outcome.nobody:
        notifications.hurry_next(tx, seen)
    if notifications.again(tx, notification_id, tx.now + AGAIN_AFTER, outcome) and page.incident:
        tx.record(
            PageUnanswered(
                incident=page.incident,
                page=page.id,
                person=page.responder,
                contact_method=seen.contact_method,
                outcome=outcome,
            )
        )


@dataclass(frozen=True, slots=True)
class Answered:
    """What a reply did: it answered `page`, which is the one that waits now where somebody cannot take it; or
    it could mean any of these `choices`.
    """

    page: Page | None = None
    answer: Answer = Answer.ACKNOWLEDGE
    by: str = ""
    choices: tuple[Page, ...] = ()


class ReplyRefused(Refused):
    """The page that a reply means refuses it."""

    def __init__(self, page: Page, why: Refused) -> None:
        super().__init__(str(why))
        self.page = page


def replied(
    tx: Tx, message: str, number: str, reply: Reply | None, methods: Collection[str]
) -> Answered | None:
    """Answer the page that a reply from a number means, once. None when nobody has the number, or it
    came before. Raises ReplyRefused when the page it means was answered or has moved on.
    """
    whose = _at(tx, number, methods)
    if not whose or not reports.first(tx, message, None, "reply"):
        return None
    theirs = sorted(
        (page for one in whose for page in pages.newest_for(tx, one, CODES)), key=lambda one: one.id
    )
    found = [page for page in meant(reply or Reply(), theirs) if _shown(tx, page)]
    if not reply or len(found) != 1:
        waiting = [page for page in meant(Reply(), theirs) if _shown(tx, page)]
        return Answered(choices=tuple(found or waiting))
    (page,) = found
    try:
        return Answered(_answer(tx, page, reply), reply.answer, page.responder or "")
    except Refused as why:
        raise ReplyRefused(page, why) from why


def _shown(tx: Tx, page: Page) -> bool:
    """Say whether the person called may know of the page still: whoever was removed may not."""
    try:
        return bool(pages.visible(tx, page.id, page.responder or ""))
    except NotFound:
        return False


def _answer(tx: Tx, page: Page, reply: Reply) -> Page:
    by = page.responder or ""
    match reply.answer:
        case Answer.ON_MY_WAY:
            return on_my_way(tx, page.id, reply.length, by=by)
        case Answer.CANNOT:
            return cannot_take(tx, page.id, "In a reply to a text", by=by)
    return acknowledge(tx, page.id, by=by)


def _at(tx: Tx, number: str, methods: Collection[str]) -> list[str]:
    """Return whose number it is, by the contact methods that can be replied to."""
    keys = [key for key, contact in tx.process.contacts.items() if _has(contact, number, methods)]
    known = [(key, people.named(tx, key)) for key in keys]
    named = [one.id if one else key for key, one in known if one or "@" not in key]
    # whoever verified another number is reached by that one, and this is theirs no more
    theirs = [who for who in named if _has(contact_of(tx, who), number, methods)]
    return list(dict.fromkeys((*theirs, *contact_methods.at(tx, number, methods))))


def _has(contact: Contact, number: str, methods: Collection[str]) -> bool:
    return number in {dialled(contact.addresses[one]) for one in methods if one in contact.addresses}
