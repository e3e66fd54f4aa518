"""The review of an incident, as its people read it and write it."""

from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import seen, sit_down
from tests.scenarios.look import inc

PAGE = "/incidents/INC-1"
REVIEW = f"{PAGE}/review"
FILE = f"{PAGE}/review.md"


async def test_the_document_is_written_from_what_happened(reader: Reader):
    world = reader.world
    await world.declare(severity="S2", summary="Checkout <b>fails</b>")
    await inc(world, "ana", "ack")
    await inc(world, "ana", "note Decision: roll back @everyone")
    await inc(world, "ana", "update We roll back")
    sit_down(reader, "dev")

    page = await reader.get(REVIEW)

    words = seen(page)
    for what in (
        "Review of INC-1",
        "Checkout <b>fails</b>",
        "Ana posted an update: We roll back",
        "acknowledged",
    ):
        assert what in words
    assert "<b>fails" not in page.text
    assert len(page.text.encode()) < 60_000
    assert f'href="{REVIEW}"' in (await reader.get(PAGE)).text
    first, again = await reader.get(f"{FILE}?template=short"), await reader.get(f"{FILE}?template=short")
    assert first.text == again.text
    assert first.text.startswith("# INC-1 Disk full\n")
    assert "roll back @\u200beveryone" in first.text
    assert first.headers["Content-Disposition"] == 'attachment; filename="INC-1-review.md"'
    wrong = await reader.get(f"{REVIEW}?template=<b>novel")
    assert wrong.status == 409
    assert "There are: gitlab, short" in wrong.text
    assert "<b>novel" not in wrong.text


async def test_of_a_hidden_incident_nobody_else_reads_a_review(reader: Reader):
    world = reader.world
    await world.declare("ana", visibility="private", name="Stolen laptop")
    await world.settle_down()

    sit_down(reader, "ren")
    for path in (REVIEW, FILE):
        hidden, none = await reader.get(path), await reader.get(path.replace("INC-1", "INC-77"))
        assert hidden.status == 404
        assert hidden.text.replace("INC-1", "") == none.text.replace("INC-77", "").replace("77", "1")
    sit_down(reader, "ana")
    assert "Private. Only people in its channel" in seen(await reader.get(REVIEW))
