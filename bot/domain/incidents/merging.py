"""Merging: a duplicate goes on in another open incident (the public GitLab handbook, "Duplicates")."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from types import MappingProxyType

from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import REOPENABLE, Incident, Status, move

ARCHIVED_AFTER = timedelta(days=1)
"""So long a duplicate's channel stays open after it said where to go."""

JUST_NOW = timedelta(minutes=15)
"""Two who declare so shortly one after the other often mean the same."""
MOST_SIMILAR = 3
LONG_WORD = 3
MOST_WORDS = 30
"""How many words of a text are compared: the form opens within three seconds."""
MOST_ENDING = 3
ALIKE = 0.8
"""How alike, of 1, two words are that may be one with a slip of the finger."""
_SMALL = re.compile(
    "the|and|are|was|were|has|have|not|for|from|with|this|that|our|out|all|can|its|very|some|does|again|when"
    "|where|what|down|slow|fail(?:s|ed|ing|ure|ures)?|errors?|issues?|problems?|broken|incident|untitled"
)
"""Words that stand in the names of many incidents, and tell nothing of what is wrong."""
NO_SERVICES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Merging:
    """A duplicate, the incident into which it is merged, and the people in the channel of each."""

    duplicate: Incident
    target: Incident
    theirs: Collection[str] = ()
    there: Collection[str] = ()


def similar(
    name: str, known: Sequence[Incident], now: datetime, services: Mapping[int, str] = NO_SERVICES
) -> list[Incident]:
    """Return the open incidents that somebody who declares may mean: first what is most alike, in its name
    before its summary and the services that it affects; then what was declared just now, whatever it is
    called. Of equals the newest is first.
    """
    words = _words(name)
    scores = {one.id: _likeness(words, one, services.get(one.id, "")) for one in known}
    found = [one for one in known if scores[one.id] or now - one.declared_at <= JUST_NOW]
    return sorted(found, key=lambda one: (scores[one.id], one.declared_at), reverse=True)[:MOST_SIMILAR]


def _likeness(words: Collection[str], one: Incident, services: str) -> int:
    """Return how much of what was typed an incident says; a word of its name counts twice."""
    named, told = _words(one.name), _words(f"{services} {one.summary.summary}")
    score = 0
    for word in words:
        if any(_same(word, other) for other in named):
            score += 2
        elif any(_same(word, other) for other in told):
            score += 1
    return score


def _same(one: str, other: str) -> bool:
    """Say whether two words are one, also in another form or with a slip: fails, failing; databsae."""
    if one == other:
        return True
    if one[0] != other[0] or abs(len(one) - len(other)) > MOST_ENDING:
        return False
    begins = min(len(one), len(other)) > LONG_WORD and (one.startswith(other) or other.startswith(one))
    return begins or (len(one) > LONG_WORD and SequenceMatcher(None, one, other).ratio() >= ALIKE)


def _words(name: str) -> list[str]:
    """Return the first words that tell what is wrong, not the small ones between them."""
    found = (word for word in re.findall(r"\w+", name.casefold()) if not _SMALL.fullmatch(word))
    return list(dict.fromkeys(word for word in found if len(word) >= LONG_WORD))[:MOST_WORDS]


def mergeable(incident: Incident) -> Incident:
    """Return the incident if it can be a duplicate; refuse, also before somebody chooses of what."""
    if not incident.status.open:
        raise Refused(
            f"INC-{incident.id} is {incident.status}: only an open incident is merged into another one.",
            Step("How it stands", "", incident.id),
        )
    return incident


def combinable(incident: Incident) -> Incident:
    """Return the incident if it can be one of several S3 and S4 that become one S2, or refuse.

    From the handbook, "Weekend Escalations": S3 and S4 that occur several times and need weekend work.
    """
    if incident.severity.high or not incident.status.active:
        raise Refused(
            f"INC-{incident.id} is {incident.severity} and {incident.status}: only active S3 and S4 are "
            "combined into one S2. `/inc merge` merges a duplicate.",
            Step("Merge it", "merge", incident.id),
        )
    return incident


def needs_reopening(target: Incident) -> bool:
    """Say whether an incident has to be opened again before another one is merged into it."""
    return target.status in REOPENABLE


def could_take(duplicate: Incident, target: Incident) -> bool:
    """Say whether a target that somebody searches for is worth offering."""
    stands = target.status.open or needs_reopening(target)
    return stands and target.id != duplicate.id and target.private is duplicate.private


def allowed(merging: Merging) -> Merging:
    """Return a merging that can be, if need be after its target was reopened, or refuse."""
    mergeable(merging.duplicate)
    _accepting(merging.duplicate, merging.target)
    _refuse_leak(merging)
    return merging


def merged(duplicate: Incident, target: Incident, by: Actor, now: datetime) -> Incident:
    """Return the duplicate as it is merged into another one."""
    return replace(move(duplicate, Status.MERGED, by=by, now=now), merged_into=target.id)


def raises(duplicate: Incident, target: Incident) -> bool:
    """Say whether the target becomes as bad as the duplicate, which people are at work on."""
    return duplicate.watched and duplicate.severity.worse_than(target.severity)


def _accepting(duplicate: Incident, target: Incident) -> None:
    if target.id == duplicate.id:
        raise Refused(f"INC-{target.id} is this incident: choose another one.")
    if target.merged_into:
        raise Refused(
            f"INC-{target.id} was merged into INC-{target.merged_into}: merge into that one.",
            Step(f"Merge into INC-{target.merged_into}", f"merge INC-{target.merged_into}", duplicate.id),
        )
    if not (target.status.open or needs_reopening(target)):
        raise Refused(f"INC-{target.id} is {target.status}: nothing is merged into it. Choose another one.")
    if target.status is Status.TRIAGE and duplicate.status is not Status.TRIAGE:
        raise Refused(
            f"INC-{target.id} waits for triage, and people are at work on INC-{duplicate.id}: merge it the "
            "other way round, or accept it first.",
            Step(f"Merge INC-{target.id} into INC-{duplicate.id}", f"merge INC-{duplicate.id}", target.id),
        )
    if target.near_miss and not duplicate.near_miss:
        raise Refused(
            f"INC-{target.id} is a near miss, for which nobody is paged: merge it the other way round, or "
            "say that it is an incident first.",
            Step(f"Merge INC-{target.id} into INC-{duplicate.id}", f"merge INC-{duplicate.id}", target.id),
        )
    if set(target.practice) != set(duplicate.practice):
        raise Refused(
            f"INC-{target.id} is not practised by the same people as INC-{duplicate.id}: merged, it would "
            "call others.",
            Step("How it stands", "", duplicate.id),
        )
    if target.drill is not duplicate.drill:
        raise Refused("A drill and a real incident are not merged: people would take one for the other.")


def _refuse_leak(merging: Merging) -> None:
    """Refuse what would show a private incident to more people than are in its channel."""
    duplicate, target = merging.duplicate, merging.target
    if duplicate.private and not target.private:
        raise Refused(
            f"INC-{duplicate.id} is private and INC-{target.id} is public: everybody would read what only "
            "its people know. Resolve or cancel it instead."
        )
    if target.private and not duplicate.private:
        raise Refused(
            f"INC-{duplicate.id} is public and INC-{target.id} is private: its channel would send everybody "
            "to what they may not see. Resolve or cancel it instead."
        )
    if duplicate.private and set(merging.theirs) != set(merging.there):
        raise Refused(
            f"INC-{duplicate.id} and INC-{target.id} are private, and not the same people are in both "
            "channels. Invite who is missing to each, then merge."
        )
