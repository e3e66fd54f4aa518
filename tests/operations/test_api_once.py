"""A request of the API with a key is done once, however many are asked at the same time."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.tokens import hashed
from bot.unit_of_work import UnitOfWork
from handlers.rest.answering import Conflict, Reply, write
from handlers.rest.asked import Asked
from handlers.rest.endpoints import ENDPOINTS
from handlers.rest.models import Declaration
from storage import incidents, tokens
from tests.conftest import Office

DECLARE = next(one for one in ENDPOINTS if one.answer.__name__ == "declare_incident")
GIVEN = {"name": "Disk full", "severity": "S3"}


def test_one_key_declares_one_incident(office: Office) -> None:
    office.perform(tokens.add, "ci", hashed("ci"), frozenset({"incidents:write"}), None)
    token = office.read(tokens.named, "ci")
    assert token
    asked = Asked(token, {}, body=Declaration.model_validate(GIVEN), key="k")

    replies = asyncio.run(_at_once(office, asked))

    assert len({one.text for one in replies}) == 1
    assert sorted(one.again for one in replies) == [False] + [True] * 7
    assert len(office.read(incidents.everyone_open)) == 1
    with pytest.raises(Conflict):
        office.perform(write, DECLARE, asked, {**GIVEN, "severity": "S1"}, frozenset())


async def _at_once(office: Office, asked: Asked) -> list[Reply]:
    with ThreadPoolExecutor(office.database.threads) as executor:
        uow = UnitOfWork(office.database, office.uow.process, office.clock, executor=executor)
        each = (uow.perform(write, DECLARE, asked, GIVEN, frozenset[str]()) for _ in range(8))
        return list(await asyncio.gather(*each))
