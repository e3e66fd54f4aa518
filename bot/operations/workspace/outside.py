"""What was said of an incident outside its own channels: kept, so that it can be taken back."""

from bot.domain.facts import SaidOutside
from storage import incidents, members, posts, said_outside
from storage.said_outside import Said
from storage.transaction import Tx


def said(tx: Tx, one: Said, *, private: bool) -> None:
    """Keep what was said; what is not for its reader any more is taken back at once.

    `private` says whether the incident was so when it was written: only then does it name nothing. The
    incident may have turned private, and a person may have been removed, while it was on its way.
    """
    said_outside.keep(tx, one)
    reads = one.person in members.of(tx, one.incident)
    named = not private or one.person in members.gone(tx, one.incident)
    if named and not reads and incidents.get(tx, one.incident).private:
        tx.record(SaidOutside(incident=one.incident, channel=one.channel, ts=one.ts, person=one.person))


def taken_back(tx: Tx, channel: str, ts: str) -> None:
    """Forget a message that says nothing any more: no later change is shown in it."""
    said_outside.forget(tx, channel, ts)
    posts.forget_at(tx, channel, ts)
