"""Where a card, an announcement or a triage question is due: after a fact, or in a channel that is back.

What was refused while a channel took nothing is made, or brought up to date, when it takes messages again.
"""

from bot.domain.facts import (
    ChannelBack,
    Fact,
    NobodyOnCall,
    OfIncident,
    PageEnded,
    PageRaised,
    PlaceRenamed,
)
from bot.integrations.slack_surfaces import (
    announced,
    in_channel,
    incident_of,
    to_announce,
    to_triage,
    triaged,
)
from bot.jobs import Subjects
from storage import incidents, outbox, places, posts
from storage.transaction import Tx


def card_to_post(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident whose card is to be posted: its channel is open, or takes it again."""
    return _given_up_card(tx, fact, posted=False) if isinstance(fact, ChannelBack) else incident_of(tx, fact)


def card_to_redraw(tx: Tx, fact: Fact) -> Subjects:
    """Return the incident whose card shows something else than is so."""
    return _given_up_card(tx, fact, posted=True) if isinstance(fact, ChannelBack) else in_channel(tx, fact)


def _given_up_card(tx: Tx, fact: ChannelBack, *, posted: bool) -> Subjects:
    incident = incidents.in_channel(tx, fact.channel)
    if not incident or not outbox.given_up(tx, f"card:{incident.id}"):
        return ()
    there = posts.find(tx, incident.id, "card") is not None
    return ({"incident": incident.id},) if there is posted else ()


def _again(tx: Tx, fact: Fact, lane: str, kind: str, *, posted: bool) -> Subjects:
    """Return what was refused in an announcement channel that is back: to be made, or brought up to date."""
    named = {name for one in tx.process.types.values() for name in (*one.announce, one.triage) if name}
    for name in sorted(named):
        place = places.named(tx, name)
        if isinstance(fact, ChannelBack | PlaceRenamed) and place and place.id == fact.channel:
            for incident in sorted({one["incident"] for one in outbox.given_up(tx, f"{lane}:%:{name}")}):
                if not place.archived and (posts.find(tx, incident, kind, name) is not None) is posted:
                    yield {"incident": incident, "place": name}


def announcement_to_make(tx: Tx, fact: Fact) -> Subjects:
    """Return the announcements to be made after a fact."""
    again = _again(tx, fact, "announce", "announcement", posted=False)
    return to_announce(tx, fact) if isinstance(fact, OfIncident) else again


def announcement_to_redraw(tx: Tx, fact: Fact) -> Subjects:
    """Return the announcements that show something else than is so."""
    again = _again(tx, fact, "announce", "announcement", posted=True)
    return announced(tx, fact) if isinstance(fact, OfIncident) else again


def question_to_ask(tx: Tx, fact: Fact) -> Subjects:
    """Return the question to be asked in the triage channel after a fact."""
    again = _again(tx, fact, "triage", "triage", posted=False)
    return to_triage(tx, fact) if isinstance(fact, OfIncident) else again


def question_to_redraw(tx: Tx, fact: Fact) -> Subjects:
    """Return the question in the triage channel, where it shows something else than is so."""
    if isinstance(fact, PageRaised | PageEnded | NobodyOnCall):  # shown while it is not decided
        return to_triage(tx, fact)
    again = _again(tx, fact, "triage", "triage", posted=True)
    return triaged(tx, fact) if isinstance(fact, OfIncident) else again
