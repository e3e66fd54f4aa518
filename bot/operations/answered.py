"""A signed request acts once, whichever replica it comes to, and whether or not that was started anew."""

from collections.abc import Sequence
from datetime import timedelta

from bot.replays import HOLDS
from storage import answers
from storage.answers import Answer
from storage.transaction import Tx, guarded


@guarded
def note_answers(tx: Tx, given: Sequence[Answer], asked: Sequence[str]) -> list[Answer | None]:
    """Keep the answers that were given, and return what is known of the requests that are asked for.

    None is for one that is new, which is from now on ours to answer. They are taken in one order, so that no
    two replicas wait for each other.
    """
    answers.prune(tx, timedelta(seconds=HOLDS))
    for one in given:
        answers.keep(tx, one)
    known = {signature: answers.claim(tx, signature) for signature in sorted(asked)}
    return [known[signature] for signature in asked]
