"""Deliveries that were given up: sent again, where that is of use, or dropped."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from bot.domain.errors import Refused
from bot.domain.paging.pages import Page
from storage import dead_letters, notifications, pages, people
from storage.dead_letters import DeadLetter
from storage.outbox import RECONCILE
from storage.transaction import Tx

Work: TypeAlias = Callable[[Tx, int], DeadLetter]

MOST = 100_000
BY_CONTACT_METHOD = "contact_method.send_page"


def found(tx: Tx, number: int) -> DeadLetter:
    """Return a delivery that was given up. Raises Refused."""
    letter = dead_letters.get(tx, number)
    if not letter:
        raise Refused(
            f"No delivery {number} was given up. `muster outbox list` names those that were; they are kept "
            "for a week."
        )
    return letter


def incident_of(tx: Tx, letter: DeadLetter) -> int | None:
    """Return the incident that a delivery is about, if any."""
    about: int | None = letter.subject.get("incident")
    page = _page(tx, letter)
    return about or (page.incident if page else None)


def send_again(tx: Tx, number: int) -> DeadLetter:
    """Have a delivery made once more, under the marks that it had: what arrived is not made twice.

    Nobody is called for what is over. Raises Refused.
    """
    letter = found(tx, number)
    if letter.job == RECONCILE:
        raise Refused(f"Delivery {number} only looked at a message: there is nothing to send. Drop it.")
    if letter.urgent:
        _still_calls(tx, letter)
    dead_letters.send_again(tx, number)
    if letter.job == BY_CONTACT_METHOD:
        notifications.try_again(tx, letter.subject["notification"])
    return letter


def drop(tx: Tx, number: int) -> DeadLetter:
    """Forget a delivery that was given up. Raises Refused."""
    letter = found(tx, number)
    dead_letters.drop(tx, number)
    return letter


def is_admin(tx: Tx, person: str) -> bool:
    """Say whether somebody looks after Muster itself, by the configuration."""
    named = (people.named(tx, one) for one in tx.process.admins)
    return any(one and one.active and one.id == person for one in named)


def send_again_as(tx: Tx, number: int, *, by: str) -> DeadLetter:
    """Send a delivery again for an admin. Raises Refused."""
    _allow(tx, by)
    return send_again(tx, number)


def drop_as(tx: Tx, number: int, *, by: str) -> DeadLetter:
    _allow(tx, by)
    return drop(tx, number)


def _allow(tx: Tx, by: str) -> None:
    if not is_admin(tx, by):
        raise Refused("Only whoever `muster.yml` names under `admins` sends again what could not be sent.")


def with_each(tx: Tx, numbers: Iterable[int], job: str, work: Work) -> tuple[list[DeadLetter], list[str]]:
    """Do this with these, and with all of a job, the oldest first. Return what was done, and each refusal."""
    of_job = [one.id for one in dead_letters.newest(tx, MOST, job)] if job else []
    done, refused = list[DeadLetter](), list[str]()
    for number in sorted({*numbers, *of_job}):
        try:
            done.append(work(tx, number))
        except Refused as why:
            refused.append(str(why))
    return done, refused


def _still_calls(tx: Tx, letter: DeadLetter) -> None:
    page = _page(tx, letter)
    if not page or page.pending:
        return
    who = f" by {page.answered_by}" if page.answered_by else ""
    raise Refused(
        f"Delivery {letter.id} calls somebody for page {page.id}, which is over ({page.state}{who}): nobody "
        "is to be called for it any more. Drop it, or page anew with /inc escalate."
    )


def _page(tx: Tx, letter: DeadLetter) -> Page | None:
    """Return the page that a delivery is about: of several that one message covers, one that waits."""
    if notification := letter.subject.get("notification"):
        covered = pages.covered_by(tx, notification)
        waiting = (one for one in covered if one.pending)
        return next(waiting, covered[0] if covered else None)
    return pages.get(tx, letter.subject["page"]) if letter.subject.get("page") else None
