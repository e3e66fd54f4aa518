"""A review by the API: its document, how far it is, and its tasks, by the operations of Slack's buttons."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.domain.errors import NotFound
from bot.domain.incidents.incident import ReviewState
from bot.domain.work.reviews import Review
from bot.operations.work.reviews import (
    TaskChanges,
    change_task,
    finish_review,
    give_review,
    request_review,
    tick_task,
    untick_task,
    visible_task,
    waive_review,
)
from handlers.rest import models
from handlers.rest.asked import Asked, known, person
from handlers.rest.shown import Names
from handlers.reviews import Reading, read
from storage import people, reviews
from storage.transaction import Tx


@dataclass(frozen=True, slots=True)
class Found:
    """What was read, and by which template it is to be written anew, if by one."""

    reading: Reading
    template: str


def read_review(tx: Tx, asked: Asked) -> Found:
    incident, query = known(tx, asked), asked.query
    url = asked.page_of(incident.id) or ""
    return Found(read(tx, incident.id, asked.by, url, query.version), query.template)


def shown(found: Found) -> models.Review:
    reading = found.reading
    text, last, names = reading.shown(found.template), reading.shelf.latest, Names(reading.names)
    return models.Review(
        **_standing(reading.incident.id, reading.review, names),
        version=text.version,
        newest=last.number if last else 0,
        template=text.template,
        outdated=text.outdated,
        text=text.text,
        approvals=[
            models.Approval(version=one.version, by=names.person(one.by), at=one.at)
            for one in reading.shelf.approvals
        ],
        comments=[
            models.ReviewComment(
                id=one.id,
                version=one.version,
                heading=one.heading,
                text=one.text,
                by=names.person(one.by),
                at=one.at,
                edited_at=one.edited_at,
            )
            for one in reading.shelf.comments
        ],
    )


def change_review(tx: Tx, asked: Asked) -> models.ReviewStanding:
    """Change what is named. It is opened before it is given to somebody, and ended after."""
    incident, body, by = known(tx, asked), asked.body, asked.by
    review = reviews.review_of(tx, incident.id)
    state = body.state if not review or body.state is not review.state else None
    if state is ReviewState.OPEN:
        request_review(tx, incident.id, by=by)
    if body.owner:
        give_review(tx, incident.id, person(tx, body.owner), by=by)
    if state is ReviewState.DONE:
        finish_review(tx, incident.id, by=by, anyway=body.anyway)
    if state is ReviewState.WAIVED:
        waive_review(tx, incident.id, body.reason, by=by)
    return _stands(tx, incident.id)


def change_review_task(tx: Tx, asked: Asked) -> models.ReviewStanding:
    """Change what is named of a task. It is opened before its other changes, and ticked off after them."""
    incident, body, given = known(tx, asked), asked.body, asked.path["task"]
    number = int(given) if given.isascii() and given.isdigit() and len(given) <= 9 else 0
    review = reviews.review_of(tx, incident.id)
    if not review or number not in {one.id for one in review.tasks}:
        raise NotFound("task", given[:40])  # before anything is said of the incident that has it
    _, task = visible_task(tx, number, asked.by)
    if body.done is False and not task.open:
        untick_task(tx, number, by=asked.by)
    owner = person(tx, body.owner) if body.owner else body.owner
    if owner is not None or body.due:
        change_task(tx, number, TaskChanges(owner, body.due), by=asked.by)
    if body.done and task.open:
        tick_task(tx, number, by=asked.by)
    return _stands(tx, incident.id)


def _stands(tx: Tx, incident: int) -> models.ReviewStanding:
    review = reviews.review_of(tx, incident)
    who = (review.owner, review.ended_by, *_of_tasks(review)) if review else ()
    names = Names(people.names(tx, {one for one in who if one}))
    return models.ReviewStanding(**_standing(incident, review, names))


def _of_tasks(review: Review) -> Iterator[str | None]:
    for one in review.tasks:
        yield from (one.owner, one.done_by)


def _standing(incident: int, review: Review | None, names: Names) -> dict[str, Any]:
    return {
        "incident": f"INC-{incident}",
        "state": review.state if review else None,
        "owner": names.maybe(review.owner or None) if review else None,
        "ended_by": names.actor(review.ended_by) if review and review.ended_by else None,
        "ended_at": review.ended_at if review else None,
        "reason": review.reason if review else "",
        "tasks": [
            models.ReviewTask(
                id=one.id,
                text=one.text,
                owner=names.maybe(one.owner),
                due=one.due,
                done_by=names.actor(one.done_by) if one.done_by else None,
                done_at=one.done_at,
            )
            for one in (review.tasks if review else ())
        ],
    }
