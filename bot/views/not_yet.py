"""What is answered to a word that is no command: the one that is meant, or what to do instead."""

from collections.abc import Mapping

from bot.domain.errors import Refused, Step
from bot.views.mrkdwn import unformatted

_LINK = "add it to the card: `/inc link`"

INSTEAD: Mapping[str, str] = {
    "followup": "`/inc action <what to do>`, then choose Follow-up in its form",
    "followups": "`/inc actions` lists the follow-ups too",
    "review": "`/inc status Post-incident` begins the review once the incident is resolved",
    "insights": "the operator's `/metrics` have the figures; `/inc list` shows what is open",
}
"""Every word that the design promises and that is no command yet. One that becomes a command leaves."""


def not_yet(word: str, typed: str, offers: tuple[Step, ...]) -> Refused:
    """Say what to do instead. `typed` is the word as somebody wrote it."""
    known = f"`/inc {word}` is not built yet."
    if typed != word:
        known = f"There is no command `/inc {unformatted(typed)}`, and {known}"
    return Refused(f"{known} Do this instead: {INSTEAD[word]}.", *offers)


def did_you_mean(typed: str, meant: str, offers: tuple[Step, ...]) -> Refused:
    """Answer a word that is none of ours but close to one of them."""
    return Refused(f"There is no command `/inc {unformatted(typed)}`. Did you mean `/inc {meant}`?", *offers)
