"""A signed request acts once, whichever replica it comes to, and whether or not that was started anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.web.replays import HOLDS
from storage import answers
from storage.answers import Answer
from storage.outbox import LEASE
from storage.transaction import Tx


def note_answers(
    tx: Tx, given: Sequence[Answer], asked: Sequence[str], *, began: datetime | None = None
) -> list[Answer | None]:
    """Keep the answers that were given, and return what is known of the requests that are asked for.

    None is for one that is new, which is from now on ours to answer. They are taken in one order, so that no
    two replicas wait for each other.

    What was never answered was lost with its process: known where there is only one, which `began` since, and
    elsewhere taken for granted when a lease is over. It is handled when it comes again: what was decided in
    the instant before may be done twice then, where it would else be lost without a word.
    """
    answers.prune(tx, timedelta(seconds=HOLDS))
    for one in given:
        answers.keep(tx, one)
    lost = began or tx.now - LEASE
    known = {signature: answers.lease(tx, signature, lost) for signature in sorted(asked)}
    return [known[signature] for signature in asked]
