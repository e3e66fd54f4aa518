"""Copies of a review's document in GitLab: they are asked for, written once, and what people write there
comes back as a version, or waits until somebody puts it together with what was saved here meanwhile.
"""

from dataclasses import dataclass, replace

from bot.domain.actors import Machine, MachineKind
from bot.domain.errors import Refused
from bot.domain.facts import ReviewCopyAsked, ReviewFetchAsked, ReviewIssueWritten, ReviewSaved
from bot.domain.reviews.copies import (
    MOST_OVER,
    ForeignEdit,
    Kept,
    Pushed,
    ReviewCopy,
    concerns,
    digest,
    fits,
    new_copy,
    to_copy,
)
from bot.domain.reviews.document import reviewable
from bot.domain.reviews.versions import Version, cleaned
from bot.operations.once import once
from bot.operations.reviews.documents import may_take, refuse_older
from bot.operations.reviews.elsewhere import marked_confidential, may_leave
from bot.operations.workspace.channel import problem
from bot.secret_scan import mark_of
from storage import incidents, review_copies, review_documents
from storage.transaction import Tx

NAME = "GitLab"


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A text that people wrote in a copy, and which version they began from; 0 where that is not known."""

    text: str
    base: int
    who: str


def ask_for_copy(tx: Tx, incident_id: int, version: int, kept: Kept, *, by: str, sure: str = "") -> None:
    """Have the newest version written to a copy. Refuses one that was edited here or there meanwhile; `sure`
    confirms what is private in it.
    """
    incident = may_take(tx, incident_id, by=by)
    place = to_copy(incident, tx.process.reviews.issues, kept, marked=marked_confidential(tx, incident))
    newest = refuse_older(
        tx, incident.id, version, can=f"become a {kept.said}", then=f"make it a {kept.said}"
    )
    may_leave(tx, incident, newest.text, reader=by, sure=sure)
    if edit := review_copies.edit(tx, incident.id, kept):
        raise Refused(
            f"{edit.who} edited the {kept.said} in {NAME}, and nobody has put that together with what was "
            "saved here. Do that first: the review's page has a link to it."
        )
    copy = review_copies.of(tx, incident.id, kept)
    if not copy or copy.project != place.project:
        copy = new_copy(incident, version, kept, place)
    review_copies.put(tx, replace(copy, version=version, failed=False))
    tx.record(ReviewCopyAsked(incident=incident.id, by=by, place=kept.value))


def fetch_copy(tx: Tx, incident_id: int, kept: Kept, *, by: str) -> None:
    """Have a copy looked at for what people wrote there."""
    incident = may_take(tx, incident_id, by=by)
    copy = review_copies.of(tx, incident.id, kept)
    if not copy or not copy.written:
        raise Refused(f"The review of INC-{incident.id} has no {kept.said} yet.")
    review_copies.put(tx, replace(copy, fetching=True, failed=copy.unwritten))
    tx.record(ReviewFetchAsked(incident=incident.id, by=by, place=kept.value))


def heard_of_copies(tx: Tx, pushed: Pushed) -> None:
    """Have those looked at that somebody changed there, once for what is told twice."""
    once(tx, f"gitlab:{pushed.event}", _heard, pushed)


def _heard(tx: Tx, pushed: Pushed) -> None:
    at = tx.process.reviews.issues
    for one in review_copies.at(tx, pushed.project, pushed.place, pushed.paths):
        there = one.written and concerns(one, pushed, at.target if at else "")
        if there and reviewable(incidents.get(tx, one.incident)):
            tx.record(ReviewFetchAsked(incident=one.incident, place=one.place.value, who=pushed.who))


def copy_written(tx: Tx, *, copy: ReviewCopy, version: int) -> None:
    """Note which version stands there, as `copy` says it is there; that it does is told once."""
    before = review_copies.of(tx, copy.incident, copy.place)
    if not before:
        return
    now = replace(
        copy, version=before.version, written=version or before.written, fetching=False, failed=False
    )
    review_copies.put(tx, now)
    if version and (before.written, before.number, before.url) != (version, now.number, now.url):
        tx.record(
            ReviewIssueWritten(
                incident=copy.incident, version=version, tracker=NAME, url=now.url, what=copy.place.said
            )
        )


def copies_over(tx: Tx, *, copy: ReviewCopy) -> None:
    """Stop looking for a branch whose merge request is open: `copy` has the one that the next press begins
    with.
    """
    before = review_copies.of(tx, copy.incident, copy.place)
    if not before:
        return
    review_copies.put(tx, replace(before, branch=copy.branch, number=0, failed=True, fetching=False))
    problem(
        tx,
        copy.incident,
        f"The {NAME} {copy.place.said} of the review could not be written",
        f"it says that {MOST_OVER} in a row are merged or closed",
        f"Look there at the branches that begin with `{copy.branch.rpartition('-')[0]}`, then press the "
        "button on the review's page again: it goes on from there. The document is kept here.",
    )


def copy_looked_at(tx: Tx, *, copy: ReviewCopy) -> None:
    """Note that nobody wrote anything there."""
    if before := review_copies.of(tx, copy.incident, copy.place):
        review_copies.put(tx, replace(before, fetching=False, failed=before.unwritten))


def copy_edited(tx: Tx, *, copy: ReviewCopy, found: TakenIn) -> None:
    """Take in what people wrote there: as the next version where nothing was saved here since they began,
    else it is kept beside it until somebody puts the two together. Of an incident that has no review any more
    it stays there.
    """
    before = review_copies.of(tx, copy.incident, copy.place)
    last = review_documents.latest(tx, copy.incident)
    if not before or not last:
        return
    copy = replace(before, version=before.written, fetching=False, failed=False)
    if not reviewable(incidents.get(tx, copy.incident)):
        review_copies.put(tx, copy)
        return
    if why := fits(found.text):
        review_copies.put(tx, copy)
        _untaken(
            tx, copy, found.who, f"Nothing of it came here, since {why}", "Mend it there, then fetch it."
        )
        return
    if cleaned(found.text) == last.text:
        review_copies.put(
            tx, replace(copy, version=last.number, written=last.number, taken=digest(found.text))
        )
        return
    if last.number != found.base or mark_of([found.text]) != mark_of([last.text]):
        _set_beside(tx, copy, found, "" if last.number != found.base else "it may hold a secret")
        return
    by = Machine(MachineKind.TRACKER, f"{found.who} in {NAME}")
    number = last.number + 1
    text, now = cleaned(found.text), tx.now
    review_documents.add(tx, Version(copy.incident, number, text, last.template, last.written, str(by), now))
    review_copies.put(tx, replace(copy, version=number, written=number, taken=digest(text)))
    tx.record(ReviewSaved(incident=copy.incident, by=by, version=number))


def _set_beside(tx: Tx, copy: ReviewCopy, found: TakenIn, why: str) -> None:
    """Keep it beside what is here; the same text is told of once."""
    known = review_copies.edit(tx, copy.incident, copy.place)
    review_copies.put(tx, copy)
    edit = ForeignEdit(copy.incident, copy.place, found.base, cleaned(found.text), found.who)
    review_copies.keep_edit(tx, edit)
    if not known or known.text != edit.text:
        begun = f"They began from version {found.base}, and another one was saved here since"
        said = why or (begun if found.base else "It is not known from which version they began")
        _untaken(tx, copy, found.who, said, "Put the two together on the review's page: nothing is lost.")


def _untaken(tx: Tx, copy: ReviewCopy, who: str, why: str, cure: str) -> None:
    what = f"{who} edited the {copy.place.said} of the review in {NAME}, and it is no version here yet"
    problem(tx, copy.incident, what, why, cure)


def copy_failed(tx: Tx, incident_id: int, kept: Kept, *, why: str, cure: str) -> None:
    """Note that it could not be written or looked at, so that it can be asked for again."""
    copy = review_copies.of(tx, incident_id, kept)
    if not copy:
        return
    what = "looked at" if copy.fetching and not copy.waits else "written"
    review_copies.put(tx, replace(copy, failed=True, fetching=False))
    problem(tx, incident_id, f"The {NAME} {kept.said} of the review could not be {what}", why, cure)
