"""Every page in a browser, as whoever is not in a private incident reads it: they learn nothing of it."""

import re

import aiohttp
import pytest

from bot.domain.tokens import hashed
from storage import tokens
from storage.transaction import Tx
from tests.scenarios.browser.conftest import Reader, signed_in
from tests.scenarios.conftest import World
from tests.scenarios.test_leaks import IN_A_BROWSER, NONE, REAL, a_private_incident, answers_alike, told_of_it

WALL = "muster_" + "wall0123456789"
FORM_KEY = re.compile(r'name="once" value="[^"]*"')
"""It is another one in each form."""
LIVE = {"/live", "/wall/{token}/live"}
"""These never end: what they say is that something changed, held by test_live.py."""


def _wall_token(tx: Tx) -> None:
    scopes = frozenset({"wall", "incidents:private"})
    tokens.add(tx, "wall", hashed(WALL), scopes, None)


async def _read(reader: Reader, number: int) -> list[str]:
    """Return what each page of this number shows."""
    found = []
    for path in sorted(IN_A_BROWSER - LIVE):
        at = path.replace("{token}", WALL).replace("{incident}", f"INC-{number}").replace("{name}", "app.js")
        at = (
            at.replace("{note}", "1")
            .replace("{task}", "1")
            .replace("{place}", "wiki")
            .replace("{picture}", "1")
            .replace("{schedule}", "EOC")
            .replace("{request}", "1")
            .replace("{override}", "1")
        )
        at = at.replace("{maintenance}", "1").replace("{loudness}", "loud").replace("{method}", "1")
        at = at.replace("{comment}", "1").replace("{letter}", "1").replace("{follow_up}", "1")
        answers = await reader.get(at), await reader.post(at, {})
        found += [f"{path} {answer.status} {FORM_KEY.sub('', answer.text)}" for answer in answers]
    return found


@pytest.mark.faults
async def test_whoever_is_not_in_it_reads_nothing_of_it_and_its_people_do(web_world: World):
    world = web_world
    await a_private_incident(world)
    await world.muster.uow.perform(_wall_token)
    shown = {}
    for who in ("ren", "bo", "gus", "sam", "dev"):
        cookies = signed_in(world, who)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            reader = Reader(world, http)
            http.cookie_jar.update_cookies(cookies, reader.home)
            shown[who] = await _read(reader, REAL), await _read(reader, NONE)

    for who in ("ren", "bo", "gus", "sam"):
        real, none = shown[who]
        assert told_of_it([*real, *none]) == [], who
        assert answers_alike(real, none), who
    assert told_of_it(shown["dev"][0])
    assert not any("stolen" in one for one in shown["dev"][0] if one.startswith("/wall"))
