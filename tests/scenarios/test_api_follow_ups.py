"""Follow-ups by the API: listed, added, changed and ended; private ones to whoever may know of them."""

from dataclasses import replace
from datetime import date
from urllib.parse import quote

import aiohttp
import pytest

from storage import actions
from storage.transaction import Tx
from tests.scenarios.conftest import World
from tests.scenarios.look import inc
from tests.scenarios.test_api_incidents import ALL, MINE, SECRETIVE, Asking, ci, given_token, http

__all__ = ["ci", "http"]

ISSUE = "https://github.com/acme/production/issues/7"


def had_to_be_done(tx: Tx, number: int) -> None:
    actions.save(tx, replace(actions.get(tx, number), due=date(2026, 3, 1)))


async def test_a_follow_up_from_its_beginning_to_its_end(world: World, ci: Asking) -> None:
    await world.declare("dev", severity="S2")
    ana = world.person("ana")

    body = {"title": "Improve the disk", "owner": ana.id, "kind": "corrective", "details": "Soon"}
    status, made = await ci("POST", "/incidents/INC-1/follow-ups", body)
    assert (status, made["kind"], made["priority"], made["state"]) == (201, "Corrective action", "S2", "open")
    assert (made["incident"], made["due"], made["by"]["name"]) == ("INC-1", "2026-05-01", "API token ci")
    assert made["hint"].startswith("Better: ")
    assert (await ci("POST", "/follow-ups", {"incident": "1", "title": "Pasted", "issue": ISSUE}))[1][
        "issue"
    ] == {"tracker": "GitHub", "url": ISSUE, "closed": False, "gone": False}
    again = await ci("POST", "/follow-ups", {"incident": "1", "title": "Pasted again", "issue": ISSUE})
    assert again[0] == 409
    await world.settle()

    number = f"/follow-ups/{made['id']}"
    assert (await ci("GET", number))[1] == made
    tag = ci.headers["ETag"]
    change = {"title": "Add a disk", "owner": "", "due": "2026-04-01", "priority": "S1", "state": "done"}
    status, done = await ci("PATCH", number, change, If_Match=tag)
    assert (status, done["title"], done["owner"], done["due"]) == (200, "Add a disk", None, "2026-04-01")
    assert (done["state"], done["priority"], done["hint"]) == ("done", "S1", "")
    assert done["ended_by"]["name"] == "API token ci"
    assert (await ci("PATCH", number, {"title": "x"}, If_Match=tag))[0] == 412
    assert (await ci("PATCH", number, {"title": "x"}))[0] == 409
    status, open_again = await ci("PATCH", number, {"title": "Add disks", "state": "open"})
    assert (status, open_again["title"], open_again["state"]) == (200, "Add disks", "open")
    assert (await ci("PATCH", number, {"state": "cancelled"}))[1]["state"] == "cancelled"
    await world.settle()
    kinds = [one["kind"] for one in (await ci("GET", "/incidents/1/timeline?limit=100"))[1]["data"]]
    assert {"action", "action_done", "follow_up_changed", "follow_up_reopened"} <= {*kinds}


