"""Reviews: when one begins, who owns it, its tasks, and how it ends."""

from dataclasses import dataclass, replace
from datetime import date

from bot.domain import facts
from bot.domain.actors import Actor
from bot.domain.errors import Refused, Step
from bot.domain.incidents.incident import FINISHED, Incident, ReviewState, needs_review
from bot.domain.paging.practice import taking_part
from bot.domain.process import IM
from bot.domain.rights import Right
from bot.domain.work import reviews as rules
from bot.domain.work.reviews import Review, Task
from bot.operations.incidents.changes import save
from bot.operations.paging.placing import let_in
from bot.operations.rights import refuse_removed, visible
from bot.operations.work.review_reminders import remind_in_time
from bot.operations.workspace.people import refuse_for_role, refuse_inactive
from storage import people, reviews, roles
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class TaskChanges:
    """What changes of a task; None leaves it."""

    owner: str | None = None
    due: date | None = None


def mind_review(tx: Tx, incident: Incident) -> Incident:
    """Have the review of an incident begin that is over now, if it needs one; one that is there goes on."""
    if not rules.begins(incident):
        return incident
    review = reviews.review_of(tx, incident.id)
    if review:
        _go_on(tx, incident, review)
        return replace(incident, review=review.state)
    tasks = rules.planned(tx.process.reviews, incident, tx.now, first_im=_first_im(tx, incident))
    review = Review(incident.id, ReviewState.OPEN, _usual_owner(tx, incident), tx.now, tasks=tasks)
    if reviews.add(tx, review):
        tx.record(facts.ReviewBegun(incident=incident.id, owner=review.owner))
    _remind(tx, incident)
    return replace(incident, review=ReviewState.OPEN)


def _go_on(tx: Tx, incident: Incident, review: Review) -> None:
    """Go on after a reopening: what it got worse by may ask for more."""
    if review.open:
        known = {one.text for one in review.tasks}
        wanted = rules.planned(tx.process.reviews, incident, tx.now, first_im=_first_im(tx, incident))
        reviews.add_tasks(tx, [one for one in wanted if one.text not in known])
        _remind(tx, incident)


def _usual_owner(tx: Tx, incident: Incident) -> str:
    """Return the IM of the incident, else its lead; of a near miss whoever owns that. Nobody who left."""
    im = "" if incident.near_miss else roles.of(tx, incident.id).get(IM, "")
    return next((one for one in (im, incident.lead) if one and people.present(tx, one)), "")


def _first_im(tx: Tx, incident: Incident) -> str:
    """Return the IM, if it was their first S1 or S2."""
    im = roles.of(tx, incident.id).get(IM, "")
    if not im or incident.drill or incident.near_miss or not incident.highest.high:
        return ""
    return "" if reviews.was_im_before(tx, im, incident.id) else im


def request_review(tx: Tx, incident_id: int, *, by: Actor) -> Incident:
    """Ask for a review of what needs none, or for one that is over to go on."""
    incident = rules.requestable(visible(tx, incident_id, by))
    review = reviews.review_of(tx, incident_id)
    if review and not review.open:
        return _again(tx, incident, review, by)
    if needs_review(incident):
        _refuse_again(incident, review)
        return mind_review(tx, incident)  # one that an older version resolved
    incident = replace(incident, review_requested=True)
    save(tx, incident)
    tx.record(facts.ReviewRequested(incident=incident_id, by=by))
    return mind_review(tx, incident)


def _refuse_again(incident: Incident, review: Review | None) -> None:
    """Refuse to ask for a review that is open, or will begin by itself."""
    show = Step("Show the review", "review", incident.id)
    if review:
        raise Refused(f"INC-{incident.id} is being reviewed already.", show)
    if incident.status not in FINISHED:
        why = "asked for already" if incident.review_requested else f"required, as it is {incident.highest}"
        raise Refused(f"A review of INC-{incident.id} is {why}. It begins when it is resolved.", show)


def _again(tx: Tx, incident: Incident, review: Review, by: Actor) -> Incident:
    if not needs_review(incident):  # its severity was corrected
        incident = replace(incident, review_requested=True)
        save(tx, incident)
    reviews.save(tx, rules.again(review))
    tx.record(facts.ReviewBegun(incident=incident.id, by=by, owner=review.owner, again=True))
    _remind(tx, incident)
    return replace(incident, review=ReviewState.OPEN)


