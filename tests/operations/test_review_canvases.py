"""The canvas of a review: who may have one, which one the next version goes into, and what is told of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.domain.errors import Refused
from bot.domain.reviews.canvas import ReviewCanvas
from bot.operations.reviews.canvases import (
    ask_for_canvas,
    review_canvas_failed,
    review_canvas_kept,
    review_canvas_lost,
    review_canvas_written,
    review_canvases_withdrawn,
)
from bot.operations.reviews.documents import shelf
from bot.operations.workspace.channel import channel_deleted
from storage import incidents, places, review_canvases
from storage.places import Place
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.test_review_documents import reviewed, save

__all__ = ["reviewed"]
URL = "https://acme.slack.com/docs/T1/F1"


def canvases(office: Office) -> list[ReviewCanvas]:
    return office.read(review_canvases.of, 1)


def asked(office: Office, version: int = 1) -> ReviewCanvas:
    """Ask for it, and return the canvas that the version is to go into."""
    office.perform(ask_for_canvas, 1, version, by="UREP")
    return canvases(office)[-1]


def written(office: Office, version: int = 1) -> ReviewCanvas:
    """Have it asked for and made."""
    canvas = replace(asked(office, version), canvas="F1", url=URL, written=version, seen="content 1")
    office.perform(review_canvas_written, canvas=canvas)
    office.events()
    return canvas


def test_the_next_version_goes_into_the_same_one(reviewed: Office) -> None:
    save(reviewed, "# One")
    first = written(reviewed)
    save(reviewed, "# Two", 1)

    again = asked(reviewed, 2)

    assert again == replace(first, version=2)
    assert "ReviewCanvasAsked" in reviewed.events()
    reviewed.perform(review_canvas_written, canvas=replace(again, written=2))
    reviewed.perform(review_canvas_written, canvas=replace(again, written=2))
    assert reviewed.events().count("ReviewCanvasWritten") == 1


def test_what_is_asked_for_meanwhile_stays_asked_for(reviewed: Office) -> None:
    save(reviewed, "# One")
    first = asked(reviewed)
    save(reviewed, "# Two", 1)
    asked(reviewed, 2)

    reviewed.perform(review_canvas_written, canvas=replace(first, canvas="F1", url=URL, written=1))

    (canvas,) = canvases(reviewed)
    assert (canvas.version, canvas.written) == (2, 1)


def test_one_with_words_of_people_is_left_and_the_next_press_makes_another(reviewed: Office) -> None:
    save(reviewed, "# One")
    first = written(reviewed)
    save(reviewed, "# Two", 1)
    asked(reviewed, 2)
    reviewed.perform(review_canvas_kept, canvas=replace(first, version=2), told=True)
    assert canvases(reviewed) == [replace(first, kept=True)]

    another = asked(reviewed, 2)

    assert (another.number, another.canvas, another.version) == (2, "", 2)
    assert canvases(reviewed) == [replace(first, kept=True), another]


def test_one_that_is_gone_is_forgotten(reviewed: Office) -> None:
    save(reviewed, "# One")

    reviewed.perform(review_canvas_lost, canvas=written(reviewed))

    assert canvases(reviewed) == []
    assert "ProblemNoted" in reviewed.events()


def test_what_could_not_be_made_is_looked_for_before_the_next_attempt(reviewed: Office) -> None:
    save(reviewed, "# One")
    asked(reviewed)

    reviewed.perform(review_canvas_failed, 1, why="Slack said no")

    (canvas,) = canvases(reviewed)
    assert (canvas.unsure, canvas.version) == (True, 0)
    made = replace(asked(reviewed), canvas="F1", url=URL, written=1)
    reviewed.perform(review_canvas_written, canvas=made)
    assert not canvases(reviewed)[0].unsure


def test_what_could_not_be_changed_needs_no_look(reviewed: Office) -> None:
    save(reviewed, "# One")
    first = written(reviewed)
    save(reviewed, "# Two", 1)
    asked(reviewed, 2)

    reviewed.perform(review_canvas_failed, 1, why="Slack said no")

    assert canvases(reviewed) == [first]


def test_those_that_are_taken_away_are_forgotten_and_what_is_left_is_told(reviewed: Office) -> None:
    save(reviewed, "# One")
    first = written(reviewed)
    reviewed.perform(review_canvases_withdrawn, gone=[first], left=[])
    assert (canvases(reviewed), reviewed.events()) == ([], [])
    again = written(reviewed)

    reviewed.perform(review_canvases_withdrawn, gone=[], left=[again])

    assert canvases(reviewed) == []
    assert "ProblemNoted" in reviewed.events()


def _archived(tx: Tx) -> None:
    places.record(tx, [Place("CINC", "inc-1", archived=True)])


def _without_channel(tx: Tx) -> None:
    channel_deleted(tx, incidents.get(tx, 1))


@pytest.mark.parametrize(
    ("change", "said"), [(_archived, "Un-archive it"), (_without_channel, "has no channel")]
)
def test_where_it_cannot_stand_it_is_refused_and_not_offered(
    reviewed: Office, change: Callable[[Tx], None], said: str
) -> None:
    save(reviewed, "# One")
    assert reviewed.read(shelf, 1, by="UREP").to_canvas
    reviewed.perform(change)

    with pytest.raises(Refused, match=said):
        asked(reviewed)

    assert not reviewed.read(shelf, 1, by="UREP").to_canvas
    assert canvases(reviewed) == []


def test_an_older_version_and_none_are_refused(reviewed: Office) -> None:
    with pytest.raises(Refused, match="Save it first, then it can become a canvas"):
        asked(reviewed, 0)
    save(reviewed, "# One")
    save(reviewed, "# Two", 1)

    with pytest.raises(Refused, match="you read version 1"):
        asked(reviewed, 1)


def test_in_another_channel_it_is_another_one(office: Office) -> None:
    given_incident(office, private=True)
    save(office, "# One")
    first = written(office)
    office.perform(lambda tx: incidents.save(tx, replace(incidents.get(tx, 1), channel="CNEW")))

    assert (asked(office).channel, asked(office).number) == ("CNEW", first.number + 1)
