"""What was published, and what other pages show of it."""

from datetime import timedelta

from bot.domain.incidents.public_posts import PageNotice, PublicPost, PublicState
from bot.domain.incidents.publicity import PublicStatus
from storage import public_posts
from tests.conftest import Office
from tests.operations.given import given_incident


def test_what_is_published_is_kept_text_by_text(office: Office) -> None:
    first = given_incident(office).id
    second = given_incident(office, channel="COTHER").id
    now = office.uow.clock.now()
    post = PublicPost(
        *(0, first, "Degraded Performance: API", "Slow", PublicStatus.DEGRADED, PublicState.INVESTIGATING),
        *(("API", "Git"), True, "UCMOC", now),
    )
    number = office.perform(public_posts.add, post)
    kept = office.read(public_posts.get, number)
    assert (kept.components, kept.first, kept.by, kept.at) == (("API", "Git"), True, "UCMOC", now)
    assert office.read(public_posts.last, first) == kept
    assert office.read(public_posts.last, second) is None
    assert [one.id for one in office.read(public_posts.open_ones)] == [number]
    assert office.read(public_posts.open_ones, first) == []

    over = PublicPost(
        *(0, first, post.title, "Well", PublicStatus.OPERATIONAL, PublicState.RESOLVED),
        *(("API",), False, "UCMOC", now),
    )
    later = office.perform(public_posts.add, over)
    assert office.read(public_posts.open_ones) == []
    assert [one.id for one in office.read(public_posts.of_notice, office.read(public_posts.get, later))] == [
        number,
        later,
    ]
    again = office.perform(public_posts.add, post)
    assert [one.id for one in office.read(public_posts.of_notice, office.read(public_posts.get, again))] == [
        again
    ]
    assert len(office.read(public_posts.since, now)) == 3
    assert office.read(public_posts.since, now + timedelta(seconds=1)) == []

    office.perform(public_posts.show, PageNotice("status.io", "5f", first, number))
    office.perform(public_posts.show, PageNotice("status.io", "5f", first, later, resolved=True))
    assert office.read(public_posts.shown, first, "status.io") == [
        PageNotice("status.io", "5f", first, later, resolved=True)
    ]
    assert office.read(public_posts.remotes, "status.io") == ["5f"]
    office.perform(public_posts.move, first, second)
    assert office.read(public_posts.shown, first, "status.io") == []
    assert office.read(public_posts.last, second)
