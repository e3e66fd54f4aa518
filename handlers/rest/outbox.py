"""What could not be sent, by the API: seen, sent again, dropped.

What is of a private incident is told only to a token that may know of that.
"""

from contextlib import suppress

from bot.domain.errors import NotFound
from bot.operations import dead_letters as operations
from handlers.rest import models
from handlers.rest.asked import Asked, known_by
from storage import dead_letters
from storage.dead_letters import DeadLetter
from storage.transaction import Tx


def list_dead(tx: Tx, asked: Asked) -> models.DeadLetters:
    """Return a page of them: it may be shorter than it could be, by what is of private incidents."""
    query = asked.query
    found = dead_letters.newest(tx, query.limit + 1, query.job, query.cursor)
    page = found[: query.limit]
    more = str(page[-1].id) if len(found) > len(page) else None
    shown = [_shown(tx, one) for one in page if _may_know(tx, asked, one)]
    return models.DeadLetters(data=shown, next_cursor=more)


def resend_dead(tx: Tx, asked: Asked) -> models.DeadLetter:
    one = _meant(tx, asked)
    operations.send_again(tx, one.id)
    return _shown(tx, one)


def drop_dead(tx: Tx, asked: Asked) -> models.DeadLetter:
    one = _meant(tx, asked)
    shown = _shown(tx, one)
    operations.drop(tx, one.id)
    return shown


def _meant(tx: Tx, asked: Asked) -> DeadLetter:
    given = asked.path["delivery"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 15 else 0
    found = dead_letters.get(tx, number)
    if not found or not _may_know(tx, asked, found):
        raise NotFound("delivery", given[:40])
    return found


def _may_know(tx: Tx, asked: Asked, one: DeadLetter) -> bool:
    incident = operations.incident_of(tx, one)
    if not incident:
        return True
    with suppress(NotFound):
        known_by(tx, asked, incident)
        return True
    return False


def _shown(tx: Tx, one: DeadLetter) -> models.DeadLetter:
    incident = operations.incident_of(tx, one)
    return models.DeadLetter(
        id=one.id,
        job=one.job,
        event=one.event,
        incident=f"INC-{incident}" if incident else None,
        page=one.urgent,
        attempts=one.attempts,
        created_at=one.created_at,
        given_up_at=one.given_up_at,
        reason=one.reason,
    )