async def test_lists_filters_and_pages(world: World, ci: Asking) -> None:
    await world.declare("dev", severity="S2")
    await world.declare("dev", severity="S3", name="Mail is slow")
    ana, chen = world.person("ana").id, world.person("chen").id
    for number, more in enumerate(
        (
            {"owner": ana, "due": "2026-03-03"},
            {"owner": chen, "kind": "Corrective action"},
            {"priority": "S4"},
        )
    ):
        path = f"/incidents/{1 + number % 2}/follow-ups"
        assert (await ci("POST", path, {"title": f"T{number}", **more}))[0] == 201
    await ci("PATCH", "/follow-ups/3", {"state": "done"})
    await world.muster.uow.perform(had_to_be_done, 1)

    async def found(query: str, path: str = "/follow-ups") -> list[str]:
        status, answer = await ci("GET", f"{path}?{query}")
        assert status == 200
        return [one["title"] for one in answer["data"]]

    first = (await ci("GET", "/follow-ups?limit=2"))[1]
    assert ([one["title"] for one in first["data"]], first["next_cursor"]) == (["T2", "T1"], "2")
    assert await found("limit=2&cursor=2") == ["T0"]
    assert await found("", "/incidents/1/follow-ups") == await found("incident=INC-1") == ["T2", "T0"]
    assert await found(f"owner={quote('ana@example.com')}") == await found(f"owner={ana}") == ["T0"]
    assert await found("owner=nobody@example.com") == []
    assert await found("kind=corrective") == ["T1"]
    assert await found("priority=S4") == ["T2"]
    assert await found("open=true") == ["T1", "T0"]
    assert await found("open=false") == ["T2"]
    assert await found("overdue=true") == ["T0"]
    assert (await ci("GET", "/follow-ups?incident=INC-9"))[0] == 404
    assert (await ci("GET", "/follow-ups?open=perhaps"))[0] == 422


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"title": ""}, 422, "title: expected at least 1 characters."),
        ({"title": "x", "kind": "Chore"}, 409, "I know no kind of follow-up"),
        ({"title": "x", "due": "2020-01-01"}, 409, "A follow-up is due today or later"),
        ({"title": "x", "owner": "nobody@example.com"}, 404, "I know no person"),
        ({"title": "x", "issue": "https://example.com/1"}, 422, "issue: expected the address of an issue"),
        ({"title": "x", "private": True}, 403, "incidents:private"),
    ],
)
async def test_what_is_wrong_is_named(
    world: World, ci: Asking, body: dict[str, object], status: int, said: str
):
    await world.declare("dev", severity="S2")

    answer = await ci("POST", "/incidents/1/follow-ups", body)

    assert (answer[0], said in answer[1]["detail"]) == (status, True), answer
    assert (await ci("GET", "/follow-ups"))[1]["data"] == []


async def test_private_ones_need_their_scope_and_somebody_who_may_know(
    world: World, http: aiohttp.ClientSession, ci: Asking
) -> None:
    dev = await world.declare("dev", severity="S2")
    sam = await world.declare("sam", name="Stolen keys", severity="S3", visibility="private")
    await inc(world, "dev", "followup private: Rotate the key @ana due in 2 weeks")
    for name, secret, *scopes in (("mine", MINE), ("secretive", SECRETIVE, "incidents:private")):
        await given_token(world, name, secret, *ALL, *scopes, person=dev.id)
    await given_token(world, "machine", "muster_machine", *ALL, "incidents:private")
    await given_token(world, "reader", "muster_reader", "incidents:read", "incidents:write")
    mine, secretive = Asking(world, http, MINE), Asking(world, http, SECRETIVE)
    machine, reader = Asking(world, http, "muster_machine"), Asking(world, http, "muster_reader")

    for asking in (ci, mine, machine):
        assert (await asking("GET", "/follow-ups"))[1]["data"] == []
        for method, sent in (("GET", None), ("PATCH", {"state": "done"})):
            status, said = await asking(method, "/follow-ups/1", sent)
            assert (status, said["detail"]) == (404, "I know no follow-up `1`.")
    assert (await secretive("GET", "/follow-ups/1"))[1]["title"] == "Rotate the key"
    assert [one["id"] for one in (await secretive("GET", "/incidents/1/follow-ups"))[1]["data"]] == [1]
    assert (await reader("GET", "/follow-ups"))[0] == 403
    assert (await reader("PATCH", "/follow-ups/1", {"state": "done"}))[0] == 403

    for asking in (ci, secretive):  # of an incident that dev is not in
        assert (await asking("GET", "/incidents/2/follow-ups"))[0] == 404
        assert (await asking("POST", "/follow-ups", {"incident": "2", "title": "x"}))[0] == 404
    made = (await machine("POST", "/follow-ups", {"incident": "2", "title": "Of the stolen"}))[1]
    assert made["incident"] == "INC-2"
    assert (await secretive("GET", f"/follow-ups/{made['id']}"))[0] == 404
    assert (await ci("GET", "/follow-ups"))[1]["data"] == []
    await given_token(world, "sams", "muster_sams", *ALL, person=sam.id)
    sams = Asking(world, http, "muster_sams")
    assert (await sams("GET", "/follow-ups"))[1]["data"] == []
    assert (await sams("GET", f"/follow-ups/{made['id']}"))[0] == 404


async def test_the_same_key_adds_one(world: World, ci: Asking) -> None:
    await world.declare("dev", severity="S2")
    body = {"incident": "1", "title": "Add a disk"}

    made = [(await ci("POST", "/follow-ups", body, Idempotency_Key="k"))[1] for _ in range(2)]

    assert made[0] == made[1]
    assert ci.headers["Idempotent-Replayed"] == "true"
    assert len((await ci("GET", "/follow-ups"))[1]["data"]) == 1
