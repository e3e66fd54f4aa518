"""The document of a review by the API and in a terminal: the same bytes as on its page."""

from pathlib import Path
from typing import Any

import aiohttp

from bot.domain.incidents.incident import ReviewState
from bot.domain.work.reviews import Review
from bot.operations.reviews.documents import NewVersion, approve_document, save_document
from storage import reviews
from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_api_from_terminal import runs
from tests.scenarios.test_api_incidents import ALL, CI, given_token
from tests.scenarios.test_reviews import resolved


async def asked(world: World, path: str) -> tuple[int, dict[str, object]]:
    url = f"http://127.0.0.1:{world.muster.web.port}/api/v1{path}"
    bearer = {"Authorization": f"Bearer {CI}"}
    async with aiohttp.ClientSession(headers=bearer) as http, http.get(url) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_it_is_read_by_the_api(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", severity="S2")
    await inc(world, "ana", "note All @here: \u001b[31mred")

    status, first = await asked(world, "/incidents/INC-1/review?template=short")

    assert (status, first["version"], first["template"], first["outdated"]) == (200, 0, "short", False)
    assert str(first["text"]).startswith("# INC-1 Disk full\n")
    assert "All @\u200bhere:" in str(first["text"])
    who = world.person("ana").id
    new = NewVersion("# Ours\n", 0, "short", str(first["text"]))
    await world.muster.uow.perform(save_document, 1, new, by=who)
    await world.muster.uow.perform(approve_document, 1, 1, by=who)
    _, then = await asked(world, "/incidents/INC-1/review")
    assert (then["text"], then["version"], then["newest"], then["outdated"]) == ("# Ours\n", 1, 1, False)
    assert [one["by"]["id"] for one in then["approvals"]] == [who]  # type: ignore[attr-defined]
    await inc(world, "ana", "note Later")
    assert (await asked(world, "/incidents/INC-1/review"))[1]["outdated"] is True
    assert (await asked(world, "/incidents/INC-1/review?version=7"))[0] == 409
    wrong, said = await asked(world, "/incidents/INC-1/review?template=novel")
    assert wrong == 409
    assert "There are: gitlab" in str(said["detail"])
    assert (await asked(world, "/incidents/INC-9/review"))[0] == 404
    await world.settle()


async def test_it_is_printed_and_written_in_a_terminal(world: World, tmp_path: Path) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", severity="S2", summary="It is \u001b[31mred for @all")
    _, found = await asked(world, "/incidents/INC-1/review?template=sre")
    file = tmp_path / "INC-1.md"

    printed = await runs(world, "review", "INC-1", "--template", "sre")
    written = await runs(world, "review", "1", "--template", "sre", "--out", str(file))

    assert printed.output == found["text"]
    assert "@\u200ball" in printed.output
    assert "\u001b" not in printed.output
    assert file.read_text("utf-8") == found["text"]
    assert written.output == f"The review of INC-1 is in {file}.\n"
    nowhere = await runs(world, "review", "1", "--out", str(tmp_path / "none" / "x.md"))
    assert nowhere.exit_code == 2
    assert "cannot be written" in nowhere.stderr
    await world.settle()


async def test_of_a_private_incident_a_token_needs_the_scope_for_it(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)
    await world.declare("dev", visibility="private")
    await world.settle()

    assert (await asked(world, "/incidents/INC-1/review"))[0] == 404


async def changed(world: World, path: str, **body: object) -> tuple[int, dict[str, Any]]:
    url = f"http://127.0.0.1:{world.muster.web.port}/api/v1{path}"
    bearer = {"Authorization": f"Bearer {CI}"}
    async with aiohttp.ClientSession(headers=bearer) as http, http.patch(url, json=body) as answer:
        found = answer.status, await answer.json(content_type=None)
    await world.settle()
    return found


async def test_a_review_is_taken_to_its_end_by_the_api(world: World) -> None:
    await given_token(world, "ci", CI, *ALL)
    review, bo = "/incidents/INC-1/review", world.person("bo").id
    assert (await changed(world, review, state="open"))[0] == 404
    await resolved(world)
    (_, before) = await asked(world, review)
    assert (before["state"], before["owner"]) == ("open", {"id": world.person("dev").id, "name": "dev"})
    task = f"{review}/tasks/{before['tasks'][0]['id']}"  # type: ignore[index]

    status, one = await changed(world, task, owner=bo, due="2026-03-20", done=True)
    assert (status, one["tasks"][0]["owner"]["name"], one["tasks"][0]["due"]) == (200, "bo", "2026-03-20")
    assert (one["tasks"][0]["done_by"]["kind"], one["tasks"][0]["done_by"]["id"]) == ("token", "ci")
    assert "That task is done" in (await changed(world, task, owner=""))[1]["detail"]
    opened = (await changed(world, task, done=False, owner=""))[1]["tasks"][0]
    assert (opened["done_by"], opened["owner"]) == (None, None)
    refused = await changed(world, review, state="done")
    assert (refused[0], "tasks are open" in refused[1]["detail"]) == (409, True)
    assert (await changed(world, f"{review}/tasks/99", done=True))[0] == 404
    await world.declare("dev", severity="S2", name="Another")
    another = Review(2, ReviewState.OPEN, bo, world.clock.now())
    await world.muster.uow.perform(reviews.add, another)
    other = f"/incidents/INC-2/review/tasks/{before['tasks'][0]['id']}"  # type: ignore[index]
    assert (await changed(world, other, done=False))[0] == 404
    assert (await changed(world, review, state="waived"))[0] == 409
    given = await changed(world, review, owner=bo, state="done", anyway=True)
    assert (given[0], given[1]["state"], given[1]["owner"]["name"]) == (200, "done", "bo")
    again = await changed(world, review, state="open")
    assert (again[1]["state"], again[1]["ended_by"]) == ("open", None)
    waived = await changed(world, review, state="waived", reason="As INC-3")
    assert (waived[1]["state"], waived[1]["reason"]) == ("waived", "As INC-3")
    assert (await changed(world, review, sate="done"))[0] == 422
    await world.settle_down()
