"""Pictures of pinned messages: which are fetched, how many, and how our copies go."""

from typing import Any

import pytest

from bot.domain.errors import NotFound
from bot.domain.timeline.pictures import (
    LARGEST,
    MOST_OF_INCIDENT,
    MOST_OF_MESSAGE,
    Offered,
    PictureState,
    kind_of,
    offered,
)
from bot.operations.timeline.pictures import delete_picture, wanted
from storage import pictures
from storage.transaction import Tx
from tests.conftest import Office
from tests.operations.given import given_incident
from tests.operations.look import story
from tests.operations.test_pins import TS, pinned, unpinned

PNG = b"\x89PNG\r\n\x1a\n rest"
GRAPH = Offered("F1", "graph.png", "https://files.slack.com/1", 10)


def described(**more: Any) -> dict[str, Any]:
    return {
        "id": "F1",
        "mimetype": "image/png",
        "name": "a.png",
        "url_private": "https://x/1",
        "size": 5,
    } | more


def test_files_that_say_that_they_are_pictures_are_offered_and_svg_is_not():
    kinds = ("image/png", "image/svg+xml", "text/html", "image/webp", None)

    found = offered([described(id=str(n), mimetype=kind) for n, kind in enumerate(kinds)])

    assert [one.file for one in found] == ["0", "3"]
    assert len(offered([described(id=str(n)) for n in range(20)])) == MOST_OF_MESSAGE
    assert offered([described(url_private="")]) == offered([{}]) == offered([described(id=None)]) == []
    assert offered([described(name="a\u202eb\n c" * 500, size="big")])[0].size == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "image/webp"),
        (b"<svg onload=alert(1)>", None),
        (b"<html>", None),
        (b"", None),
        (b"RIFF", None),
    ],
)
def test_a_picture_is_known_by_its_bytes(content: bytes, kind: str | None):
    assert kind_of(content) == kind


def test_what_is_too_large_or_too_many_is_named_and_not_fetched(office: Office):
    given_incident(office)
    pinned(office)
    office.events()
    many = [Offered(f"F{n}", "x.png", "https://x", LARGEST + (n == 0)) for n in range(MOST_OF_INCIDENT + 2)]

    office.perform(wanted, 1, TS, many)
    office.perform(wanted, 1, TS, many)

    assert office.events() == ["PictureWanted"] * (MOST_OF_INCIDENT - 1)
    found = office.read(pictures.of_messages, [1], [TS])
    assert len(found) == len(many)
    assert [one.why for one in found if one.state is PictureState.NOT_KEPT] == [
        "it has more than 2 MB",
        "an incident keeps 100",
        "an incident keeps 100",
    ]


def test_a_copy_is_shown_while_its_message_is_on_the_timeline_and_deleted_for_good(office: Office):
    given_incident(office)
    pinned(office)
    office.perform(wanted, 1, TS, [GRAPH])

    def keep(tx: Tx) -> None:
        pictures.keep(tx, 1, "image/png", PNG)

    office.perform(keep)
    assert office.read(pictures.content, 1) == PNG
    unpinned(office)
    assert office.read(pictures.shown, 1, 1) is None
    pinned(office)
    office.events()

    office.perform(delete_picture, 1, 1, by="UREP")
    office.perform(delete_picture, 1, 1, by="UREP")
    office.perform(keep)  # an attempt that comes late

    assert office.events() == ["PictureDeleted"]
    (deleted,) = office.read(pictures.of_messages, [1], [TS])
    assert (deleted.state, deleted.deleted_by, deleted.url) == (PictureState.DELETED, "UREP", "")
    assert office.read(pictures.content, 1) == b""
    assert story(office, 1)[-1].data["name"] == "graph.png"
    with pytest.raises(NotFound):
        office.perform(delete_picture, 1, 2, by="UREP")
