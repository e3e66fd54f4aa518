"""Writing down what is known."""

from dataclasses import fields, replace

from bot.domain.actors import Actor
from bot.domain.facts import SummaryChanged
from bot.domain.incidents.incident import Incident, Summary, writable
from bot.domain.work.held import CONFIRMED
from bot.operations.incidents.changes import save
from bot.operations.rights import visible
from bot.secret_scan import refuse_secrets
from storage.transaction import Tx

PARTS = {
    "summary": "Summary",
    "causes": "Causes",
    "cmoc": "Summary for CMOC notice",
    "executive": "Exec summary",
}


def write_summary(tx: Tx, incident_id: int, summary: Summary, *, by: Actor, sure: str = "") -> Incident:
    """Replace the summary; the channel sees the parts that changed. What looks like a secret raises
    LooksSecret, unless `sure` confirms it.
    """
    before = writable(visible(tx, incident_id, by))
    changed = {
        PARTS[part.name]: getattr(summary, part.name)
        for part in fields(Summary)
        if getattr(summary, part.name) != getattr(before.summary, part.name)
    }
    if not changed:
        return before
    if sure != CONFIRMED:
        refuse_secrets(*changed.values(), sure=sure)
    incident = replace(before, summary=summary)
    text = "\n".join(f"{name}: {words or '(emptied)'}" for name, words in changed.items())
    tx.record(SummaryChanged(incident=incident_id, by=by, text=text, changed=list(changed)))
    save(tx, incident)
    return incident


def add_to_summary(tx: Tx, incident_id: int, words: str, *, by: Actor, sure: str = "") -> Incident:
    """Write the summary, or add to what somebody else has written meanwhile. No words change nothing."""
    before = visible(tx, incident_id, by)
    if not words:
        return before
    text = f"{before.summary.summary}\n{words}".strip()
    return write_summary(tx, incident_id, replace(before.summary, summary=text), by=by, sure=sure)


def replace_words(tx: Tx, incident_id: int, words: str, *, by: Actor) -> Incident:
    """Replace the first part of the summary by words that somebody has confirmed."""
    before = visible(tx, incident_id, by)
    summary = replace(before.summary, summary=words)
    return write_summary(tx, incident_id, summary, by=by, sure=CONFIRMED)
