"""The review of an incident as pages and the API show it, read in one transaction for who may know of it.

What is read is written down beside the loop: nothing that pages somebody waits for a template.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.actors import Actor, Machine, parsed
from bot.domain.errors import Refused
from bot.domain.incidents.incident import Incident
from bot.domain.reviews.copies import ForeignEdit
from bot.domain.reviews.document import ReviewFacts
from bot.domain.reviews.looking import Look
from bot.domain.reviews.versions import Version, cleaned
from bot.domain.rights import Right
from bot.domain.work.reviews import Review
from bot.operations.reviews.documents import Shelf, kept_version, shelf
from bot.operations.reviews.facts import facts_of, looks_of
from bot.operations.rights import rights_of
from bot.views.browser.review import Shown
from bot.views.mrkdwn import mentioned
from bot.views.reviews.model import people_of
from bot.views.reviews.writing import chosen, document, names_of
from storage import people, reviews
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts, what is kept of the review, and the names of its people. `url` is the incident's page."""

    facts: ReviewFacts
    shelf: Shelf
    looks: Sequence[Look]
    names: dict[str, str]
    review: Review | None = None
    rights: frozenset[Right] = frozenset()
    older: Version | None = None
    own: str = ""
    url: str = ""

    @property
    def incident(self) -> Incident:
        return self.facts.incident

    @property
    def templates(self) -> tuple[str, ...]:
        return names_of(self.own)

    def edit(self, place: str) -> ForeignEdit | None:
        """Return what people wrote in a copy, and nobody has put together with this yet."""
        return next((one for one in self.shelf.edits if one.place == place), None)

    def written(self, template: str) -> str:
        """Write the document from the facts. Raises Refused where that template does not work."""
        return document(self.facts, self.names, template=template, own=self.own, url=self.url)

    def shown(self, template: str) -> Shown:
        """Return the text that is asked for: written anew by a template, an older version, or the newest."""
        last, older = self.shelf.latest, self.older
        if older:
            return Shown(older.text, older.template, older.number, newest=older.number == _number(last))
        if template or not last:
            name = chosen(template, self.own)
            return Shown(self.written(name), name)
        return Shown(last.text, last.template, last.number, outdated=self.outdated(last))

    def outdated(self, last: Version) -> bool:
        """Say whether the facts would be written in another way now than when this version was begun."""
        try:
            return cleaned(self.written(last.template)) != last.written
        except Refused:  # that template is gone
            return False


def read(tx: Tx, number: int, by: Actor, url: str, version: int = 0) -> Reading:
    """Return what there is. Raises NotFound, for what is hidden as for no number."""
    facts = facts_of(tx, number, by)
    kept = shelf(tx, facts.incident.id, by=by)
    said = {one.by for one in kept.saved} | {one.by for one in kept.comments}
    said |= {one.by for one in kept.approvals}
    said |= {who for one in kept.comments for who in mentioned(one.text)}
    of_incident = reviews.review_of(tx, facts.incident.id)
    if of_incident:
        each = {who for one in of_incident.tasks for who in (one.owner, one.done_by)}
        said |= {who for who in (of_incident.owner, of_incident.ended_by, *each) if who}
    return Reading(
        facts=facts,
        shelf=kept,
        looks=looks_of(tx, facts, kept.latest, by=by),
        names=people.names(tx, people_of(facts) | said) | _machines(said),
        review=of_incident,
        rights=rights_of(tx, str(by)),
        older=kept_version(tx, facts.incident.id, version, by=by) if version else None,
        own=tx.process.reviews.template,
        url=url,
    )


def _number(version: Version | None) -> int:
    return version.number if version else 0


def _machines(actors: Iterable[str]) -> dict[str, str]:
    """Return what machines among these are called: versions come from a tracker too."""
    each = ((one, parsed(one)) for one in actors)
    return {one: found.spoken for one, found in each if isinstance(found, Machine)}