def give_review(tx: Tx, incident_id: int, person: str, *, by: Actor) -> Review:
    """Have another person own the review."""
    incident, review = _worked_on(tx, incident_id, by)
    if review.owner == person:
        raise Refused(f"<@{person}> owns the review of INC-{incident_id} already.")
    refuse_for_role(tx, person)
    refuse_removed(tx, incident, taking_part(incident, person))
    after = replace(review, owner=person)
    reviews.save(tx, after)
    let_in(tx, incident_id, person)
    tx.record(facts.ReviewGiven(incident=incident_id, by=by, person=person, holder=review.owner))
    _remind(tx, incident)
    return after


def tick_task(tx: Tx, task_id: int, *, by: Actor) -> Task:
    """Note that a task is done. Whoever comes second is told who did it."""
    incident, task = visible_task(tx, task_id, by)
    after = rules.ticked(task, by, tx.now)
    reviews.save_task(tx, after)
    tx.record(facts.ReviewTaskDone(incident=incident.id, by=by, text=task.text, task=task_id))
    _remind(tx, incident)
    return after


def untick_task(tx: Tx, task_id: int, *, by: Actor) -> Task:
    incident, task = visible_task(tx, task_id, by)
    after = rules.unticked(task)
    reviews.save_task(tx, after)
    tx.record(facts.ReviewTaskUndone(incident=incident.id, by=by, text=task.text, task=task_id))
    _remind(tx, incident)
    return after


def change_task(tx: Tx, task_id: int, changes: TaskChanges, *, by: Actor) -> Task:
    """Give a task to somebody, or another day. An `owner` of "" is whoever owns the review."""
    incident, task = visible_task(tx, task_id, by)
    if not task.open:
        raise Refused("That task is done: reopen it first, in `/inc review`.")
    if changes.due and not tx.now.date() <= changes.due <= tx.now.date() + rules.LATEST:
        raise Refused("A task is due today or later, within 90 days: name another day.")
    if changes.owner:
        refuse_inactive(tx, changes.owner)
        refuse_removed(tx, incident, taking_part(incident, changes.owner))
    owner = task.owner if changes.owner is None else changes.owner or None
    after = replace(task, owner=owner, due=changes.due or task.due)
    if after == task:
        return task
    reviews.save_task(tx, after)
    _note(tx, task, after, by)
    _remind(tx, incident)
    return after


def _note(tx: Tx, before: Task, after: Task, by: Actor) -> None:
    for what, was, now in (
        ("owner", before.owner or "", after.owner or ""),
        ("due date", before.due.isoformat(), after.due.isoformat()),
    ):
        if was != now:
            tx.record(
                facts.ReviewTaskChanged(
                    incident=after.incident,
                    by=by,
                    text=after.text,
                    task=after.id,
                    what=what,
                    before=was,
                    after=now,
                )
            )
    if after.owner and after.owner != before.owner:
        let_in(tx, after.incident, after.owner)


def finish_review(tx: Tx, incident_id: int, *, by: Actor, anyway: bool = False) -> Incident:
    """Say that the review is done. With tasks that are open it is refused, unless it is done `anyway`."""
    return _end(tx, incident_id, ReviewState.DONE, by, anyway=anyway)


def waive_review(tx: Tx, incident_id: int, reason: str, *, by: Actor) -> Incident:
    """Do without the review, for a reason."""
    return _end(tx, incident_id, ReviewState.WAIVED, by, reason=reason)


def _end(
    tx: Tx, incident_id: int, state: ReviewState, by: Actor, *, reason: str = "", anyway: bool = False
) -> Incident:
    incident, review = _worked_on(tx, incident_id, by)
    after = rules.ended(review, state, by, tx.now, reason, anyway=anyway)
    reviews.save(tx, after)
    tx.record(
        facts.ReviewEnded(
            incident=incident_id, by=by, text=after.reason, outcome=state.value, left=len(after.left)
        )
    )
    _remind(tx, incident)
    return replace(incident, review=state)


def may_work_on_review(tx: Tx, incident_id: int, *, by: Actor) -> tuple[Incident, Review]:
    """Return an incident with its review if this person can work on it; refuse, also before they write."""
    return _worked_on(tx, incident_id, by)


def _worked_on(tx: Tx, incident_id: int, by: Actor) -> tuple[Incident, Review]:
    incident = visible(tx, incident_id, by)
    return incident, rules.workable(incident, reviews.review_of(tx, incident_id))


def visible_task(tx: Tx, task_id: int, by: Actor) -> tuple[Incident, Task]:
    """Return a task of a review that is worked on, to whoever may know of its incident. Raises NotFound."""
    task = reviews.visible_task(tx, task_id, by)
    incident = visible(tx, task.incident, by, Right.ACTION)
    rules.workable(incident, reviews.review_of(tx, task.incident))
    return incident, task


def _remind(tx: Tx, incident: Incident) -> None:
    remind_in_time(tx, incident, reviews.review_of(tx, incident.id))
