"""Where an incident was spoken of outside its channels, on both engines."""

from datetime import timedelta

from storage import duties, posts, said_outside
from storage.posts import Post
from storage.said_outside import Said
from tests.conftest import Office
from tests.operations.given import given_incident


def test_what_was_said_is_kept_once_and_found_by_its_reader(office: Office) -> None:
    given_incident(office, channel="CINC")
    told, asked = Said(1, "DBO", "5.0", "UBO"), Said(1, "CIMS", "6.0", "")

    for one in (told, told, asked):
        office.perform(said_outside.keep, one)

    assert office.read(said_outside.of, 1) == [asked, told]
    assert office.read(said_outside.to, 1, "UBO") == [told]
    office.perform(said_outside.forget, "DBO", "5.0")
    assert office.read(said_outside.of, 1) == [asked]


def test_a_message_that_says_nothing_any_more_is_no_post_of_any_kind(office: Office) -> None:
    given_incident(office, channel="CINC")
    office.perform(posts.record, Post(1, "verify", "UBO", "DBO", "5.0"))
    office.perform(posts.record, Post(1, "verify", "UIM", "DIM", "5.0"))

    office.perform(posts.forget_at, "DBO", "5.0")

    assert [one.place for one in office.read(posts.of, 1)] == ["UIM"]


def test_changes_of_shift_are_found_in_which_an_incident_may_be_named(office: Office) -> None:
    begun = []
    for _ in range(3):
        duty = office.perform(duties.add, "primary", ("UEOC",))
        office.perform(duties.record_message, duty.id, "UEOC", "DEOC", f"{duty.id}.0")
        begun.append(duty)
        office.clock.advance(minutes=480)

    between = begun[1].begun_at + timedelta(hours=1)

    assert office.read(duties.told_since, between) == [begun[1].id, begun[2].id]
    assert office.read(duties.told_since, begun[2].begun_at + timedelta(hours=1)) == [begun[2].id]
