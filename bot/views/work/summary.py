"""The summary form: what is known, in the four parts that different readers need."""

from hashlib import sha256
from typing import Any

from bot.domain.errors import Malformed, Refused
from bot.domain.incidents.incident import Incident, Summary
from bot.domain.text import tidy
from bot.views.blocks import context
from bot.views.forms import INPUT, input_block, modal, text_input
from bot.views.incidents.state import State, typed
from bot.views.mrkdwn import cut
from bot.views.naming import title_inside as title

FORM = "summary_form"
OPEN = "summary_open"

SUMMARY, CAUSES, CMOC, EXECUTIVE = "summary", "causes", "cmoc", "executive"

_PARTS = {
    SUMMARY: ("Summary", "What happens, since when, and who is affected."),
    CAUSES: ("Causes", "What is known; say so when it is only suspected."),
    CMOC: ("Summary for CMOC notice", "What customers may be told."),
    EXECUTIVE: ("Exec summary", "Impact on customers and the business, in two or three sentences."),
}


def form(incident: Incident, more: str = "") -> dict[str, Any]:
    """Return the form, filled with what is written already, and `more` at the end of the summary."""
    begun = "\n".join(filter(None, (incident.summary.summary, more)))
    if more and len(begun) > INPUT:
        raise Refused(f"With that the summary would be over {INPUT} characters. Make it shorter: {more}")
    blocks = [context(f"{title(incident)} · Write what you know now; the rest can wait.")]
    for part, (label, hint) in _PARTS.items():
        initial = begun if part == SUMMARY else getattr(incident.summary, part)
        element = text_input(part, initial=initial, multiline=True)
        blocks.append(input_block(label, element, part, optional=True, hint=hint))
    marks = ":".join(_mark(getattr(incident.summary, part)) for part in _PARTS)
    return modal("Summary", "Save", FORM, blocks, f"{incident.id}:{marks}")


def entered(state: State, metadata: str, now: Summary) -> Summary | dict[str, str]:
    """Return the summary as written, or what is wrong, by block. Parts left alone stay as they are `now`.

    Two people may fill different parts at the same time; the second to save must not undo the first.
    """
    marks = metadata.split(":")[1:]
    if len(marks) != len(_PARTS):
        raise Malformed
    written = {
        part: getattr(now, part) if _mark(words := typed(state, part)) == mark else words
        for part, mark in zip(_PARTS, marks, strict=True)
    }
    if not any(written.values()) and now == Summary():
        return {SUMMARY: "Nothing is written yet. One sentence is enough to begin with."}
    return Summary(**written)


def _mark(words: str) -> str:
    """Return a short mark by which a text that nobody touched in the form is known again."""
    return sha256(tidy(cut(words, INPUT)).encode()).hexdigest()[:12]
