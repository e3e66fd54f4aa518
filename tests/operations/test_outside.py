"""What was said of an incident outside its channels is taken back from who may not know of it any more."""

import pytest

from bot.operations.incidents.privacy import make_private
from bot.operations.workspace.membership import left
from bot.operations.workspace.outside import said, taken_back
from storage import members, posts, said_outside
from storage.posts import Post
from storage.said_outside import Said
from tests.conftest import Office
from tests.operations.following import deliveries, follow
from tests.operations.given import given_incident

TO_BO, TO_IM, IN_CHANNEL = (
    Said(1, "DBO", "5.0", "UBO"),
    Said(1, "DIM", "6.0", "UIM"),
    Said(1, "CIMS", "7.0", ""),
)
BACK_FROM_BO, BACK_FROM_CHANNEL = "take_back outside:DBO:5.0", "take_back outside:CIMS:7.0"


@pytest.fixture(autouse=True)
def incident(office: Office) -> None:
    """Have a public incident with two people in it, of which others and a channel heard."""
    given_incident(office, channel="CINC")
    for person in ("UREP", "UIM"):
        office.perform(members.came, 1, person, office.clock.now())
    follow(office)


def backs(office: Office) -> list[str]:
    return [one for one in deliveries(office) if one.startswith("take_back")]


def test_what_others_were_told_is_taken_back_as_it_turns_private(office: Office) -> None:
    for one in (TO_BO, TO_IM, IN_CHANNEL):
        office.perform(said, one, private=False)
    assert backs(office) == []

    office.perform(make_private, 1, "Data", by="UREP")

    assert backs(office) == [BACK_FROM_CHANNEL, BACK_FROM_BO]


def test_what_was_on_its_way_as_it_turned_private_is_taken_back_too(office: Office) -> None:
    office.perform(make_private, 1, "Data", by="UREP")
    deliveries(office)

    for one in (TO_BO, TO_IM, IN_CHANNEL):
        office.perform(said, one, private=False)

    assert backs(office) == [BACK_FROM_BO, BACK_FROM_CHANNEL]


def test_what_is_written_since_it_is_private_names_nothing_and_stays(office: Office) -> None:
    office.perform(make_private, 1, "Data", by="UREP")
    deliveries(office)

    for one in (TO_BO, TO_IM, IN_CHANNEL):
        office.perform(said, one, private=True)

    assert backs(office) == []


def test_who_is_removed_reads_no_more_what_they_were_told(office: Office) -> None:
    office.perform(make_private, 1, "Data", by="UREP")
    office.perform(members.let_in, 1, "UBO")
    office.perform(said, TO_BO, private=True)
    office.perform(lambda tx: tx.execute("UPDATE incidents SET channel = 'CNEW' WHERE id = 1"))
    deliveries(office)

    office.perform(left, "CNEW", "UBO", at=office.clock.now())

    assert backs(office) == [BACK_FROM_BO]
    office.perform(said, Said(1, "DBO", "9.0", "UBO"), private=True)
    assert backs(office) == ["take_back outside:DBO:9.0"], "it was on its way as they were removed"


def test_a_message_that_was_taken_back_shows_no_later_change(office: Office) -> None:
    office.perform(posts.record, Post(1, "verify", "UBO", "DBO", "5.0"))
    office.perform(said, TO_BO, private=False)

    office.perform(taken_back, "DBO", "5.0")

    assert office.read(posts.of, 1) == []
    assert office.read(said_outside.of, 1) == []
