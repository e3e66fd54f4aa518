"""Reviews as they are kept: once for each incident, with their tasks, and whose first incident it was."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.errors import NotFound
from bot.domain.incidents.incident import ReviewState, Status
from bot.domain.work.reviews import Review, Task
from storage import incidents, reviews, roles
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident


def kept(office: Office, number: int) -> bool:
    def write(tx: Tx) -> bool:
        task = Task(0, number, "Fill the summary", None, date(2026, 3, 4))
        review = Review(number, ReviewState.OPEN, "UIM", tx.now, tasks=(task, replace(task, owner="UEOC")))
        return reviews.add(tx, review)

    return office.perform(write)


def test_an_incident_has_one_review(office: Office) -> None:
    incident = given_incident(office)

    assert incident.review is None
    assert office.read(reviews.review_of, incident.id) is None
    assert kept(office, incident.id)
    assert not kept(office, incident.id)

    found = office.read(reviews.review_of, incident.id)
    assert found is not None
    assert [one.owner for one in found.tasks] == [None, "UEOC"]
    assert [found.of(one) for one in found.tasks] == ["UIM", "UEOC"]
    assert office.read(incidents.get, incident.id).review is ReviewState.OPEN


def test_what_is_ended_and_ticked_stays_so(office: Office) -> None:
    incident = given_incident(office)
    kept(office, incident.id)
    found = office.read(reviews.review_of, incident.id)
    assert found is not None
    now = office.clock.now()
    done = replace(found.tasks[0], owner="UREP", due=date(2026, 4, 1), done_by="UIM", done_at=now)
    over = replace(
        found, state=ReviewState.WAIVED, reason="Known", ended_by="UIM", ended_at=now, owner="UREP"
    )

    office.perform(reviews.save_task, done)
    office.perform(reviews.save, over)

    assert office.read(reviews.visible_task, done.id, "UREP") == done
    assert office.read(reviews.review_of, incident.id) == replace(over, tasks=(done, found.tasks[1]))
    with pytest.raises(NotFound):
        office.read(reviews.visible_task, 77, "UREP")


def test_a_task_of_a_private_incident_is_known_to_nobody_outside(office: Office) -> None:
    incident = given_incident(office, private=True)
    kept(office, incident.id)

    assert office.read(reviews.visible_task, 1, "UREP").text == "Fill the summary"
    with pytest.raises(NotFound):
        office.read(reviews.visible_task, 1, "UOTHER")


@pytest.mark.parametrize(
    ("severity", "kind", "became", "before"),
    [
        ("S2", "GitLab.com", {"status": Status.CLOSED}, True),
        ("S3", "GitLab.com", {"status": Status.CLOSED}, False),
        ("S1", "GitLab.com", {"status": Status.CANCELLED}, False),
        ("S1", "GitLab.com", {"status": Status.CLOSED, "near_miss": True}, False),
        ("S1", "Gameday", {"status": Status.RESOLVED}, False),
    ],
)
def test_who_was_im_of_a_grave_incident_before(office: Office, severity, kind, became, before) -> None:
    earlier = given_incident(office, severity, kind=kind)
    this = given_incident(office, "S1", channel="CTHIS")

    def held(tx: Tx) -> None:
        for incident in (earlier, this):
            roles.assign(tx, incident.id, "IM", "UIM")
        incidents.save(tx, replace(earlier, **became))

    office.perform(held)

    assert office.read(reviews.was_im_before, "UIM", this.id) is before
    assert not office.read(reviews.was_im_before, "UIM", earlier.id)


def test_a_list_has_the_earliest_task_first_and_no_hidden_incident(office: Office) -> None:
    late, hidden, early, over = [
        given_incident(office, channel=f"C{number}", private=number == 1).id for number in range(4)
    ]
    for number in (late, hidden, early, over):
        kept(office, number)

    def write(tx: Tx) -> None:
        for number, day in ((late, 9), (hidden, 1), (early, 5)):
            found = reviews.review_of(tx, number)
            assert found
            reviews.save_task(tx, replace(found.tasks[0], due=date(2026, 3, day)))
            reviews.save_task(
                tx, replace(found.tasks[1], due=date(2026, 3, 1), done_by="UIM", done_at=tx.now)
            )
        ended = reviews.review_of(tx, over)
        assert ended
        reviews.save(tx, replace(ended, state=ReviewState.DONE, ended_by="UIM", ended_at=tx.now))

    office.perform(write)

    def seen(viewer: str, *states: ReviewState, owner: str = "", skipped: int = 0) -> list[int]:
        found = office.read(reviews.listed, viewer, states, owner, limit=10, skipped=skipped)
        return [one.incident for one in found]

    assert seen("USTRANGER", ReviewState.OPEN) == [early, late]
    assert seen("USTRANGER", *ReviewState) == [early, late, over]
    assert seen("USTRANGER", *ReviewState, skipped=1) == [late, over]
    assert seen("UREP", ReviewState.OPEN) == [hidden, early, late]
    assert seen("UREP", *ReviewState, owner="UOTHER") == []
    first = office.read(reviews.listed, "USTRANGER", list(ReviewState), "UIM", limit=1, skipped=0)[0]
    assert (first.tasks, first.undone, first.due) == (2, 1, date(2026, 3, 5))
    assert (first.overdue(date(2026, 3, 5)), first.overdue(date(2026, 3, 6))) == (False, True)
    office.perform(lambda tx: incidents.save(tx, replace(incidents.get(tx, late), status=Status.CANCELLED)))
    office.perform(lambda tx: incidents.save(tx, replace(incidents.get(tx, over), status=Status.CANCELLED)))
    assert seen("USTRANGER", *ReviewState) == [early, over]
