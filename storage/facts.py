"""What follows from the facts of a decision: timeline entries, lines in the log, deliveries."""

from bot.domain.facts import EntriesAdded, OfIncident
from storage import timeline
from storage.transaction import Tx


def finish(tx: Tx) -> None:
    """Write what follows from all that was recorded, before the commit.

    Subscriptions are asked last: what a delivery is about depends on the state that the decision leaves.
    """
    timeline.add(tx, [(one, one.kind) for one in tx.facts if isinstance(one, OfIncident) and one.kind])
    told = [EntriesAdded(incident=incident, entries=entries) for incident, entries in tx.to_tell.items()]
    for fact in [*tx.facts, *told]:
        tx.subscribed(fact)
    tx.facts.clear()
    tx.to_tell.clear()
    tx.send()
