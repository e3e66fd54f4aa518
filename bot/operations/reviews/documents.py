"""The document of a review: it is saved and approved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain.actors import Actor, mentioned
from bot.domain.errors import Refused
from bot.domain.facts import ReviewApproved, ReviewSaved
from bot.domain.incidents.incident import Incident
from bot.domain.reviews.canvas import ReviewCanvas, to_channel
from bot.domain.reviews.copies import ForeignEdit, Kept, ReviewCopy
from bot.domain.reviews.issue import IssuePlace, ReviewIssue, to_place
from bot.domain.reviews.leaving import refuse_naming
from bot.domain.reviews.versions import (
    LONGEST,
    Approval,
    Comment,
    EditedMeanwhile,
    Saved,
    Version,
    cleaned,
    document,
    tells,
    to_review,
)
from bot.domain.rights import Right
from bot.domain.text import one_line
from bot.operations.reviews.elsewhere import copies_to, edit_settled
from bot.operations.rights import rights_of, visible
from bot.secret_scan import mark_of, refuse_secrets
from storage import incidents, places, review_canvases, review_copies, review_documents, review_issues
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept of a review: the newest version, all earlier ones by number, and what was said of them.

    Who reads it may write it if `writes`, make it an issue if it `exports`, a canvas if `to_canvas`, and have
    a copy of it at each of `places`. `edits` are what people wrote in copies, and nobody has put together
    with this yet.
    """

    latest: Version | None
    saved: Sequence[Saved]
    comments: Sequence[Comment]
    approvals: Sequence[Approval]
    writes: bool
    issue: ReviewIssue | None = None
    exports: bool = False
    canvas: ReviewCanvas | None = None
    to_canvas: bool = False
    copies: Sequence[ReviewCopy] = ()
    places: Sequence[Kept] = ()
    edits: Sequence[ForeignEdit] = ()


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A text that is to be saved. It was begun from version `base`, 0 for what was `written` by a `template`
    from the facts. `sure` confirms what looks like a secret, `names` what it names of private incidents: None
    does not ask. In it a text from elsewhere is `taken` in, which it names.
    """

    text: str
    base: int
    template: str
    written: str
    sure: str = ""
    taken: str = ""
    names: str | None = None


def shelf(tx: Tx, incident_id: int, *, by: Actor) -> Shelf:
    """Return what is kept of a review, for whoever may know of the incident."""
    incident = incidents.visible(tx, incident_id, by)
    rights = rights_of(tx, str(by))
    takes = Right.WORK in rights
    return Shelf(
        latest=review_documents.latest(tx, incident.id),
        saved=review_documents.saved(tx, incident.id),
        comments=review_documents.comments(tx, incident.id),
        approvals=review_documents.approvals(tx, incident.id),
        writes=Right.UPDATE in rights,
        issue=review_issues.of(tx, incident.id),
        exports=takes and _exports(incident, tx.process.reviews.issues),
        canvas=review_canvases.latest(tx, incident.id),
        to_canvas=takes and _to_canvas(tx, incident),
        copies=review_copies.every(tx, incident.id),
        places=copies_to(tx, incident) if takes else (),
        edits=review_copies.edits(tx, incident.id),
    )


def may_become_canvas(tx: Tx, incident: Incident) -> str:
    """Return the channel in which a canvas of its review may stand. Refuses, and says what to do."""
    return to_channel(to_review(incident), archived=places.archived(tx, incident.channel))


def _to_canvas(tx: Tx, incident: Incident) -> bool:
    try:
        return bool(may_become_canvas(tx, incident))
    except Refused:
        return False


def _exports(incident: Incident, place: IssuePlace | None) -> bool:
    try:
        return bool(to_place(to_review(incident), place))
    except Refused:
        return False


def kept_version(tx: Tx, incident_id: int, number: int, *, by: Actor) -> Version:
    """Return an earlier version. Refuses a number that there is not."""
    incident = incidents.visible(tx, incident_id, by)
    if not (found := review_documents.version(tx, incident.id, number)):
        raise Refused(f"The review of INC-{incident.id} has no version {number}.")
    return found


def unapproved_version(tx: Tx, incident_id: int, *, by: Actor) -> int:
    """Return the newest version if nobody approved it, 0 if somebody did or nobody saved one."""
    incident = incidents.visible(tx, incident_id, by)
    last = review_documents.latest(tx, incident.id)
    approved = {one.version for one in review_documents.approvals(tx, incident.id)}
    return last.number if last and last.number not in approved else 0


def may_edit(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Return the incident to whoever may write its review; refuse, also before they write in vain."""
    return to_review(visible(tx, incident_id, by, Right.UPDATE))


def may_take(tx: Tx, incident_id: int, *, by: str) -> Incident:
    """Return the incident to whoever may have its review written elsewhere; refuse others: guests may not."""
    return to_review(visible(tx, incident_id, by, Right.WORK))


def save_document(tx: Tx, incident_id: int, new: NewVersion, *, by: str) -> int:
    """Keep a text as a new version and return its number; one that changes nothing is none.

    Raises EditedMeanwhile where somebody else saved a version since this one was begun, and LooksSecret.
    """
    incident = may_edit(tx, incident_id, by=by)
    text = document(new.text)
    last = review_documents.latest(tx, incident.id)
    if last and last.text == text:
        edit_settled(tx, incident.id, new.taken)
        return last.number
    if last and last.number != new.base:
        raise EditedMeanwhile(last.number, last.by)
    if not last or mark_of([text]) != mark_of([last.text]):  # what stands there was confirmed before
        refuse_secrets(text, sure=new.sure)
    if new.names is not None:
        others = incidents.private_of(tx, by)
        refuse_naming(text, last.text if last else "", incident, others, sure=new.names)
    number = last.number + 1 if last else 1
    written, template = cleaned(new.written)[: 2 * LONGEST], one_line(new.template)
    version = Version(incident.id, number, text, template, written, by, tx.now)
    if not review_documents.add(tx, version):
        raise EditedMeanwhile(number, "")
    edit_settled(tx, incident.id, new.taken)
    before = Saved(last.number, last.by, last.at) if last else None
    if tells(before, by, tx.now):
        tx.record(ReviewSaved(incident=incident.id, by=by, version=number))
    return number


def saved_first(tx: Tx, incident_id: int, new: NewVersion, then: Callable[..., None], *, by: str) -> None:
    """Do something with a version that is saved for it; where that is refused, nothing is saved."""
    then(tx, incident_id, save_document(tx, incident_id, new, by=by), by=by)


def refuse_older(tx: Tx, incident_id: int, version: int, *, can: str, then: str) -> Version:
    """Return the newest version, if it is this one. Refuse what somebody does with one that was edited
    meanwhile, or where there is none.
    """
    last = review_documents.latest(tx, incident_id)
    if not last:
        raise Refused(f"Nobody has saved the document yet. Save it first, then it can {can}.")
    if last.number != version:
        raise Refused(
            f"{mentioned(last.by)} saved version {last.number} meanwhile, and you read version {version}. "
            f"Read it, then {then}."
        )
    return last


def approve_document(tx: Tx, incident_id: int, version: int, *, by: str) -> None:
    """Approve the newest version; one that was edited meanwhile has to be read first."""
    incident = may_edit(tx, incident_id, by=by)
    refuse_older(tx, incident.id, version, can="be approved", then="approve")
    if review_documents.approve(tx, incident.id, version, by):
        tx.record(ReviewApproved(incident=incident.id, by=by, version=version))
