"""Reviews of incidents, with their tasks."""

from collections.abc import Collection, Iterable

from bot.domain.actors import Actor
from bot.domain.incidents.incident import ReviewState, Severity
from bot.domain.process import IM
from bot.domain.work.reviews import Review, Summed, Task
from storage.incidents import VISIBLE
from storage.rows import columns, value_of
from storage.transaction import Row, Tx, any_of

_TASKS = "FROM review_tasks WHERE incident = reviews.incident"


def review_of(tx: Tx, incident_id: int) -> Review | None:
    """Return the review of an incident, with its tasks in the order in which they are due by default."""
    row = tx.one("SELECT * FROM reviews WHERE incident = :id", {"id": incident_id})
    if not row:
        return None
    rows = tx.all("SELECT * FROM review_tasks WHERE incident = :id ORDER BY id", {"id": incident_id})
    return value_of(Review, row, tasks=tuple(_task(one) for one in rows))


def add(tx: Tx, review: Review) -> bool:
    """Write a new review with its tasks, and say whether the incident had none."""
    news = tx.execute(
        """INSERT INTO reviews (incident, state, owner, opened_at)
        VALUES (:incident, :state, :owner, :opened_at) ON CONFLICT (incident) DO NOTHING""",
        {name: columns(review)[name] for name in ("incident", "state", "owner", "opened_at")},
    )
    if news:
        add_tasks(tx, review.tasks)
    return news == 1


def add_tasks(tx: Tx, tasks: Iterable[Task]) -> None:
    for one in tasks:
        tx.insert(
            """INSERT INTO review_tasks (incident, text, owner, due)
            VALUES (:incident, :text, :owner, :due) RETURNING id""",
            {name: columns(one)[name] for name in ("incident", "text", "owner", "due")},
        )


def save(tx: Tx, review: Review) -> None:
    """Write how a review is now, without its tasks."""
    kept = columns(review)
    del kept["tasks"], kept["opened_at"]
    tx.write(
        """UPDATE reviews SET state = :state, owner = :owner, ended_by = :ended_by, ended_at = :ended_at,
            reason = :reason WHERE incident = :incident""",
        kept,
    )


def save_task(tx: Tx, task: Task) -> None:
    kept = columns(task)
    del kept["incident"], kept["text"]
    tx.write(
        """UPDATE review_tasks SET owner = :owner, due = :due, done_by = :done_by, done_at = :done_at
        WHERE id = :id""",
        kept,
    )


def visible_task(tx: Tx, task_id: int, by: Actor) -> Task:
    """Return a task of an incident that `by` may know of. Else raises NotFound."""
    row = tx.one(
        f"""SELECT review_tasks.* FROM review_tasks JOIN incidents ON incidents.id = review_tasks.incident
        WHERE review_tasks.id = :id AND {VISIBLE}""",  # noqa: S608 - a constant of ours
        {"id": task_id, "viewer": by},
    )
    if not row:
        raise tx.unknown("review_tasks", task_id, "task", task_id)
    return _task(row)


def listed(
    tx: Tx, viewer: Actor, states: Collection[ReviewState], owner: str, *, limit: int, skipped: int
) -> list[Summed]:
    """Return reviews of which `viewer` may know: the open ones by their next task, then the newest.

    An empty `owner` is anybody. An open one of an incident that was merged or cancelled since is left out.
    """
    these, named = any_of(sorted(states))
    rows = tx.all(
        f"""SELECT * FROM (SELECT reviews.incident, incidents.name, incidents.highest, incidents.private,
            incidents.drill, reviews.state, reviews.owner, reviews.opened_at, reviews.ended_at,
            reviews.reason, (SELECT COUNT(*) {_TASKS}) AS tasks,
            (SELECT COUNT(*) {_TASKS} AND done_at IS NULL) AS undone,
            (SELECT MIN(due) {_TASKS} AND done_at IS NULL) AS due
        FROM reviews JOIN incidents ON incidents.id = reviews.incident
        WHERE reviews.state IN ({these}) AND (:owner = '' OR reviews.owner = :owner)
            AND (reviews.state <> 'open' OR incidents.status NOT IN ('Declined', 'Merged', 'Cancelled'))
            AND {VISIBLE}) AS known
        ORDER BY state <> 'open', CASE WHEN state = 'open' THEN due END IS NULL,
            CASE WHEN state = 'open' THEN due END, incident DESC
        LIMIT :limit OFFSET :skipped""",  # noqa: S608 - constants of ours
        {**named, "viewer": viewer, "owner": owner, "limit": limit, "skipped": skipped},
    )
    return [value_of(Summed, row) for row in rows]


def was_im_before(tx: Tx, person: str, incident_id: int) -> bool:
    """Say whether somebody was IM of an S1 or S2 before this one, neither practised nor a near miss."""
    high = ", ".join(f"'{one.value}'" for one in Severity if one.high)
    row = tx.one(
        f"""SELECT 1 FROM roles JOIN incidents ON incidents.id = roles.incident
        WHERE roles.person = :person AND roles.role = :im AND incidents.id < :id AND incidents.drill = 0
        AND incidents.near_miss = 0 AND incidents.highest IN ({high})
        AND incidents.status IN ('Resolved', 'Post-incident', 'Closed') LIMIT 1""",  # noqa: S608 - ours
        {"person": person, "im": IM, "id": incident_id},
    )
    return row is not None


def _task(row: Row) -> Task:
    return value_of(Task, row)
