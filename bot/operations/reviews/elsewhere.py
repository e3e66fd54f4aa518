"""Where else the document of a review stands, or may stand, and whether people's text there was taken in."""

from dataclasses import replace

from bot.domain.errors import Refused
from bot.domain.incidents.fields import CONFIDENTIAL, YES
from bot.domain.incidents.incident import Incident
from bot.domain.reviews.copies import Kept, digest, to_copy
from bot.domain.reviews.leaving import refuse_private
from bot.domain.reviews.versions import to_review
from storage import fields, incidents, review_copies
from storage.transaction import Tx


def marked_confidential(tx: Tx, incident: Incident) -> bool:
    return any(one.name == CONFIDENTIAL and one.value == YES for one in fields.of(tx, incident.id))


def copies_to(tx: Tx, incident: Incident) -> list[Kept]:
    """Return where the review of an incident may have a copy."""

    def may(kept: Kept) -> bool:
        try:
            to_copy(to_review(incident), place, kept, marked=marked)
        except Refused:
            return False
        return True

    place, marked = tx.process.reviews.issues, marked_confidential(tx, incident)
    return [one for one in Kept if may(one)]


def may_leave(
    tx: Tx, incident: Incident, text: str, *, reader: str, sure: str, at_home: bool = False
) -> None:
    """Raise LeavesPrivate where a document names what the `reader` knows to be private, and `sure` does not
    confirm it. `at_home`, in its own channel, it may speak of its own incident.
    """
    refuse_private(text, incident, incidents.private_of(tx, reader), sure=sure, at_home=at_home)


def edit_settled(tx: Tx, incident_id: int, took: str) -> None:
    """Note that somebody put a text of theirs, which `took` names, together with what is here."""
    kept, _, mark = took.partition(":")
    if kept not in {*Kept}:
        return
    edit = review_copies.edit(tx, incident_id, Kept(kept))
    copy = review_copies.of(tx, incident_id, Kept(kept))
    if edit and copy and digest(edit.text) == mark:
        review_copies.put(tx, replace(copy, taken=mark))
        review_copies.forget_edit(tx, incident_id, Kept(kept))
