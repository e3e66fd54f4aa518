"""What follows from the facts of a decision: timeline entries, lines in the log, deliveries."""

from bot.domain.facts import Declared, EntriesAdded, Fact, OfIncident, PageRaised, SilenceEnded
from bot.domain.paging.escalations import Reason
from storage import activity, timeline, words
from storage.transaction import Tx


def finish(tx: Tx) -> None:
    """Write what follows from all that was recorded, before the commit.

    Whoever did something is active; what they answer by it ends a question to them.
    Subscriptions are asked last: what a delivery is about depends on the state that the decision leaves.
    """
    for incident, person in _active(tx):
        if activity.note(tx, incident, person):
            tx.record(SilenceEnded(incident=incident, by=person, person=person))
    timeline.add(tx, [(one, one.kind) for one in tx.facts if isinstance(one, OfIncident) and one.kind])
    words.follow(tx, tx.facts)
    told = [EntriesAdded(incident=incident, entries=entries) for incident, entries in tx.to_tell.items()]
    for fact in [*tx.facts, *told]:
        tx.subscribed(fact)
    tx.facts.clear()
    tx.to_tell.clear()
    tx.send()


def _active(tx: Tx) -> list[tuple[int, str]]:
    """Return who did something for which incident. Who declares it has others at work, not themselves."""
    found = (one for one in tx.facts if isinstance(one, OfIncident) and not _declares(one))
    return sorted({(one.incident, one.by) for one in found if isinstance(one.by, str)})


def _declares(fact: Fact) -> bool:
    return isinstance(fact, Declared) or (isinstance(fact, PageRaised) and fact.reason == Reason.DECLARED)
