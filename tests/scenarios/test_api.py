"""The API: what a pipeline is answered, and who is not."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.domain.tokens import hashed
from handlers.api import PER_MINUTE
from storage import tokens
from storage.transaction import Tx
from tests.scenarios.conftest import World

TOKEN = "muster_" + "0123456789abcdef"


async def given_token(world: World, secret: str = TOKEN, *scopes: str, days: int = 1) -> None:
    def add(tx: Tx) -> None:
        tokens.add(
            tx, f"ci {hashed(secret)}", hashed(secret), frozenset(scopes), tx.now + timedelta(days=days)
        )

    await world.muster.uow.perform(add)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(
    world: World,
    http: aiohttp.ClientSession,
    token: str | None = TOKEN,
    path: str = "/api/v1/blocks",
    method: str = "GET",
    **more: str,
) -> tuple[int, Any, Mapping[str, str]]:
    headers = more | ({"Authorization": f"Bearer {token}"} if token else {})
    url = f"http://127.0.0.1:{world.muster.web.port}{path}"
    async with http.request(method, url, headers=headers) as answer:
        body: Any = await answer.json(content_type=None) if await answer.read() else None
        if answer.status >= 400:
            assert answer.content_type == "application/problem+json"
            assert body["status"] == answer.status
            assert set(body) == {"type", "title", "status", "detail"}
        return answer.status, body, answer.headers


async def test_it_names_what_blocks_and_of_a_private_one_the_number_alone(
    world: World, http: aiohttp.ClientSession
):
    await given_token(world, TOKEN, "blocks:read")
    nothing = {"blocked": False, "incidents": []}
    assert (await ask(world, http))[:2] == (200, {"deployments": nothing, "feature_flags": nothing})

    await world.declare(severity="S2")
    await world.declare("sam", name="Stolen keys", severity="S1", visibility="private")

    status, body, _ = await ask(world, http)
    public = {"id": 1, "reference": "INC-1", "private": False, "name": "Disk full"}
    blocked = {
        "blocked": True,
        "incidents": [
            public | {"severity": "S2", "status": "Investigating"},
            {"id": 2, "reference": "INC-2", "private": True},
        ],
    }
    assert (status, body) == (200, {"deployments": blocked, "feature_flags": blocked})


async def test_the_same_is_not_sent_again(world: World, http: aiohttp.ClientSession):
    await given_token(world, TOKEN, "blocks:read")
    _, _, headers = await ask(world, http)

    status, body, _ = await ask(world, http, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, None)

    await world.declare(severity="S1")
    assert (await ask(world, http, **{"If-None-Match": headers["ETag"]}))[0] == 200


async def test_only_a_good_token_of_the_scope_is_answered(world: World, http: aiohttp.ClientSession):
    await given_token(world, TOKEN, "blocks:read")
    await given_token(world, "muster_other", "other:read")
    for token in (None, "", "muster_wrong", "é", "\udcff", TOKEN[:-1], "x" * 5000):
        status, _, headers = await ask(world, http, token)
        assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert (await ask(world, http, "muster_other"))[0] == 403
    assert (await ask(world, http))[0] == 200

    await world.pass_hours(25)
    assert (await ask(world, http))[0] == 401


async def test_a_revoked_one_is_refused_at_once_and_the_last_use_is_noted(
    world: World, http: aiohttp.ClientSession
):
    await given_token(world, TOKEN, "blocks:read")
    await ask(world, http)
    (found,) = await world.muster.uow.read(tokens.everyone)
    assert found.used_at == world.clock.now()

    await world.muster.uow.perform(tokens.revoke, found.name)

    assert (await ask(world, http))[0] == 401


async def test_who_asks_too_often_waits(world: World, http: aiohttp.ClientSession):
    await given_token(world, TOKEN, "blocks:read")
    for _ in range(PER_MINUTE):
        assert (await ask(world, http))[0] == 200

    status, _, headers = await ask(world, http)

    assert (status, headers["Retry-After"]) == (429, "61")
    assert (await ask(world, http, None))[0] == 401
    await world.pass_minutes(1)
    assert (await ask(world, http))[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/incidents/7", 405),
        ("GET", "/api/", 404),
        ("POST", "/api/v1/blocks", 405),
    ],
)
async def test_what_is_not_there_is_said_so(
    world: World, http: aiohttp.ClientSession, method: str, path: str, status: int
):
    assert (await ask(world, http, path=path, method=method))[0] == status
