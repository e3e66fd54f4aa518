"""Addresses at which there is nothing, or not that: people read a page, programs a line."""

import json
from io import BytesIO

import pytest

from tests.scenarios.browser.conftest import Reader
from tests.scenarios.browser.test_incident_page import sit_down
from tests.scenarios.conftest import World

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
LONG = b"text=" + b"x" * 5_000_000


@pytest.mark.parametrize("path", ["/nope", "/incidents/", "/incidents/INC-1/nope", "//evil.test", "/%00"])
async def test_a_mistyped_address_leads_on(reader: Reader, path: str):
    outside = await reader.get(path, **BROWSER)
    sit_down(reader, "dev")
    inside = await reader.get(path)

    for page in (outside, inside):
        assert page.status == 404
        assert "There is no page at this address" in page.text
        assert page.headers["Content-Type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "private, no-store"
        assert "evil" not in page.text
    assert 'href="/sign-in"' in outside.text
    assert "<nav" not in outside.text
    assert 'href="/incidents">Find an incident' in inside.text
    assert "Sign out" in inside.text


async def test_what_an_address_does_not_take_is_said_with_what_it_takes(reader: Reader):
    sit_down(reader, "dev")

    read, sent = await reader.get("/sign-out", **BROWSER), await reader.post("/incidents", {"x": "y"})

    assert (read.status, read.headers["Allow"]) == (405, "POST")
    assert (sent.status, "Nothing was done" in sent.text) == (405, True)


@pytest.mark.parametrize("path", ["/incidents/INC-1/notes", "/reviews/INC-1", "/incidents/INC-1/public"])
async def test_what_is_too_long_is_answered_with_a_page(reader: Reader, path: str):
    sit_down(reader, "dev")

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    async with reader.http.post(f"{reader.base}{path}", data=BytesIO(LONG), headers=form) as answer:
        text = await answer.text()

    assert answer.status == 413
    assert "Go back in your browser" in text
    assert "Sign out" in text


async def test_programs_are_answered_as_before(reader: Reader):
    found = [await reader.get(path, **BROWSER) for path in ("/api/nope", "/api/v1/nope")]
    async with reader.http.post(f"{reader.base}/api/v1/incidents", data=BytesIO(LONG)) as long:
        found.append(await reader.get("/api/nope"))
        assert (long.status, long.content_type) == (413, "application/problem+json")
    async with reader.http.post(f"{reader.base}/alertmanager", json={"alerts": []}) as mistyped:
        assert (mistyped.status, await mistyped.text()) == (404, "404: Not Found")

    for one in found:
        assert one.headers["Content-Type"].startswith("application/problem+json")
        assert json.loads(one.text)["status"] == 404
    for path in ("/static/nope.js", "/c/nope.ics", "/v1/nope"):
        assert "<html" not in (await reader.get(path)).text


async def test_without_pages_nothing_is_drawn(world: World, reader_without: Reader):
    page = await reader_without.get(f"http://127.0.0.1:{world.muster.web.port}/nope", **BROWSER)

    assert page.text == "404: Not Found"
